"""The readers of the formats in `types`, and which of them takes a file.

The module of a format has `recognises` and `read`, or `read_file`. It may have `also`. A module is imported
when its format first looks at a head: reading perf text imports no reader of JSON.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache
from importlib import import_module
from typing import BinaryIO, NamedTuple

from flamescope_py.model import Profile, ProfileBuilder
from flamescope_py.readers.encoding import plain_head
from flamescope_py.readers.types import FILE_FORMATS, Format

# A byte order mark may stand before the JSON.
_BOM = b"\xef\xbb\xbf"
_PACKAGE = "flamescope_py.readers"
# Formats that are read in parts, by their module: the module that has their rehearsal.
_REHEARSALS = {"perf.reader": "perf.rehearsal"}
# All of them, for a process that imports them before it forks the ones that read.
PARALLEL_MODULES = [f"{_PACKAGE}.{module}" for pair in _REHEARSALS.items() for module in pair]


class Parallel(NamedTuple):
    """How a format is read in parts.

    `boundary` finds where a sample begins in a window of bytes (-1 where none does), `parse` reads one part,
    given the head of the whole file, and `finish` makes a Profile of the joined parts. `rehearse` reads
    an invented text, so that a process has the costs of a first time behind it.
    """

    boundary: Callable[[bytes], int]
    parse: Callable[[Iterable[bytes], bytes], ProfileBuilder]
    finish: Callable[[ProfileBuilder], Profile]
    rehearse: Callable[[], None]


class Reader(NamedTuple):
    """One format: `recognises` a decompressed head, `read` turns decompressed chunks into a Profile.

    `text` formats get their bytes in UTF-8 with one line end per line, however they are written. Where
    another program does the reading there is `read_file` instead: it takes an uncompressed file of the
    system, a callback for while it reads, with the bytes that are done, and the most bytes that may come out.
    `also` takes the heads of files that are another type's unless a request asks for this one.
    """

    type: str
    title: str
    recognises: Callable[[bytes], bool]
    read: Callable[[Iterable[bytes]], Profile] | None
    text: bool = True
    parallel: Parallel | None = None
    read_file: Callable[[BinaryIO, Callable[[int], None], int], Profile] | None = None
    also: Callable[[bytes], bool] | None = None


@cache
def _load(row: Format) -> Reader:
    module = import_module(f"{_PACKAGE}.{row.module}")
    rehearsal = _REHEARSALS.get(row.module)
    parallel = None
    if rehearsal:
        rehearse = import_module(f"{_PACKAGE}.{rehearsal}").rehearse
        parallel = Parallel(module.boundary, module.parse, module.finish, rehearse)
    return Reader(
        row.type,
        row.title,
        module.recognises,
        getattr(module, "read", None),
        row.text,
        parallel,
        getattr(module, "read_file", None),
        getattr(module, "also", None),
    )


def readers() -> list[Reader]:
    """Return the readers of all formats."""
    return [_load(row) for row in FILE_FORMATS]


def parallel_readers() -> list[Reader]:
    """Return the readers of formats that are read in parts."""
    return [_load(row) for row in FILE_FORMATS if row.module in _REHEARSALS]


def find(type_name: str) -> Reader | None:
    """Return the reader of a type, if there is one."""
    return next((_load(row) for row in FILE_FORMATS if row.type == type_name), None)


def warm() -> None:
    """Import the modules that look at the head of perf text: the first file need not wait for them."""
    recognise(b"warm 1 1.0: cpu-clock: ")


def recognise(head: bytes) -> Reader | None:
    """Return the first reader that takes a file with this decompressed head."""
    return _recognise(head, plain_head(head))


def _recognise(head: bytes, plain: bytes) -> Reader | None:
    json = _begins_json(plain)
    possible = (
        _load(row)
        for row in FILE_FORMATS
        if (json or not row.json) and (not row.begins or plain.startswith(row.begins))
    )
    return next((reader for reader in possible if reader.recognises(plain if reader.text else head)), None)


def readers_for(head: bytes) -> list[Reader]:
    """Return all readers that may take a file with this decompressed head, the one of `recognise` first."""
    plain = plain_head(head)
    first, also = _recognise(head, plain), list[Reader]()
    if _begins_json(plain):
        # Only files of JSON may be of several types.
        possible = [_load(row) for row in FILE_FORMATS if row.json]
        also = [reader for reader in possible if reader.also and reader.also(plain)]
    return [first, *(reader for reader in also if reader is not first)] if first else also


def _begins_json(plain: bytes) -> bool:
    return plain.removeprefix(_BOM).lstrip().startswith((b"{", b"["))
