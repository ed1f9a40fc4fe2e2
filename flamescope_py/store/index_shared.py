"""Indexes beside the profiles of a bucket, so that each profile is parsed once by all servers.

An index is one object: the length of a JSON header, the header with the sizes of the files of its folder, and
the files. The checksums of the index itself show damage. Objects appear whole or not at all.
"""

from __future__ import annotations

import logging
from pathlib import Path

import orjson

from flamescope_py.errors import FlameScopeError
from flamescope_py.objects.bucket import Bucket
from flamescope_py.store.index_files import FILES

logger = logging.getLogger(__name__)

# Names that begin with a dot are not listed.
FOLDER = ".flamescope-index"
# An index is held in memory on its way.
MAX_BYTES = 1 << 30
DAMAGED = (ValueError, LookupError, TypeError)
_LENGTH = 4


class SharedIndex:
    """The indexes in one bucket. A bucket that fails is logged and never an error of a request."""

    def __init__(self, bucket: Bucket, limit: int) -> None:
        """Indexes of more than `limit` bytes are not shared."""
        self._bucket = bucket
        self._limit = min(limit, MAX_BYTES)

    def fetch(self, name: str) -> bytes | None:
        """Return an index, or None if there is none."""
        try:
            version = self._bucket.head(f"{FOLDER}/{name}")
            if version.size > self._limit:
                return None
            return self._bucket.read_range(version, 0, version.size)
        except FileNotFoundError:
            return None
        except FlameScopeError as error:
            logger.warning("A shared index cannot be read: %s", error)
            return None

    def publish(self, folder: Path) -> None:
        """Put the index in a folder, unless there is one of its name."""
        try:
            body = pack(folder, self._limit)
            if body is not None:
                self._bucket.create(f"{FOLDER}/{folder.name}", body)
        except (OSError, FlameScopeError) as error:
            logger.warning("An index cannot be shared: %s", error)


def pack(folder: Path, most: int) -> bytes | None:
    """Return an index as one piece, or None if it has more than `most` bytes. Raises OSError."""
    sizes = {name: (folder / name).stat().st_size for name in FILES}
    if sum(sizes.values()) > most:
        return None
    head = orjson.dumps(sizes)
    parts = [(folder / name).read_bytes() for name in FILES]
    return b"".join((len(head).to_bytes(_LENGTH, "big"), head, *parts))


def unpack(body: bytes, folder: Path) -> None:
    """Write the files of an index into an empty folder. Raises OSError, and one of DAMAGED."""
    length = int.from_bytes(body[:_LENGTH], "big")
    sizes = orjson.loads(body[_LENGTH : _LENGTH + length])
    if list(sizes) != list(FILES) or not all(isinstance(size, int) and size >= 0 for size in sizes.values()):
        raise ValueError("it has other files")
    place = _LENGTH + length
    if place + sum(sizes.values()) != len(body):
        raise ValueError("it is cut")
    for name, size in sizes.items():
        (folder / name).write_bytes(memoryview(body)[place : place + size])
        place += size
