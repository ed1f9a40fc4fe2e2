from __future__ import annotations

from datetime import datetime, timezone

import pytest

from flamescope_py.errors import ParameterError
from flamescope_py.incoming import names


@pytest.mark.parametrize(
    "name", ["perf.out", "a/b/c", "日本/é", "x" * 247, "a b", "-x", "a..b", "a/" * 16 + "b", "می\u200cخواهم"]
)
def test_names_that_are_fine(name: str) -> None:
    assert "/".join(names.parts_of(name)) == name


@pytest.mark.parametrize(
    "name",
    ["", "/", "a/", "/a", ".", "..", ".a", "a/.b", "a\nb", "\ud800", "x" * 248, "é" * 124]
    + [f"a{letter}b" for letter in "\x00\x1b\x7f\x9b\u202e\u2066\u200f\u061c\u2028\ufeff\U000e0041"]
    + ["a/" * 17 + "b"],
)
def test_names_that_are_not(name: str) -> None:
    with pytest.raises(ParameterError):
        names.parts_of(name)


def test_numbers_go_before_the_suffix() -> None:
    assert names.numbered("perf.out", 2) == "perf-2.out"
    assert names.numbered("perf", 3) == "perf-3"
    assert names.numbered("a.b.c", 10) == "a.b-10.c"


@pytest.mark.parametrize(
    ("path", "leaf"),
    [
        ("/tmp/perf.out", "perf.out"),
        ("perf.out", "perf.out"),
        ("/", "fallback"),
        ("..", "fallback"),
        ("/a/.hidden", "hidden"),
        ("/a/b\nc", "b_c"),
        ("C:\\a\\b.out", "b.out"),
        ("/" + "é" * 200, "é" * 123),
        ("/a/", "a"),
        ("\udc80x", "_x"),
    ],
)
def test_a_name_out_of_any_path(path: str, leaf: str) -> None:
    assert names.leaf_of(path, "fallback") == leaf
    names.parts_of(names.leaf_of(path, "fallback"))


@pytest.mark.parametrize(
    ("host", "label"),
    [("beacon", "beacon"), ("fe80::1%eth0", "fe80--1-eth0"), ("::", "host"), ("x" * 300, "x" * 64)],
)
def test_the_name_of_a_recording(host: str, label: str) -> None:
    moment = datetime(2026, 1, 2, 3, 4, 5, tzinfo=timezone.utc)
    assert names.recording_name(host, moment) == f"{label}-20260102-030405.perf"
