"""perf.data that was damaged, read by the real perf: a profile with an answer to every question, or an error.

Bytes are replaced, and so are numbers where perf keeps sizes, offsets, kinds and addresses: in its header, in
the attributes of events, in the heads of records and in their payload.
"""

from __future__ import annotations

import gzip
import io
import struct
from pathlib import Path
from time import monotonic
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flamescope_py.errors import TooLargeError
from flamescope_py.readers.source import ReportProgress, read_profile
from tests.property.test_damaged_files import bounded, damaged
from tests.support.answers import answered, check_answers

DATA = Path(__file__).resolve().parents[1] / "data" / "perf_data"
FILES = {path.name: gzip.decompress(path.read_bytes()) for path in sorted(DATA.glob("*.perf.data.gz"))}
HEADER_BYTES = 104
RECORD_HEAD = struct.Struct("<IHH")
HOSTILE = [
    0,
    1,
    7,
    8,
    0x7F,
    0xFF,
    0x7FFF,
    0xFFFF,
    2**31 - 1,
    2**31,
    2**32 - 1,
    2**40,
    2**63 - 1,
    2**63,
    2**64 - 1,
]

pytestmark = [pytest.mark.perf, pytest.mark.slow]


# As max_parse_seconds: perf may do anything with such a file, as long as it ends. Some of them keep it busy.
MOST_SECONDS, MOST_BYTES = 2, 1 << 28


def bound() -> ReportProgress:
    """Return a progress callback that ends a reading that takes too long."""
    deadline = monotonic() + MOST_SECONDS

    def each_turn(_done: int) -> None:
        if monotonic() > deadline:
            raise TooLargeError("max_parse_seconds")

    return each_turn


def check(data: bytes) -> None:
    """Read it by perf, and compute every answer for the result."""
    profile = answered(lambda: read_profile(io.BytesIO(data), "perf", bound(), MOST_BYTES))
    if profile is not None:
        check_answers(profile)


class Section(NamedTuple):
    """Bytes `start` to `end` of a file."""

    start: int
    end: int


def sections(data: bytes) -> list[Section]:
    """Return the attributes, the records and the features (perf.data-file-format.txt of the kernel)."""
    attributes, attributes_size, records, records_size = struct.unpack_from("<4Q", data, 24)
    return [
        Section(attributes, attributes + attributes_size),
        Section(records, records + records_size),
        Section(records + records_size, len(data)),
    ]


def records(data: bytes, section: Section) -> list[Section]:
    """Return the records of the data section, each with its head."""
    found, place = [], section.start
    while place + RECORD_HEAD.size <= section.end:
        size = RECORD_HEAD.unpack_from(data, place)[2]
        if size < RECORD_HEAD.size:
            break
        found.append(Section(place, place + size))
        place += size
    return found


@st.composite
def other_numbers(draw: st.DrawFn, data: bytes) -> bytes:
    """Draw a file in which a few numbers of one to eight bytes are others; its length stays."""
    found = bytearray(data)
    attributes, content, features = sections(data)
    spots = [Section(8, HEADER_BYTES), attributes, features]
    for _ in range(draw(st.integers(1, 4))):
        here = draw(st.sampled_from([*spots, *records(data, content)]))
        width = draw(st.sampled_from([1, 2, 4, 8]))
        place = here.start + width * draw(st.integers(0, max(0, (here.end - here.start) // width - 1)))
        number = draw(st.sampled_from(HOSTILE) | st.integers(0, 2**64 - 1)) % (1 << 8 * width)
        found[place : place + width] = number.to_bytes(width, "little")
    return bytes(found[: len(data)])


def test_the_records_of_every_file_are_found() -> None:
    for data in FILES.values():
        assert len(records(data, sections(data)[1])) > 10
        assert records(data, sections(data)[1])[-1].end == sections(data)[1].end


@pytest.mark.parametrize("name", FILES)
@bounded
@given(data=st.data())
def test_numbers_that_are_others(name: str, data: st.DataObject) -> None:
    check(data.draw(other_numbers(FILES[name])))


@pytest.mark.parametrize("name", FILES)
@bounded
@given(data=st.data())
def test_damaged_bytes_behind_the_magic(name: str, data: st.DataObject) -> None:
    check(b"PERFILE2" + data.draw(damaged(FILES[name][8:])))
