"""Reading ahead: the same chunks and errors, few at a time, and no thread that stays."""

from __future__ import annotations

import io
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from flamescope_py.errors import UnknownFormatError
from flamescope_py.readers import source
from flamescope_py.readers.compression.ahead import read_ahead
from tests.support.perf_text import sample, script
from tests.support.reading import assert_same


def threads() -> list[str]:
    return [thread.name for thread in threading.enumerate() if thread.name == "read-ahead"]


def test_chunks_come_in_order() -> None:
    chunks = [b"%d" % number for number in range(100)]
    assert list(read_ahead(chunks)) == chunks
    assert list(read_ahead([])) == []
    assert not threads()


def test_an_error_is_raised_behind_the_chunks_before_it() -> None:
    def chunks() -> Iterator[bytes]:
        yield b"a"
        raise OSError("the disk")

    ahead = read_ahead(chunks())
    assert next(ahead) == b"a"
    with pytest.raises(OSError, match="the disk"):
        next(ahead)
    assert not threads()


def test_few_chunks_wait_and_a_parser_that_stops_ends_the_thread() -> None:
    taken = []

    def chunks() -> Iterator[bytes]:
        for number in range(1_000):
            taken.append(number)
            yield b"x"

    ahead = read_ahead(chunks())
    for _ in range(10):
        next(ahead)
    ahead.close()
    assert not threads()
    assert len(taken) <= 14


def test_no_thread_stays_behind_an_error(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(source, "LARGE_FILE", 0)
    file = tmp_path / "a.json"
    file.write_bytes(b'{"nodes": [], "samples": [' + b"1," * (4 << 20))
    with file.open("rb") as opened:
        with pytest.raises(UnknownFormatError):
            source.read_profile(opened, "cpuprofile", ahead=True)
        assert not threads()


@pytest.mark.parametrize("size", [0, 1 << 40])
def test_a_profile_is_the_same(size: int, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(source, "LARGE_FILE", size)
    file = tmp_path / "a.perf"
    file.write_bytes(script(*(sample(f"{n / 100}", f"f{n % 7} (/x)", "main (/x)") for n in range(3_000))))
    with file.open("rb") as opened:
        ahead = source.read_profile(opened, "perf", ahead=True)
    assert_same(ahead, source.read_profile(io.BytesIO(file.read_bytes()), "perf"))
