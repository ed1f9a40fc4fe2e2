"""Small files beside the tables of an index: answers that take long to make, kept with a checksum."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from isal import isal_zlib

MAX_BYTES = 4 << 20


def read_extra(folder: Path, name: str) -> bytes | None:
    """Return the content of an extra; None if it is missing or damaged, so that it is made again."""
    try:
        with (folder / name).open("rb") as file:
            head, _, body = file.read(MAX_BYTES).partition(b"\n")
        return body if int(head, 16) == isal_zlib.crc32(body) else None
    except (OSError, ValueError):
        return None


def write_extra(folder: Path, name: str, body: bytes) -> None:
    """Write an extra, whole or not at all. Nothing is written if the index has gone. Raises OSError."""
    if len(body) >= MAX_BYTES - 16 or not folder.is_dir():
        return
    number, aside = tempfile.mkstemp(prefix=f".{name}-", dir=folder)
    try:
        with os.fdopen(number, "wb") as file:
            file.write(b"%08x\n" % isal_zlib.crc32(body) + body)
        Path(aside).replace(folder / name)
    except OSError:
        Path(aside).unlink(missing_ok=True)
        raise
