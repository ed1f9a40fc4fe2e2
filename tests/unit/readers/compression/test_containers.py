"""Wrapped files: archives of one profile, nested compressions, other encodings of text."""

from __future__ import annotations

import gzip
import io
import lzma
import tarfile
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flamescope_py.errors import BrokenProfileError, FlameScopeError, TooLargeError, UnknownFormatError
from flamescope_py.model import Profile
from flamescope_py.readers import magic
from flamescope_py.readers.compression import decompress
from flamescope_py.readers.compression.layers import LEFT_OUT
from flamescope_py.readers.encoding import encoding, plain
from flamescope_py.readers.pool import pool as pool_module
from flamescope_py.readers.pool.pool import ReaderPool
from flamescope_py.readers.source import read_profile, sniff_file
from tests.support.perf_text import sample, script
from tests.support.reading import COMPRESSIONS, assert_same, cut, read, stacks

PERF = script(*(sample(f"10.{number:06}", f"f{number} (/x)") for number in range(300)))
FOLDED = b"main;parse 12\nmain;lex 7\n"
TRACE = orjson.dumps([{"name": "a", "ph": "X", "ts": 1_000_000, "dur": 500_000, "pid": 1, "tid": 1}])
TEXTS = {"perf": PERF, "folded": FOLDED, "trace_event": TRACE}


