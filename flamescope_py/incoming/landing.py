"""How a file arrives in the profile directory: whole or not at all, and never over another one.

Bytes go to a file with a random name in `.incoming`, on the same file system and hidden from lists. The
complete file is synced and linked to its name, which fails if the name is taken. The writing process holds
a lock on the file, which distinguishes active files from leftovers of a killed process.
"""

from __future__ import annotations

import errno
import fcntl
import os
import secrets
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, NamedTuple

from flamescope_py.errors import (
    ConflictError,
    FlameScopeError,
    ForbiddenError,
    ParameterError,
    ProfileNotFoundError,
    StorageFullError,
    TooLargeError,
    UnknownFormatError,
)
from flamescope_py.files.opening import FOLDER, NO_FOLLOW, open_below
from flamescope_py.incoming import names

INCOMING = ".incoming"
# Bytes written between two checks of the free space.
_LOOK_BYTES = 8 << 20
LAST_NUMBER = 999
_RETRIES = 5
_NEW = os.O_RDWR | os.O_CREAT | os.O_EXCL | NO_FOLLOW
_NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT})
_NO_LINKS = frozenset({errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK})

# Returns the reason why a file is not a profile, or an empty string if it is one.
Refusal = Callable[[BinaryIO], str]


class Bounds(NamedTuple):
    """`max_bytes`: the largest file; `min_free`: how much of the disk stays free."""

    max_bytes: int
    min_free: int


class Wish(NamedTuple):
    """The wanted name of a file. `exact` allows no other name, `force` accepts unknown formats."""

    name: str
    exact: bool = False
    force: bool = False


def first_free(wish: Wish, take: Callable[[str], bool]) -> str:
    """Return the first name of a wish whose last part `take` takes: perf.out, perf-2.out, perf-3.out.

    Raises ParameterError for a name that no profile may have, and ConflictError if all are taken.
    """
    *folders, leaf = names.parts_of(wish.name)
    for number in range(1, LAST_NUMBER + 1):
        tried = leaf if number == 1 else names.numbered(leaf, number)
        if take(tried):
            return "/".join((*folders, tried))
        if wish.exact:
            raise ConflictError(f"There is a profile {wish.name!r} already: choose another name.")
    raise ConflictError(f"There are {LAST_NUMBER} profiles named like {wish.name!r}: choose another name.")


