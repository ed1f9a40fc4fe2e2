"""The profile directory: lists its files and opens them by name, and nothing outside of it, ever.

A name is what the list shows: `/` between folders, bytes that are not UTF-8 written as `\\xNN`. It is
resolved first and opened after, one component at a time and without following links, so that
swapping a link in between (a race that a check on paths alone would lose) leads nowhere.
"""

from __future__ import annotations

import errno
import logging
import os
import stat
from collections.abc import Callable, Iterator, Sequence
from operator import itemgetter
from pathlib import Path
from typing import BinaryIO, NamedTuple

from flamescope_py.errors import ForbiddenError, ProfileNotFoundError

logger = logging.getLogger(__name__)

_READ = os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC
_FOLDER = _READ | os.O_DIRECTORY
# Opening a FIFO would wait for a writer without O_NONBLOCK.
_FILE = _READ | os.O_NONBLOCK

_NAME = itemgetter(0)

_NOT_FOUND = "There is no such profile in the profile directory: reload the list."
_OUTSIDE = "A link that leads out of the profile directory: copy the file into it."
_NOT_READABLE = "The server may not read this file: change its permissions."
_NOT_REGULAR = "Not a regular file, so it holds no profile."


class Stamp(NamedTuple):
    """Tells one version of a file from the next."""

    size: int
    mtime_ns: int
    inode: int

    @classmethod
    def of(cls, status: os.stat_result) -> Stamp:
        """Take what matters from a stat."""
        return cls(status.st_size, status.st_mtime_ns, status.st_ino)

    def is_of(self, status: os.stat_result) -> bool:
        """Say whether a stat is of this version."""
        return (
            self.mtime_ns == status.st_mtime_ns
            and self.size == status.st_size
            and self.inode == status.st_ino
        )


class Listed(NamedTuple):
    """A file below the profile directory; `parts` are its names as the disk has them."""

    name: str
    parts: tuple[str, ...]
    stamp: Stamp


class Folder(NamedTuple):
    """A folder below the profile directory: its name as shown, with `/` behind, and its parts and files by
    their names on disk."""

    above: str
    parts: tuple[str, ...]
    entries: list[tuple[str, os.stat_result]]

    def listed(self, name: str, status: os.stat_result) -> Listed:
        """Say what the list says of one of its files."""
        return Listed(self.above + shown(name), (*self.parts, name), Stamp.of(status))


def shown(name: str) -> str:
    """Write a name of the disk as text: bytes that are not UTF-8 become `\\xNN`."""
    return name if name.isascii() else os.fsencode(name).decode("utf-8", "backslashreplace")


