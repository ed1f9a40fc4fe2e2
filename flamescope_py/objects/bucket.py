"""One prefix of a bucket, by obstore (the extra `[objects]`).

Objects appear whole or not at all. Credentials come from the provider's own chain only, such as
AWS_ACCESS_KEY_ID or the role of the machine.
"""

from __future__ import annotations

import errno
import os
import re
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from datetime import timedelta
from typing import Any, BinaryIO, NamedTuple

from flamescope_py.errors import BusyError, ConfigError, ForbiddenError, ProfileChangedError

SCHEMES = ("s3", "gs", "az")
MISSING = "Buckets need obstore: pip install 'flamescope-py[objects]'."
# Of one request, and of all its repetitions after 429, 5xx and lost connections.
TIMEOUT, RETRIES, RETRY_SECONDS = "30s", 4, 60
REFUSED = "The bucket refuses these credentials: check them, and their right to list, read and write."
# Of a stream: less takes more system calls, more falls out of the processor's cache before it is written.
_PIECE = 256 << 10
# Larger files are put in parts.
ONE_PUT = 64 << 20
_PUTS = 8
# Server returned non-2xx status code: 403 Forbidden: <?xml …
_STATUS = re.compile(r"status code: (\d{3})")


class Version(NamedTuple):
    """One version of an object: its name below the prefix, its bytes, its ETag and the time of its writing.

    Stores without ETags have the time in its place.
    """

    name: str
    size: int
    tag: str
    modified_ns: int

    def pinned(self) -> dict[str, str]:
        """Return the condition that reads this version and no other."""
        return {"if_match": self.tag} if self.tag.startswith('"') else {}


def is_url(place: str) -> bool:
    """Return True for the URL of a bucket, such as s3://bucket/prefix."""
    scheme, found, _ = place.partition("://")
    return bool(found) and scheme in SCHEMES


class Bucket:
    """The objects below a prefix. Names with a part that begins with a dot are not listed.

    All methods raise FileNotFoundError for a missing object, ForbiddenError for refused credentials,
    ConfigError for a missing bucket, and BusyError if the store fails or is too slow.
    """

    def __init__(self, url: str) -> None:
        """`url` is s3://bucket/prefix. Raises ConfigError without the extra [objects] or for an odd URL."""
        try:
            import obstore
            from obstore.exceptions import BaseError
            from obstore.store import from_url
        except ImportError as error:
            raise ConfigError(MISSING) from error
        self._obstore, self._errors = obstore, obstore.exceptions
        self.url = url.rstrip("/")
        options: Any = {"timeout": TIMEOUT, "connect_timeout": "5s"}
        if os.environ.get("AWS_ENDPOINT_URL", "").startswith("http://"):
            options["allow_http"] = True
        retries: Any = {"max_retries": RETRIES, "retry_timeout": timedelta(seconds=RETRY_SECONDS)}
        try:
            self._store: Any = from_url(self.url, client_options=options, retry_config=retries)
        except (BaseError, ValueError) as error:
            raise ConfigError(f"{url[:100]!r} is no bucket: write s3://bucket/prefix.") from error

    def list(self, folder: str = "") -> Iterator[Version]:
        """Yield all objects below a folder."""
        with self._translated(folder):
            for batch in self._obstore.list(self._store, prefix=folder):
                for one in batch:
                    if not any(part.startswith(".") for part in str(one["path"]).split("/")):
                        yield _version(one)

    def head(self, name: str) -> Version:
        """Return the present version of an object."""
        with self._translated(name):
            return _version(self._obstore.head(self._store, name))

    def read(self, name: str) -> bytes:
        """Return an object's content."""
        with self._translated(name):
            return bytes(self._obstore.get(self._store, name).bytes())

    def read_range(self, version: Version, start: int, length: int) -> bytes:
        """Return some bytes of a version. Raises ProfileChangedError if the object has another one by now."""
        options: Any = {"range": (start, start + length), **version.pinned()}
        with self._translated(version.name):
            return bytes(self._obstore.get(self._store, version.name, options=options).bytes())

    def stream_range(self, version: Version, start: int, length: int) -> Iterator[memoryview]:
        """Yield some bytes of a version as they come, without copies. Raises as `read_range`."""
        options: Any = {"range": (start, start + length), **version.pinned()}
        with self._translated(version.name):
            found = self._obstore.get(self._store, version.name, options=options)
            for piece in found.stream(min_chunk_size=_PIECE):
                yield memoryview(piece)

    def write(self, name: str, data: bytes) -> None:
        """Put an object."""
        with self._translated(name):
            self._obstore.put(self._store, name, data)

    def write_all(self, files: Mapping[str, bytes]) -> None:
        """Put some objects, several at a time."""
        with ThreadPoolExecutor(min(_PUTS, max(1, len(files))), "put") as threads:
            list(threads.map(self.write, files, files.values()))

    def create(self, name: str, data: bytes) -> bool:
        """Put an object unless there is one of that name. Return False if there is."""
        with self._translated(name):
            try:
                self._obstore.put(self._store, name, data, mode="create", use_multipart=False)
            except (self._errors.AlreadyExistsError, self._errors.PreconditionError):
                return False
        return True

    def create_from(self, name: str, file: BinaryIO) -> bool:
        """Put the content of a file as `create` does; a large one in parts.

        Parts have no condition, so that an empty object claims the name first.
        """
        if os.fstat(file.fileno()).st_size <= ONE_PUT:
            return self.create(name, file.read())
        if not self.create(name, b""):
            return False
        try:
            with self._translated(name):
                self._obstore.put(self._store, name, file, use_multipart=True)
        except BaseException:
            self.remove(name)
            raise
        return True

    def remove(self, name: str) -> None:
        """Remove an object if it exists."""
        with self._translated(name), suppress(self._errors.NotFoundError, FileNotFoundError):
            self._obstore.delete(self._store, name)

    @contextmanager
    def _translated(self, name: str) -> Iterator[None]:
        """Turn errors of obstore into ours. Those of listing hold the status in their text alone."""
        errors = self._errors
        try:
            yield
        except (errors.NotFoundError, FileNotFoundError) as error:
            raise FileNotFoundError(errno.ENOENT, "There is no such object", name) from error
        except ValueError as error:
            # obstore refuses names with control characters, so that no object has such a name here.
            raise FileNotFoundError(errno.ENOENT, "No object can have this name", name) from error
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


def _version(found: Any) -> Version:
    modified = found["last_modified"]
    tag = str(found["e_tag"] or modified)
    return Version(str(found["path"]), int(found["size"]), tag, int(modified.timestamp()) * 10**9)
