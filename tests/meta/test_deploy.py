"""The files of docs/deploy and the settings in docs/operations.md work as described."""

from __future__ import annotations

import dataclasses
import json
import os
import platform
import pwd
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from flamescope_py.readers.pool.pool import SMALL_FILE
from flamescope_py.settings.row import PREFIX
from flamescope_py.settings.table import Settings
from tests.api.conftest import SMALL, filled
from tests.api.server.test_serve import raw
from tests.e2e.running import Server, serving
from tests.support.processes.ports import free_port
from tests.support.processes.refusing import ARCHITECTURE, RESOURCES

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "docs" / "deploy"
HOST = "tools.example.org"
# Spellings of a path that got a monitoring page past the rule of a proxy.
HIDDEN_FORMS = [
    "/{}",
    "//{}",
    "/./{}",
    "/x/../{}",
    "/{}/",
    "/{}%2f",
    "/%2f{}",
    "/{}?x",
    "/{};x",
    "/flamescope/{}",
]


@pytest.fixture(scope="module")
def documented(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write the configuration that docs/operations.md shows, with another profile directory."""
    text = (ROOT / "docs" / "operations.md").read_text("utf-8")
    (shown,) = re.findall(r"config\.toml`:\n\n((?: {7}.*\n|\n)+)", text)
    folder = tmp_path_factory.mktemp("documented")
    profiles = filled(folder)
    path = folder / "config.toml"
    path.write_text(re.sub(r"(?m)^ {7}", "", shown).replace("/srv/profiles", str(profiles)))
    return path


@pytest.fixture(scope="module")
def server(documented: Path) -> Iterator[Server]:
    folder = documented.parent
    with serving(folder / "profiles", folder / "cache", "--config", str(documented)) as running:
        yield running


@pytest.fixture(scope="module")
def proxy(server: Server, tmp_path_factory: pytest.TempPathFactory, nginx: str) -> Iterator[str]:
    """Run nginx with the example configuration on other ports. Yield its address."""
    folder = tmp_path_factory.mktemp("nginx")
    log = folder / "log"
    while True:
        port = free_port()
        command = [nginx, "-c", str(configured(folder, server, port)), "-p", str(folder), "-e", "stderr"]
        with log.open("wb") as errors, subprocess.Popen(command, stderr=errors) as process:
            try:
                if started(process, folder / "nginx.pid"):
                    yield f"http://127.0.0.1:{port}/"
                    return
            finally:
                process.terminate()
        # Another process has taken the port.
        assert "Address already in use" in log.read_text(), log.read_text()


def configured(folder: Path, server: Server, port: int) -> Path:
    """Write a configuration of nginx around the example, and check it."""
    own = int(re.findall(r":(\d+)/", server.url)[0])
    example = (DEPLOY / "nginx.conf").read_text("utf-8")
    assert "listen 80;" in example
    assert "server 127.0.0.1:8080;" in example
    site = example.replace("listen 80;", f"listen 127.0.0.1:{port};")
    site = site.replace("127.0.0.1:8080", f"127.0.0.1:{own}")
    user = f"user {pwd.getpwuid(os.getuid()).pw_name};" if os.getuid() == 0 else ""
    temporary = "".join(
        f"{kind}_temp_path {folder}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    whole = folder / "nginx.conf"
    whole.write_text(
        f"{user} daemon off; pid {folder}/nginx.pid; error_log stderr;"
        f"events {{}} http {{ access_log off; {temporary} {site} }}"
    )
    return whole


def started(process: subprocess.Popen[bytes], pid: Path) -> bool:
    """Wait until nginx has written its pid, which it does once it listens. Return False if it has ended."""
    while not (pid.exists() and pid.read_text().strip() == str(process.pid)):
        if process.poll() is not None:
            return False
        time.sleep(0.02)
    return True


def get(address: str, path: str, *headers: str, method: str = "GET") -> tuple[int, dict[str, str], bytes]:
    lines = [f"{method} {path} HTTP/1.1", f"Host: {HOST}", "Connection: close", *headers]
    return raw(address, "\r\n".join([*lines, "", ""]).encode())


@pytest.mark.nginx
def test_the_example_of_nginx_serves_below_its_path(proxy: str, server: Server) -> None:
    status, headers, _ = get(proxy, "/flamescope?a=1")
    assert (status, headers["Location"]) == (308, "/flamescope/?a=1")
    status, headers, body = get(proxy, "/flamescope/")
    assert status == 200
    assert b"<!doctype html>" in body.lower()
    for asset in re.findall(rb'(?:src|href)="(?:\./)?(assets/[^"]+)"', body):
        assert get(proxy, f"/flamescope/{asset.decode()}")[0] == 200
    status, _, body = get(proxy, "/flamescope/heatmap/?filename=small.perf")
    assert (status, b'"maxvalue"' in body) == (200, True)
    assert get(proxy, "/flamescope/heatmap?filename=x")[1]["Location"] == "/flamescope/heatmap/?filename=x"
    for hidden in ("metrics", "readyz", "healthz"):
        for spelt in HIDDEN_FORMS:
            assert get(proxy, f"/flamescope{spelt.format(hidden)}")[0] == 404, (hidden, spelt)
    patterns = "&".join(f"drop={'a' * 400}{number}" for number in range(30))
    assert get(proxy, f"/flamescope/flamegraph/?filename=small.perf&{patterns}")[0] == 200
    assert get(proxy, "/flamescope/profile/?filename=small.perf", method="DELETE")[0] == 403
    get(proxy, "/flamescope/profile/", "X-Forwarded-User: mallory", "X-Forwarded-For: 6.6.6.6")
    lines = [json.loads(line) for line in server.log.read_text().splitlines() if line.startswith("{")]
    requests = [line for line in lines if line.get("message") == "request"]
    assert requests
    assert {line["client"] for line in requests} == {"127.0.0.1"}
    assert "mallory" not in server.log.read_text()


def test_systemd_finds_nothing_wrong_with_the_unit(tmp_path: Path) -> None:
    command = shutil.which("systemd-analyze")
    if command is None:
        pytest.skip("this machine has no systemd-analyze")
    unit = tmp_path / "flamescope-py.service"
    text = (DEPLOY / "flamescope-py.service").read_text("utf-8")
    unit.write_text(re.sub(r"ExecStart=\S+", "ExecStart=/bin/true", text))
    done = subprocess.run([command, "verify", str(unit)], capture_output=True, text=True, check=False)
    about = [line for line in done.stderr.splitlines() if "flamescope" in line]
    assert (done.returncode, about) == (0, []), done.stderr


HARDENED = [
    "ProtectProc=invisible",
    "ProcSubset=pid",
    "PrivateMounts=yes",
    "SystemCallFilter=~@privileged @resources",
    "IPAddressDeny=any",
    "IPAddressAllow=localhost",
    "ProtectSystem=strict",
    "NoNewPrivileges=yes",
    "RestrictNamespaces=yes",
    "CapabilityBoundingSet=",
]


def unit() -> list[str]:
    return (DEPLOY / "flamescope-py.service").read_text("utf-8").splitlines()


def test_the_unit_is_hardened() -> None:
    assert set(HARDENED) <= set(unit())


def system_calls(group: str) -> set[str]:
    """Return the names of a group of systemd's."""
    command = shutil.which("systemd-analyze")
    if command is None:
        pytest.skip("this machine has no systemd-analyze")
    done = subprocess.run([command, "syscall-filter", group], capture_output=True, text=True, check=True)
    names = {line.strip() for line in done.stdout.splitlines() if line.startswith("    ")}
    return {name for name in names if not name.startswith(("#", "@"))}


def test_the_calls_that_are_refused_are_those_of_the_group() -> None:
    """nice has no number of its own here, and newer calls only make the group larger."""
    assert set(RESOURCES) <= system_calls("@resources")
    assert "prlimit64" not in system_calls("@resources")


def test_the_server_runs_where_the_unit_confines_it(tmp_path: Path) -> None:
    """Without @resources, and with /proc as ProcSubset and ProtectProc leave it."""
    if platform.machine() != ARCHITECTURE:
        pytest.skip("the numbers of system calls are those of another architecture")
    profiles = tmp_path / "profiles"
    profiles.mkdir()
    (profiles / "small.perf").write_bytes(SMALL)
    (profiles / "large.perf").write_bytes(SMALL * (SMALL_FILE // len(SMALL) + 1))
    under = [sys.executable, "-m", "tests.support.processes.refusing"]
    mount = 'mount -t proc -o subset=pid,hidepid=invisible proc /proc && exec "$@"'
    inside = ["unshare", "--mount", "--propagation", "private", "sh", "-c", mount, "sh"]
    if (
        os.geteuid() == 0
        and not subprocess.run([*inside, "true"], capture_output=True, check=False).returncode
    ):
        under = [*inside, *under]
    with serving(profiles, tmp_path / "cache", under=under) as server:
        for name in ("small.perf", "large.perf"):
            asked = f"GET /heatmap/?filename={name} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
            status, _, body = raw(server.url, asked.encode())
            assert (status, b'"maxvalue"' in body) == (200, True)
        assert (
            raw(server.url, b"GET /metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")[0]
            == 200
        )
        assert "Traceback" not in server.log.read_text()


@pytest.mark.parametrize("name", ["Dockerfile", "flamescope-py.service"])
def test_every_variable_is_that_of_a_setting(name: str) -> None:
    text = (DEPLOY / name).read_text("utf-8")
    used = set(re.findall(rf"{PREFIX}_([A-Z_]+)=", text))
    assert used
    assert used <= {field.name.upper() for field in dataclasses.fields(Settings)}


def dockerfile() -> str:
    """Return the Dockerfile with its continued lines joined."""
    return (DEPLOY / "Dockerfile").read_text("utf-8").replace("\\\n", " ")


def copied() -> list[str]:
    """Return the paths that the Dockerfile copies from the clone."""
    lines = [line for line in dockerfile().splitlines() if line.startswith("COPY") and "--from" not in line]
    assert lines
    return [path for line in lines for path in line.split()[1:-1]]


def test_the_dockerfile_copies_what_there_is() -> None:
    for path in copied():
        assert (ROOT / path).exists(), path
    assert "USER 10001" in dockerfile()


def test_what_is_sent_to_docker_is_what_it_copies_and_nothing_that_was_made_here() -> None:
    """node_modules and static of this machine would replace those of the image."""
    lines = (ROOT / ".dockerignore").read_text("utf-8").splitlines()
    rules = [line for line in lines if line and not line.startswith("#")]
    assert rules[0] == "*"
    sent = {line[1:] for line in rules if line.startswith("!")}
    assert sent == {path.split("/")[0] for path in copied()}
    assert {"flamescope_py/static", "frontend/node_modules"} < set(rules)


def test_images_can_come_from_another_registry() -> None:
    """Each `FROM` is an argument or a stage of this file. Its default has a full name, which podman needs."""
    text = dockerfile()
    arguments = dict(re.findall(r"(?m)^ARG (\w+)=(\S+)$", text))
    used = re.findall(r"(?m)^FROM \$(\w+)", text)
    assert len(used) == len(re.findall(r"(?m)^FROM ", text)) == 3
    assert set(used) == set(arguments)
    assert all(name.startswith("docker.io/library/") for name in arguments.values())


def health_check(port: str) -> int:
    """Run the Dockerfile's health check as docker does, without a shell, and with a proxy set."""
    (words,) = re.findall(r"^HEALTHCHECK .*CMD (\[.*\])", dockerfile(), re.MULTILINE)
    program, *arguments = json.loads(words)
    assert program == "python"
    nowhere = {"http_proxy": "http://127.0.0.1:1", "HTTP_PROXY": "http://127.0.0.1:1"}
    environment = os.environ | nowhere | {"FLAMESCOPE_PORT": port}
    done = subprocess.run([sys.executable, *arguments], env=environment, capture_output=True, check=False)
    return done.returncode


def test_the_health_check_of_the_dockerfile_tells_a_server_from_none(server: Server) -> None:
    port = re.findall(r":(\d+)/", server.url)[0]
    assert health_check(port) == 0
    # Bound without listening, so that no other process can take the port.
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        assert health_check(str(nobody.getsockname()[1])) == 1
