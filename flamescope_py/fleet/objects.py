"""Collections in buckets of S3, Google Cloud Storage and Azure, by obstore.

Objects appear whole or not at all, and files of a collection never change under a name. So a copy of an
object on disk is good for ever, by its name and ETag. Credentials come from the provider's own chain only,
such as AWS_ACCESS_KEY_ID or the role of the machine.
"""

from __future__ import annotations

import errno
import hashlib
import io
import os
import re
import tempfile
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import Any, BinaryIO, cast

from flamescope_py.errors import (
    BusyError,
    ConfigError,
    ForbiddenError,
    ProfileChangedError,
    TooLargeError,
)
from flamescope_py.fleet.storage import Entry

SCHEMES = ("s3", "gs", "az")
MISSING = "Buckets need obstore: pip install 'flamescope-py[objects]'."
# Of one request, and of all its repetitions after 429, 5xx and lost connections.
TIMEOUT, RETRIES, RETRY_SECONDS = "30s", 4, 60
REFUSED = "The bucket refuses these credentials: check them, and their right to list, read and write."
# Server returned non-2xx status code: 403 Forbidden: <?xml …
_STATUS = re.compile(r"status code: (\d{3})")
_AT_A_TIME = 16
_BLOCK = 1 << 20


class CopyBounds:
    """The folder for copies of objects, and the most bytes in it."""

    def __init__(self, folder: Path, limit: int) -> None:
        """The folder is made with the first copy."""
        self.folder, self.limit = folder, limit


