"""Opening profiles: compressions, damage, types, and files that are no profile."""

from __future__ import annotations

import gzip
import io
from pathlib import Path

import pytest

from flamescope_py.errors import (
    BrokenProfileError,
    ParameterError,
    TooLargeError,
    UnknownFormatError,
    WrongTypeError,
)
from flamescope_py.readers.compression import decompress
from flamescope_py.readers.source import HEAD_BYTES, Sniffed, read_profile, sniff_file
from tests.support.perf_text import sample, script
from tests.support.reading import COMPRESSIONS, assert_same, read, stacks

DATA = script(*(sample(f"10.{number:06}", f"f{number} (/x)") for number in range(2000)))
WHOLE = read(DATA)


@pytest.mark.parametrize("name", COMPRESSIONS)
def test_the_content_decides_about_compression(name: str) -> None:
    packed = COMPRESSIONS[name](DATA)
    assert decompress.codec(io.BytesIO(packed)) == name
    assert sniff_file(io.BytesIO(packed)) == Sniffed("perf")
    assert_same(read(packed), WHOLE)


@pytest.mark.parametrize("name", COMPRESSIONS)
def test_a_compressed_file_of_several_members_is_read_to_its_end(name: str) -> None:
    """`cat a.gz b.gz`, pigz, bgzip; the cut is in the middle of a line."""
    middle = len(DATA) // 2
    packed = COMPRESSIONS[name](DATA[:middle]) + COMPRESSIONS[name](DATA[middle:])
    assert_same(read(packed), WHOLE)


@pytest.mark.parametrize("name", COMPRESSIONS)
def test_a_compressed_file_that_is_cut_in_its_first_bytes_is_listed_as_unknown(name: str) -> None:
    packed = COMPRESSIONS[name](DATA)[:12]
    sniffed = sniff_file(io.BytesIO(packed))
    assert sniffed.type == "unknown"
    assert "cut off" in sniffed.reason
    with pytest.raises(BrokenProfileError, match="copy it again"):
        read(packed)


@pytest.mark.parametrize("name", ["gzip", "bzip2", "xz"])
def test_damage_in_the_middle_is_found_by_the_checksum(name: str) -> None:
    """zstd writes a checksum only when asked to."""
    packed = bytearray(COMPRESSIONS[name](DATA))
    packed[len(packed) // 2] ^= 0xFF
    with pytest.raises(BrokenProfileError, match="damaged"):
        read(bytes(packed))


def test_padding_behind_a_gzip_member_is_no_damage() -> None:
    assert_same(read(gzip.compress(DATA) + b"\0" * 512), WHOLE)


def test_a_compressed_file_is_sniffed_from_a_bounded_head() -> None:
    """A gigabyte of lines costs 64 KiB; the bomb is never unpacked."""
    bomb = gzip.compress(b"x" * (1 << 20)) * 1000
    assert sniff_file(io.BytesIO(bomb)).type == "unknown"


def test_more_than_the_bound_of_decompressed_bytes_is_refused() -> None:
    packed = gzip.compress(DATA)
    with pytest.raises(TooLargeError, match="1000 bytes"):
        list(decompress.chunks(io.BytesIO(packed), limit=1000))
    assert b"".join(decompress.chunks(io.BytesIO(packed), size=7, limit=len(DATA))) == DATA


def test_an_empty_file() -> None:
    assert sniff_file(io.BytesIO()) == Sniffed("unknown", "The file is empty.")
    with pytest.raises(BrokenProfileError, match="empty"):
        read(b"")
    with pytest.raises(BrokenProfileError, match="empty"):
        read(gzip.compress(b""))


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"\x7fELF\x02\x01\x01\0\0\0", "an ELF program"),
        (bytes(range(256)) * 100, "binary"),
        (b"just some text\nin lines\n", "No line of its beginning"),
        (b"\xff\xfe" + "text".encode("utf-16-le"), "No line of its beginning"),
        (b"\n\n\n", "No line of its beginning"),
        (bytes(10_000), "begins with zeros alone"),
    ],
    ids=["elf", "all bytes", "text", "utf-16", "blank lines", "zeros"],
)
def test_a_file_that_is_no_profile(data: bytes, reason: str) -> None:
    sniffed = sniff_file(io.BytesIO(data))
    assert sniffed.type == "unknown"
    assert reason in sniffed.reason
    for type_name in ("perf", "unknown", "cpuprofile"):
        with pytest.raises(UnknownFormatError) as caught:
            read(data, type_name)
        assert str(caught.value) == sniffed.reason


@pytest.mark.parametrize(
    ("type_name", "data"), [("perf", DATA), ("folded", b"a;b 3\na;c 4\n")], ids=["perf", "folded"]
)
def test_a_head_that_says_nothing_is_read_as_the_type_that_was_named(type_name: str, data: bytes) -> None:
    """The profile begins after the part of a file that is checked, plain and compressed."""
    hidden = b"Dear diary\n" * (2 * HEAD_BYTES // 11) + data
    for file in (hidden, gzip.compress(hidden)):
        assert sniff_file(io.BytesIO(file)).type == "unknown"
        assert len(read(file, type_name).samples.time) == len(read(data, type_name).samples.time)
        with pytest.raises(UnknownFormatError):
            read(file, "unknown")


def test_a_type_that_the_file_is_not_names_what_it_is() -> None:
    with pytest.raises(WrongTypeError, match="not of type cpuprofile but perf"):
        read(DATA, "cpuprofile")
    assert_same(read(DATA, "unknown"), WHOLE)


def test_a_type_that_does_not_exist_names_those_that_do() -> None:
    with pytest.raises(ParameterError, match=r"'exe'.*perf, .*cpuprofile"):
        read(DATA, "exe")


def test_perf_text_is_recognised_behind_a_long_header() -> None:
    header = "".join(f"# event : name = e{number}\n" for number in range(500))
    assert sniff_file(io.BytesIO(header.encode() + DATA)).type == "perf"


def test_progress_is_told_in_bytes_of_the_file() -> None:
    for packed in (DATA, *(compress(DATA) for compress in COMPRESSIONS.values())):
        told: list[int] = []
        profile = read_profile(io.BytesIO(packed), "perf", told.append)
        assert told == sorted(told)
        assert told[-1] == len(packed)
        assert len(profile.samples) == 2000


def test_what_perf_writes_while_we_read_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "perf.out"
    path.write_bytes(DATA)
    with path.open("rb") as file, path.open("ab") as writer:
        appended: list[int] = []

        def append(done: int) -> None:
            appended.append(done)
            writer.write(sample("99.000000", "late (/x)").encode())
            writer.flush()

        profile = read_profile(file, "perf", append)
    assert appended
    assert len(profile.samples) == 2000
    assert "late" not in "".join(stacks(profile))
