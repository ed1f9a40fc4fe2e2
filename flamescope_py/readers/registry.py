"""The readers of the formats in `types`, and which of them takes a file.

The module of a format has `recognises` and `read`, or `read_file`. It may have `also`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from importlib import import_module
from typing import BinaryIO, NamedTuple

from flamescope_py.model import Profile, ProfileBuilder
from flamescope_py.readers.encoding import plain_head
from flamescope_py.readers.perf.reader import boundary, finish, parse
from flamescope_py.readers.perf.rehearsal import rehearse
from flamescope_py.readers.types import FILE_FORMATS, Format


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
    `also`     takes the heads of files that are another type's unless a request asks for this one.
    """

    type: str
    title: str
    recognises: Callable[[bytes], bool]
    read: Callable[[Iterable[bytes]], Profile] | None
    text: bool = True
    parallel: Parallel | None = None
    read_file: Callable[[BinaryIO, Callable[[int], None], int], Profile] | None = None
    also: Callable[[bytes], bool] | None = None


# Formats that are read in parts, by their module.
PARALLEL = {"perf.reader": Parallel(boundary, parse, finish, rehearse)}


def _reader(row: Format) -> Reader:
    module = import_module(f"flamescope_py.readers.{row.module}")
    return Reader(
        row.type,
        row.title,
        module.recognises,
        getattr(module, "read", None),
        row.text,
        PARALLEL.get(row.module),
        getattr(module, "read_file", None),
        getattr(module, "also", None),
    )


READERS = tuple(map(_reader, FILE_FORMATS))


def find(type_name: str) -> Reader | None:
    """Return the reader of a type, if there is one."""
    return next((reader for reader in READERS if reader.type == type_name), None)


def recognise(head: bytes) -> Reader | None:
    """Return the first reader that takes a file with this decompressed head."""
    plain = plain_head(head)
    return next((reader for reader in READERS if reader.recognises(plain if reader.text else head)), None)


def readers_for(head: bytes) -> list[Reader]:
    """Return all readers that may take a file with this decompressed head, the one of `recognise` first."""
    first, plain = recognise(head), plain_head(head)
    also = [reader for reader in READERS if reader.also and reader.also(plain)]
    return [first, *(reader for reader in also if reader is not first)] if first else also
