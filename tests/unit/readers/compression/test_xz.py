"""xz files: the result is that of LZMAFile, and none takes more memory than allowed."""

from __future__ import annotations

import io
import lzma
import subprocess
import sys
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flamescope_py.errors import TooLargeError
from flamescope_py.readers.compression import decompress
from flamescope_py.readers.compression.xz import XzReader

TEXT = b"main;leaf 1\n" * 1000


def everything(data: bytes) -> bytes:
    reader, found = XzReader(io.BytesIO(data)), b""
    while piece := reader.read1(1 << 16):
        found += piece
    return found


def hungry(dictionary: int) -> bytes:
    filters = [{"id": lzma.FILTER_LZMA2, "dict_size": 1 << 20}]
    data = lzma.compress(TEXT, lzma.FORMAT_XZ, filters=filters, check=lzma.CHECK_NONE)
    # The one byte of the head that holds the size of the dictionary, and the head's checksum.
    block = bytearray(data[12:24])
    size = 2 * (dictionary.bit_length() - 12)
    at = block.index(bytes([0x21, 0x01])) + 2
    block[at] = size
    head = bytes(block[:-4])
    return data[:12] + head + zlib.crc32(head).to_bytes(4, "little") + data[24:]


@given(st.lists(st.binary(), min_size=1, max_size=3), st.integers(0, 3))
def test_streams_and_padding_are_read(parts: list[bytes], padding: int) -> None:
    data = b"".join(lzma.compress(part) + bytes(4 * padding) for part in parts)
    assert everything(data) == b"".join(parts)
    if not padding:
        assert lzma.decompress(data) == b"".join(parts)


def test_bytes_behind_the_end_are_left_out() -> None:
    assert everything(lzma.compress(TEXT) + b"this is no stream at all") == TEXT


def test_a_file_that_ends_early_is_told() -> None:
    with pytest.raises(EOFError):
        everything(lzma.compress(TEXT)[:-20])


def test_the_usual_presets_are_read() -> None:
    for preset in (0, 6, 9, 9 | lzma.PRESET_EXTREME):
        assert b"".join(decompress.chunks(io.BytesIO(lzma.compress(TEXT, preset=preset)))) == TEXT


def test_a_small_file_with_a_huge_dictionary_is_refused() -> None:
    data = hungry(2 << 30)
    assert len(data) < 300
    with pytest.raises(TooLargeError, match="memory"):
        list(decompress.chunks(io.BytesIO(data)))


def test_it_does_no_harm_where_memory_is_limited() -> None:
    program = (
        "import io, resource, sys; from flamescope_py.readers.source import sniff_file;"
        "resource.setrlimit(resource.RLIMIT_AS, (1 << 30, 1 << 30));"
        "print(sniff_file(io.BytesIO(sys.stdin.buffer.read())))"
    )
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, input=hungry(2 << 30), capture_output=True, check=True)
    assert b"unknown" in done.stdout
    assert b"memory" in done.stdout
