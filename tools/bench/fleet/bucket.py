"""A bucket of a real S3 server as the profile directory: its list, and the first opening of an object.

Needs the servers of `make test-cluster`: run it by `.venv-cluster/bin/python`.
"""

from __future__ import annotations

import asyncio
import os
import tempfile
import time
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

from flask.testing import FlaskClient

from flamescope_py.service import Service
from flamescope_py.settings import Settings
from flamescope_py.settings.types import BucketURL
from flamescope_py.web.app import create_app
from flamescope_py.web.context import service_of
from flamescope_py.web.listing import PENDING
from tests.cluster.conftest import PROGRAMS, running_s3
from tools.bench import machine
from tools.bench.rows import MILLISECONDS, SPEED, Row
from tools.bench.runner import Bench

OBJECTS, AT_ONCE = 10_000, 32
LIST = 1000.0
# A cold open may take 1.5 times as long as that of a local file.
SHARE = 1 / 1.5
SMALL = b"node 1 1.5: cycles:\n\t 1 main (/srv/app)\n\n"


def bucket(bench: Bench) -> Iterator[Row]:
    """Yield the rows of a bucket, without numbers where its server is not installed."""
    count = OBJECTS // 10 if bench.quick else OBJECTS
    name = f"the whole list of {count} objects, warm"
    path = bench.path(bench.input("typical", 80))
    opening = f"{path.name}: first request of its heatmap"
    section = "A bucket as the profile directory"
    if not (find_spec("obstore") and (PROGRAMS / "weed").exists()):
        yield Row(section, name, MILLISECONDS, (), LIST)
        yield Row(section, opening, SPEED, (), None, (), "a local file", SHARE)
        return
    with tempfile.TemporaryDirectory(dir=bench.caches) as folder, running_s3(Path(folder)) as server:
        keys = {"AWS_ACCESS_KEY_ID": "key", "AWS_SECRET_ACCESS_KEY": "secret", "AWS_REGION": "us-east-1"}
        os.environ.update(keys, AWS_ENDPOINT_URL=server.url, AWS_ALLOW_HTTP="true")
        _fill("s3://bench/many", {f"team-{at % 100:02}/{at:05}.perf": SMALL for at in range(count)})
        yield Row(section, name, MILLISECONDS, list(_lists("s3://bench/many", bench)), LIST)
        _fill("s3://bench/one", {path.name: path.read_bytes()})
        size = path.stat().st_size / 1e6
        get, remote, local = [], [], []
        for _ in range(bench.runs):
            machine.wait_until_quiet(bench.patience)
            get.append(size / _get("s3://bench/one", path.name))
            remote.append(_open(BucketURL("s3://bench/one"), path.name, bench))
            local.append(_open(path.parent, path.name, bench))
        files = [size / one.seconds for one in local]
        yield Row(section, "the same of a local file", SPEED, files)
        yield Row(section, "floor: one GET of the object into memory, unread", SPEED, get, None, files)
        speeds = [size / one.seconds for one in remote]
        yield Row(section, opening, SPEED, speeds, None, files, "a local file", SHARE)
        yield Row(section, "- processor time of the server", MILLISECONDS, [one.busy for one in remote])
        yield Row(section, "- the same, of a local file", MILLISECONDS, [one.busy for one in local])


def _fill(url: str, objects: dict[str, bytes]) -> None:
    """Put objects, some at a time. The server makes the bucket at its first object, after a while."""
    import obstore
    from obstore.store import from_url

    store: Any = from_url(url)
    while True:
        try:
            obstore.put(store, ".first", b"x")
            break
        except obstore.exceptions.BaseError:
            time.sleep(0.2)

    async def put_all() -> None:
        turns = asyncio.Semaphore(AT_ONCE)

        async def put(name: str, data: bytes) -> None:
            async with turns:
                await obstore.put_async(store, name, data)

        await asyncio.gather(*(put(*one) for one in objects.items()))

    asyncio.run(put_all())


def _lists(url: str, bench: Bench) -> Iterator[float]:
    """Yield the milliseconds of lists, once all heads were looked at."""
    client, _ = _client(BucketURL(url), bench)
    while True:
        answer = client.get("/profile/?limit=1")
        if answer.status_code == 200 and answer.headers[PENDING] == "0":
            break
        time.sleep(0.1)
    for _ in range(bench.runs):
        start = time.perf_counter()
        client.get("/profile/")
        yield 1000 * (time.perf_counter() - start)


class _Opening(NamedTuple):
    """The seconds of an opening, and the milliseconds of processor time of the server without its readers."""

    seconds: float
    busy: float


def _get(url: str, name: str) -> float:
    """Return the seconds that the store and its client take to bring an object into memory."""
    import obstore
    from obstore.store import from_url

    store: Any = from_url(url)
    start = time.perf_counter()
    obstore.get(store, name).bytes()
    return time.perf_counter() - start


def _open(profiles: Path | BucketURL, name: str, bench: Bench) -> _Opening:
    """Ask for the first heatmap of a profile by a server without a cache, whose readers have started."""
    client, service = _client(profiles, bench)
    service.warm()
    start, busy = time.perf_counter(), time.process_time()
    answer = client.get("/heatmap/", query_string={"filename": name, "type": "perf"})
    if answer.status_code != 200:
        raise SystemExit(f"{name}: {answer.status_code} {answer.text}")
    took = _Opening(time.perf_counter() - start, 1000 * (time.process_time() - busy))
    service.close()
    return took


def _client(profiles: Path | BucketURL, bench: Bench) -> tuple[FlaskClient, Service]:
    cache = Path(tempfile.mkdtemp(dir=bench.caches))
    app = create_app(Settings(profile_dir=profiles, cache_dir=cache, max_client_seconds=1_000_000))
    return app.test_client(), service_of(app)
