"""Profiles by name: from memory if the file is still the same, else from the index on disk, else read."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import BinaryIO, Literal, NamedTuple

from flamescope_py.errors import FlameScopeError, ProfileChangedError
from flamescope_py.model import Profile
from flamescope_py.store.cache import BoundedCache
from flamescope_py.store.catalog import UNKNOWN_TYPE, Sniff
from flamescope_py.store.directory import ProfileDirectory, Stamp
from flamescope_py.store.failures import Failures
from flamescope_py.store.index import Glance, IndexStore
from flamescope_py.store.readings import INDEX, MEMORY, Readings
from flamescope_py.store.refusals import Refusals

_HEAD_BYTES = 64 << 10

Read = Callable[[BinaryIO, str, Callable[[int], None]], Profile]


class OpenFile(NamedTuple):
    """A file of the profile directory, open at its start; `stamp` is the version that is open.

    A request opens its file once, so that its ETag and its profile are of the same version. As a context it
    closes the file.
    """

    name: str
    file: BinaryIO
    stamp: Stamp

    def __enter__(self) -> OpenFile:
        """Return the file itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the file."""
        self.file.close()


class ProfileKey(NamedTuple):
    """One version of one file, read as one type."""

    name: str
    stamp: Stamp
    type: str

    def flat(self) -> tuple[object, ...]:
        """Give what the index knows a version of a file by."""
        return (self.name, *self.stamp, self.type)


class Progress(NamedTuple):
    """How far the reading of a file is; `done` and `size` in bytes of the file."""

    state: Literal["new", "parsing", "ready", "failed"]
    done: int
    size: int


class ProfileStore:
    """Open profiles; safe to use from several threads."""

    def __init__(
        self,
        directory: ProfileDirectory,
        sniff: Sniff,
        read: Read,
        index: IndexStore,
        limit: int,
        on_close: Callable[[Profile], object] = lambda profile: None,
        readings: Readings | None = None,
    ) -> None:
        """`sniff` tells a file's type, `read` parses it as a type and reports the bytes read so far, and
        `index` remembers what was parsed.

        `limit` bounds what is kept open, in bytes; `on_close` is told of every profile that is not kept.
        `readings` counts, and bounds how many requests wait for a profile.
        """
        self.readings = readings or Readings()
        self._directory = directory
        self._sniff = sniff
        self._read = read
        self._index = index
        self._open: BoundedCache[ProfileKey, Profile] = BoundedCache(
            limit, lambda profile: profile.nbytes, on_close
        )
        self._refusals = Refusals()
        self._failures = Failures()
        self._states: dict[str, tuple[Stamp, Progress]] = {}

    def open(self, name: str) -> OpenFile:
        """Open a file by the name that the list shows. Raises ProfileNotFoundError and ForbiddenError."""
        file = self._directory.open(name)
        return OpenFile(name, file, Stamp.of(os.fstat(file.fileno())))

    def get(self, opened: OpenFile, type_name: str = UNKNOWN_TYPE) -> Profile:
        """Return the profile of an open file; the type `unknown` reads it as the type that sniffing finds.

        Simultaneous calls for one version of a file read it once. Raises what the readers raise for the
        content, ProfileChangedError when the file changes while it is read, and BusyError when too many
        requests wait for profiles.
        """
        name, file, stamp = opened
        self._open.discard(lambda key: key.name == name and key.stamp != stamp)
        key = ProfileKey(name, stamp, self._type(file, type_name))
        if self._open.peek(key) is not None:
            self.readings.found(MEMORY)
            return self._open.get(key, lambda: self._load(key) or self._parse(file, key))
        self._refusals.check(key)
        with self.readings.turn():
            return self._open.get(key, lambda: self._load(key) or self._parse(file, key))

    def held(self) -> tuple[int, int]:
        """Give how many profiles are open, and their bytes."""
        return self._open.held()

    def glance(self, name: str, stamp: Stamp, type_name: str) -> Glance | None:
        """Say what is known of this version of a file without reading it."""
        key = ProfileKey(name, stamp, type_name)
        profile = self._open.peek(key)
        return self._index.glance(*key.flat()) if profile is None else Glance.of(profile)

    def failure(self, name: str, stamp: Stamp, type_name: str) -> str | None:
        """Say why this version of a file could not be read, if the last reading since the start failed."""
        return self._failures.sentence(ProfileKey(name, stamp, type_name))

    def known_version(self) -> tuple[int, int, int]:
        """Give what is another value when `glance` or `failure` may say something else of any file."""
        return self._open.changes, self._index.version(), self._failures.changes

    def progress(self, name: str) -> Progress:
        """Say how far the reading of a file is. Raises what the directory raises for the name."""
        with self.open(name) as opened:
            known = self._states.get(name)
            if known is None or known[0] != opened.stamp:
                return Progress("new", 0, opened.stamp.size)
            return known[1]

    def _type(self, file: BinaryIO, type_name: str) -> str:
        """Replace `unknown` by what the content says, so that both find the same open profile."""
        if type_name != UNKNOWN_TYPE:
            return type_name
        found = self._sniff(file).type
        file.seek(0)
        return found

    def _load(self, key: ProfileKey) -> Profile | None:
        """Take a profile from the index on disk, if it is there."""
        profile = self._index.load(*key.flat())
        if profile is not None:
            self.readings.found(INDEX)
            self._states[key.name] = (key.stamp, Progress("ready", key.stamp.size, key.stamp.size))
        return profile

    def _parse(self, file: BinaryIO, key: ProfileKey) -> Profile:
        size = key.stamp.size

        def tell(state: Literal["parsing", "ready", "failed"], done: int) -> None:
            self._states[key.name] = (key.stamp, Progress(state, done, size))

        tell("parsing", 0)
        head = _head(file)
        with self._failures.remembered(key):
            try:
                with self._refusals.remembered(key), self.readings.parse(size):
                    profile = self._read(file, key.type, lambda done: tell("parsing", done))
            except BaseException as error:
                tell("failed", 0)
                if isinstance(error, FlameScopeError):
                    _require_unchanged(file, key.stamp, head)
                raise
            _require_unchanged(file, key.stamp, head)
        tell("ready", size)
        self._index.save_soon(profile, *key.flat())
        return profile


def _head(file: BinaryIO) -> bytes:
    """Read the beginning of a file, and go back to it."""
    found = file.read(_HEAD_BYTES)
    file.seek(0)
    return found


def _require_unchanged(file: BinaryIO, stamp: Stamp, head: bytes) -> None:
    """Refuse what was read of a file that was written anew: half a profile looks like a whole one.

    A file that only grew is fine (perf may still be writing): what it held when it was opened was read.
    """
    now = Stamp.of(os.fstat(file.fileno()))
    if now == stamp:
        return
    file.seek(0)
    if now.size < stamp.size or not _head(file).startswith(head):
        raise ProfileChangedError("The file changed while it was read: try again when it is complete.")