class ProfileDirectory:
    """Files below one root. Names with a component that starts with a dot do not exist here."""

    def __init__(self, root: Path) -> None:
        """`root` may be relative or a link; it is resolved whenever it is used."""
        self._root = root

    def files(self, on_skip: Callable[[str, OSError], object] | None = None) -> Iterator[Listed]:
        """Give every file, folder by folder; see `folders`."""
        for folder in self.folders(on_skip):
            for name, status in folder.entries:
                yield folder.listed(name, status)

    def folders(self, on_skip: Callable[[str, OSError], object] | None = None) -> Iterator[Folder]:
        """Give every folder with its files. Those that cannot be read are left out, and `on_skip` is told
        their names; without it they are logged."""
        folders: list[tuple[str, ...]] = [()]
        while folders:
            folder = folders.pop()
            above = "".join(shown(part) + "/" for part in folder)
            try:
                found = self._scan(folder)
            except OSError as error:
                (on_skip or _log_skipped)(above, error)
                continue
            files = []
            for name, status in found:
                kind = stat.S_IFMT(status.st_mode)
                if kind == stat.S_IFREG:
                    files.append((name, status))
                elif kind == stat.S_IFDIR:
                    folders.append((*folder, name))
                elif kind == stat.S_IFLNK:
                    followed = self._linked((*folder, name)) or status
                    # A link to a folder is not walked: it may lead in a circle.
                    if not stat.S_ISDIR(followed.st_mode):
                        files.append((name, followed))
                else:
                    files.append((name, status))
            yield Folder(above, folder, files)

    def can_list(self) -> bool:
        """Say whether the root is there and can be read."""
        try:
            with os.scandir(self._root) as entries:
                next(entries, None)
        except OSError:
            return False
        return True

    def open(self, name: str) -> BinaryIO:
        """Open a profile by the name that the list shows.

        Raises ProfileNotFoundError for any name that is not a file in this directory, and
        ForbiddenError for a file that the server has no right to read.
        """
        return self.open_parts(self._parts(name))

    def find(self, name: str) -> Listed:
        """Give what the list says of one name, without listing. Raises as `open` does."""
        parts = self._parts(name)
        with self.open_parts(parts) as file:
            return Listed(name, tuple(parts), Stamp.of(os.fstat(file.fileno())))

    def _parts(self, name: str) -> list[str]:
        parts = name.split("/")
        if "\0" in name or not _encodable(name) or any(part.startswith(".") or not part for part in parts):
            raise ProfileNotFoundError(_NOT_FOUND)
        return self._on_disk(parts)

    def open_parts(self, parts: Sequence[str]) -> BinaryIO:
        """Open a file by its names on disk; raises as `open` does."""
        try:
            root, target = self._resolve(parts)
            if not target.is_relative_to(root):
                raise ProfileNotFoundError(_OUTSIDE)
            descriptor = _open_below(root, target.relative_to(root).parts, _FILE)
        except (OSError, RuntimeError) as error:  # RuntimeError: a loop of links, before Python 3.13
            if isinstance(error, PermissionError):
                raise ForbiddenError(_NOT_READABLE) from error
            raise ProfileNotFoundError(_NOT_FOUND) from error
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            os.close(descriptor)
            raise ProfileNotFoundError(_NOT_REGULAR)
        return os.fdopen(descriptor, "rb")

    def _scan(self, folder: Sequence[str]) -> list[tuple[str, os.stat_result]]:
        """List one folder; entries that vanish meanwhile are left out."""
        descriptor = _open_below(self._root.resolve(), folder, _FOLDER)
        found = []
        try:
            with os.scandir(descriptor) as entries:
                for entry in entries:
                    if entry.name.startswith("."):
                        continue
                    try:
                        found.append((entry.name, entry.stat(follow_symlinks=False)))
                    except OSError as error:
                        if error.errno != errno.ENOENT:
                            logger.warning("Cannot look at %r: %s", entry.name, error.strerror)
        finally:
            os.close(descriptor)
        found.sort(key=_NAME)
        return found

    def _resolve(self, parts: Sequence[str]) -> tuple[Path, Path]:
        """Give the root and a file below it with all links followed; raises OSError or RuntimeError."""
        root = self._root.resolve(strict=True)
        return root, root.joinpath(*parts).resolve(strict=True)

    def _linked(self, parts: Sequence[str]) -> os.stat_result | None:
        """Give the state of what a link leads to, if that is inside."""
        try:
            root, target = self._resolve(parts)
            return target.stat() if target.is_relative_to(root) else None
        except (OSError, RuntimeError):
            return None

    def _on_disk(self, parts: Sequence[str]) -> list[str]:
        """Turn shown names back into names of the disk; an entry of exactly the shown name comes first."""
        found: list[str] = []
        for part in parts:
            folder = self._root.joinpath(*found)
            if "\\x" in part and not os.path.lexists(folder / part):
                same = [name for name in _names(folder) if shown(name) == part]
                found.append(same[0] if same else part)
            else:
                found.append(part)
        return found


def _log_skipped(name: str, error: OSError) -> None:
    logger.warning("Cannot list the folder %r: %s", name, error.strerror)


def _open_below(root: Path, parts: Sequence[str], flags: int) -> int:
    """Open `parts` below `root`, every component relative to the one before; links raise OSError."""
    descriptor = os.open(root, os.O_RDONLY | os.O_CLOEXEC | os.O_DIRECTORY)
    for position, part in enumerate(parts, 1):
        parent = descriptor
        try:
            descriptor = os.open(part, flags if position == len(parts) else _FOLDER, dir_fd=parent)
        finally:
            os.close(parent)
    return descriptor


def _names(folder: Path) -> list[str]:
    try:
        return [path.name for path in folder.iterdir()]
    except OSError:
        return []


def _encodable(name: str) -> bool:
    try:
        os.fsencode(name)
    except UnicodeEncodeError:
        return False
    return True
