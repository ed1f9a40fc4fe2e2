"""The reader of pprof's profiles (profile.proto): graphs of every value, and heatmaps of samples with times.

A sample is a stack with a value of each sample type, and labels. Every type becomes an event in its own unit.
Samples that were added up have no time; @datadog/pprof and others label each with the time of its end.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
import numpy.typing as npt

from flamescope_py.errors import BrokenProfileError, TooLargeError
from flamescope_py.model import Profile, ProfileBuilder
from flamescope_py.readers.ids import places_of_ids
from flamescope_py.readers.limits import MAX_SPAN_SECONDS
from flamescope_py.readers.locations import FrameLists, LocationStacks
from flamescope_py.readers.pprof.head import recognises
from flamescope_py.readers.pprof.labels import LabelReader, Labels
from flamescope_py.readers.pprof.tables import (
    DEFAULT_TYPE,
    SAMPLE,
    SAMPLE_TYPE,
    Content,
    Strings,
    locations,
)
from flamescope_py.readers.protobuf.messages import Fields, scan
from flamescope_py.readers.protobuf.places import Places, places_of
from flamescope_py.readers.protobuf.values import distinct, last_values, numbers
from flamescope_py.readers.protobuf.varints import Ints, padded
from flamescope_py.readers.units import unit_of

__all__ = ["read", "recognises"]

MAX_BYTES = 512 << 20
# Samples that are decoded together, and their bytes: each byte may be a location, which takes 60 bytes.
BATCH, BATCH_BYTES = 50_000, 4 << 20
# Profilers write up to a dozen types of samples.
MAX_TYPES = 100
MAX_WEIGHT = 1 << 53
UNKNOWN_NODE = -1
TIME_ADVICE = (
    "pprof adds samples up: record with a profiler that labels them with end_timestamp_ns, or with perf."
)
CUT = "samples that are damaged"
UNKNOWN_LOCATION = "samples of a location that is not in the file"
NEGATIVE = "values that are negative, as in a difference of two profiles"
HUGE = "values above 2^53"
NO_NAME = "locations of a function or a name that is not in the file"


def read(chunks: Iterable[bytes]) -> Profile:
    """Read a profile. Raises BrokenProfileError where it has no sample, and TooLargeError past MAX_BYTES."""
    content = _parsed(_joined(chunks))
    builder = ProfileBuilder()
    reading = _Samples(builder, content)
    reading.read()
    builder.drop_strays(MAX_SPAN_SECONDS / 2, keep_untimed=True)
    if not builder.report.samples:
        raise BrokenProfileError(
            f"There is no sample in this pprof profile{builder.report.because()}: record it again."
        )
    return builder.finish("pprof", owner_level=False, main_event=reading.main, time_advice=TIME_ADVICE)


def _joined(chunks: Iterable[bytes]) -> bytes:
    data = bytearray()
    for chunk in chunks:
        data += chunk
        if len(data) > MAX_BYTES:
            raise TooLargeError(f"A pprof profile of more than {MAX_BYTES >> 20} MiB cannot be read: cut it.")
    return bytes(data)


def _parsed(data: bytes) -> Content:
    """Find the fields of the outermost message. Raises BrokenProfileError where it is not whole."""
    array = padded(data)
    fields, stopped = places_of(data, array, 0, len(data))
    if stopped < len(data):
        raise BrokenProfileError("The pprof profile is cut short or damaged: copy it again.")
    return Content(data, array, fields)


def _batches(sizes: Ints) -> Iterator[slice]:
    """Yield the rows of samples of some sizes that are decoded together."""
    behind, start = np.cumsum(sizes), 0
    while start < len(sizes):
        done = int(behind[start - 1]) if start else 0
        most = int(np.searchsorted(behind, done + BATCH_BYTES, side="right"))
        end = min(start + BATCH, max(most, start + 1))
        yield slice(start, end)
        start = end


class _Samples:
    """Reads the samples of a profile into a builder."""

    def __init__(self, builder: ProfileBuilder, content: Content) -> None:
        self.main = ""
        self._builder = builder
        self._content = content
        self._strings = Strings(content)
        self._types = self._sample_types()
        self._locations = locations(content, self._strings, builder)
        self._known: dict[bytes, int] = {}
        self._stacks = LocationStacks(
            builder, FrameLists(self._locations.first, self._locations.counts, self._locations.frames)
        )
        self._labels = LabelReader(content, self._strings, builder)

    def _sample_types(self) -> list[tuple[int, int]]:
        """Return the event of every type, and the number that its values are multiplied with."""
        fields, count = self._content.messages(SAMPLE_TYPE)
        if count > MAX_TYPES:
            raise TooLargeError(f"A pprof profile of more than {MAX_TYPES} sample types cannot be read.")
        named = [last_values(fields, number, count).tolist() for number in (1, 2)]
        found = []
        for kind, unit in zip(*named, strict=True):
            name = self._strings.at(kind) or "samples"
            shown, scale = unit_of(self._strings.at(unit), name)
            found.append((self._builder.event(name, shown), scale))
            # As pprof does: the one that the file names, else the last.
            if (
                not self.main
                or kind == self._content.number(DEFAULT_TYPE)
                or not self._content.number(DEFAULT_TYPE)
            ):
                self.main = name
        return found

    def read(self) -> None:
        """Read all samples, a batch at a time."""
        places = self._content.fields.get(SAMPLE, Places())
        for rows in _batches(places.ends - places.starts):
            starts, ends = places.starts[rows], places.ends[rows]
            fields, whole = scan(self._content.data, self._content.array, starts, ends)
            self._count(CUT, ~whole)
            self._add(fields, whole)
        report = self._builder.report
        if self._locations.nameless:
            report.messages.append(
                f"{self._locations.nameless} locations have no function and are named by library and "
                "address: `pprof -proto` adds the names where the binaries are."
            )
        if self._locations.unknown:
            report.note(NO_NAME, text=str(self._locations.unknown))
        self._labels.table.tell(report)

    def _add(self, fields: Fields, whole: npt.NDArray[np.bool_]) -> None:
        count = len(whole)
        node, known = self._nodes(fields, count)
        self._count(UNKNOWN_LOCATION, whole & ~known)
        kept = whole & known
        labels = self._labels.read(fields.of(3), count)
        values, counts = numbers(self._content.array, fields.of(2), count)
        first = np.cumsum(counts) - counts
        for place, (event, scale) in enumerate(self._types):
            has = kept & (counts > place)
            amount = np.zeros(count, np.int64)
            amount[has] = values[first[has] + place]
            huge = has & (amount > MAX_WEIGHT // scale)
            self._count(NEGATIVE, has & (amount < 0))
            self._count(HUGE, huge)
            self._add_type(np.flatnonzero(has & ~huge & (amount > 0)), node, labels, amount * scale, event)

    def _add_type(self, rows: Ints, node: Ints, labels: Labels, amount: Ints, event: int) -> None:
        """Add the values of one type. A value without a time counts as much as it weighs."""
        self._builder.add_samples(
            time=labels.time[rows],
            node=node[rows],
            thread=labels.thread[rows],
            cpu=labels.cpu[rows],
            event=np.full(len(rows), event),
            weight=amount[rows],
        )

    def _nodes(self, fields: Fields, count: int) -> tuple[Ints, npt.NDArray[np.bool_]]:
        """Return the node of every sample's stack, and whether all its locations are known.

        Equal stacks are equal bytes, so that each is decoded once.
        """
        stacks = fields.of(1)
        if (stacks.row[1:] == stacks.row[:-1]).any():
            return self._decoded(stacks, count)
        number, firsts = distinct(self._content.data, self._content.array, stacks)
        data, places = self._content.data, zip(stacks.start[firsts], stacks.end[firsts], strict=True)
        texts = [data[start:end] for start, end in places]
        new = [row for row, text in enumerate(texts) if text not in self._known]
        if new:
            part = stacks.take(firsts[new])._replace(row=np.arange(len(new)))
            nodes, known = self._decoded(part, len(new))
            ends = np.where(known, nodes, UNKNOWN_NODE).tolist()
            self._known.update(zip((texts[row] for row in new), ends, strict=True))
        found = np.zeros(count, np.int64)
        found[stacks.row] = np.array([self._known[text] for text in texts], np.int64)[number]
        return np.maximum(found, 0), found != UNKNOWN_NODE

    def _decoded(self, stacks: Fields, count: int) -> tuple[Ints, npt.NDArray[np.bool_]]:
        """Return the node of every stack of locations, and whether all of these are known."""
        ids, lengths = numbers(self._content.array, stacks, count)
        place = places_of_ids(self._locations.ids, ids)
        known = np.ones(count, np.bool_)
        known[np.repeat(np.arange(count), lengths)[place < 0]] = False
        if not len(self._locations.ids):
            return np.zeros(count, np.int64), known
        # From the leaf to the root: all stacks are hung up in the opposite order.
        return self._stacks.hang(np.maximum(place, 0)[::-1], lengths[::-1])[::-1], known

    def _count(self, reason: str, rows: npt.NDArray[np.bool_]) -> None:
        found = int(np.count_nonzero(rows))
        if found:
            self._builder.report.skip(reason, text=str(found), count=found)
