"""Where profiles are: the protocol of profile directories on a disk and in a bucket, and their open files."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import BinaryIO, NamedTuple, Protocol

from flamescope_py.files.names import shown
from flamescope_py.files.stamp import Stamp, Status

Progress = Callable[[int], object]


class Listed(NamedTuple):
    """A file below the profile directory; `parts` are its names on disk."""

    name: str
    parts: tuple[str, ...]
    stamp: Stamp


class Folder(NamedTuple):
    """A folder below the profile directory: its shown name with a final `/`, its parts and files on disk."""

    above: str
    parts: tuple[str, ...]
    entries: Sequence[tuple[str, Status]]

    def listed(self, name: str, status: Status) -> Listed:
        """Return the entry of one of its files."""
        return Listed(self.above + shown(name), (*self.parts, name), Stamp.of(status))


class OpenFile(Protocol):
    """A profile that one request has open, at its start; `stamp` is the version that is open.

    A request opens its file once, so that its ETag and its profile are of the same version. As a context it
    closes the file.
    """

    @property
    def name(self) -> str:
        """The name that the list shows."""

    @property
    def file(self) -> BinaryIO:
        """The file. It may have no descriptor."""

    @property
    def stamp(self) -> Stamp:
        """The version that is open."""

    def stamp_now(self) -> Stamp:
        """Return the current version of the open file, which may be written to meanwhile."""

    def on_disk(self, progress: Progress) -> AbstractContextManager[BinaryIO]:
        """Return the content as a file with a descriptor, at its start.

        `progress` is called with the bytes that have been copied for it.
        """

    def __enter__(self) -> OpenFile:
        """Return the file itself."""

    def __exit__(self, *_: object) -> None:
        """Close the file."""


class Directory(Protocol):
    """The profiles below one place. Names with a component that starts with a dot do not exist here."""

    def files(self) -> Iterator[Listed]:
        """Yield every file, folder by folder."""

    def folders(self, on_skip: Callable[[str, OSError], object] | None = None) -> Iterator[Folder]:
        """Yield every folder with its files. `on_skip` is called with the name of an unreadable one."""

    def can_list(self) -> bool:
        """Return True if the place can be listed."""

    def open(self, name: str) -> BinaryIO:
        """Open a profile. Raises ProfileNotFoundError and ForbiddenError."""

    def open_profile(self, name: str) -> OpenFile:
        """Open a profile for a request. Raises as `open` does."""

    def look(self, listed: Listed) -> BinaryIO:
        """Open a listed file, of which only the head is wanted. Raises as `open` does."""

    def find(self, name: str) -> Listed:
        """Return the entry of one name, without listing. Raises as `open` does."""

    def beside(self, name: str, suffix: str) -> list[str]:
        """Return the names of the files beside a profile that begin with its name, `suffix` and a dot."""


class LocalFile:
    """An open file of a disk."""

    def __init__(self, name: str, file: BinaryIO) -> None:
        """Take ownership of `file`, which stands at its start."""
        self.name, self.file = name, file
        self.stamp = self.stamp_now()

    def stamp_now(self) -> Stamp:
        """Return the version of now."""
        return Stamp.of_open(self.file.fileno())

    def on_disk(self, progress: Progress) -> AbstractContextManager[BinaryIO]:
        """Return the file itself, which stays open."""
        return nullcontext(self.file)

    def __enter__(self) -> LocalFile:
        """Return the file itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the file."""
        self.file.close()
