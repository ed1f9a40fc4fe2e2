"""Maps of compiled code without names are named in the report, with the option to add to the command."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from tests.support.perf_text import sample
from tests.support.reading import read, read_perf

MAP = "/tmp/perf-4711.map"
DATA = Path(__file__).parents[3] / "data/node"


def messages(resolved: int, unresolved: int, command: str = "node", library: str = MAP) -> list[str]:
    """Read one sample a frame: some with a name, some without."""
    names = ["f"] * resolved + ["[unknown]"] * unresolved
    blocks = [
        sample(f"{number}.0", f"{name} ({library})", "main (/usr/bin/node)", command=command)
        for number, name in enumerate(names)
    ]
    return read_perf(*blocks).report.messages


def test_the_share_is_that_of_the_frames_in_the_map() -> None:
    assert messages(29, 71) == [
        f"71 % of the frames in {MAP} are unresolved: start node with --perf-basic-prof, and record again."
    ]


@pytest.mark.parametrize(
    ("command", "word"),
    [
        ("node", "--perf-basic-prof"),
        ("MainThread", "--perf-basic-prof"),
        ("java", "DumpPerfMapAtExit"),
        ("dotnet", "DOTNET_PerfMapEnabled=1"),
        (".NET TP Worker", "DOTNET_PerfMapEnabled=1"),
        ("python3.12", "-X perf"),
        ("ruby", "--yjit-perf=map"),
        ("php-fpm8.2", "opcache.jit_debug"),
        ("myruntime", "node --perf-basic-prof, python -X perf"),
    ],
)
def test_the_advice_is_for_the_runtime(command: str, word: str) -> None:
    (message,) = messages(0, 100, command)
    assert word in message


@pytest.mark.parametrize("library", ["//anon", "[JIT] tid 4711", "/proc/1/root/tmp/perf-1.map"])
def test_other_names_of_compiled_code(library: str) -> None:
    (message,) = messages(0, 100, library=library)
    assert library in message


@pytest.mark.parametrize(
    ("resolved", "unresolved", "library"),
    [
        (81, 19, MAP),
        (100, 0, MAP),
        (0, 99, MAP),
        (0, 100, "/usr/lib/libc.so.6"),
        (0, 100, "[unknown]"),
        (0, 100, f"/tmp/{'x' * 200}/perf-1.map"),
    ],
)
def test_few_or_other_unresolved_frames_are_no_message(resolved: int, unresolved: int, library: str) -> None:
    assert messages(resolved, unresolved, library=library) == []


def test_only_the_worst_maps_are_named() -> None:
    blocks = [
        sample(f"{number}.0", *[f"[unknown] (/tmp/perf-{pid}.map)"] * 2)
        for number in range(60 + 10)
        for pid in range(1, 6)
        if number < 60 + pid
    ]
    found = read_perf(*blocks).report.messages
    assert [message.split("perf-")[1][0] for message in found] == ["5", "4", "3"]


def test_recordings_of_node_with_a_whole_map_have_none() -> None:
    for version, expected in ((16, 1), (24, 0)):
        data = gzip.decompress((DATA / f"node{version}-basic.perf.out.gz").read_bytes())
        assert len(read(data).report.messages) == expected
