"""The tables of a pprof profile: texts, mappings, functions and locations, and the frames that these make.

https://github.com/google/pprof/blob/main/proto/profile.proto. An integer that stands for a text is its row in
the table of strings. A location has a line for each function that was inlined there, the innermost first.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from flamescope_py.model import ProfileBuilder
from flamescope_py.model.frame import INLINED, KERNEL
from flamescope_py.readers.json.text import MAX_NAME
from flamescope_py.readers.protobuf.messages import Fields, scan
from flamescope_py.readers.protobuf.places import Places
from flamescope_py.readers.protobuf.values import last_values
from flamescope_py.readers.protobuf.varints import Bytes, Ints

# Numbers of fields: of Profile, then of the messages in it.
SAMPLE_TYPE, SAMPLE, MAPPING, LOCATION, FUNCTION, STRING = 1, 2, 3, 4, 5, 6
TIME, DURATION, PERIOD_TYPE, PERIOD, COMMENT, DEFAULT_TYPE = 9, 10, 11, 12, 13, 14
UNKNOWN = "(unknown)"


class Content(NamedTuple):
    """A profile: its bytes, also as a padded array, and the fields of the outermost message by number."""

    data: bytes
    array: Bytes
    fields: dict[int, Places]

    def messages(self, number: int) -> tuple[Fields, int]:
        """Return the fields of all messages of a number, and how many messages there are."""
        places = self.fields.get(number, Places())
        return scan(self.data, self.array, places.starts, places.ends)[0], len(places.starts)

    def number(self, number: int) -> int:
        """Return a number of the outermost message, 0 where there is none."""
        return self.fields.get(number, Places()).value


class Strings:
    """The table of strings."""

    def __init__(self, content: Content) -> None:
        """Texts are decoded when they are asked for."""
        self._data = content.data
        places = content.fields.get(STRING, Places())
        self._starts, self._ends = places.starts.tolist(), places.ends.tolist()

    def __len__(self) -> int:
        """Count the strings."""
        return len(self._starts)

    def at(self, row: int) -> str:
        """Return the text of a row, "" for none."""
        if not 0 <= row < len(self):
            return ""
        return self._data[self._starts[row] : self._ends[row]].decode("utf-8", "replace")[:MAX_NAME]


class Locations(NamedTuple):
    """The frames of locations: `ids`, sorted; of each the first place in `frames`, and how many there are.

    A location's frames run from the outermost to the innermost. `nameless` have an address alone, `unknown` a
    function that is not in the file, or one whose name is not.
    """

    ids: Ints
    first: Ints
    counts: Ints
    frames: Ints
    nameless: int
    unknown: int


class _Mapping(NamedTuple):
    name: str
    start: int
    offset: int


def locations(content: Content, strings: Strings, builder: ProfileBuilder) -> Locations:
    """Intern the frames of all locations."""
    fields, count = content.messages(LOCATION)
    ids, mapping, address = (last_values(fields, number, count) for number in (1, 2, 3))
    lines = fields.of(4)
    inner, _ = scan(content.data, content.array, lines.start, lines.end)
    function = last_values(inner, 1, len(lines.row))
    functions, mappings = _functions(content, strings), _mappings(content, strings)
    frames: list[int] = []
    counts = np.maximum(np.bincount(lines.row, minlength=count), 1)
    nameless = unknown = 0
    line = np.concatenate(([0], np.cumsum(np.bincount(lines.row, minlength=count)))).tolist()
    called = function.tolist()
    for row, (own, place) in enumerate(zip(mapping.tolist(), address.tolist(), strict=True)):
        known = mappings.get(own, _Mapping("", 0, 0))
        first, last = line[row], line[row + 1]
        if first == last:
            frames.append(builder.frame(*_address(known, place), _kind(known.name)))
            nameless += 1
        unknown += not all(called[at] in functions for at in range(first, last))
        for at in range(last - 1, first - 1, -1):
            name, file = functions.get(called[at], (UNKNOWN, ""))
            kind = INLINED if at < last - 1 else _kind(known.name)
            frames.append(builder.frame(name or UNKNOWN, file or known.name, kind))
    order = np.argsort(ids, kind="stable")
    starts = np.cumsum(counts) - counts
    return Locations(ids[order], starts[order], counts[order], np.array(frames, np.int64), nameless, unknown)


def _address(mapping: _Mapping, address: int) -> tuple[str, str]:
    """Return the name and the library of a location without a function."""
    address &= (1 << 64) - 1
    if not mapping.name:
        return hex(address), ""
    return (
        f"{mapping.name.rpartition('/')[2]}+{hex(max(address - mapping.start + mapping.offset, 0))}",
        mapping.name,
    )


def _kind(library: str) -> str:
    return KERNEL if library.startswith("[kernel") or library.rpartition("/")[2] == "vmlinux" else ""


def _functions(content: Content, strings: Strings) -> dict[int, tuple[str, str]]:
    """Return name and file of every function whose name is in the file, by its id."""
    fields, count = content.messages(FUNCTION)
    ids, name, system, file = (last_values(fields, number, count).tolist() for number in (1, 2, 3, 4))
    return {
        own: (strings.at(name[row]) or strings.at(system[row]), strings.at(file[row]))
        for row, own in enumerate(ids)
        if 0 <= name[row] < len(strings)
    }


def _mappings(content: Content, strings: Strings) -> dict[int, _Mapping]:
    fields, count = content.messages(MAPPING)
    columns = [last_values(fields, number, count).tolist() for number in (1, 2, 4, 5)]
    return {
        own: _Mapping(strings.at(name), start, offset)
        for own, start, offset, name in zip(*columns, strict=True)
    }
