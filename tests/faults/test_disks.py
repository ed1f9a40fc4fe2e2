"""Full disks, and disks that go away and come back: real ones, if this user may mount."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.e2e.running import EXAMPLES, NODE20, SYSTEM, Server, serving
from tests.faults.asking import all_answers, ask
from tests.faults.unprivileged import WITHOUT_RIGHTS

NAMES = (NODE20, SYSTEM)


@contextmanager
def mounted(place: Path, *arguments: str) -> Iterator[Path]:
    """Mount a file system. Skip the test if this user may not."""
    place.mkdir(exist_ok=True)
    done = subprocess.run(["mount", *arguments, str(place)], capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"this user cannot mount: {done.stderr.strip()}")
    try:
        yield place
    finally:
        unmount(place)


def unmount(place: Path) -> None:
    """Unmount at once, even if files are open."""
    subprocess.run(["umount", "--lazy", str(place)], capture_output=True, check=False)


def copied(folder: Path) -> Path:
    """Copy two examples with their times, which the list shows."""
    folder.mkdir()
    for name in NAMES:
        shutil.copy2(EXAMPLES / name, folder)
    return folder


@pytest.fixture
def examples(tmp_path: Path) -> Path:
    return copied(tmp_path / "profiles")


def ready(server: Server) -> int:
    return ask(server.url, "readyz").status


def upload(server: Server, body: bytes) -> tuple[int, str]:
    connection = HTTPConnection(urlsplit(server.url).netloc, timeout=60)
    connection.request("POST", "/profile/?filename=new.perf", body)
    answer = connection.getresponse()
    text = answer.read().decode()
    connection.close()
    return answer.status, text


@pytest.fixture(scope="module")
def expected(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """All answers of an undisturbed server."""
    place = tmp_path_factory.mktemp("calm")
    with serving(copied(place / "profiles"), place / "cache") as calm:
        return all_answers(calm.url, NAMES)


@pytest.mark.parametrize("kilobytes", [4, 100])
def test_a_full_disk_of_the_cache_costs_no_answer(
    examples: Path, tmp_path: Path, expected: dict[str, bytes], kilobytes: int
) -> None:
    """The disk may be full at the first file, at the last one, or between two indexes."""
    with mounted(tmp_path / "small", "-t", "tmpfs", "-o", f"size={kilobytes}k", "tmpfs") as small:
        (small / "cache").mkdir()
        server = Server(examples, tmp_path / "linked")
        (tmp_path / "linked").symlink_to(small / "cache")
        for _ in range(2):
            server.start()
            try:
                assert all_answers(server.url, NAMES) == expected
                assert ready(server) == 200
            finally:
                server.stop()
        log = server.log.read_text()
        assert log.count("No index can be written (No space left on device)") == 2  # once for each start
        assert "Traceback" not in log
        assert not list((small / "cache" / "index").glob(".new-*"))


def test_a_full_disk_of_the_profiles_takes_no_upload_and_keeps_nothing_of_it(tmp_path: Path) -> None:
    body = (EXAMPLES / NODE20).read_bytes() * 40
    with (
        mounted(tmp_path / "profiles", "-t", "tmpfs", "-o", "size=1m", "tmpfs") as small,
        serving(small, tmp_path / "cache", "--min-free-bytes", "0") as server,
    ):
        shutil.copy(EXAMPLES / SYSTEM, small)
        status, text = upload(server, body)
        assert status == 507
        assert "full" in json.loads(text)["error"]
        assert [path.name for path in small.rglob("*") if path.is_file()] == [SYSTEM]
        assert ask(server.url, f"heatmap/?filename={SYSTEM}").status == 200
        assert "Traceback" not in server.log.read_text()


def wait_for_list(server: Server, count: int) -> None:
    """Request the list until it has `count` files. On a slow machine a list may be seconds old."""
    while len(json.loads(ask(server.url, "profile/").body)) != count:
        time.sleep(0.05)


def check_away_and_back(server: Server, take_away: object, bring_back: object) -> None:
    """Compare the answers before and after, and check the errors meanwhile."""
    assert callable(take_away)
    assert callable(bring_back)
    expected = all_answers(server.url, NAMES)
    for _ in range(2):
        take_away()
        wait_for_list(server, 0)
        answer = ask(server.url, f"heatmap/?filename={SYSTEM}")
        assert answer.status in {403, 404}, answer
        assert ready(server) == 503
        assert ask(server.url, "healthz").status == 200
        bring_back()
        wait_for_list(server, len(NAMES))
        assert ready(server) == 200
        assert all_answers(server.url, NAMES) == expected
    assert "Traceback" not in server.log.read_text()


def test_a_directory_that_goes_away_comes_back(examples: Path, tmp_path: Path) -> None:
    with serving(examples, tmp_path / "cache") as server:
        check_away_and_back(
            server,
            lambda: examples.rename(tmp_path / "away"),
            lambda: (tmp_path / "away").rename(examples),
        )


def test_a_mount_that_goes_away_comes_back(examples: Path, tmp_path: Path) -> None:
    """An unreadable mount point shows that the mount is missing."""
    place = tmp_path / "mounted"
    place.mkdir()
    place.chmod(0)
    with (
        mounted(tmp_path / "disk", "-t", "tmpfs", "tmpfs") as disk,
        mounted(place, "--bind", str(disk)),
    ):
        for name in NAMES:
            shutil.copy(examples / name, disk)
        with serving(place, tmp_path / "cache", under=WITHOUT_RIGHTS) as server:
            check_away_and_back(
                server,
                lambda: unmount(place),
                lambda: subprocess.run(["mount", "--bind", str(disk), str(place)], check=True),
            )


def test_a_mount_point_that_can_be_read_is_an_empty_list(examples: Path, tmp_path: Path) -> None:
    with (
        mounted(tmp_path / "disk", "--bind", str(examples)) as place,
        serving(place, tmp_path / "cache") as server,
    ):
        wait_for_list(server, len(NAMES))
        unmount(place)
        wait_for_list(server, 0)
        assert ready(server) == 200
        assert os.listdir(place) == []  # noqa: PTH208
