"""Profiles by name: from memory if the file is unchanged, else from the index on disk, else from the file."""

from __future__ import annotations

from collections.abc import Callable
from typing import BinaryIO, Literal, NamedTuple

from flamescope_py.errors import FlameScopeError, ProfileChangedError
from flamescope_py.files.stamp import Stamp
from flamescope_py.model import Profile
from flamescope_py.store.attempts import INDEX, MEMORY, Attempts, ReadingState
from flamescope_py.store.cache import BoundedCache
from flamescope_py.store.catalog import UNKNOWN_TYPE, Sniff
from flamescope_py.store.index import Glance, IndexStore
from flamescope_py.store.places import Directory, LocalFile, OpenFile

_HEAD_BYTES = 64 << 10
# Versions of files whose type is remembered, so that a request for an open profile reads no head.
_MOST_TYPES = 1000

Read = Callable[[BinaryIO, str, Callable[[int], None]], Profile]


class ProfileKey(NamedTuple):
    """One version of one file, read as one type."""

    name: str
    stamp: Stamp
    type: str

    def flat(self) -> tuple[object, ...]:
        """Return the key of the index."""
        return (self.name, *self.stamp, self.type)


class ProfileStore:
    """Open profiles; safe to use from several threads."""

    def __init__(
        self,
        directory: Directory,
        sniff: Sniff,
        read: Read,
        index: IndexStore,
        limit: int,
        on_close: Callable[[Profile], object] = lambda profile: None,
        attempts: Attempts | None = None,
    ) -> None:
        """`read` reads a file as a type and reports the bytes read so far.

        `limit` bounds the open profiles in bytes; `on_close` is called with each profile that is dropped.
        `attempts` also bounds how many requests wait for a profile.
        """
        self.attempts = attempts or Attempts()
        # Whether a file grows while it is read; no index is written of such versions.
        self.grows: Callable[[BinaryIO], bool] = lambda file: False
        self._directory = directory
        self._sniff = sniff
        self._read = read
        self._index = index
        self._open: BoundedCache[ProfileKey, Profile] = BoundedCache(
            limit, lambda profile: profile.nbytes, on_close
        )
        self._types: BoundedCache[tuple[str, Stamp], str] = BoundedCache(_MOST_TYPES, lambda type_name: 1)

    def open(self, name: str) -> OpenFile:
        """Open a file by the name that the list shows. Raises ProfileNotFoundError and ForbiddenError."""
        return self._directory.open_profile(name)

    def get(self, opened: OpenFile, type_name: str = UNKNOWN_TYPE) -> Profile:
        """Return the profile of an open file. The type `unknown` stands for the sniffed type, or for the one
        that its reader prefers.

        Simultaneous calls for one version of a file read it once. Raises what the readers raise for the
        content, ProfileChangedError when the file changes while it is read, and BusyError when too many
        requests wait for profiles.
        """
        name, stamp = opened.name, opened.stamp
        self._open.discard(lambda key: key.name == name and key.stamp != stamp)
        key = self._key(opened, type_name)
        profile = self._get(opened, key)
        if type_name == UNKNOWN_TYPE and profile.meta.preferred:
            return self._get(opened, self._prefer(key, profile.meta.preferred))
        return profile

    def _get(self, opened: OpenFile, key: ProfileKey) -> Profile:
        def make() -> Profile:
            return self._load(key) or self._read_in_turn(opened, key)

        if self._open.peek(key) is not None:
            self.attempts.found(MEMORY)
            return self._open.get(key, make)
        self.attempts.check(key)
        with self.attempts.turn():
            return self._open.get(key, make)

    def _prefer(self, key: ProfileKey, preferred: str) -> ProfileKey:
        """Remember that a version of a file opens as another type than sniffing finds. Return its key."""
        version = key.name, key.stamp
        self._types.discard(lambda known: known == version)
        self._types.get(version, lambda: preferred)
        return key._replace(type=preferred)

    def look(self, opened: OpenFile, type_name: str) -> Profile:
        """Return the profile of an open file, read as its listed type or as the one that its reader prefers.

        It is kept neither in memory nor as an index.

        Raises as `get` does.
        """
        self._open.discard(lambda key: key.name == opened.name and key.stamp != opened.stamp)
        key = self._key(opened, type_name)
        profile = self._look(opened, key)
        preferred = profile.meta.preferred
        return self._look(opened, key._replace(type=preferred)) if preferred else profile

    def _look(self, opened: OpenFile, key: ProfileKey) -> Profile:
        self.attempts.check(key)
        with self.attempts.turn():
            return self._open.peek(key) or self._load(key) or self._parse(opened, key)

    def known_extra(self, name: str, stamp: Stamp, type_name: str, extra: str) -> bytes | None:
        """Return an extra that is kept with the index of this version of a file as it opens, or None."""
        known = self._glance(ProfileKey(name, stamp, type_name))
        return self._index.read_extra(extra, name, *stamp, (known and known.preferred) or type_name)

    def read_extra(self, opened: OpenFile, type_name: str, name: str) -> bytes | None:
        """Return an extra that is kept with the index of an open file, or None."""
        return self._index.read_extra(name, *self._key(opened, type_name).flat())

    def keep_extra(self, opened: OpenFile, type_name: str, name: str, body: bytes) -> None:
        """Keep an extra with the index of an open file."""
        self._index.keep_extra(name, body, *self._key(opened, type_name).flat())

    def held(self) -> tuple[int, int]:
        """Return the number of open profiles, and their bytes."""
        return self._open.held()

    def glance(self, name: str, stamp: Stamp, type_name: str) -> Glance | None:
        """Return the known facts of this version of a file as it opens, without reading it."""
        key = ProfileKey(name, stamp, type_name)
        known = self._glance(key)
        return self._glance(key._replace(type=known.preferred)) if known and known.preferred else known

    def _glance(self, key: ProfileKey) -> Glance | None:
        profile = self._open.peek(key)
        return self._index.glance(*key.flat()) if profile is None else Glance.of(profile)

    def failure(self, name: str, stamp: Stamp, type_name: str) -> str | None:
        """Return why the last attempt at this version of a file failed, or None."""
        return self.attempts.failure(ProfileKey(name, stamp, type_name))

    def known_version(self) -> tuple[int, int, int]:
        """Return a token that changes whenever `glance()` or `failure()` could return something new."""
        return self._open.changes, self._index.version(), self.attempts.changes

    def progress(self, name: str) -> ReadingState:
        """Return the state of the last reading of a file. Raises as `open` does."""
        with self.open(name) as opened:
            known = self.attempts.state(name, opened.stamp)
            if known is None or known.state == "parsing":
                known = self._index.turns.state(name, opened.stamp) or known
            return known or ReadingState("new", 0, opened.stamp.size)

    def _key(self, opened: OpenFile, type_name: str) -> ProfileKey:
        """Return the key of an open file: `unknown` is the type that is sniffed, or that it opens as."""
        name, stamp = opened.name, opened.stamp
        if type_name == UNKNOWN_TYPE:
            type_name = self._types.get((name, stamp), lambda: self._sniffed(opened.file))
        return ProfileKey(name, stamp, type_name)

    def _sniffed(self, file: BinaryIO) -> str:
        found = self._sniff(file).type
        file.seek(0)
        return found

    def _load(self, key: ProfileKey) -> Profile | None:
        """Load a profile from the index on disk, or return None."""
        profile = self._index.load(*key.flat())
        if profile is not None:
            self.attempts.found(INDEX)
            self.attempts.note(key.name, key.stamp, ReadingState("ready", key.stamp.size, key.stamp.size))
        return profile

    def _read_in_turn(self, opened: OpenFile, key: ProfileKey) -> Profile:
        """Read a file, or load the index that another process made of it meanwhile."""
        waited, give_back = self._index.turns.take(key.flat())
        try:
            profile = self._load(key) if waited else None
            if profile is not None:
                return profile
            profile = self._parse(opened, key)
            if isinstance(opened, LocalFile) and self.grows(opened.file):
                return profile
            # The turn ends when others can load the index.
            self._index.save_soon(profile, *key.flat(), then=give_back)
            give_back = _nothing
            return profile
        finally:
            give_back()

    def _parse(self, opened: OpenFile, key: ProfileKey) -> Profile:
        size, copied = key.stamp.size, 0

        def tell(state: Literal["parsing", "ready", "failed"], done: int) -> None:
            now = ReadingState(state, done, size)
            self.attempts.note(key.name, key.stamp, now)
            self._index.turns.tell(key.name, key.stamp, now)

        def copying(done: int) -> None:
            nonlocal copied
            copied = done
            tell("parsing", done // 2)

        def reading(done: int) -> None:
            # Of a file that was copied first, reading is the second half.
            tell("parsing", (copied + done) // 2 if copied else done)

        tell("parsing", 0)
        with self.attempts.attempt(key, size):
            try:
                with opened.on_disk(copying) as file:
                    profile = self._parse_file(opened, file, key.type, reading)
            except BaseException:
                tell("failed", 0)
                raise
        tell("ready", size)
        return profile

    def _parse_file(
        self, opened: OpenFile, file: BinaryIO, type_name: str, progress: Callable[[int], None]
    ) -> Profile:
        head = _head(file)
        try:
            profile = self._read(file, type_name, progress)
        except FlameScopeError:
            _require_unchanged(opened, file, head)
            raise
        _require_unchanged(opened, file, head)
        return profile


def _nothing() -> None:
    """Do nothing: no turn was taken."""


def _head(file: BinaryIO) -> bytes:
    """Return the first bytes of a file, and go back to its start."""
    found = file.read(_HEAD_BYTES)
    file.seek(0)
    return found


def _require_unchanged(opened: OpenFile, file: BinaryIO, head: bytes) -> None:
    """Raise ProfileChangedError if a file was overwritten meanwhile: half a profile looks like a whole one.

    A file that only grew is fine, since perf may still be writing: the bytes of its opening were read.
    """
    now = opened.stamp_now()
    if now == opened.stamp:
        return
    file.seek(0)
    if now.size < opened.stamp.size or not _head(file).startswith(head):
        raise ProfileChangedError("The file changed while it was read: try again when it is complete.")
