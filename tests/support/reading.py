"""Reads a profile in every form that a file can have, and compares Profiles column by column.

`check_every_way` is the checker that formats share: a sample file must read alike whole, in chunks, with
other line ends, compressed and without its last line end.
"""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import random
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import pairwise

import numpy as np
import pyarrow as pa

from flamescope_py.model import Profile, Samples
from flamescope_py.readers.perf import reader
from flamescope_py.readers.perf.lines import is_whole
from flamescope_py.readers.source import read_profile, sniff_file

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd


def lz4(data: bytes) -> bytes:
    """Compress as the lz4 command does."""
    sink = pa.BufferOutputStream()
    with pa.CompressedOutputStream(sink, "lz4") as stream:
        stream.write(data)
    return sink.getvalue().to_pybytes()


COMPRESSIONS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "bzip2": bz2.compress,
    "xz": lzma.compress,
    "zstd": zstd.compress,
    "lz4": lz4,
}


def read(data: bytes, type_name: str = "perf") -> Profile:
    """Read a file's bytes of any compression."""
    return read_profile(io.BytesIO(data), type_name)


def read_perf(*texts: str) -> Profile:
    """Read perf script text."""
    return read("".join(texts).encode())


def cut(data: bytes, points: Iterable[int]) -> Iterator[bytes]:
    """Cut bytes at some points."""
    edges = [0, *sorted(points), len(data)]
    return (data[start:end] for start, end in pairwise(edges))


def check_every_way(data: bytes) -> Profile:
    """Read perf script text in every form of a file. All must yield the returned Profile."""
    whole = read(data)
    assert sniff_file(io.BytesIO(data)).type == "perf"
    for chunks in (_bytewise(data), *_random_cuts(data)):
        assert_same(reader.read(chunks), whole)
    for name, compress in COMPRESSIONS.items():
        packed = compress(data)
        assert packed != data, name
        assert sniff_file(io.BytesIO(packed)).type == "perf"
        assert_same(read(packed), whole)
    dos = re.sub(rb"\r*\n", b"\r\n", data)
    assert_same(read(dos), whole)
    assert_same(reader.read(_bytewise(dos)), whole)
    bare = data.rstrip(b"\r\n")
    # A cut file loses its last line, which is tested elsewhere.
    for ending in ((b"",) if is_whole(bare.rpartition(b"\n")[2]) else ()) + (b"\n", b"\r\n", b"\n\n\n"):
        assert_same(read(bare + ending), whole, but=("lines",))
    return whole


def _bytewise(data: bytes) -> Iterator[bytes]:
    """Cut between all bytes. Cut a large file less often, since every cut copies the rest."""
    return cut(data, range(1, len(data), 1 if len(data) < 50_000 else 4093))


def _random_cuts(data: bytes) -> Iterator[Iterator[bytes]]:
    choose = random.Random(len(data))
    for _ in range(20 if len(data) < 50_000 else 3):
        yield cut(data, (choose.randrange(len(data) + 1) for _ in range(choose.randrange(1, 9))))


def assert_same(one: Profile, other: Profile, but: Sequence[str] = ()) -> None:
    """Compare two profiles completely. `but` names counts of the report to leave out."""
    for name in ("frames", "threads", "meta"):
        assert getattr(one, name) == getattr(other, name), name
    for name in ("frame", "parent", "depth", "end"):
        np.testing.assert_array_equal(getattr(one.tree, name), getattr(other.tree, name), name)
    assert_same_samples(one.samples, other.samples)
    assert markers(one) == markers(other)
    ours, theirs = ({} if each.runs is None else each.runs.columns() for each in (one, other))
    assert ours.keys() == theirs.keys()
    for name, column in ours.items():
        assert column.dtype == theirs[name].dtype, name
        np.testing.assert_array_equal(column, theirs[name], name)
    for name in one.report.__slots__:
        if name not in but:
            assert getattr(one.report, name) == getattr(other.report, name), name


def markers(profile: Profile) -> list[tuple[float, float, str, str]]:
    """Return start, end, name and text of every marker of a profile."""
    own = profile.markers
    return (
        []
        if own is None
        else list(zip(own.start.tolist(), own.end.tolist(), own.name, own.text, strict=True))
    )


def assert_same_samples(one: Samples, other: Samples) -> None:
    """Compare all columns of samples, including their types."""
    ours, theirs = one.columns(), other.columns()
    assert ours.keys() == theirs.keys()
    for name, column in ours.items():
        assert column.dtype == theirs[name].dtype, name
        np.testing.assert_array_equal(column, theirs[name], name)


def stack(profile: Profile, row: int) -> list[str]:
    """Return the frames of one sample, leaf first, command last, as `name (library) kind`."""
    tree, node, found = profile.tree, int(profile.samples.node[row]), []
    while node:
        name, library, kind = profile.frames[int(tree.frame[node])]
        found.append(name + (f" ({library})" if library else "") + (f" {kind}" if kind else ""))
        node = int(tree.parent[node])
    return found


def stacks(profile: Profile) -> list[str]:
    """Return every sample's stack as a folded line of names, command first, in time order."""
    _, first, place = np.unique(profile.samples.node, return_index=True, return_inverse=True)
    folded = [
        ";".join(frame.partition(" (")[0] for frame in reversed(stack(profile, row)))
        for row in first.tolist()
    ]
    return [folded[row] for row in place.tolist()]


def described(profile: Profile) -> str:
    """Describe a whole profile as text, for a golden file that can be checked by eye."""
    samples, meta, report = profile.samples, profile.meta, profile.report
    text = [f"events: {', '.join(map(repr, meta.events))}"]
    text += [f"header: {key} = {value}" for key, value in meta.header.items()]
    texts = ("notes", "messages", "other")
    counts = {name: getattr(report, name) for name in report.__slots__ if name not in texts} | report.other
    text.append("report: " + ", ".join(f"{name} {count}" for name, count in counts.items() if count))
    text += [f"note: line {note.line}: {note.reason}: {note.text!r}" for note in report.notes]
    for row in range(len(samples)):
        thread = profile.threads[samples.thread[row]]
        text += [
            "",
            f"{samples.time[row]:.9f} pid {thread.pid} tid {thread.tid} cpu {samples.cpu[row]} "
            f"event {meta.events[samples.event[row]]!r} "
            f"period {0 if samples.period is None else samples.period[row]}"
            + (" idle" if samples.idle[row] else ""),
        ]
        text += [f"  {frame}" for frame in stack(profile, row)]
    return "\n".join(text) + "\n"
