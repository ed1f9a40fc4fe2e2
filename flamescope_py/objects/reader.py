"""Objects as files that can seek: ranges are read as they are needed, all of one version."""

from __future__ import annotations

import io
from typing import Any, BinaryIO, cast

from flamescope_py.objects.bucket import Bucket, Version


def open_object(bucket: Bucket, version: Version, block: int) -> BinaryIO:
    """Open a version of an object, which is read in blocks of that many bytes.

    Reading raises ProfileChangedError once the object has another version.
    """
    return cast(BinaryIO, io.BufferedReader(_Ranges(bucket, version), block))


class _Ranges(io.RawIOBase):
    """The bytes of one version of an object."""

    def __init__(self, bucket: Bucket, version: Version) -> None:
        self._bucket, self._version = bucket, version
        self._at = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        begin = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._version.size}[whence]
        self._at = max(0, begin + offset)
        return self._at

    def tell(self) -> int:
        return self._at

    def readinto(self, buffer: Any) -> int:
        length = min(len(buffer), self._version.size - self._at)
        if length <= 0:
            return 0
        data = self._bucket.read_range(self._version, self._at, length)
        buffer[: len(data)] = data
        self._at += len(data)
        return len(data)
