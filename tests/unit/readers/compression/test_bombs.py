"""Archives and compressed files that unpack to much are refused with little memory, and by a sentence."""

from __future__ import annotations

import io
import lzma
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flamescope_py.errors import FlameScopeError
from flamescope_py.readers.compression import archives, decompress
from flamescope_py.readers.source import read_profile, sniff_file
from tests.support.bombs import BOMBS, MIB
from tests.unit.readers.compression.test_containers import PERF, tarred, zipped

# Imports once. Then a process of its own sniffs each file, within 80 MB on top of the imports and the file.
_PROGRAM = """
import io, os, resource, sys
from pathlib import Path
from flamescope_py.readers import registry
from flamescope_py.readers.compression import zip_members
from flamescope_py.readers.source import sniff_file
registry.readers()
while size := sys.stdin.buffer.readline():
    data = sys.stdin.buffer.read(int(size))
    if os.fork() == 0:
        pages = int(Path("/proc/self/statm").read_text().split()[0])
        most = pages * resource.getpagesize() + (80 << 20)
        resource.setrlimit(resource.RLIMIT_AS, (most, most))
        print(sniff_file(io.BytesIO(data)).type, flush=True)
        sys.exit()
    print(os.wait()[1], flush=True)
"""


@pytest.fixture(scope="module")
def sniffer() -> Iterator[Callable[[bytes], list[str]]]:
    """Sniffs a file in little memory. Returns the type and the exit status."""
    # Python 3.12 warns of a fork beside threads, which pyarrow has.
    command = [sys.executable, "-W", "ignore::DeprecationWarning", "-c", _PROGRAM]
    streams = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
    with subprocess.Popen(command, **streams) as process:  # type: ignore[call-overload]

        def sniffed(data: bytes) -> list[str]:
            process.stdin.write(b"%d\n%b" % (len(data), data))
            process.stdin.flush()
            return [process.stdout.readline().decode().strip() for _ in range(2)]

        yield sniffed
        process.stdin.close()


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_sniffed_in_little_memory_and_refused_with_an_explanation(
    name: str, sniffer: Callable[[bytes], list[str]]
) -> None:
    data = BOMBS[name]()
    assert len(data) < MIB
    assert sniffer(data) == ["unknown", "0"]
    with pytest.raises(FlameScopeError, match=r"compress|archive|unpack|memory|formats"):
        read_profile(io.BytesIO(data), "unknown", most=8 * MIB)


@pytest.mark.parametrize("blank", [b" ", b"\n", b"\t\r\n"])
def test_a_file_of_blanks_is_unknown(blank: bytes) -> None:
    found = sniff_file(io.BytesIO(blank * (1 << 17)))
    assert (found.type, found.reason != "") == ("unknown", True)


METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA)


@given(data=st.binary(max_size=400_000), method=st.sampled_from(METHODS), comment=st.binary(max_size=50))
def test_members_of_every_method_are_read_whole(data: bytes, method: int, comment: bytes) -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        archive.comment = comment
        archive.writestr("folder/", b"")
        archive.writestr("folder/data", data)
    opened = archives.open_zip(io.BytesIO(file.getvalue()), 1 << 30, lambda head: True, [])
    assert b"".join(iter(lambda: opened.read1(1 << 16), b"")) == data  # type: ignore[attr-defined]


def test_a_tar_archive_of_many_files_is_read() -> None:
    members = [(f"notes/{number}.txt", b"hello\n") for number in range(1000)]
    notes: list[str] = []
    packed = io.BytesIO(tarred(*members, ("perf.out", PERF)))
    found = b"".join(decompress.chunks(packed, wanted=lambda head: head.startswith(PERF[:10]), notes=notes))
    assert found == PERF
    assert "1000 more files" in notes[0]


def test_a_member_that_is_cut_is_told() -> None:
    packed = bytearray(zipped(("perf.out", PERF * 50), method=zipfile.ZIP_LZMA))
    start = packed.index(b"perf.out") + 40
    packed[start : start + 40] = bytes(40)
    with pytest.raises(FlameScopeError, match=r"damaged|profile"):
        read_profile(io.BytesIO(bytes(packed)), "unknown")


def test_small_streams_are_read_as_long_as_they_are_not_many() -> None:
    data = b"".join(lzma.compress(b"main;leaf 1\n") for _ in range(500))
    assert b"".join(decompress.chunks(io.BytesIO(data))) == b"main;leaf 1\n" * 500
