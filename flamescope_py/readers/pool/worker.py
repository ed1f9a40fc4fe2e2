"""The work of a reading process: it reads a file, or its part of one, and reports its progress.

A part of a compressed file cannot be sought, but decoding gzip takes a tenth of the time of parsing:
every worker decodes from the start and parses its own share, so that no text crosses between processes.
"""

from __future__ import annotations

import gc
import resource
import signal
import threading
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

from flamescope_py._kernel import load
from flamescope_py.errors import ProfileChangedError, TooLargeError
from flamescope_py.model import Profile, ProfileBuilder
from flamescope_py.model.profile_bounds import ProfileBounds, bound_thread, bounded_by
from flamescope_py.readers import registry
from flamescope_py.readers.compression import decompress
from flamescope_py.readers.pool.forking import end_with_parent
from flamescope_py.readers.source import HEAD_BYTES, SHORTER, Damage, read_profile

# Decoding these twice costs less than parsing on one core only.
QUICK_CODECS = ("gzip", "zstd")
_OVERLAP = 8
# New objects between two collections of garbage.
_GARBAGE = 100_000

# How long a process waits for the others that warm up.
TOGETHER_SECONDS = 5
# The server holds a profile's parts, the joined columns, and these in order.
JOINING_TAKES = 3

_done: Any = None
_together: Any = None


class FileSpan(NamedTuple):
    """Bytes `start` to `end` of the file at `path`; `slot` is where a worker reports its progress."""

    path: str
    start: int
    end: int
    slot: int


class Bounds(NamedTuple):
    """The bounds of each reading process, one of `workers`.

    `memory` is how many bytes it may take on top of those at its start; None for no bound. `profile`
    bounds its reading. The columns that all processes send back for one file take a third of `memory`
    together, because the server holds the parts, the joined columns and their order at once.
    """

    memory: int | None = None
    workers: int = 1
    profile: ProfileBounds = ProfileBounds()

    def check_part(self, size: int, parts: int) -> None:
        """Raise TooLargeError for a part of `size` bytes, one of `parts`, that is too large to be joined."""
        if self.memory is not None and size * parts * JOINING_TAKES > self.memory:
            raise TooLargeError(
                f"The profile takes more than {self.memory // JOINING_TAKES >> 20} MB of memory, a third of "
                "max_reader_bytes: cut the file, or record less."
            )


_bounds = Bounds()


def begin(slots: Any, started: Any, together: Any, bounds: Bounds) -> None:
    """Prepare a worker: Ctrl-C is for the server to handle, and without the server there is no work."""
    global _done, _together, _bounds
    _done, _together, _bounds = slots, together, bounds
    bound_thread(bounds.profile)
    # A reading makes many objects and hardly any garbage, and collecting takes 2 % of its time.
    gc.set_threshold(_GARBAGE)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    end_with_parent()
    if bounds.memory is not None:
        _bound_memory(bounds.memory)
    started.release()


def _bound_memory(more: int) -> None:
    """Limit the memory of this process, and of its perf, to `more` bytes above the present size."""
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    most = pages * resource.getpagesize() + more
    for bound in (soft, hard):
        most = most if bound == resource.RLIM_INFINITY else min(most, bound)
    resource.setrlimit(resource.RLIMIT_AS, (most, hard))


def warm_up() -> None:
    """Rehearse every format that is read in parts, once in every worker.

    A finished worker waits for the others, so that it does not take their calls. The bounds of profiles are
    for files: the text of a rehearsal may be over them.
    """
    with bounded_by(ProfileBounds()):
        for reader in registry.parallel_readers():
            if reader.parallel is not None:
                reader.parallel.rehearse()
    with suppress(threading.BrokenBarrierError):
        _together.wait(TOGETHER_SECONDS)


def read_whole(part: FileSpan, type_name: str, most: int) -> Profile:
    """Read a file of any format and compression; `most` bounds its decompressed bytes."""
    with Path(part.path).open("rb", buffering=0) as file:
        profile = read_profile(file, type_name, lambda done: _tell(part, done), most)
    _bounds.check_part(profile.nbytes, 1)
    return profile


def read_part(part: FileSpan, type_name: str, most: int) -> ProfileBuilder:
    """Read a part of an uncompressed file, cut where samples begin."""
    return _whole_part(_parallel(type_name).parse(_part_chunks(part), _head(part)))


def read_share(part: FileSpan, type_name: str, most: int, starts: Sequence[int]) -> ProfileBuilder:
    """Read the share of a compressed file that begins at `part.start`, one of `starts`.

    Shares are cut by how far the decoder has come in the file, at the next place where a sample begins.
    """
    parallel = _parallel(type_name)
    damage = Damage()
    builder = parallel.parse(_share_chunks(part, most, starts, parallel.boundary, damage), _head(part))
    if damage.found:
        builder.report.messages.insert(0, damage.found.shown)
    return _whole_part(builder)


def _whole_part(builder: ProfileBuilder) -> ProfileBuilder:
    """Check a part's size and put it into order, here, where other cores work, too.

    Without the kernel, order gains nothing.
    """
    _bounds.check_part(builder.nbytes, _bounds.workers)
    if load():
        builder.settle()
    return builder


def _parallel(type_name: str) -> registry.Parallel:
    reader = registry.find(type_name)
    if reader is None or reader.parallel is None:
        raise LookupError(type_name)
    return reader.parallel


def _head(part: FileSpan) -> bytes:
    """Return the decompressed beginning of the whole file."""
    with Path(part.path).open("rb", buffering=0) as file:
        return decompress.head(file, HEAD_BYTES)


def _part_chunks(part: FileSpan) -> Iterator[bytes]:
    """Read a part; raises ProfileChangedError when the file ends before it."""
    with Path(part.path).open("rb", buffering=0) as file:
        file.seek(part.start)
        left = part.end - part.start
        while left:
            chunk = file.read(min(decompress.CHUNK, left))
            if not chunk:
                raise ProfileChangedError(SHORTER)
            left -= len(chunk)
            _tell(part, part.end - part.start - left)
            yield chunk


def _share_chunks(
    part: FileSpan, most: int, starts: Sequence[int], boundary: Callable[[bytes], int], damage: Damage
) -> Iterator[bytes]:
    """Decode a file from its start and yield one share; the last share reads to the end."""
    mine = starts.index(part.start)
    with Path(part.path).open("rb", buffering=0) as file:
        decoded = ((chunk, file.tell()) for chunk in damage.end(decompress.chunks(file, limit=most)))
        for share, text in split_shares(decoded, starts, boundary):
            _tell(part, max(0, min(file.tell(), part.end) - part.start))
            if share == mine:
                yield text
            elif share > mine:
                return


def split_shares(
    decoded: Iterable[tuple[bytes, int]], starts: Sequence[int], boundary: Callable[[bytes], int]
) -> Iterator[tuple[int, bytes]]:
    """Yield the share of every piece of text, and the piece. All workers see the same chunks and agree.

    `decoded` are chunks with the place in the file where the decoder stood after them.
    """
    share, window = 0, b""
    for chunk, place in decoded:
        wanted = bisect_right(starts, place) - 1
        if wanted == share and not window:
            yield share, chunk
            continue
        window += chunk
        found = boundary(window)
        if found < 0:
            # The end of this chunk may be the start of a blank line.
            yield share, window[:-_OVERLAP]
            window = window[-_OVERLAP:]
            continue
        yield share, window[:found]
        share = wanted
        yield share, window[found:]
        window = b""
    yield share, window


def _tell(part: FileSpan, done: int) -> None:
    if _done is not None:
        _done[part.slot] = done
