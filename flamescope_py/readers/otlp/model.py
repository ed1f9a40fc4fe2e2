"""The parts of an OTLP profile in one form, whether they come from protocol buffers or from JSON.

profiles.proto beside this file has the version. Tables are shared by all profiles of a document, and their
row 0 stands for none.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from flamescope_py.errors import TooLargeError
from flamescope_py.readers.protobuf.varints import Ints

# Each takes half a millisecond, however few samples it has. An agent writes one for each process every few
# seconds, which are 200 000 an hour of a busy machine.
MAX_PROFILES = 500_000


def require_profiles(count: int) -> None:
    """Raise TooLargeError for a file of more than MAX_PROFILES profiles."""
    if count > MAX_PROFILES:
        raise TooLargeError(f"A file of more than {MAX_PROFILES} OTLP profiles cannot be read: split it.")


class Location(NamedTuple):
    """A location: a row of the mappings, its address and the functions of its lines, the innermost first."""

    mapping: int
    address: int
    functions: list[int]


class Mapping(NamedTuple):
    """A mapped file: where it begins, the offset in the file, and the row of its name."""

    start: int
    offset: int
    name: int


class Tables(NamedTuple):
    """The dictionary of a document. `functions` are rows of a name and a file, `attributes` key and text.

    `stacks` has the rows of locations of all stacks, one stack after the other, each from the innermost on;
    `stack_counts` has how many each has.
    """

    strings: list[str]
    mappings: list[Mapping]
    locations: list[Location]
    functions: list[tuple[int, int]]
    attributes: list[tuple[str, str]]
    stacks: Ints
    stack_counts: Ints

    def text(self, row: int) -> str:
        """Return a string, "" for a row that is none."""
        return text_at(self.strings, row)

    def has_names(self, location: Location) -> bool:
        """Return True if the functions of a location, and their names, are in the tables."""
        functions, strings = len(self.functions), len(self.strings)
        return all(
            0 <= row < functions and 0 <= self.functions[row][0] < strings for row in location.functions
        )


def no_tables() -> Tables:
    """Return the tables of a document that has none."""
    return Tables([], [], [], [], [], np.zeros(0, np.int64), np.zeros(0, np.int64))


def text_at(strings: list[str], row: int) -> str:
    """Return the text of a row, "" for one that is none."""
    return strings[row] if 0 <= row < len(strings) else ""


class ProfileSamples(NamedTuple):
    """The samples of one profile as columns, and the names of their type and unit.

    `values` and `times` hold those of all samples, one after the other; `value_counts` and `time_counts`
    say how many each sample has. `attributes` are rows of the dictionary, again of all samples.
    """

    type: str
    unit: str
    stack: Ints
    values: Ints
    value_counts: Ints
    times: npt.NDArray[np.uint64]
    time_counts: Ints
    attributes: Ints
    attribute_counts: Ints


class Resource(NamedTuple):
    """The attributes of the process that profiles are of, and the profiles."""

    attributes: dict[str, str]
    profiles: list[ProfileSamples]


class Document(NamedTuple):
    """A document: `ProfilesData`, or a request to export profiles."""

    tables: Tables
    resources: list[Resource]
