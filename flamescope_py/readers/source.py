"""Open profiles: turn a file object of any compression, encoding and format into a Profile.

Only this module combines decompression, sniffing and readers. Readers themselves do no I/O.
"""

from __future__ import annotations

import io
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, closing, contextmanager
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
from flamescope_py.readers import encoding, magic, registry
from flamescope_py.readers.compression import decompress
from flamescope_py.readers.encoding import Encoding
from flamescope_py.readers.registry import Reader
from flamescope_py.readers.types import TYPES, UNKNOWN_TYPE

HEAD_BYTES = 64 << 10
LONG_HEAD_BYTES = 1 << 20
# For less, starting a thread takes as long as it saves.
LARGE_FILE, LARGE_COMPRESSED_FILE = 8 << 20, 1 << 20
SHORTER = "The file became shorter while it was read: try again when it is complete."
ReportProgress = Callable[[int], None]


class Sniffed(NamedTuple):
    """The sniffed type of a file, or `unknown` with the reason in one sentence."""

    type: str
    reason: str = ""


def sniff_file(file: BinaryIO) -> Sniffed:
    """Sniff a file's type from a bounded head. Never raises because of the content."""
    try:
        head = _head(file)
    except FlameScopeError as error:
        return Sniffed(UNKNOWN_TYPE, str(error))
    refused = magic.archive_or_binary(head)
    reader = None if refused else registry.recognise(head)
    return Sniffed(reader.type) if reader else Sniffed(UNKNOWN_TYPE, refused or _why_unknown(head))


def _head(file: BinaryIO) -> bytes:
    """Read the decompressed head; a longer one of JSON whose first member hides its type."""
    head = decompress.head(file, HEAD_BYTES, _is_profile)
    file.seek(0)
    if len(head) < HEAD_BYTES or not encoding.plain_head(head).lstrip().startswith((b"{", b"[")):
        return head
    if registry.readers_for(head):
        return head
    longer = decompress.head(file, LONG_HEAD_BYTES, _is_profile)
    file.seek(0)
    return longer


def _is_profile(head: bytes) -> bool:
    """Return True for the head of a file in an archive that is a profile, compressed or not."""
    try:
        inside = decompress.head(io.BytesIO(head), HEAD_BYTES)
    except FlameScopeError:
        return False
    return not magic.archive_or_binary(inside) and registry.recognise(inside) is not None


def _why_unknown(head: bytes) -> str:
    if not head:
        return "The file is empty."
    # Most files are recognised and need neither.
    from flamescope_py.readers import folded
    from flamescope_py.readers.perf.missing import missing_fields

    head = encoding.plain_head(head)
    if folded.has_two_counts(head):
        return folded.TWO_COUNTS
    known = magic.unread(head)
    if known:
        return known
    if head.lstrip().startswith((b"{", b"[")):
        return "JSON that is neither a CPU profile (nodes, samples) nor a trace (traceEvents)."
    return missing_fields(head) or (
        "No line of its beginning looks like a profile: see the list of formats in the README."
    )


class Source(NamedTuple):
    """A file to read.

    `codec` names its compressions, "" for none. `size` is in bytes. `encoding` is the text encoding, and
    `asked` is the type in the request.
    """

    reader: registry.Reader
    codec: str
    size: int
    encoding: Encoding
    asked: str

    @property
    def plain(self) -> bool:
        """Return True if the reader takes the bytes of the file as they are."""
        return not self.codec and self.encoding == encoding.PLAIN


def open_source(file: BinaryIO, type_name: str) -> Source:
    """Find out how to read a file that stands at its start, and leave it there.

    `type_name` is a type of the registry, or `unknown`, which recognises the head. Where the head is not
    recognised, the named type is tried. Raises ParameterError for a type that does not exist,
    WrongTypeError when the file is of another one, UnknownFormatError when it is of none and none was named,
    and BrokenProfileError when there is nothing in it.
    """
    if type_name not in (*TYPES, UNKNOWN_TYPE):
        raise ParameterError(f"There is no type {type_name!r}: it is one of {', '.join(TYPES)}.")
    codec = decompress.codec(file, _is_profile)
    head = _head(file)
    refused = magic.archive_or_binary(head)
    if refused:
        raise UnknownFormatError(refused)
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
    size = os.fstat(file.fileno()).st_size if _is_real(file) else 0
    how = encoding.encoding(head) if wanted[0].text else encoding.PLAIN
    return Source(wanted[0], codec, size, how, type_name)


