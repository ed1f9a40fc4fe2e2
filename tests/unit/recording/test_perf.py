"""The commands of a recording, as they run and as they are shown."""

from __future__ import annotations

import pytest

from flamescope_py.incoming.placing import Wish
from flamescope_py.recording.perf import arguments, record_options, shown_commands
from flamescope_py.recording.requests import Recording
from flamescope_py.recording.scripts import FIELDS


def request(**changes: object) -> Recording:
    return Recording(Wish("x"), **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "one",
    [
        request(pid=12, frequency=997, event="cycles:u", call_graph="dwarf", seconds=5),
        request(system=True, sudo=True),
        request(pgrep="a 'b' $(c)"),
    ],
    ids=["pid", "system", "pgrep"],
)
def test_the_shown_commands_have_the_options_that_run(one: Recording) -> None:
    pid = None if one.system else one.pid or 1234
    *_, record, script = shown_commands(one)
    sudo, _, seconds, _, _, *options = arguments(one, pid, packed=False)
    assert options == record_options(one, pid)
    shown = record.replace("-p PID", "-p 1234")
    assert shown.startswith(f"{sudo} perf record ".lstrip())
    assert all(option in shown.split() for option in options)
    assert shown.endswith(f"-- sleep {seconds}")
    assert script.startswith(f"{sudo} perf script -f --header ".lstrip())


def test_a_pattern_is_shown_quoted() -> None:
    assert shown_commands(request(pgrep="a 'b' $(c)"))[0] == """pgrep -f -- 'a '"'"'b'"'"' $(c)'"""
    assert len(shown_commands(request(pid=1))) == 2


@pytest.mark.parametrize(
    ("seconds", "each", "files"), [(2, 1, 3), (10, 1, 11), (25, 3, 10), (600, 60, 11), (86_400, 8640, 11)]
)
def test_a_ring_is_a_row_of_files(seconds: int, each: int, files: int) -> None:
    one = request(pid=1, ring=seconds)
    assert arguments(one, 1, packed=False)[3:5] == ["ring", str(seconds)]
    assert each * (files - 1) >= seconds
    record, script = shown_commands(one)
    assert f"--switch-output={each}s --switch-max-files={files} --timestamp-filename" in record
    assert script.startswith("for file in ")


def test_a_live_recording_is_shown_as_a_stream() -> None:
    record, follow, _ = shown_commands(request(pid=1, live=True))
    assert "--no-buffering -o - -- sleep 60 > " in record
    assert follow.startswith("tail -c +1 -f ")
    assert follow.endswith(f"perf script -f -i - {FIELDS[0]}")
