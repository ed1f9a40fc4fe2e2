"""Opens profiles: from a file object to a Profile, whatever the compression and the format.

The only module that joins decompression, recognition and readers; readers themselves do no I/O.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import BinaryIO, NamedTuple

from flamescope_py.errors import (
    BrokenProfileError,
    FlameScopeError,
    ParameterError,
    ProfileChangedError,
    UnknownFormatError,
    WrongTypeError,
)
from flamescope_py.model import Profile
from flamescope_py.readers import compression, folded, registry
from flamescope_py.readers.registry import Reader
from flamescope_py.readers.types import TYPES, UNKNOWN_TYPE

HEAD_BYTES = 64 << 10
SHORTER = "The file became shorter while it was read: try again when it is complete."
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
        return Sniffed(UNKNOWN_TYPE, str(error))
    reader = registry.recognise(head)
    return Sniffed(reader.type) if reader else Sniffed(UNKNOWN_TYPE, _why_unknown(head))


def _why_unknown(head: bytes) -> str:
    if not head:
        return "The file is empty."
    if b"\0" in head:
        return "A binary file in no format that we read."
    if folded.has_two_counts(head):
        return folded.TWO_COUNTS
    if head.lstrip().startswith((b"{", b"[")):
        return "JSON that is neither a CPU profile (nodes, samples) nor a trace (traceEvents)."
    return "No line of its beginning looks like a profile: see the list of formats in the README."


class Source(NamedTuple):
    """A file that is about to be read: its reader, its compression ("" for none) and its size in bytes."""

    reader: registry.Reader
    codec: str
    size: int


def open_source(file: BinaryIO, type_name: str) -> Source:
    """Find out how to read a file that stands at its start, and leave it there.

    `type_name` is a type of the registry, or `unknown`, which takes what the head says. Where the head says
    nothing, the type that was named is tried: somebody may know better. Raises ParameterError for a type
    that does not exist, WrongTypeError when the file is of another one, UnknownFormatError when it is of
    none and none was named, and BrokenProfileError when there is nothing in it.
    """
    if type_name not in (*TYPES, UNKNOWN_TYPE):
        raise ParameterError(f"There is no type {type_name!r}: it is one of {', '.join(TYPES)}.")
    codec = compression.codec(file)
    head = compression.head(file, HEAD_BYTES)
    file.seek(0)
    readers = registry.readers_for(head)
    if not readers:
        if not head:
            raise BrokenProfileError("The file is empty: record or copy it again.")
        named = registry.find(type_name)
        if named is None:
            raise UnknownFormatError(_why_unknown(head))
        readers = [_tried(named, head)]
    wanted = [reader for reader in readers if type_name in (UNKNOWN_TYPE, reader.type)]
    if not wanted:
        known = readers[0].type
        raise WrongTypeError(f"The file is not of type {type_name} but {known}: ask for type={known}.")
    return Source(wanted[0], codec, os.fstat(file.fileno()).st_size if _is_real(file) else 0)


def _tried(reader: Reader, head: bytes) -> Reader:
    """Read what does not look like a format; where nothing is found, say what the head looks like."""
    known = reader.read
    if known is None:
        raise UnknownFormatError(_why_unknown(head))

    def read(chunks: Iterable[bytes]) -> Profile:
        try:
            return known(chunks)
        except BrokenProfileError as error:
            raise UnknownFormatError(_why_unknown(head)) from error

    return reader._replace(read=read, parallel=None, read_file=None)


def _is_real(file: BinaryIO) -> bool:
    """Tell a file of the system from one in memory, which has no descriptor."""
    try:
        file.fileno()
    except OSError:
        return False
    return True


def read_profile(
    file: BinaryIO,
    type_name: str,
    progress: Progress | None = None,
    most: int = compression.MAX_DECOMPRESSED,
) -> Profile:
    """Read a whole profile from a file that stands at its start.

    `progress` is called with the bytes of the file read so far. Raises as `open_source` does,
    BrokenProfileError when the content is broken, and TooLargeError past `most` decompressed bytes.
    """
    source = open_source(file, type_name)
    damage = Damage()
    chunks = _reported(damage.end(_chunks(file, source, most)), file, progress)
    try:
        profile = _read(file, source, chunks, progress or _nobody, most)
    except (BrokenProfileError, UnknownFormatError) as error:
        raise damage.found or error from error
    if damage.found:
        profile.report.messages.insert(0, damage.found.shown)
    return profile


class Damage:
    """Ends a stream where it is damaged, as if it were complete, and keeps what was `found`."""

    def __init__(self) -> None:
        """Nothing is found yet."""
        self.found: compression.DamagedStreamError | None = None

    def end(self, chunks: Iterable[bytes]) -> Iterator[bytes]:
        """Pass chunks on, up to the damage."""
        try:
            yield from chunks
        except compression.DamagedStreamError as error:
            self.found = error


def _read(file: BinaryIO, source: Source, chunks: Iterable[bytes], progress: Progress, most: int) -> Profile:
    if source.reader.read is not None:
        return source.reader.read(chunks)
    with _as_file(file, source, chunks) as whole:
        assert source.reader.read_file is not None  # noqa: S101  a reader has one or the other
        return source.reader.read_file(whole, progress, most)


def _nobody(_done: int) -> None:
    """Tell nobody."""


@contextmanager
def _as_file(file: BinaryIO, source: Source, chunks: Iterable[bytes]) -> Iterator[BinaryIO]:
    """Give the file itself where another program can read it, else a temporary one of its content."""
    if source.size and not source.codec:
        yield file
        return
    with tempfile.TemporaryFile() as whole:
        whole.writelines(chunks)
        whole.flush()
        yield whole


def _chunks(file: BinaryIO, source: Source, most: int) -> Iterator[bytes]:
    """Read what the file held when it was opened: perf may still be writing to its end."""
    if source.codec or not source.size:
        yield from compression.chunks(file, limit=most)
        return
    left = source.size
    for chunk in compression.chunks(file):
        yield chunk[:left]
        left -= len(chunk)
        if left <= 0:
            return
    raise ProfileChangedError(SHORTER)


def _reported(chunks: Iterator[bytes], file: BinaryIO, progress: Progress | None) -> Iterator[bytes]:
    """Pass the chunks of a file on, telling how far the reading has come."""
    for chunk in chunks:
        if progress is not None:
            progress(file.tell())
        yield chunk