class ObjectStorage:
    """The objects below a prefix of a bucket."""

    def __init__(self, url: str, copies: CopyBounds | None = None) -> None:
        """`url` is s3://bucket/prefix. Raises ConfigError without the extra [objects] or for an odd URL."""
        try:
            import obstore
            from obstore.exceptions import BaseError
            from obstore.store import from_url
        except ImportError as error:
            raise ConfigError(MISSING) from error
        self._obstore, self._errors = obstore, obstore.exceptions
        self.url = url.rstrip("/")
        self._copies = copies
        self._lock = threading.Lock()
        options: Any = {"timeout": TIMEOUT, "connect_timeout": "5s"}
        if os.environ.get("AWS_ENDPOINT_URL", "").startswith("http://"):
            options["allow_http"] = True
        retries: Any = {"max_retries": RETRIES, "retry_timeout": timedelta(seconds=RETRY_SECONDS)}
        try:
            self._store: Any = from_url(self.url, client_options=options, retry_config=retries)
        except (BaseError, ValueError) as error:
            raise ConfigError(f"{url[:100]!r} is no bucket: write s3://bucket/prefix.") from error

    def entries(self, folder: str) -> Iterator[Entry]:
        """Yield all objects below a folder."""
        with self._translated(folder):
            for batch in self._obstore.list(self._store, prefix=folder):
                for one in batch:
                    name = str(one["path"])
                    if not any(part.startswith(".") for part in name.split("/")):
                        yield Entry(name, int(one["size"]), str(one["e_tag"] or one["last_modified"]))

    def read(self, name: str) -> bytes:
        """Return an object's content."""
        with self._translated(name):
            return bytes(self._obstore.get(self._store, name).bytes())

    def open(self, name: str) -> BinaryIO:
        """Open an object, whose ranges are read as they are needed, all of the version of now."""
        with self._translated(name):
            found = self._obstore.head(self._store, name)
        return cast(BinaryIO, io.BufferedReader(_Object(self, name, found), _BLOCK))

    def range_of(self, name: str, version: str | None, start: int, length: int) -> bytes:
        """Return some bytes of an object. Raises ProfileChangedError if it has another ETag by now."""
        options: Any = {"range": (start, start + length), **({"if_match": version} if version else {})}
        with self._translated(name):
            return bytes(self._obstore.get(self._store, name, options=options).bytes())

    def write(self, name: str, data: bytes) -> None:
        """Put an object, in parts if it is large."""
        with self._translated(name):
            self._obstore.put(self._store, name, data)

    def create(self, name: str, data: bytes) -> bool:
        """Put an object unless there is one of that name."""
        with self._translated(name):
            try:
                self._obstore.put(self._store, name, data, mode="create", use_multipart=False)
            except (self._errors.AlreadyExistsError, self._errors.PreconditionError):
                return False
        return True

    def remove(self, name: str) -> None:
        """Remove an object if it exists."""
        with self._translated(name), suppress(self._errors.NotFoundError, FileNotFoundError):
            self._obstore.delete(self._store, name)

    def urls(self, entries: Sequence[Entry]) -> list[str]:
        """Return the URLs of objects, for engines that read them themselves."""
        return [f"{self.url}/{entry.name}" for entry in entries]

    def paths(self, entries: Sequence[Entry]) -> list[str]:
        """Return the paths of copies on this machine, which are made where they are missing.

        Raises TooLargeError if all of them are over the bound, and ProfileChangedError for an object that
        has been replaced since it was listed.
        """
        if self._copies is None:
            raise ConfigError("Questions about a bucket need a folder for copies: use the server's settings.")
        if (size := sum(entry.size for entry in entries)) > self._copies.limit:
            raise TooLargeError(
                f"The question needs {size} bytes of objects, over max_objects_bytes: ask about less time."
            )
        with self._lock:
            wanted = {entry: self._copy_of(entry) for entry in entries}
            missing = [(entry, path) for entry, path in wanted.items() if not self._is_there(path)]
            self._make_room(sum(entry.size for entry, _ in missing), set(wanted.values()))
            with ThreadPoolExecutor(_AT_A_TIME, "objects") as threads:
                list(threads.map(lambda one: self._fetch(*one), missing))
        return [str(wanted[entry]) for entry in entries]

    def _copy_of(self, entry: Entry) -> Path:
        assert self._copies is not None  # noqa: S101  checked by `paths`
        key = "\0".join((self.url, entry.name, entry.version))
        return self._copies.folder / f"{hashlib.sha256(key.encode()).hexdigest()[:40]}.parquet"

    @staticmethod
    def _is_there(path: Path) -> bool:
        try:
            os.utime(path)
        except OSError:
            return False
        return True

    def _make_room(self, size: int, kept: set[Path]) -> None:
        """Remove the least recently used copies until so many more bytes fit."""
        assert self._copies is not None  # noqa: S101
        if not self._copies.folder.is_dir():
            return
        found = []
        for path in self._copies.folder.iterdir():
            try:
                status = path.stat()
            except FileNotFoundError:
                continue
            found.append((status.st_mtime, status.st_size, path))
        total = size + sum(one for _, one, _ in found)
        for _, bytes_, path in sorted(found):
            if total <= self._copies.limit:
                return
            if path not in kept:
                path.unlink(missing_ok=True)
                total -= bytes_

    def _fetch(self, entry: Entry, path: Path) -> None:
        """Copy one version of an object to disk, whole or not at all."""
        with self._translated(entry.name):
            # A version without quotes is a time, of a store without ETags.
            options: Any = {"if_match": entry.version} if entry.version.startswith('"') else {}
            body = self._obstore.get(self._store, entry.name, options=options)
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            descriptor, aside = tempfile.mkstemp(prefix=".new-", dir=path.parent)
            try:
                with os.fdopen(descriptor, "wb") as file:
                    for chunk in body.stream(_BLOCK):
                        file.write(chunk)
                Path(aside).replace(path)
            finally:
                Path(aside).unlink(missing_ok=True)

    @contextmanager
    def _translated(self, name: str) -> Iterator[None]:
        """Turn errors of obstore into ours. Those of listing hold the status in their text alone."""
        errors = self._errors
        try:
            yield
        except (errors.NotFoundError, FileNotFoundError) as error:
            raise FileNotFoundError(errno.ENOENT, "There is no such object", name) from error
        except errors.PreconditionError as error:
            raise ProfileChangedError(f"{name} was replaced while it was read: try again.") from error
        except errors.BaseError as error:
            status = _STATUS.search(str(error))
            refused = isinstance(error, errors.PermissionDeniedError | errors.UnauthenticatedError)
            if refused or (status and status[1] in ("401", "403")):
                raise ForbiddenError(REFUSED) from error
            if status and status[1] == "404":
                raise ConfigError("There is no such bucket: make it, or name another one.") from error
            reason = f"it answered {status[1]}" if status else "it cannot be reached, or is too slow"
            raise BusyError(f"The bucket failed, try again: {reason}.", retry_after=5) from error


class _Object(io.RawIOBase):
    """The bytes of one version of an object."""

    def __init__(self, storage: ObjectStorage, name: str, found: Any) -> None:
        self._storage, self._name = storage, name
        self._size, self._version = int(found["size"]), found["e_tag"]
        self._at = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        begin = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        self._at = max(0, begin + offset)
        return self._at

    def tell(self) -> int:
        return self._at

    def readinto(self, buffer: Any) -> int:
        length = min(len(buffer), self._size - self._at)
        if length <= 0:
            return 0
        data = self._storage.range_of(self._name, self._version, self._at, length)
        buffer[: len(data)] = data
        self._at += len(data)
        return len(data)
