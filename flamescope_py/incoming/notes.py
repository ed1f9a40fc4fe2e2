"""The notes of a profile: one file of JSON lines beside it, hidden from the list by the dot of its name.

Writers of all processes take turns by a lock on the file. Each writes the whole file anew under a random name
and renames it, so that a crash leaves the notes of before.
"""

from __future__ import annotations

import errno
import fcntl
import os
import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import orjson

from flamescope_py.errors import ForbiddenError, StorageFullError, TooLargeError
from flamescope_py.files.opening import FILE, FOLDER, NO_FOLLOW, open_below

MAX_NOTES, MAX_BYTES = 500, 4 << 20
_OPEN = os.O_RDWR | os.O_CREAT | NO_FOLLOW
_NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT})
_NAME = ".{}.notes.jsonl"

Note = Mapping[str, Any]


class Notes:
    """The notes of the profiles below one folder; safe to use from several threads and processes."""

    def __init__(self, root: Path) -> None:
        """`root` may be a symbolic link."""
        self._root = root

    def read(self, parts: Sequence[str]) -> list[Note]:
        """Return the notes of a profile by its names on disk, the oldest first. Raises ForbiddenError."""
        try:
            with self._folder(parts) as folder:
                descriptor = os.open(_NAME.format(parts[-1]), FILE, dir_fd=folder)
        except (FileNotFoundError, NotADirectoryError):
            return []
        except OSError as error:
            raise _own(error) from error
        with os.fdopen(descriptor, "rb") as file:
            return _parsed(file.read(MAX_BYTES + 1))

    def add(self, parts: Sequence[str], note: Note) -> None:
        """Add a note. Raises TooLargeError for too many, ForbiddenError and StorageFullError."""

        def added(notes: list[Note]) -> list[Note]:
            if len(notes) >= MAX_NOTES:
                raise TooLargeError(f"The profile has {MAX_NOTES} notes: remove one before you add another.")
            return [*notes, note]

        self._change(parts, added)

    def remove(self, parts: Sequence[str], note: str) -> bool:
        """Remove the note of an id. Return False if there is none. Raises as `add` does."""
        found = False

        def kept(notes: list[Note]) -> list[Note]:
            nonlocal found
            left = [one for one in notes if one.get("id") != note]
            found = len(left) < len(notes)
            return left

        self._change(parts, kept)
        return found

    def forget(self, parts: Sequence[str]) -> None:
        """Remove all notes of a profile that was removed."""
        with suppress(OSError), self._folder(parts) as folder:
            os.unlink(_NAME.format(parts[-1]), dir_fd=folder)

    def _change(self, parts: Sequence[str], change: Callable[[list[Note]], list[Note]]) -> None:
        name = _NAME.format(parts[-1])
        try:
            with self._folder(parts) as folder, _locked(name, folder) as descriptor:
                before = _parsed(os.pread(descriptor, MAX_BYTES + 1, 0))
                after = change(before)
                data = b"".join(orjson.dumps(one) + b"\n" for one in after)
                if len(data) > MAX_BYTES:
                    raise TooLargeError(f"The notes of the profile are over {MAX_BYTES} bytes: remove some.")
                if data:
                    _replace(name, data, folder)
                else:
                    os.unlink(name, dir_fd=folder)
        except OSError as error:
            raise _own(error) from error

    @contextmanager
    def _folder(self, parts: Sequence[str]) -> Iterator[int]:
        descriptor = open_below(self._root, parts[:-1], FOLDER)
        try:
            yield descriptor
        finally:
            os.close(descriptor)


@contextmanager
def _locked(name: str, folder: int) -> Iterator[int]:
    """Open and lock a file, made if it is missing. It is locked again if it was replaced meanwhile."""
    while True:
        descriptor = os.open(name, _OPEN, 0o666, dir_fd=folder)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            if _is_at(descriptor, name, folder):
                yield descriptor
                return
        finally:
            os.close(descriptor)


def _is_at(descriptor: int, name: str, folder: int) -> bool:
    try:
        return os.path.samestat(os.fstat(descriptor), os.stat(name, dir_fd=folder, follow_symlinks=False))
    except FileNotFoundError:
        return False


def _replace(name: str, data: bytes, folder: int) -> None:
    temporary = f".{secrets.token_hex(16)}"
    descriptor = os.open(temporary, _OPEN | os.O_EXCL, 0o666, dir_fd=folder)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, name, src_dir_fd=folder, dst_dir_fd=folder)
    except BaseException:
        os.unlink(temporary, dir_fd=folder)
        raise


def _parsed(data: bytes) -> list[Note]:
    """Return the notes in a file. Lines that were damaged by hand are left out."""
    found: list[Note] = []
    for line in data[:MAX_BYTES].splitlines():
        with suppress(orjson.JSONDecodeError):
            note = orjson.loads(line)
            if isinstance(note, dict):
                found.append(note)
    return found


def _own(error: OSError) -> ForbiddenError | StorageFullError:
    if error.errno in _NO_ROOM:
        return StorageFullError("The disk of the profile directory is full: make room and try again.")
    return ForbiddenError(f"The server cannot keep notes beside this profile: {error.strerror}.")