class Landing:
    """Puts files into one profile directory; safe to use from several threads and processes."""

    # Whether a file can be shown while it still arrives.
    shows = True

    def __init__(self, root: Path, bounds: Bounds, refusal: Refusal) -> None:
        """`root` may be a symbolic link, which is resolved at each use."""
        self._root = root
        self.bounds = bounds
        self.refusal = refusal

    def clear_leftovers(self) -> int:
        """Remove leftovers of killed processes and return their number. Active files stay."""
        removed = 0
        with suppress(OSError), self._folder((INCOMING,)) as folder:
            for name in os.listdir(folder):  # noqa: PTH208 - a Path has no descriptor
                with suppress(OSError):
                    descriptor = os.open(name, os.O_RDWR | NO_FOLLOW, dir_fd=folder)
                    try:
                        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                        os.unlink(name, dir_fd=folder)
                        removed += 1
                    finally:
                        os.close(descriptor)
        return removed

    def check(self, name: str) -> None:
        """Raise ParameterError if a profile may not have this name."""
        names.parts_of(name)

    def receive(self) -> ArrivingFile:
        """Start a file. Raises ForbiddenError and StorageFullError."""
        name = secrets.token_hex(16)
        with _translated(), self._folder((INCOMING,), make=True) as folder:
            descriptor = os.open(name, _NEW, 0o666, dir_fd=folder)
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return ArrivingFile(self, name, os.fdopen(descriptor, "w+b", buffering=1 << 20))

    def remove(self, parts: Sequence[str]) -> None:
        """Remove a file by its names on disk, and folders that become empty.

        Raises ProfileNotFoundError and ForbiddenError.
        """
        try:
            with self._folder(parts[:-1]) as folder:
                os.unlink(parts[-1], dir_fd=folder)
        except (FileNotFoundError, NotADirectoryError) as error:
            raise ProfileNotFoundError("There is no such profile any more: reload the list.") from error
        except OSError as error:
            raise ForbiddenError("The server may not remove this file: change its permissions.") from error
        # Ends at the first folder that is not empty. Only rmdir can check that without a race.
        with suppress(OSError):
            for depth in range(len(parts) - 1, 0, -1):
                with self._folder(parts[: depth - 1]) as folder:
                    os.rmdir(parts[depth - 1], dir_fd=folder)

    def place(self, arriving: str, file: BinaryIO, wish: Wish) -> str:
        """Link a file of `.incoming` to its wanted name, and return the final name."""
        for _ in range(_RETRIES):
            # Removing the last profile of a folder removes the folder, perhaps before it is used here.
            with suppress(FileNotFoundError):
                return self._link(arriving, wish)
        return self._link(arriving, wish)

    def _link(self, arriving: str, wish: Wish) -> str:
        *folders, _ = names.parts_of(wish.name)
        with self._folder((INCOMING,)) as source, self._folder(folders, make=True) as target:
            found = first_free(wish, lambda leaf: _link(arriving, source, leaf, target))
            os.fsync(target)
            return found

    def replace(self, arriving: str, name: str, old: int) -> bool:
        """Move the file `arriving` over a profile that is still the inode `old`; else return False."""
        *folders, leaf = names.parts_of(name)
        with suppress(FileNotFoundError), self._folder(folders) as target:
            if os.stat(leaf, dir_fd=target, follow_symlinks=False).st_ino == old:
                with self._folder((INCOMING,)) as source:
                    os.replace(arriving, leaf, src_dir_fd=source, dst_dir_fd=target)
                os.fsync(target)
                return True
        return False

    def holds(self, name: str, inode: int) -> bool:
        """Return True if a profile of this name is the file `inode`."""
        if not name:
            return False
        *folders, leaf = names.parts_of(name)
        with suppress(FileNotFoundError), self._folder(folders) as target:
            return os.stat(leaf, dir_fd=target, follow_symlinks=False).st_ino == inode
        return False

    def hide(self, name: str, old: int) -> None:
        """Remove a profile if it is still the inode `old`."""
        *folders, leaf = names.parts_of(name)
        with suppress(OSError), self._folder(folders) as target:
            if os.stat(leaf, dir_fd=target, follow_symlinks=False).st_ino == old:
                os.unlink(leaf, dir_fd=target)

    def drop(self, arriving: str) -> None:
        """Remove a file of `.incoming`."""
        with suppress(OSError), self._folder((INCOMING,)) as folder:
            os.unlink(arriving, dir_fd=folder)

    @contextmanager
    def _folder(self, parts: Sequence[str], *, make: bool = False) -> Iterator[int]:
        """Open a folder without following symbolic links. With `make`, create missing folders."""
        descriptor = open_below(self._root, parts, FOLDER, _make_folder if make else None)
        try:
            yield descriptor
        finally:
            os.close(descriptor)


def _make_folder(name: str, parent: int) -> None:
    with suppress(FileExistsError):
        os.mkdir(name, 0o700 if name == INCOMING else 0o777, dir_fd=parent)


