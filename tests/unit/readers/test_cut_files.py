"""Truncated files: whole samples are shown, the rest is skipped, and the report names both."""

from __future__ import annotations

import gzip
import io
import random
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flamescope_py.errors import BrokenProfileError, FlameScopeError
from flamescope_py.readers.compression.decompress import DAMAGED, ENDS_EARLY
from flamescope_py.readers.pool import pool as pool_module
from flamescope_py.readers.pool.pool import ReaderPool
from flamescope_py.readers.source import read_profile
from tests.support.perf_text import sample, script
from tests.support.reading import COMPRESSIONS, assert_same, read, stacks
from tests.support.recorded import input_bytes
from tests.support.strategies import bounded

LEFT_OUT = "The file ends in the middle of a sample: 1 is left out."
REAL = input_bytes("node18.perf.out")[:20_000].rpartition(b"\n\n")[0] + b"\n\n"
WHOLE = stacks(read(REAL))
# Random bytes, which no codec compresses well. They are the same every time: a cut right behind an event line
# leaves a sample without its frames.
BYTES = random.Random(7)
LARGE = script(*(sample(f"10.{n:06}", f"f{BYTES.randbytes(400).hex()} (/x)") for n in range(2000)))
EXPECTED = stacks(read(LARGE))


@cache
def packed_large(name: str) -> bytes:
    return COMPRESSIONS[name](LARGE)


@bounded
@given(end=st.integers(1, len(REAL)))
def test_any_cut_gives_a_prefix_of_the_samples(end: int) -> None:
    """The last one is whole, missing, or without callers if the cut is just behind a frame line."""
    try:
        found = read(REAL[:end])
    except FlameScopeError:
        assert b"\n\n" not in REAL[:end]
        return
    got = stacks(found)
    assert got[:-1] == WHOLE[: len(got) - 1]
    command, *frames = got[-1].split(";")
    whole = WHOLE[len(got) - 1].split(";")
    assert command == whole[0]
    assert frames == whole[len(whole) - len(frames) :]
    if len(frames) < len(whole) - 1:
        assert REAL[end : end + 1] == b"\n" or REAL[end - 1 : end] == b"\n"
    last = REAL[:end].rpartition(b"\n")[2]
    assert (found.report.messages == [LEFT_OUT]) == bool(last and not last.endswith(b")"))


@pytest.mark.parametrize(
    "last",
    [
        "\t    7fb8 node::Rea",
        "\t    7fb8 std::function<void ()",
        "\t    7fb8 f (/memfd:a (deleted)",
        "\t    7fb8 f (/usr/bin/no",
        "\t   ",
        "node 1 11.0",
        "node 1 11.000000: cyc:",
    ],
)
def test_the_sample_of_a_cut_line_is_left_out(last: str) -> None:
    first = sample("10.000000", "main (/x)")
    begun = "" if last.startswith("node") else sample("10.500000", "leaf (/x)").rstrip("\n") + "\n"
    found = read((first + begun + last).encode())
    assert stacks(found) == stacks(read(first.encode()))
    assert found.report.messages == [LEFT_OUT]
    assert found.report.skipped == 1


def test_an_editor_may_take_the_last_line_ends_away() -> None:
    text = script(sample("10.000000", "main (/x)"), sample("10.500000", "f() const ([kernel.kallsyms])"))
    assert_same(read(text.rstrip(b"\n")), read(text), but=("lines",))


def test_folded_stacks_whose_last_line_is_cut() -> None:
    found = read(b"a;b;c 3\na;b;d 4\na;b;lon", "folded")
    assert len(found.samples) == 2
    assert found.report.messages == ["The file ends in the middle of a stack: 1 is left out."]
    assert read(b"a;b;c 3\na;b;d 4", "folded").report.messages == []


@pytest.mark.parametrize("name", COMPRESSIONS)
@pytest.mark.parametrize("share", [0.7, 0.99])
def test_a_compressed_file_that_is_cut_shows_what_there_is(name: str, share: float) -> None:
    packed = packed_large(name)
    found = read(packed[: int(len(packed) * share)])
    assert len(found.samples) > 700
    assert stacks(found) == EXPECTED[: len(found.samples)]
    assert found.report.messages[0] == ENDS_EARLY


@pytest.mark.parametrize("name", ["gzip", "bzip2", "xz"])
def test_before_damage_all_is_shown(name: str) -> None:
    packed = bytearray(packed_large(name))
    packed[-len(packed) // 10] ^= 0xFF
    found = read(bytes(packed))
    assert len(found.samples) > 500
    assert found.report.messages[0] == DAMAGED


def test_processes_show_as_much_of_a_cut_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool_module, "SMALL_COMPRESSED_FILE", 0)
    packed = gzip.compress(LARGE)
    packed = packed[: len(packed) * 7 // 10]
    path = tmp_path / "cut.gz"
    path.write_bytes(packed)
    pool = ReaderPool(2)
    try:
        with path.open("rb") as file:
            assert_same(pool.read(file, "perf"), read_profile(io.BytesIO(packed), "perf"))
    finally:
        pool.close()


def test_where_nothing_is_readable_the_words_are_plain() -> None:
    with pytest.raises(BrokenProfileError) as caught:
        read(gzip.compress(LARGE)[:12])
    assert (
        str(caught.value) == "The compressed file is cut off, and nothing in it can be shown: copy it again."
    )
