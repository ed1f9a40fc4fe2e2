"""Clocks that are set while the server runs, and files with the times of other clocks."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from tests.api.conftest import SMALL
from tests.api.server.test_serve import raw
from tests.e2e.running import Server, serving
from tests.faults.asking import all_answers, ask
from tests.faults.test_connections import HEALTH, half_open, wait_until_closed
from tests.support.perf_text import sample, script

NAMES = ("small.perf",)
LATER = "later.perf"
DAY = 24 * 3600
# Back by an hour, back by more than a year, and ahead by more than two.
STEPS = ("-3600", "-400d", "+400d")


@pytest.mark.faketime
def test_setting_the_clock_changes_no_answer(profiles: Path, tmp_path: Path) -> None:
    clock = tmp_path / "clock"
    clock.write_text("+0")
    # CLOCK_MONOTONIC, by which durations are measured, goes on as before.
    more = {
        "LD_PRELOAD": faketime_library(),
        "FAKETIME_TIMESTAMP_FILE": str(clock),
        "FAKETIME_NO_CACHE": "1",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        "NO_FAKE_STAT": "1",
    }
    with serving(profiles, tmp_path / "cache", "--idle-seconds", "3", more=more) as server:
        expected = all_answers(server.url, NAMES)
        for step in STEPS:
            # A timeout that used the time of day would never come, or come at once.
            with half_open(server, 20) as sockets:
                clock.write_text(step)
                assert all_answers(server.url, NAMES) == expected
                (profiles / LATER).write_bytes(SMALL)
                while not in_list(server, LATER):
                    time.sleep(0.05)
                assert all_answers(server.url, (LATER,))
                (profiles / LATER).unlink()
                for one in sockets:
                    wait_until_closed(one)
            while in_list(server, LATER):
                time.sleep(0.05)
            assert raw(server.url, HEALTH)[0] == 200
        log = server.log.read_text()
    assert "Traceback" not in log
    assert "ms=-" not in log
    times = [datetime.fromisoformat(line[:19]) for line in log.splitlines() if "request id" in line]
    jumps = [later - sooner for sooner, later in pairwise(times)]
    assert min(jumps) < -timedelta(days=398)
    assert max(jumps) > timedelta(days=798)
    assert any(-timedelta(minutes=70) < jump < -timedelta(minutes=50) for jump in jumps)


def in_list(server: Server, name: str) -> bool:
    return name.encode() in ask(server.url, "profile/").body


def faketime_library() -> str:
    """Return the library of Debian's package, which its command preloads."""
    found = sorted(Path("/usr/lib").glob("*/faketime/libfaketime.so.1"))
    assert found
    return str(found[0])


OTHER = script(*(sample(f"{second}.5", "f (/a)") for second in range(10, 16)))


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server for the tests that set the times of its only file."""
    folder = tmp_path_factory.mktemp("times")
    (folder / "profiles").mkdir()
    with serving(folder / "profiles", folder / "cache") as running:
        yield running


@pytest.fixture
def path(server: Server) -> Path:
    """Return the file of the server, written anew."""
    found = server.profiles / "small.perf"
    found.write_bytes(SMALL)
    return found


@pytest.mark.parametrize("when", [0, -DAY, 2**31 + DAY, 2**33, 253_402_300_800])
def test_files_of_any_time_are_read(server: Server, path: Path, when: int) -> None:
    expected = all_answers(server.url, NAMES)["heatmap/?filename=small.perf&rows=50"]
    try:
        os.utime(path, (when, when))
    except (OSError, OverflowError):
        pytest.skip("this file system has no such time")
    assert all_answers(server.url, NAMES)["heatmap/?filename=small.perf&rows=50"] == expected


def test_a_file_that_is_replaced_by_an_older_one_is_read_anew(server: Server, path: Path) -> None:
    """A copy that keeps times may replace a file by an older version."""
    first = ask(server.url, "heatmap/?filename=small.perf").body
    path.write_bytes(OTHER)
    os.utime(path, (1_000_000_000, 1_000_000_000))
    second = ask(server.url, "heatmap/?filename=small.perf").body
    assert first != second
    path.write_bytes(SMALL)
    os.utime(path, (999_999_999, 999_999_999))
    assert ask(server.url, "heatmap/?filename=small.perf").body == first