class ArrivingFile:
    """An incoming file. As a context manager it removes itself unless it has landed."""

    def __init__(self, landing: Landing, name: str, file: BinaryIO) -> None:
        """`name` is the temporary name."""
        self._landing = landing
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
        self._landing.drop(self._name)
        with suppress(OSError):
            # Closing flushes the buffer, which fails if the disk is full.
            self._file.close()

    @property
    def max_bytes(self) -> int:
        """The largest allowed size."""
        return self._landing.bounds.max_bytes

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
        with _translated():
            self._file.write(data)

    def show(self, wish: Wish) -> str:
        """Name the file while it still arrives, and return the name. Raises as `land` does."""
        with _translated():
            self._file.flush()
            self.shown = self._landing.place(self._name, self._file, wish)
        return self.shown

    def publish(self) -> None:
        """Let readers see all bytes so far. Raises StorageFullError."""
        with _translated():
            self._file.flush()

    def hide(self) -> None:
        """Take the name back that `show` gave."""
        if self.shown:
            self._landing.hide(self.shown, os.fstat(self._file.fileno()).st_ino)

    def head(self, most: int) -> bytes:
        """Return its first bytes. Raises StorageFullError."""
        with _translated():
            self._file.flush()
            return os.pread(self._file.fileno(), most, 0)

    def land_over(self, shown: ArrivingFile, wish: Wish) -> str:
        """Land in the place of a file that is shown, perhaps itself, or as `land` does where that is gone."""
        with _translated():
            self._file.flush()
            os.fsync(self._file.fileno())
            inode = os.fstat(shown._file.fileno()).st_ino
            if shown is self and self._landing.holds(shown.shown, inode):
                return shown.shown
            if shown.shown and self._landing.replace(self._name, shown.shown, inode):
                return shown.shown
        return self.land(wish)

    def land(self, wish: Wish) -> str:
        """Move the complete file to its place and return its name.

        Raises UnknownFormatError if it is not a profile (unless forced), ConflictError if the exact name is
        taken, ParameterError, ForbiddenError and StorageFullError.
        """
        with _translated():
            self._file.flush()
            self._file.seek(0)
            reason = "" if wish.force else self._landing.refusal(self._file)
            if reason:
                raise UnknownFormatError(f"Not taken, because it is no profile. {reason}")
            os.fsync(self._file.fileno())
            return self._landing.place(self._name, self._file, wish)

    def _check_size(self, size: int) -> None:
        bound = self._landing.bounds.max_bytes
        if size > bound:
            raise TooLargeError(f"The file is larger than {bound} bytes, which max_file_bytes allows.")

    def _check_room(self, size: int) -> None:
        state = os.fstatvfs(self._file.fileno())
        if state.f_bavail * state.f_frsize - size < self._landing.bounds.min_free:
            raise StorageFullError(
                "The disk of the profile directory is too full: make room, or lower min_free_bytes."
            )


@contextmanager
def _translated() -> Iterator[None]:
    """Translate OSError of a write into our errors."""
    try:
        yield
    except FlameScopeError:
        raise
    except OSError as error:
        raise _own(error) from error


def _own(error: OSError) -> FlameScopeError:
    if error.errno in _NO_ROOM:
        return StorageFullError("The disk of the profile directory is full: make room and try again.")
    if error.errno in {errno.ELOOP, errno.ENOTDIR}:
        return ParameterError("A folder of the filename is a link or a file: choose another one.")
    if error.errno == errno.ENAMETOOLONG:
        return ParameterError("The filename is too long for the disk: choose a shorter one.")
    return ForbiddenError(f"The server cannot write to the profile directory: {error.strerror}.")


def _link(arriving: str, source: int, name: str, target: int) -> bool:
    """Hard-link a file to a new name. Return False if the name is taken. This is atomic."""
    try:
        os.link(arriving, name, src_dir_fd=source, dst_dir_fd=target, follow_symlinks=False)
    except FileExistsError:
        return False
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        return _claim_and_replace(arriving, source, name, target)
    return True


def _claim_and_replace(arriving: str, source: int, name: str, target: int) -> bool:
    """Replace hard links where they are missing (FAT, some network disks): claim the name, then rename."""
    try:
        os.close(os.open(name, _NEW, 0o666, dir_fd=target))
    except FileExistsError:
        return False
    os.replace(arriving, name, src_dir_fd=source, dst_dir_fd=target)
    return True
