"""Collections in buckets: a bucket's objects as the files of the storage protocol.

Files of a collection never change under a name, so that engines read copies on this machine's disk.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import BinaryIO

from flamescope_py.errors import ConfigError
from flamescope_py.fleet.storage import Entry
from flamescope_py.objects.bucket import Bucket, Version
from flamescope_py.objects.copies import Copies
from flamescope_py.objects.reader import open_object

_BLOCK = 1 << 20


class ObjectStorage(Bucket):
    """A bucket that questions read, by copies of its objects."""

    def __init__(self, url: str, copies: Copies | None = None) -> None:
        """`url` is s3://bucket/prefix. Questions need `copies`. Raises ConfigError as Bucket does."""
        super().__init__(url)
        self._copies = copies

    def entries(self, folder: str) -> Iterator[Entry]:
        """Yield all objects below a folder."""
        for version in self.list(folder):
            yield Entry(version.name, version.size, version.tag)

    def open(self, name: str) -> BinaryIO:
        """Open an object, whose ranges are read as they are needed, all of the version of now."""
        return open_object(self, self.head(name), _BLOCK)

    def urls(self, entries: Sequence[Entry]) -> list[str]:
        """Return the URLs of objects, for engines that read them themselves."""
        return [f"{self.url}/{entry.name}" for entry in entries]

    def paths(self, entries: Sequence[Entry]) -> list[str]:
        """Return the paths of copies on this machine; raises as `Copies.paths` does."""
        if self._copies is None:
            raise ConfigError("Questions about a bucket need a folder for copies: use the server's settings.")
        versions = [Version(entry.name, entry.size, entry.version, 0) for entry in entries]
        return [str(path) for path in self._copies.paths(self, versions, ".parquet")]
