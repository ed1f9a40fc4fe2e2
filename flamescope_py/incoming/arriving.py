"""A file that arrives in the profile directory: its bytes, its bounds, and whether it lands or is removed."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from types import TracebackType
from typing import BinaryIO, NamedTuple

from flamescope_py.errors import StorageFullError, TooLargeError, UnknownFormatError
from flamescope_py.incoming.placing import ProfileNames, Wish, translated

# Bytes written between two checks of the free space.
_LOOK_BYTES = 8 << 20

# Returns the reason why a file is not a profile, or an empty string if it is one.
Refusal = Callable[[BinaryIO], str]


class Bounds(NamedTuple):
    """`max_bytes`: the largest file; `min_free`: how much of the disk stays free."""

    max_bytes: int
    min_free: int


class ArrivingFile:
    """An incoming file. As a context manager it removes itself unless it has landed."""

    def __init__(
        self, names: ProfileNames, name: str, file: BinaryIO, bounds: Bounds, refusal: Refusal
    ) -> None:
        """`name` is the temporary name."""
        self._names = names
        self._bounds = bounds
        self._refusal = refusal
        self._name = name
        self._file = file
        self.size = 0
        self.shown = ""
        self._looked_at = -_LOOK_BYTES

    def __enter__(self) -> ArrivingFile:
        """Return this file."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close it, and remove it unless it has landed."""
        self._names.drop(self._name)
        with suppress(OSError):
            # Closing flushes the buffer, which fails if the disk is full.
            self._file.close()

    @property
    def max_bytes(self) -> int:
        """The largest allowed size."""
        return self._bounds.max_bytes

    def expect(self, size: int) -> None:
        """Refuse a file of `size` bytes before it comes. Raises TooLargeError and StorageFullError."""
        self._check_size(size)
        self._check_room(size)

    def write(self, data: bytes) -> None:
        """Add bytes. Raises TooLargeError and StorageFullError."""
        self.size += len(data)
        self._check_size(self.size)
        if self.size - self._looked_at >= _LOOK_BYTES:
            self._check_room(len(data))
            self._looked_at = self.size
        with translated():
            self._file.write(data)

    def show(self, wish: Wish) -> str:
        """Name the file while it still arrives, and return the name. Raises as `land` does."""
        with translated():
            self._file.flush()
            self.shown = self._names.place(self._name, self._file, wish)
        return self.shown

    def publish(self) -> None:
        """Let readers see all bytes so far. Raises StorageFullError."""
        with translated():
            self._file.flush()

    def hide(self) -> None:
        """Take the name back that `show` gave."""
        if self.shown:
            self._names.hide(self.shown, os.fstat(self._file.fileno()).st_ino)

    def head(self, most: int) -> bytes:
        """Return its first bytes. Raises StorageFullError."""
        with translated():
            self._file.flush()
            return os.pread(self._file.fileno(), most, 0)

    def land_over(self, shown: ArrivingFile, wish: Wish) -> str:
        """Land in the place of a file that is shown, perhaps itself, or as `land` does where that is gone."""
        with translated():
            self._file.flush()
            os.fsync(self._file.fileno())
            inode = os.fstat(shown._file.fileno()).st_ino
            if shown is self and self._names.holds(shown.shown, inode):
                return shown.shown
            if shown.shown and self._names.replace(self._name, shown.shown, inode):
                return shown.shown
        return self.land(wish)

    def land(self, wish: Wish) -> str:
        """Move the complete file to its place and return its name.

        Raises UnknownFormatError if it is not a profile (unless forced), ConflictError if the exact name is
        taken, ParameterError, ForbiddenError and StorageFullError.
        """
        with translated():
            self._file.flush()
            self._file.seek(0)
            reason = "" if wish.force else self._refusal(self._file)
            if reason:
                raise UnknownFormatError(f"Not taken, because it is no profile. {reason}")
            os.fsync(self._file.fileno())
            return self._names.place(self._name, self._file, wish)

    def _check_size(self, size: int) -> None:
        bound = self._bounds.max_bytes
        if size > bound:
            raise TooLargeError(f"The file is larger than {bound} bytes, which max_file_bytes allows.")

    def _check_room(self, size: int) -> None:
        state = os.fstatvfs(self._file.fileno())
        if state.f_bavail * state.f_frsize - size < self._bounds.min_free:
            raise StorageFullError(
                "The disk of the profile directory is too full: make room, or lower min_free_bytes."
            )
