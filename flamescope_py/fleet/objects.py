"""Collections in buckets: the storage protocol over one prefix of a bucket.

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


class ObjectStorage:
    """The objects below a prefix of a bucket; methods raise as those of `Bucket`."""

    def __init__(self, url: str, copies: Copies | None = None) -> None:
        """`url` is s3://bucket/prefix. Questions need `copies`. Raises ConfigError as Bucket does."""
        self._bucket = Bucket(url)
        self._copies = copies

    def entries(self, folder: str) -> Iterator[Entry]:
        """Yield all objects below a folder."""
        for version in self._bucket.list(folder):
            yield Entry(version.name, version.size, version.tag)

    def read(self, name: str) -> bytes:
        """Return an object's content."""
        return self._bucket.read(name)

    def open(self, name: str) -> BinaryIO:
        """Open an object, whose ranges are read as they are needed, all of the version of now."""
        return open_object(self._bucket, self._bucket.head(name), _BLOCK)

    def write(self, name: str, data: bytes) -> None:
        """Put an object, in parts if it is large."""
        self._bucket.write(name, data)

    def create(self, name: str, data: bytes) -> bool:
        """Put an object unless there is one of that name."""
        return self._bucket.create(name, data)

    def remove(self, name: str) -> None:
        """Remove an object if it exists."""
        self._bucket.remove(name)

    def urls(self, entries: Sequence[Entry]) -> list[str]:
        """Return the URLs of objects, for engines that read them themselves."""
        return [f"{self._bucket.url}/{entry.name}" for entry in entries]

    def paths(self, entries: Sequence[Entry]) -> list[str]:
        """Return the paths of copies on this machine; raises as `Copies.paths` does."""
        if self._copies is None:
            raise ConfigError("Questions about a bucket need a folder for copies: use the server's settings.")
        versions = [Version(entry.name, entry.size, entry.version, 0) for entry in entries]
        return [str(path) for path in self._copies.paths(self._bucket, versions, ".parquet")]