def _tried(reader: Reader, head: bytes) -> Reader:
    """Try a reader on an unrecognised file. Where it finds nothing, the error is about the head."""
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
    """Return True for a file of the system; one in memory has no descriptor."""
    try:
        file.fileno()
    except OSError:
        return False
    return True


def read_profile(
    file: BinaryIO,
    type_name: str,
    progress: ReportProgress | None = None,
    most: int = decompress.MAX_DECOMPRESSED,
    *,
    ahead: bool = False,
) -> Profile:
    """Read a whole profile from a file that stands at its start.

    Where no type is named, a trace that mostly carries a CPU profile is read as that. `progress` is called
    with the bytes of the file read so far. With `ahead` a thread reads a large file ahead of its parser.
    Raises as `open_source` does, BrokenProfileError when the content is broken, and TooLargeError past
    `most` decompressed bytes.
    """
    source = open_source(file, type_name)
    damage, notes = Damage(), list[str]()
    chunks = _reported(damage.end(_chunks(file, source, most, notes)), file, progress)
    # The thread ends before the file is used or closed by others.
    with ExitStack() as stack:
        if ahead and source.size >= (LARGE_COMPRESSED_FILE if source.codec else LARGE_FILE):
            from flamescope_py.readers.compression.ahead import read_ahead

            chunks = stack.enter_context(closing(read_ahead(chunks)))
        if source.encoding != encoding.PLAIN:
            chunks = encoding.plain(chunks, source.encoding)
        try:
            profile = _read(file, source, chunks, progress or _ignore, most)
        except (BrokenProfileError, UnknownFormatError) as error:
            raise damage.found or error from error
    if type_name == UNKNOWN_TYPE and profile.meta.preferred:
        file.seek(0)
        return read_profile(file, profile.meta.preferred, progress, most, ahead=ahead)
    profile.report.messages.extend(notes)
    if damage.found:
        profile.report.messages.insert(0, damage.found.shown)
    return profile


class Damage:
    """Ends a stream where it is damaged, as if it were complete, and keeps the error as `found`."""

    def __init__(self) -> None:
        """Nothing is found yet."""
        self.found: decompress.DamagedStreamError | None = None

    def end(self, chunks: Iterable[bytes]) -> Iterator[bytes]:
        """Pass chunks on, up to the damage."""
        try:
            yield from chunks
        except decompress.DamagedStreamError as error:
            self.found = error


def _read(
    file: BinaryIO, source: Source, chunks: Iterable[bytes], progress: ReportProgress, most: int
) -> Profile:
    if source.reader.read is not None:
        return source.reader.read(chunks)
    with _as_file(file, source, chunks) as whole:
        assert source.reader.read_file is not None  # noqa: S101  a reader has one or the other
        return source.reader.read_file(whole, progress, most)


def _ignore(_done: int) -> None:
    """Ignore progress, for callers that do not need it."""


@contextmanager
def _as_file(file: BinaryIO, source: Source, chunks: Iterable[bytes]) -> Iterator[BinaryIO]:
    """Yield the file itself where another program can read it, else a temporary one of its content."""
    if source.size and not source.codec:
        yield file
        return
    import tempfile

    with tempfile.TemporaryFile() as whole:
        whole.writelines(chunks)
        whole.flush()
        yield whole


def _chunks(file: BinaryIO, source: Source, most: int, notes: list[str]) -> Iterator[bytes]:
    """Read the bytes that the file had when it was opened: perf may still be appending to it."""
    if source.codec or not source.size:
        yield from decompress.chunks(file, limit=most, wanted=_is_profile, notes=notes)
        return
    left = source.size
    for chunk in decompress.chunks(file):
        yield chunk[:left]
        left -= len(chunk)
        if left <= 0:
            return
    raise ProfileChangedError(SHORTER)


def _reported(chunks: Iterator[bytes], file: BinaryIO, progress: ReportProgress | None) -> Iterator[bytes]:
    """Pass the chunks of a file on, and report how far the reading has come."""
    for chunk in chunks:
        if progress is not None:
            progress(file.tell())
        yield chunk


def why_not_confined() -> str:
    """Return why this machine cannot confine the perf that reads perf.data, or nothing."""
    from flamescope_py.readers.perf.binary import data

    return data.why_not_confined()
