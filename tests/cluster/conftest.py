"""Servers of several processes: Spark Connect with two workers, an S3 server, and a Dask cluster.

`make test-cluster` installs them. Without them there is nothing to test here.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.support.processes.ports import free_ports

PROGRAMS = Path(sys.executable).parent
_NEEDED = ("pysail", "pyspark", "obstore", "distributed")
if not (all(map(find_spec, _NEEDED)) and (PROGRAMS / "weed").exists()):
    collect_ignore_glob = ["test_*"]

STARTED_WITHIN = 90


def wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    """Wait until a server listens."""
    for _ in range(10 * STARTED_WITHIN):
        assert process.poll() is None, "the server has ended"
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError("the server does not listen")


class Server(NamedTuple):
    """A running server."""

    url: str
    process: subprocess.Popen[bytes]


def stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


@pytest.fixture
def spark(tmp_path: Path) -> Iterator[Server]:
    """A Spark Connect server whose two workers are processes of their own."""
    (port,) = free_ports(1)
    workers = {"SAIL_CLUSTER__WORKER_INITIAL_COUNT": "2", "SAIL_CLUSTER__WORKER_MAX_COUNT": "2"}
    with (tmp_path / "spark.log").open("wb") as log:
        process = subprocess.Popen(
            [PROGRAMS / "sail", "spark", "server", "--ip", "127.0.0.1", "--port", str(port)],
            env={**os.environ, "SAIL_MODE": "local-cluster", **workers},
            stdout=log,
            stderr=log,
        )
        try:
            wait_for(port, process)
            yield Server(f"sc://127.0.0.1:{port}", process)
        finally:
            stop(process)


@pytest.fixture
def dask(tmp_path: Path) -> Iterator[str]:
    """The address of a Dask scheduler with two workers, processes of their own."""
    (port,) = free_ports(1)
    address, program = f"tcp://127.0.0.1:{port}", str(PROGRAMS / "dask")
    here = ["--host", "127.0.0.1", "--no-dashboard"]
    alone = ["--nworkers", "1", "--nthreads", "1", "--no-nanny", "--local-directory", str(tmp_path)]
    commands = [
        [program, "scheduler", "--port", str(port), *here],
        *[[program, "worker", address, *here, *alone]] * 2,
    ]
    with (tmp_path / "dask.log").open("wb") as log:
        processes = [subprocess.Popen(command, cwd=tmp_path, stdout=log, stderr=log) for command in commands]
        try:
            wait_for(port, processes[0])
            yield address
        finally:
            for process in reversed(processes):
                stop(process)


@pytest.fixture(scope="session")
def s3_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A SeaweedFS server, which speaks S3."""
    with running_s3(tmp_path_factory.mktemp("s3")) as server:
        yield server


@pytest.fixture
def own_bucket(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[str, Server]]:
    """A bucket of a server of one test, which may kill it."""
    with running_s3(tmp_path) as server:
        yield empty_bucket(server, monkeypatch, "own"), server


@contextmanager
def running_s3(folder: Path) -> Iterator[Server]:
    master, volume, filer, s3, *grpc = free_ports(8)
    keys = {"accessKey": "key", "secretKey": "secret"}
    actions = ["Admin", "Read", "Write", "List"]
    identity = {"name": "test", "credentials": [keys], "actions": actions}
    (folder / "keys.json").write_text(json.dumps({"identities": [identity]}))
    (folder / "data").mkdir()
    keys_file = [f"-s3.config={folder / 'keys.json'}"]
    names = ("master.port", "volume.port", "filer.port", "s3.port")
    ports = [f"-{name}={port}" for name, port in zip(names, (master, volume, filer, s3), strict=True)]
    # Of no use here, and two servers would want the same ports for them.
    ports += ["-s3.port.iceberg=0", "-s3.port.lance=0"]
    ports += [f"-{name}.grpc={port}" for name, port in zip(names, grpc, strict=True)]
    sizes = ["-master.volumeSizeLimitMB=100", "-volume.max=60"]
    here = ["-ip=127.0.0.1", "-ip.bind=127.0.0.1", f"-dir={folder / 'data'}"]
    with (folder / "s3.log").open("wb") as log:
        process = subprocess.Popen(
            [
                PROGRAMS / "weed",
                "server",
                *here,
                "-filer",
                "-s3",
                *keys_file,
                *ports,
                *sizes,
            ],
            cwd=folder,
            stdout=log,
            stderr=log,
        )
        try:
            wait_for(s3, process)
            yield Server(f"http://127.0.0.1:{s3}", process)
        finally:
            # It waits for its clients for 20 seconds, and its files are temporary.
            process.kill()
            process.wait()


@pytest.fixture
def bucket(s3_server: Server, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> str:
    """The URL of an empty prefix."""
    return empty_bucket(s3_server, monkeypatch, str(abs(hash(request.node.nodeid))))


def empty_bucket(s3_server: Server, monkeypatch: pytest.MonkeyPatch, name: str) -> str:
    """Return the URL of an empty prefix. Credentials are where every client of S3 finds them."""
    import obstore
    from obstore.store import from_url

    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "key")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    monkeypatch.setenv("AWS_ENDPOINT_URL", s3_server.url)
    monkeypatch.setenv("AWS_REGION", "us-east-1")
    monkeypatch.setenv("AWS_ALLOW_HTTP", "true")
    url = f"s3://fleets/{name}"
    # The server makes a bucket at its first object, as soon as it has found a place for it.
    for _ in range(10 * STARTED_WITHIN):
        try:
            obstore.put(from_url(url), ".elsewhere", b"x")
            return url
        except obstore.exceptions.BaseError:
            time.sleep(0.1)
    raise AssertionError("the S3 server takes no object")
