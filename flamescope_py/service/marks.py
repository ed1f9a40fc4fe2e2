"""The marks of open profiles: files beside a profile, named after it, or files that a request names."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import NamedTuple

from flamescope_py.analysis.marks.files import MAX_BYTES
from flamescope_py.analysis.marks.placed import Marks, own_marks, read_marks
from flamescope_py.errors import FlameScopeError, ParameterError
from flamescope_py.files.stamp import Stamp
from flamescope_py.model import Profile
from flamescope_py.store.cache import BoundedCache
from flamescope_py.store.places import Directory

# Of a profile NAME: NAME.marks.csv, NAME.marks.deploys.json
BESIDE = ".marks"
MAX_FILES = 8
MAX_CACHED = 32 << 20
# Bytes of a marks file that are read in a second, for the cost of a query.
BYTES_A_SECOND = 10e6


class MarksFile(NamedTuple):
    """One marks file: its name, its size in bytes, and its marks, or the reason why it has none."""

    name: str
    size: int
    marks: Marks | None
    error: str = ""


class FoundFile(NamedTuple):
    """A marks file that is there."""

    name: str
    stamp: Stamp


class MarksReader:
    """Reads marks files of one directory; safe to use from several threads."""

    def __init__(self, directory: Directory) -> None:
        """Keep what was read, as long as neither the file nor the profile changes."""
        self._directory = directory
        self._known: BoundedCache[tuple[Profile, FoundFile, float | None], MarksFile] = BoundedCache(
            MAX_CACHED, lambda one: 1 << 10 if one.marks is None else 200 * len(one.marks.start) + (1 << 10)
        )

    def forget(self, profile: Profile) -> None:
        """Drop the marks of a profile that was closed."""
        self._known.discard(lambda key: key[0] is profile)

    def find(self, name: str, named: Sequence[str]) -> list[FoundFile]:
        """Return the files beside a profile and those that a request names.

        Raises ProfileNotFoundError and ForbiddenError for a named one, and ParameterError for too many.
        """
        names = list(dict.fromkeys([*self._directory.beside(name, BESIDE), *named]))
        if len(names) > MAX_FILES:
            raise ParameterError(f"There are {len(names)} marks files: at most {MAX_FILES} are shown.")
        return [FoundFile(one, self._directory.find(one).stamp) for one in names]

    def read(self, profile: Profile, found: FoundFile, start: float | None) -> MarksFile:
        """Return the marks of a file, or why there are none."""
        return self._known.get((profile, found, start), lambda: self._read(profile, found, start))

    @staticmethod
    def own(profile: Profile, name: str) -> list[MarksFile]:
        """Return the markers of the profile itself, by its name."""
        found = own_marks(profile)
        return [] if found is None else [MarksFile(name, 0, found)]

    def _read(self, profile: Profile, found: FoundFile, start: float | None) -> MarksFile:
        size = found.stamp.size
        try:
            with self._directory.open(found.name) as file:
                data = file.read(MAX_BYTES + 1)
            return MarksFile(found.name, size, read_marks(data, _short(found.name), profile, start))
        except FlameScopeError as error:
            return MarksFile(found.name, size, None, str(error))


def version_of(files: Sequence[FoundFile]) -> str:
    """Return a token that changes with the files."""
    return hashlib.sha256(repr(files).encode("utf-8", "surrogatepass")).hexdigest()


def _short(name: str) -> str:
    """Return the name of a series: "deploys" of app.perf.marks.deploys.csv and of deploys.csv."""
    leaf = name.rpartition("/")[2]
    middle = leaf.rpartition(BESIDE + ".")[2]
    return middle.partition(".")[0] if "." in middle else ("marks" if BESIDE in leaf else middle)
