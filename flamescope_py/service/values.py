"""What a request names, and what it gets back beside heatmaps and flame graphs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from flamescope_py.analysis.facets import Facets
from flamescope_py.model import Profile, Seconds
from flamescope_py.readers.registry import UNKNOWN_TYPE
from flamescope_py.store.catalog import ProfileFile


class ProfileRef(NamedTuple):
    """A profile as a request names it; the type `unknown` reads the file as what its content says."""

    name: str
    type: str = UNKNOWN_TYPE


class RangeRef(NamedTuple):
    """A range of a profile as a request names it, in seconds from its first whole second; `outside`: all
    but that range."""

    profile: ProfileRef
    start: Seconds | None = None
    end: Seconds | None = None
    outside: bool = False


@dataclass(frozen=True, slots=True)
class ListedProfile:
    """A file of the list; `duration` (seconds) and `samples` are known once it was opened, and `error` where
    the last reading of it failed."""

    file: ProfileFile
    duration: Seconds | None = None
    samples: int | None = None
    error: str | None = None


class Vitals(NamedTuple):
    """What a watcher wants to know: counts since the start, then states of this moment; bytes and seconds."""

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
    jobs: Mapping[str, int]


class ListAnswer(NamedTuple):
    """A page of the list, how many files there are to page through, how many folders could not be read, and
    how many new files were not looked at yet."""

    profiles: list[ListedProfile]
    total: int
    skipped: int
    pending: int


@dataclass(frozen=True, slots=True, eq=False)
class ProfileInfo:
    """What a file is and what it consists of."""

    name: str
    profile: Profile
    facets: Facets
