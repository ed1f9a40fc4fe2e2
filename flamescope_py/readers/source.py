"""Opens profiles: from a file object to a Profile, whatever the compression and the format.

The only module that joins decompression, recognition and readers; readers themselves do no I/O.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import BinaryIO, NamedTuple

from flamescope_py.errors import (
    BrokenProfileError,
    FlameScopeError,
    ParameterError,
    UnknownFormatError,
    WrongTypeError,
)
from flamescope_py.model import Profile
from flamescope_py.readers import compression, registry

HEAD_BYTES = 64 << 10
Progress = Callable[[int], None]


class Sniffed(NamedTuple):
    """What a file is, by its head: a type, or `unknown` with the reason in one sentence."""

    type: str
    reason: str = ""


def sniff_file(file: BinaryIO) -> Sniffed:
    """Tell a file's type from a bounded head. Never raises for what the file holds."""
    try:
        head = compression.head(file, HEAD_BYTES)
    except FlameScopeError as error:
        return Sniffed(registry.UNKNOWN_TYPE, str(error))
    reader = registry.recognise(head)
    return Sniffed(reader.type) if reader else Sniffed(registry.UNKNOWN_TYPE, _why_unknown(head))


def _why_unknown(head: bytes) -> str:
    if not head:
        return "The file is empty."
    if b"\0" in head:
        return "A binary file in no format that we read."
    return "No line of its beginning looks like a profile: see the list of formats in the README."


def read_profile(file: BinaryIO, type_name: str, progress: Progress | None = None) -> Profile:
    """Read a whole profile from a file that stands at its start.

    `type_name` is a type of the registry, or `unknown`, which takes what the head says. `progress`
    is called with the bytes of the file read so far. Raises ParameterError for a type that does not
    exist, WrongTypeError when the file is of another one, UnknownFormatError when it is of none,
    BrokenProfileError when it is broken.
    """
    if type_name not in (*registry.TYPES, registry.UNKNOWN_TYPE):
        raise ParameterError(f"There is no type {type_name!r}: it is one of {', '.join(registry.TYPES)}.")
    head = compression.head(file, HEAD_BYTES)
    file.seek(0)
    reader = registry.recognise(head)
    if reader is None:
        if not head:
            raise BrokenProfileError("The file is empty: record or copy it again.")
        raise UnknownFormatError(_why_unknown(head))
    if type_name not in (registry.UNKNOWN_TYPE, reader.type):
        raise WrongTypeError(
            f"The file is not of type {type_name} but {reader.type}: ask for type={reader.type}."
        )
    return reader.read(_reported(file, progress))


def _reported(file: BinaryIO, progress: Progress | None) -> Iterator[bytes]:
    """Read the chunks of a file, telling how far the reading has come."""
    for chunk in compression.chunks(file):
        if progress is not None:
            progress(file.tell())
        yield chunk
