"""The types of files over a restart: one JSON file in the cache directory, written aside and renamed.

Without it every file is sniffed again, so a damaged one is ignored.
"""

from __future__ import annotations

import contextlib
import logging
import os
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

import orjson

logger = logging.getLogger(__name__)

FORMAT_VERSION = 1


class KnownType(NamedTuple):
    """The type of one version of a file."""

    name: str
    size: int
    mtime_ns: int
    inode: int
    type: str


class CatalogMemory:
    """The types of files by name; `learned` counts those that are not saved yet."""

    def __init__(self, path: Path | None = None, scope: str = "") -> None:
        """Use the file `path`, or none. A file that another `scope` wrote is ignored."""
        self._path = path
        self._scope = [FORMAT_VERSION, scope]
        self.learned = 0

    def load(self) -> list[KnownType]:
        """Return the saved types."""
        if self._path is None:
            return []
        try:
            kept = orjson.loads(self._path.read_bytes())
            if kept["scope"] != self._scope:
                return []
            return [_row(*row) for row in kept["files"]]
        except FileNotFoundError:
            return []
        except (OSError, ValueError, KeyError, TypeError) as error:
            logger.warning("The types of files are looked up again: %s", type(error).__name__)
            return []

    def save(self, rows: Iterable[tuple[str, int, int, int, str]]) -> None:
        """Save the types. A disk that cannot be written is no error."""
        self.learned = 0
        if self._path is None:
            return
        aside = ""
        try:
            body = orjson.dumps({"scope": self._scope, "files": list(rows)})
            self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            descriptor, aside = tempfile.mkstemp(prefix=".new-", dir=self._path.parent)
            with os.fdopen(descriptor, "wb") as file:
                file.write(body)
            Path(aside).replace(self._path)
        except (OSError, TypeError) as error:
            logger.debug("The types of files are not kept: %s", type(error).__name__)
            with contextlib.suppress(OSError):
                Path(aside).unlink()


def _row(name: object, size: object, mtime_ns: object, inode: object, type_name: object) -> KnownType:
    """Check one row. Raises TypeError."""
    if (
        isinstance(name, str)
        and isinstance(size, int)
        and isinstance(mtime_ns, int)
        and isinstance(inode, int)
        and isinstance(type_name, str)
    ):
        return KnownType(name, size, mtime_ns, inode, type_name)
    raise TypeError
