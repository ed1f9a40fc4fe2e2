"""A bucket as the profile directory (the extra `[objects]`): the prefix is the root, `/` parts folders.

Identity is the ETag, which takes the place of the inode in stamps. Only heads are read for the list. A
profile is copied to this machine's disk before it is read, in ranges that are pinned to its version.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import BinaryIO, NamedTuple

from flamescope_py.errors import FlameScopeError, ProfileNotFoundError, TooLargeError
from flamescope_py.files.names import may_be_listed
from flamescope_py.files.stamp import Stamp, Status
from flamescope_py.objects.bucket import Bucket, Version
from flamescope_py.objects.copies import Copies
from flamescope_py.objects.reader import open_object
from flamescope_py.store.places import Folder, Listed, Progress

# Bytes of one request while a file is sniffed.
_BLOCK = 64 << 10
MAX_OBJECTS = 1_000_000
_NOT_FOUND = "There is no such profile in the bucket: reload the list."


class _Status(NamedTuple):
    """The part of a stat that stamps need."""

    st_size: int
    st_mtime_ns: int
    st_ino: int


class BucketDirectory:
    """The objects below a prefix; methods also raise what a Bucket raises."""

    def __init__(self, bucket: Bucket, copies: Copies) -> None:
        """Copies of the profiles that are read are kept in `copies`."""
        self._bucket, self._copies = bucket, copies
        # The versions of the last listing, so that looking at a head needs one request.
        self._listed: dict[str, Version] = {}

    def files(self) -> Iterator[Listed]:
        """Yield every object, folder by folder."""
        for folder in self.folders():
            for name, status in folder.entries:
                yield folder.listed(name, status)

    def folders(self, on_skip: Callable[[str, OSError], object] | None = None) -> Iterator[Folder]:
        """Yield every folder with its objects. Raises TooLargeError for a prefix of too many."""
        listed: dict[str, Version] = {}
        folders: dict[tuple[str, ...], list[tuple[str, Status]]] = {}
        for version in self._bucket.list():
            *parts, leaf = version.name.split("/")
            if not leaf or not all(parts):
                continue  # the marker of an empty folder
            if len(listed) >= MAX_OBJECTS:
                raise TooLargeError(f"The bucket has over {MAX_OBJECTS} objects here: name a longer prefix.")
            listed[version.name] = version
            folders.setdefault(tuple(parts), []).append((leaf, _status(version)))
        self._listed = listed
        for key, entries in folders.items():
            yield Folder("".join(part + "/" for part in key), key, entries)

    def can_list(self) -> bool:
        """Return True if the bucket answers."""
        try:
            next(self._bucket.list(), None)
        except (FlameScopeError, OSError):
            return False
        return True

    def open(self, name: str) -> BinaryIO:
        """Open an object, whose ranges are read as they are needed."""
        return open_object(self._bucket, self._head(name), _BLOCK)

    def open_profile(self, name: str) -> ObjectFile:
        """Open an object for a request."""
        return ObjectFile(self._bucket, self._copies, self._head(name))

    def look(self, listed: Listed) -> BinaryIO:
        """Open a listed object."""
        known = self._listed.get(listed.name)
        if known is None or _stamp(known) != listed.stamp:
            known = self._head(listed.name)
        return open_object(self._bucket, known, _BLOCK)

    def find(self, name: str) -> Listed:
        """Return the entry of one name, by one request."""
        return Listed(name, tuple(name.split("/")), _stamp(self._head(name)))

    def beside(self, name: str, suffix: str) -> list[str]:
        """Return the names of the objects beside a profile that begin with its name, `suffix` and a dot."""
        _require_possible(name)
        folder, _, _ = name.rpartition("/")
        wanted = f"{name}{suffix}."
        found = (version.name for version in self._bucket.list(folder))
        return sorted(one for one in found if one.startswith(wanted) and "/" not in one[len(wanted) :])

    def _head(self, name: str) -> Version:
        _require_possible(name)
        try:
            return self._bucket.head(name)
        except FileNotFoundError as error:
            raise ProfileNotFoundError(_NOT_FOUND) from error


class ObjectFile:
    """An object that one request has open. Its content comes only when it is needed."""

    def __init__(self, bucket: Bucket, copies: Copies, version: Version) -> None:
        """Nothing is read yet."""
        self.name, self.stamp = version.name, _stamp(version)
        self.file = open_object(bucket, version, 1 << 20)
        self._bucket, self._copies, self._version = bucket, copies, version

    def stamp_now(self) -> Stamp:
        """Return the version that is open, as a version of an object never changes."""
        return self.stamp

    def on_disk(self, progress: Progress) -> AbstractContextManager[BinaryIO]:
        """Return the copy on disk."""
        return self._copy(progress)

    @contextmanager
    def _copy(self, progress: Progress) -> Iterator[BinaryIO]:
        try:
            copy = self._copies.open(self._bucket, self._version, progress)
        except FileNotFoundError as error:
            raise ProfileNotFoundError(_NOT_FOUND) from error
        with copy:
            yield copy

    def __enter__(self) -> ObjectFile:
        """Return the file itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the file."""
        self.file.close()


def _require_possible(name: str) -> None:
    """Raise ProfileNotFoundError for a name that the list never shows."""
    if not may_be_listed(name):
        raise ProfileNotFoundError(_NOT_FOUND)


def _status(version: Version) -> _Status:
    digest = hashlib.sha256(version.tag.encode("utf-8", "surrogatepass")).digest()
    # 56 bits: JSON and SQLite have signed 64.
    return _Status(version.size, version.modified_ns, int.from_bytes(digest[:7], "big"))


def _stamp(version: Version) -> Stamp:
    return Stamp.of(_status(version))
