"""The profile directory: lists its files and opens them by name, and never a file outside of it.

Files have the names of the list, with `/` between folders. A name is resolved first, links included, and the
result is opened without following any link (`files.opening`).
"""

from __future__ import annotations

import errno
import logging
import os
import stat
from collections.abc import Callable, Iterator, Sequence
from operator import itemgetter
from pathlib import Path
from typing import BinaryIO

from flamescope_py.errors import ForbiddenError, ProfileNotFoundError
from flamescope_py.files.names import may_be_listed, on_disk, shown
from flamescope_py.files.opening import FILE, FOLDER, open_below
from flamescope_py.files.stamp import Stamp
from flamescope_py.store.places import Folder, Listed, LocalFile, OpenFile

logger = logging.getLogger(__name__)

_NAME = itemgetter(0)

_NOT_FOUND = "There is no such profile in the profile directory: reload the list."
_OUTSIDE = "A link that leads out of the profile directory: copy the file into it."
_NOT_READABLE = "The server may not read this file: change its permissions."
_NOT_REGULAR = "Not a regular file, so it holds no profile."


class ProfileDirectory:
    """Files below one root. Names with a component that starts with a dot do not exist here."""

    def __init__(self, root: Path) -> None:
        """`root` may be relative or a link. It is resolved at each use."""
        self._root = root

    def files(self, on_skip: Callable[[str, OSError], object] | None = None) -> Iterator[Listed]:
        """Yield every file, folder by folder, as `folders` does."""
        for folder in self.folders(on_skip):
            for name, status in folder.entries:
                yield folder.listed(name, status)

    def folders(self, on_skip: Callable[[str, OSError], object] | None = None) -> Iterator[Folder]:
        """Yield every folder with its files.

        For a folder that cannot be read, `on_skip` is called with its name. Without it, it is logged.
        """
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
                    # Links to folders are not walked, as they may lead in a circle.
                    if not stat.S_ISDIR(followed.st_mode):
                        files.append((name, followed))
                else:
                    files.append((name, status))
            yield Folder(above, folder, files)

    def can_list(self) -> bool:
        """Return True if the root can be read."""
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

    def open_profile(self, name: str) -> OpenFile:
        """Open a profile for a request. Raises as `open` does."""
        return LocalFile(name, self.open(name))

    def look(self, listed: Listed) -> BinaryIO:
        """Open a listed file. Raises as `open` does."""
        return self.open_parts(listed.parts)

    def find(self, name: str) -> Listed:
        """Return the entry of one name, without listing. Raises as `open` does."""
        parts = self._parts(name)
        with self.open_parts(parts) as file:
            return Listed(name, tuple(parts), Stamp.of_open(file.fileno()))

    def beside(self, name: str, suffix: str) -> list[str]:
        """Return the names of the files beside a profile that begin with its name, `suffix` and a dot.

        Raises ProfileNotFoundError for a name that cannot be one.
        """
        *folder, leaf = self._parts(name)
        above = name[: len(name) - len(name.rpartition("/")[2])]
        try:
            found = self._scan(folder)
        except OSError:
            return []
        wanted = f"{leaf}{suffix}."
        return [
            above + shown(one)
            for one, status in found
            if one.startswith(wanted) and not stat.S_ISDIR(status.st_mode)
        ]

    def _parts(self, name: str) -> list[str]:
        if not may_be_listed(name):
            raise ProfileNotFoundError(_NOT_FOUND)
        return on_disk(self._root, name.split("/"))

    def open_parts(self, parts: Sequence[str]) -> BinaryIO:
        """Open a file by its names on disk; raises as `open` does."""
        try:
            root, target = self._resolve(parts)
            if not target.is_relative_to(root):
                raise ProfileNotFoundError(_OUTSIDE)
            descriptor = open_below(root, target.relative_to(root).parts, FILE)
        except (OSError, RuntimeError) as error:  # RuntimeError: a loop of links, before Python 3.13
            if isinstance(error, PermissionError):
                raise ForbiddenError(_NOT_READABLE) from error
            raise ProfileNotFoundError(_NOT_FOUND) from error
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            os.close(descriptor)
            raise ProfileNotFoundError(_NOT_REGULAR)
        return os.fdopen(descriptor, "rb")

    def _scan(self, folder: Sequence[str]) -> list[tuple[str, os.stat_result]]:
        """List one folder, without entries that vanish meanwhile."""
        descriptor = open_below(self._root.resolve(), folder, FOLDER)
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
        """Return the root and a file below it with all links followed. Raises OSError and RuntimeError.

        Not strict for the file: whether something exists outside of the root makes no difference.
        """
        root = self._root.resolve(strict=True)
        return root, root.joinpath(*parts).resolve()

    def _linked(self, parts: Sequence[str]) -> os.stat_result | None:
        """Return the stat of the target of a link, or None if it is outside."""
        try:
            root, target = self._resolve(parts)
            return target.stat() if target.is_relative_to(root) else None
        except (OSError, RuntimeError):
            return None


def _log_skipped(name: str, error: OSError) -> None:
    logger.warning("Cannot list the folder %r: %s", name, error.strerror)
