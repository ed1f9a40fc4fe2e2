"""Where the files of a collection are: the protocol of folders and buckets, and folders of this machine.

A file appears whole or not at all, so that a writer may be killed at any moment.
"""

from __future__ import annotations

import contextlib
import errno
import os
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import BinaryIO, NamedTuple, Protocol

from flamescope_py.errors import ConfigError, StorageFullError
from flamescope_py.fleet.folders import Folders

# Files that are being written. Names that begin with a dot are never part of a collection.
_ASIDE = ".new-"
_FULL = (errno.ENOSPC, errno.EDQUOT)


class Entry(NamedTuple):
    """A file: its name with `/` between folders, its size, and a token that changes with its content."""

    name: str
    size: int
    version: str


class Storage(Protocol):
    """The files of a collection by name. Methods raise OSError, or FlameScopeError for a known fault."""

    def entries(self, folder: str) -> Iterator[Entry]:
        """Yield all files below a folder, in no order; none if it does not exist."""

    def read(self, name: str) -> bytes:
        """Return a file's content. Raises FileNotFoundError."""

    def open(self, name: str) -> BinaryIO:
        """Open a file at its start; it can seek. Raises FileNotFoundError."""

    def write(self, name: str, data: bytes) -> None:
        """Write a file whole, in place of one of that name."""

    def write_all(self, files: Mapping[str, bytes]) -> None:
        """Write files whole, by name, in no order: a killed writer leaves any of them."""

    def create(self, name: str, data: bytes) -> bool:
        """Write a file whole, or return False if one of that name exists."""

    def remove(self, name: str) -> None:
        """Remove a file if it exists."""

    def paths(self, entries: Sequence[Entry]) -> list[str]:
        """Return the paths of files, or of copies of them, on this machine."""

    def urls(self, entries: Sequence[Entry]) -> list[str]:
        """Return the paths or URLs under which engines elsewhere open files."""


class _Aside(NamedTuple):
    """A file that is written and has not its name yet."""

    path: Path
    file: BinaryIO

    def sync(self) -> None:
        """Wait until the content is on the disk."""
        os.fsync(self.file.fileno())


class LocalStorage:
    """Files below a folder, which is made with the first file."""

    def __init__(self, root: Path) -> None:
        """Raise ConfigError if something else is in the folder's place."""
        if root.exists() and not root.is_dir():
            raise ConfigError("The collection is not a folder: name another place.")
        self._root = root
        self._folders = Folders(str(root))

    def entries(self, folder: str) -> Iterator[Entry]:
        """Yield all files below a folder, without following links."""
        for name, status in self._folders.files(folder):
            version = f"{status.st_mtime_ns}-{status.st_ino}-{status.st_size}"
            yield Entry(name, status.st_size, version)

    def read(self, name: str) -> bytes:
        """Return a file's content."""
        return (self._root / name).read_bytes()

    def open(self, name: str) -> BinaryIO:
        """Open a file."""
        return (self._root / name).open("rb")

    def write(self, name: str, data: bytes) -> None:
        """Write aside, sync and rename."""
        self.write_all({name: data})

    def write_all(self, files: Mapping[str, bytes]) -> None:
        """Write all of them aside, sync and rename: the disk's journal is waited for once, not for each."""
        with contextlib.ExitStack() as open_files:
            asides = {name: open_files.enter_context(self._aside(name, data)) for name, data in files.items()}
            for aside in asides.values():
                aside.sync()
            for name, aside in asides.items():
                aside.path.replace(self._root / name)
        for folder in {(self._root / name).parent for name in files}:
            _sync(folder)

    def create(self, name: str, data: bytes) -> bool:
        """Write aside, sync and link, which fails if the name is taken."""
        target = self._root / name
        with self._aside(name, data) as aside:
            aside.sync()
            try:
                target.hardlink_to(aside.path)
            except FileExistsError:
                return False
            _sync(target.parent)
        return True

    def remove(self, name: str) -> None:
        """Remove a file, and its folder if nothing else is in it."""
        path = self._root / name
        path.unlink(missing_ok=True)
        for folder in path.relative_to(self._root).parents:
            # A folder that is not empty, or gone, stays as it is.
            with contextlib.suppress(OSError):
                (self._root / folder).rmdir()

    def paths(self, entries: Sequence[Entry]) -> list[str]:
        """Return the absolute paths of files."""
        root = self._root.resolve()
        return [str(root / entry.name) for entry in entries]

    def urls(self, entries: Sequence[Entry]) -> list[str]:
        """Return the absolute paths of files, which engines must see as well."""
        return self.paths(entries)

    @contextlib.contextmanager
    def _aside(self, name: str, data: bytes) -> Iterator[_Aside]:
        """Write a file beside its place, and remove it if it still has that name at the end."""
        folder = (self._root / name).parent
        folder.mkdir(parents=True, exist_ok=True)
        try:
            descriptor, aside = tempfile.mkstemp(prefix=_ASIDE, dir=folder)
        except FileNotFoundError:
            # Another process removed the folder while it was empty.
            folder.mkdir(parents=True, exist_ok=True)
            descriptor, aside = tempfile.mkstemp(prefix=_ASIDE, dir=folder)
        path = Path(aside)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(data)
                file.flush()
                # mkstemp makes private files, and other users' engines may read a collection.
                path.chmod(0o644)
                yield _Aside(path, file)
        except OSError as error:
            if error.errno in _FULL:
                raise StorageFullError("The disk of the collection is full: make room.") from error
            raise
        finally:
            path.unlink(missing_ok=True)


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
