"""The values that the service takes and returns besides those of queries."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from flamescope_py.model import Seconds
from flamescope_py.readers.types import UNKNOWN_TYPE
from flamescope_py.store.catalog import ProfileFile


class ProfileRef(NamedTuple):
    """A profile as a request names it; the type `unknown` stands for the type that sniffing finds."""

    name: str
    type: str = UNKNOWN_TYPE


@dataclass(frozen=True, slots=True)
class ListedProfile:
    """A file of the list.

    `duration` (seconds) and `samples` are known once it was read. `error` is set if its last reading failed.
    """

    file: ProfileFile
    duration: Seconds | None = None
    samples: int | None = None
    error: str | None = None


class Vitals(NamedTuple):
    """The numbers behind `/metrics`: counters since the start, then gauges; in bytes and seconds."""

    lookups: Mapping[str, int]
    parsed_bytes: int
    parse_seconds: float
    parse_failures: int
    parsing: int
    waiting: int
    open_profiles: int
    open_bytes: int
    listed: int
    skipped: int
    pending: int
    costly: int
    refused: Mapping[str, int]
    jobs: Mapping[str, int]


class ListAnswer(NamedTuple):
    """A page of the list.

    `total` counts the files of all pages, `skipped` the folders that could not be read, and `pending` the new
    files that were not sniffed yet.
    """

    profiles: list[ListedProfile]
    total: int
    skipped: int
    pending: int
