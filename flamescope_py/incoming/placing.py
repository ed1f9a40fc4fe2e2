"""Names in the profile directory: files are linked to them, removed from them, and replaced.

Every name is reached folder by folder without following a symbolic link, and taken by a step that fails if
there is a file of that name.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO, NamedTuple

from flamescope_py.errors import (
    ConflictError,
    FlameScopeError,
    ForbiddenError,
    ParameterError,
    ProfileNotFoundError,
    StorageFullError,
)
from flamescope_py.files.opening import FOLDER, NO_FOLLOW, open_below
from flamescope_py.incoming import names

INCOMING = ".incoming"
LAST_NUMBER = 999
# Of os.open: a new file, never another one.
NEW = os.O_RDWR | os.O_CREAT | os.O_EXCL | NO_FOLLOW
_RETRIES = 5
_NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT})
_NO_LINKS = frozenset({errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK})


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


class ProfileNames:
    """The names of one profile directory; safe to use from several threads and processes."""

    def __init__(self, root: Path) -> None:
        """`root` may be a symbolic link, which is resolved at each use."""
        self._root = root

    def remove(self, parts: Sequence[str]) -> None:
        """Remove a file by its names on disk, and folders that become empty.

        Raises ProfileNotFoundError and ForbiddenError.
        """
        try:
            with self.folder(parts[:-1]) as folder:
                os.unlink(parts[-1], dir_fd=folder)
        except (FileNotFoundError, NotADirectoryError) as error:
            raise ProfileNotFoundError("There is no such profile any more: reload the list.") from error
        except OSError as error:
            raise ForbiddenError("The server may not remove this file: change its permissions.") from error
        # Ends at the first folder that is not empty. Only rmdir can check that without a race.
        with suppress(OSError):
            for depth in range(len(parts) - 1, 0, -1):
                with self.folder(parts[: depth - 1]) as folder:
                    os.rmdir(parts[depth - 1], dir_fd=folder)

    def place(self, arriving: str, file: BinaryIO, wish: Wish) -> str:
        """Link a file of `.incoming`, which is open as `file`, to its wanted name; return the final name."""
        for _ in range(_RETRIES):
            # Removing the last profile of a folder removes the folder, perhaps before it is used here.
            with suppress(FileNotFoundError):
                return self._link(arriving, wish)
        return self._link(arriving, wish)

    def _link(self, arriving: str, wish: Wish) -> str:
        *folders, _ = names.parts_of(wish.name)
        with self.folder((INCOMING,)) as source, self.folder(folders, make=True) as target:
            found = first_free(wish, lambda leaf: _link(arriving, source, leaf, target))
            os.fsync(target)
            return found

    def replace(self, arriving: str, name: str, old: int) -> bool:
        """Move the file `arriving` over a profile that is still the inode `old`; else return False."""
        *folders, leaf = names.parts_of(name)
        with suppress(FileNotFoundError), self.folder(folders) as target:
            if os.stat(leaf, dir_fd=target, follow_symlinks=False).st_ino == old:
                with self.folder((INCOMING,)) as source:
                    os.replace(arriving, leaf, src_dir_fd=source, dst_dir_fd=target)
                os.fsync(target)
                return True
        return False

    def holds(self, name: str, inode: int) -> bool:
        """Return True if a profile of this name is the file `inode`."""
        if not name:
            return False
        *folders, leaf = names.parts_of(name)
        with suppress(FileNotFoundError), self.folder(folders) as target:
            return os.stat(leaf, dir_fd=target, follow_symlinks=False).st_ino == inode
        return False

    def hide(self, name: str, old: int) -> None:
        """Remove a profile if it is still the inode `old`."""
        *folders, leaf = names.parts_of(name)
        with suppress(OSError), self.folder(folders) as target:
            if os.stat(leaf, dir_fd=target, follow_symlinks=False).st_ino == old:
                os.unlink(leaf, dir_fd=target)

    def drop(self, arriving: str) -> None:
        """Remove a file of `.incoming`."""
        with suppress(OSError), self.folder((INCOMING,)) as folder:
            os.unlink(arriving, dir_fd=folder)

    @contextmanager
    def folder(self, parts: Sequence[str], *, make: bool = False) -> Iterator[int]:
        """Open a folder without following symbolic links. With `make`, create missing folders."""
        descriptor = open_below(self._root, parts, FOLDER, _make_folder if make else None)
        try:
            yield descriptor
        finally:
            os.close(descriptor)


def _make_folder(name: str, parent: int) -> None:
    with suppress(FileExistsError):
        os.mkdir(name, 0o700 if name == INCOMING else 0o777, dir_fd=parent)


@contextmanager
def translated() -> Iterator[None]:
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
        os.close(os.open(name, NEW, 0o666, dir_fd=target))
    except FileExistsError:
        return False
    os.replace(arriving, name, src_dir_fd=source, dst_dir_fd=target)
    return True