def zipped(*members: tuple[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        for name, data in members:
            archive.writestr(name, data)
    return file.getvalue()


def tarred(*members: tuple[str, bytes], form: int = tarfile.PAX_FORMAT) -> bytes:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w", format=form) as archive:
        for name, data in members:
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return file.getvalue()


def old_tar(name: str, data: bytes) -> bytes:
    """Write a tar archive as programs before 1988 did, without a magic."""
    header = bytearray(tarred((name, data), form=tarfile.USTAR_FORMAT)[:512])
    header[257:] = bytes(255)
    header[148:156] = b" " * 8
    header[148:156] = b"%06o\0 " % sum(header)
    return bytes(header) + data + bytes(-len(data) % 512 + 1024)


WRAPPERS: dict[str, Callable[[bytes], bytes]] = {
    "zip": lambda data: zipped(("dir/perf.out", data)),
    "zip stored": lambda data: zipped(("perf.out", data), method=zipfile.ZIP_STORED),
    "zip bzip2": lambda data: zipped(("perf.out", data), method=zipfile.ZIP_BZIP2),
    "zip lzma": lambda data: zipped(("perf.out", data), method=zipfile.ZIP_LZMA),
    "zip from a Mac": lambda data: zipped(
        ("p.out", data), ("__MACOSX/._p.out", b"\0\5"), (".DS_Store", b"x")
    ),
    "zip with a read-me": lambda data: zipped(("README", b"hello\n"), ("p.out", data)),
    "zip of gzip": lambda data: zipped(("perf.out.gz", gzip.compress(data))),
    "tar": lambda data: tarred(("dir/perf.out", data)),
    "tar ustar": lambda data: tarred(("perf.out", data), form=tarfile.USTAR_FORMAT),
    "tar gnu": lambda data: tarred(("x" * 200, data), form=tarfile.GNU_FORMAT),
    "tar old": lambda data: old_tar("perf.out", data),
    "tar with a read-me": lambda data: tarred(("README", b"hello\n"), ("p.out", data), ("end", b"x")),
    "tar.gz": lambda data: gzip.compress(tarred(("perf.out", data))),
    "tar.xz": lambda data: lzma.compress(tarred(("perf.out", data))),
    "tar.bz2": lambda data: COMPRESSIONS["bzip2"](tarred(("perf.out", data))),
    "tar.zst": lambda data: COMPRESSIONS["zstd"](tarred(("perf.out", data))),
    "tar of gzip": lambda data: tarred(("perf.out.gz", gzip.compress(data))),
    "zip of tar": lambda data: zipped(("p.tar", tarred(("perf.out", data)))),
    "gzip of zip": lambda data: gzip.compress(zipped(("perf.out", data))),
    "tar of zip": lambda data: tarred(("p.zip", zipped(("perf.out", data)))),
    "double gzip": lambda data: gzip.compress(gzip.compress(data)),
    "triple gzip": lambda data: gzip.compress(gzip.compress(gzip.compress(data))),
    "zstd of xz": lambda data: COMPRESSIONS["zstd"](lzma.compress(data)),
    "lzma": lambda data: lzma.compress(data, lzma.FORMAT_ALONE),
    "zlib": zlib.compress,
    "zlib fast": lambda data: zlib.compress(data, 1),
    "zlib best": lambda data: zlib.compress(data, 9),
}


@pytest.mark.parametrize("type_name", TEXTS)
@pytest.mark.parametrize("name", WRAPPERS)
def test_what_holds_one_profile_is_read(name: str, type_name: str) -> None:
    packed = WRAPPERS[name](TEXTS[type_name])
    assert sniff_file(io.BytesIO(packed)).type == type_name
    for asked in ("unknown", type_name):
        assert_same(read(packed, asked), read(TEXTS[type_name], type_name), but=("messages",))


@pytest.mark.parametrize("name", ["zip with a read-me", "tar with a read-me"])
def test_files_beside_the_profile_are_told(name: str) -> None:
    (message,) = read(WRAPPERS[name](PERF), "unknown").report.messages
    assert message.endswith(("more files, not read.", "1 more file, not read."))


@pytest.mark.parametrize(
    ("packed", "reason"),
    [
        (zipped(("a.out", PERF), ("b.out", PERF)), "zip archive of several profiles: unpack it \\(unzip"),
        (zipped(("a", b"x"), ("b", b"y")), "zip archive of 2 files, none of them a profile"),
        (zipped(), "zip archive without a file"),
        (zipped(("dir/", b"")), "zip archive without a file"),
        (tarred(("a", b"x\n")), "tar archive of 1 file, none of them a profile"),
        (tarred(), None),
    ],
    ids=["zip of two", "zip of none", "empty zip", "zip of a folder", "tar of none", "empty tar"],
)
def test_what_holds_no_single_profile_is_refused_by_name(packed: bytes, reason: str | None) -> None:
    for data in (packed, gzip.compress(packed)):
        assert sniff_file(io.BytesIO(data)).type == "unknown"
        for type_name in ("unknown", "perf", "folded"):
            with pytest.raises(UnknownFormatError, match=reason):
                read(data, type_name)


def test_a_tar_archive_of_several_profiles_is_refused_by_name() -> None:
    packed = tarred(("a.out", PERF), ("b.out", PERF))
    with pytest.raises(UnknownFormatError, match="tar archive of several profiles: unpack it"):
        read(packed)


def test_an_encrypted_zip_archive_is_refused_by_name() -> None:
    packed = bytearray(zipped(("perf.out", PERF)))
    for magic_, at in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        packed[packed.index(magic_) + at] |= 1
    with pytest.raises(UnknownFormatError, match="encrypted"):
        read(bytes(packed))


@pytest.mark.parametrize(
    "name", ["zip", "tar", "tar.gz", "gzip of zip", "double gzip", "lzma", "zlib", "tar old"]
)
def test_wherever_it_is_cut_there_is_a_part_or_an_error_of_ours(name: str) -> None:
    packed = WRAPPERS[name](PERF)
    for length in range(0, len(packed) - 1, max(1, len(packed) // 40)):
        try:
            profile = read(packed[:length], "unknown")
        except FlameScopeError:
            continue
        assert len(profile.samples) <= 300
        assert profile.report.messages or profile.report.skipped or name.startswith("tar")


@pytest.mark.parametrize(
    ("name", "count"), [("tar.gz", 20_000), ("double gzip", 100_000), ("lzma", 20_000), ("zlib", 20_000)]
)
def test_a_cut_file_shows_what_is_before_the_cut(name: str, count: int) -> None:
    data = script(*(sample(f"10.{number:06}", f"f{number} (/x)") for number in range(count)))
    packed = WRAPPERS[name](data)
    profile = read(packed[: len(packed) * 3 // 4], "perf")
    assert 0 < len(profile.samples) < count
    assert profile.report.messages[0] in (decompress.ENDS_EARLY, decompress.DAMAGED)


@pytest.mark.parametrize("name", ["gzip", "bzip2", "xz", "zlib"])
@pytest.mark.parametrize("behind", [b"\n", b"no stream at all"])
def test_bytes_behind_the_compressed_data_are_left_out_and_told(name: str, behind: bytes) -> None:
    pack = zlib.compress if name == "zlib" else COMPRESSIONS[name]
    found = read(pack(PERF) + behind)
    assert len(found.samples) == len(read(PERF).samples)
    assert found.report.messages == [LEFT_OUT]


def test_zeros_behind_gzip_are_padding() -> None:
    found = read(gzip.compress(PERF) + gzip.compress(PERF) + bytes(1000))
    assert (len(found.samples), found.report.messages) == (2 * len(read(PERF).samples), [])


@pytest.mark.parametrize(("name", "length"), [("zstd", 4), ("zstd", 2000), ("lz4", 4)])
def test_frames_to_skip_may_stand_before_the_first(name: str, length: int) -> None:
    skipped = b"\x50\x2a\x4d\x18" + length.to_bytes(4, "little") + bytes(length)
    assert_same(read(skipped + COMPRESSIONS[name](PERF)), read(PERF))


def test_a_gzip_file_without_its_checksum_shows_all_of_its_content() -> None:
    found = read(gzip.compress(PERF)[:-8])
    assert len(found.samples) == len(read(PERF).samples)
    assert found.report.messages == [decompress.ENDS_EARLY]


def test_a_file_packed_too_often_is_refused() -> None:
    packed = PERF
    for _ in range(decompress.MAX_LAYERS + 1):
        packed = gzip.compress(packed)
    with pytest.raises(UnknownFormatError, match="more than 4 times"):
        read(packed)


@pytest.mark.parametrize("name", ["zip", "tar.gz", "double gzip", "lzma", "zlib"])
def test_what_unpacks_to_too_much_is_refused(name: str) -> None:
    packed = WRAPPERS[name](PERF * 200)
    with pytest.raises(TooLargeError, match="100000 bytes"):
        read_profile(io.BytesIO(packed), "perf", most=100_000)


@pytest.mark.parametrize("kind", magic.MAGICS, ids=lambda kind: kind.name)
def test_every_magic_is_refused_by_name_whatever_text_follows(kind: magic.Magic) -> None:
    data = b"\1" * kind.offset + kind.bytes + b"\n" + PERF
    for packed in (data, gzip.compress(data)):
        assert kind.name in sniff_file(io.BytesIO(packed)).reason
        for type_name in ("unknown", "perf"):
            with pytest.raises(UnknownFormatError, match="which is not read"):
                read(packed, type_name)


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b'{"snapshot":{"meta":{}},"nodes":[9,1,1,0],"edges":[]}', "heap snapshot"),
        (
            b'{"head":{"callFrame":{"functionName":"(root)"},"selfSize":0},"samples":[{"size":8}]}',
            "heap profile",
        ),
        (b"# callgrind format\nversion: 1\n", "callgrind"),
        (b"# To display the perf.data header info, please use --header\n#\n", "perf report"),
        (
            b"#\n# Overhead  Command  Shared Object  Symbol\n# ........\n    12.3%  node  node\n",
            "perf report",
        ),
        (b"\n Performance counter stats for 'sleep 1':\n\n   1,23 msec task-clock\n", "perf stat"),
        (b'<?xml version="1.0" standalone="no"?>\n<!DOCTYPE svg PUBLIC "x">\n<svg width="1200">', "SVG"),
        (b"<svg xmlns='x'>", "SVG"),
        (b"<!DOCTYPE html><html>", "web page"),
        (b"\x0a\x06\x40\x01\x50\x01\x10\x01\x0a\x04\x40\x02\x50\x01\x0a\x04\x40\x03\x50\x01", "Perfetto"),
        (b"070701" + b"0" * 104 + b"perf.out\0\0" + PERF, "cpio"),
        (b"go 1.22 trace\0\0\0", "Go execution trace"),
        ("a;b 1\nc;d 2\n".encode("utf-16-le"), "UTF-16 without a byte order mark: run `iconv -f utf-16le"),
        ("a;b 1\nc;d 2\n".encode("utf-16-be"), "UTF-16 without a byte order mark: run `iconv -f utf-16be"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:1\n", "Git LFS"),
    ],
)
def test_what_is_known_and_not_read_is_refused_by_name(data: bytes, name: str) -> None:
    binary = b"\0" in data or data.startswith((b"\n\4", b"\n\6"))
    dos = data if binary else data.replace(b"\n", b"\r\n")
    for packed in (data, gzip.compress(data), dos):
        assert name in sniff_file(io.BytesIO(packed)).reason
        with pytest.raises(UnknownFormatError, match=name):
            read(packed, "unknown")


ENCODINGS: dict[str, Callable[[bytes], bytes]] = {
    "utf-8 mark": lambda data: b"\xef\xbb\xbf" + data,
    "utf-16 le": lambda data: b"\xff\xfe" + data.decode().encode("utf-16-le"),
    "utf-16 be": lambda data: b"\xfe\xff" + data.decode().encode("utf-16-be"),
    "utf-32": lambda data: data.decode().encode("utf-32"),
    "crlf": lambda data: data.replace(b"\n", b"\r\n"),
    "cr": lambda data: data.replace(b"\n", b"\r"),
    "cr cr lf": lambda data: data.replace(b"\n", b"\r\r\n"),
    "powershell": lambda data: b"\xff\xfe" + data.decode().replace("\n", "\r\n").encode("utf-16-le"),
    "utf-16 cr": lambda data: b"\xff\xfe" + data.decode().replace("\n", "\r").encode("utf-16-le"),
    "doubled": lambda data: data.replace(b"\n", b"\n\n"),
    "doubled crlf": lambda data: data.replace(b"\n", b"\r\n\r\n"),
    "doubled utf-16": lambda data: b"\xff\xfe" + data.decode().replace("\n", "\n\n").encode("utf-16-le"),
}


@pytest.mark.parametrize("type_name", TEXTS)
@pytest.mark.parametrize("name", ENCODINGS)
def test_text_is_the_same_in_every_encoding(name: str, type_name: str) -> None:
    data = ENCODINGS[name](TEXTS[type_name])
    expected = read(TEXTS[type_name], type_name)
    for packed in (data, gzip.compress(data), zipped(("p.out", data))):
        assert sniff_file(io.BytesIO(packed)).type == type_name
        assert_same(read(packed, "unknown"), expected, but=("lines",))


@pytest.mark.parametrize("name", ENCODINGS)
@given(points=st.lists(st.integers(0, 200), max_size=8))
def test_an_encoding_is_read_however_it_is_cut(name: str, points: list[int]) -> None:
    data = ENCODINGS[name](PERF[:600])
    how = encoding(data)
    assert b"".join(plain(cut(data, points), how)) == b"".join(plain([data], how))


def test_where_blank_lines_are_not_doubled_any_more_the_rest_stays() -> None:
    """Stackless samples have a blank line behind each; samples with stacks may follow."""
    long = script(*(sample(f"10.{number:06}", f"f{number} (/x)") for number in range(2_000)))
    late = script(*(sample(f"20.{number:06}", f"g{number} (/x)", "h (/x)") for number in range(50)))
    profile = read(long.replace(b"\n", b"\n\n") + late)
    assert stacks(profile) == stacks(read(long)) + stacks(read(late))


def test_single_blank_lines_between_single_lines_are_no_doubling() -> None:
    text = b"junk\n\n" * 50 + b"w 1 10.000000: cycles: \n\n\t 7f12 f (/x)\n"
    assert encoding(text).lines == ""


def test_samples_without_stacks_keep_their_blank_lines() -> None:
    text = b"".join(b"           dd  123 [000]    10.%06d: cycles: \n\n" % number for number in range(50))
    assert encoding(text).lines == ""
    assert len(read(text).samples) == 50


@pytest.mark.parametrize(
    "name", ["utf-8 mark", "powershell", "cr", "doubled", "tar", "zip", "double gzip", "tar.gz"]
)
def test_large_files_are_the_same_from_the_pool(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pool_module, "SMALL_FILE", 100)
    monkeypatch.setattr(pool_module, "SMALL_COMPRESSED_FILE", 100)
    path = tmp_path / "p"
    path.write_bytes((ENCODINGS | WRAPPERS)[name](PERF))
    readers = ReaderPool(2)
    try:
        with path.open("rb") as file:
            found: Profile = readers.read(file, "unknown")
    finally:
        readers.close()
    assert_same(found, read(PERF), but=("lines",))


def test_binary_formats_are_not_recoded() -> None:
    """An nflxprofile without a line feed and with a CR in it stays as it is."""
    path = Path(__file__).resolve().parents[3] / "data" / "nflxprofile" / "stack.nflxprofile"
    data = path.read_bytes()
    assert b"\r" in data or b"\n" in data
    assert np.isfinite(read(data, "unknown").samples.time).all()


@given(st.binary(max_size=300))
def test_any_bytes_behind_a_magic_give_a_profile_or_our_error(data: bytes) -> None:
    for start in (b"PK\3\4", b"\x78\x9c", b"\x5d\0\0\x80\0", b"\x1f\x8b\x08\0", b"\xff\xfe", b"x^"):
        try:
            read(start + data, "unknown")
        except FlameScopeError:
            continue


def test_text_that_begins_as_zlib_does_is_text() -> None:
    text = b"x^y;main 3\nx^y;lex 4\n"
    assert stacks(read(text, "unknown")) == ["x^y;main", "x^y;lex"]
    with pytest.raises(BrokenProfileError):
        read(b"", "unknown")
