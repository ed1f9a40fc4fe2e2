"""The files of one index: the layout of their columns, and their checksums.

They are read into memory, not memory-mapped. A mapped file that is cut, or whose disk fails, ends the whole
process with SIGBUS at the next access. Reading costs one copy in the same pass as the checksum, and the bytes
count towards `max_open_bytes` either way. Several threads read a large table, one slice each, as most of the
time is spent on page faults in fresh memory.
"""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pyarrow as pa
from isal import isal_zlib

from flamescope_py.model import (
    CallTree,
    FrameTable,
    Meta,
    ParseReport,
    Profile,
    ReportLine,
    Samples,
    Thread,
)
from flamescope_py.model.profile import Labels, Markers
from flamescope_py.model.runs import RUN_TYPES, Runs
from flamescope_py.store import index_check
from flamescope_py.store.index_sizes import uncompressed_bytes

TABLES = ("samples", "tree", "frames", "threads", "markers", "runs")
# The exceptions of reading a damaged index.
DAMAGED = (OSError, ValueError, LookupError, TypeError, AttributeError, ArithmeticError, pa.ArrowException)
_META = "meta.json"
FILES = (*(f"{name}.arrow" for name in TABLES), _META)
# Facts that are tuples here and lists in JSON.
_TUPLES = ("events", "event_units", "also", "derived")
# Each slice has a checksum of its own. Most profiles have tables of one slice, which need no threads.
SLICE = 8 << 20
# Larger tables are not compressed. Arrow would decompress them into fresh memory, whose pages cost more than
# reading the bytes as they are.
_COMPRESSED_BYTES = 32 << 20
# A piece is still in the processor's cache when its checksum is computed.
_PIECE = 1 << 20


def write(profile: Profile, folder: Path) -> None:
    """Write and sync the tables, then the facts with the checksums of the tables."""
    tables = _columns(profile)
    sums = {name: _write_table(folder / f"{name}.arrow", columns) for name, columns in tables.items()}
    body = _facts(profile, sums)
    _write_bytes(folder / _META, b"%08x\n" % isal_zlib.crc32(body) + body)


def _facts(profile: Profile, checksums: Mapping[str, Sequence[int]]) -> bytes:
    facts = {
        "meta": dataclasses.asdict(profile.meta),
        "report": dataclasses.asdict(profile.report),
        "checksums": checksums,
    }
    return orjson.dumps(facts)


def _columns(profile: Profile) -> dict[str, Mapping[str, Any]]:
    """Return the columns of every table."""
    frames, threads = profile.frames, profile.threads
    tables: dict[str, Mapping[str, Any]] = {
        "samples": profile.samples.columns(),
        "tree": {name: getattr(profile.tree, name) for name in ("frame", "parent", "depth", "end")},
        "frames": {"name": frames.name, "library": frames.library, "kind": frames.kind},
        "threads": {
            "pid": np.array([thread.pid for thread in threads], dtype=np.int64),
            "tid": np.array([thread.tid for thread in threads], dtype=np.int64),
            "command": tuple(thread.command for thread in threads),
            "labels": tuple(orjson.dumps(own).decode() for own in profile.labels or [()] * len(threads)),
        },
    }
    marks = profile.markers
    tables["markers"] = {
        "start": np.zeros(0) if marks is None else marks.start,
        "end": np.zeros(0) if marks is None else marks.end,
        "name": () if marks is None else marks.name,
        "text": () if marks is None else marks.text,
    }
    tables["runs"] = {name: np.zeros(0, kind) for name, kind in RUN_TYPES.items()}
    if profile.runs is not None:
        tables["runs"] = profile.runs.columns()
    return tables


def _write_table(path: Path, columns: Mapping[str, Any]) -> list[int]:
    """Write one table, read it again, and return the checksums of its slices."""
    with path.open("w+b") as file:
        _encode(columns, file)
        file.flush()
        os.fsync(file.fileno())
    return _read_slices(path)[1]


def _encode(columns: Mapping[str, Any], file: Any) -> None:
    """Write one table to an open file, or to a stream of Arrow."""
    table = pa.table({name: _array(column) for name, column in columns.items()})
    # Two fifths of the bytes, for a tenth more time at a restart: docs/notes/performance.md.
    options = pa.ipc.IpcWriteOptions(compression="lz4" if table.nbytes <= _COMPRESSED_BYTES else None)
    with pa.ipc.new_file(file, table.schema, options=options) as writer:
        writer.write_table(table)


def _array(column: Any) -> Any:
    if isinstance(column, tuple):
        return pa.array(column, pa.string())
    # Arrow packs booleans into bits, which numpy cannot view.
    return pa.array(column.view(np.uint8) if column.dtype == np.bool_ else column)


def _write_bytes(path: Path, data: bytes) -> None:
    with path.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def read(folder: Path, most: int) -> Profile:
    """Read an index of at most `most` bytes when decompressed. Raises one of DAMAGED for a damaged one."""
    facts = facts_of(folder)
    tables = {name: _read_table(folder / f"{name}.arrow", facts["checksums"][name], most) for name in TABLES}
    return _profile(facts, tables)


def _profile(facts: dict[str, Any], tables: Mapping[str, pa.RecordBatch]) -> Profile:
    columns = {name: tables["samples"][name].to_numpy() for name in tables["samples"].column_names}
    columns["idle"] = columns["idle"].view(np.bool_)
    tree = {name: tables["tree"][name].to_numpy() for name in tables["tree"].column_names}
    frames: Any = (tables["frames"][name].to_pylist() for name in ("name", "library", "kind"))
    threads = map(Thread, *(tables["threads"][name].to_pylist() for name in Thread._fields))
    report = facts["report"]
    notes = [ReportLine(**line) for line in report.pop("notes")]
    meta = facts["meta"]
    profile = Profile(
        Samples(**columns),
        CallTree(**tree),
        FrameTable(*map(tuple, frames)),
        tuple(threads),
        Meta(**{**meta, **{name: tuple(meta[name]) for name in _TUPLES}}),
        ParseReport(**report, notes=notes),
        _labels(tables["threads"]["labels"]),
        _markers(tables["markers"]),
        _runs(tables["runs"]),
    )
    index_check.check_profile(profile)
    return profile


def facts_of(folder: Path) -> dict[str, Any]:
    head, _, body = (folder / _META).read_bytes().partition(b"\n")
    if int(head, 16) != isal_zlib.crc32(body):
        raise ValueError(f"the checksum of {_META} is wrong")
    facts: dict[str, Any] = orjson.loads(body)
    return facts


def _read_table(path: Path, checksums: Sequence[int], most: int) -> pa.RecordBatch:
    """Read one table, which is one record batch."""
    data, found = _read_slices(path, len(checksums))
    if found != checksums:
        raise ValueError(f"the checksum of {path.name} is wrong")
    return _decode(path.stem, data, most)


def _decode(name: str, data: memoryview, most: int) -> pa.RecordBatch:
    """Return the table in the bytes of a file. Raises one of DAMAGED."""
    if uncompressed_bytes(data) > most:
        raise ValueError(f"{name} would take more memory than a reading may")
    reader = pa.ipc.open_file(pa.py_buffer(data.toreadonly()))
    if reader.num_record_batches == 0:
        return pa.RecordBatch.from_pylist([], schema=reader.schema)
    if reader.num_record_batches != 1:
        raise ValueError(f"{name} has more than one batch")
    table = reader.get_batch(0)
    index_check.check_table(name, table)
    return table


def _read_slices(path: Path, expected: int | None = None) -> tuple[memoryview, list[int]]:
    """Read a file into memory, with the checksum of each slice.

    Raises ValueError for another number of slices than `expected`, before it allocates memory for them.
    """
    with path.open("rb", buffering=0) as file:
        size = os.fstat(file.fileno()).st_size
        starts = range(0, size, SLICE)
        if expected is not None and len(starts) != expected:
            raise ValueError(f"the size of {path.name} is wrong")
        # numpy asks for huge pages, which saves a page fault per 4 kB.
        data = np.empty(size, np.uint8).data

        def read_slice(start: int) -> int:
            return _read_slice(file.fileno(), data[start : start + SLICE], start)

        if len(starts) < 2:
            return data, [read_slice(start) for start in starts]
        with ThreadPoolExecutor(min(os.cpu_count() or 1, len(starts)), "index-slice") as threads:
            return data, list(threads.map(read_slice, starts))


def _read_slice(file: int, place: memoryview, start: int) -> int:
    """Fill `place` from a file at `start`. Return the checksum. Raises ValueError if the file is short."""
    done, checksum = 0, 0
    while done < len(place):
        count = os.preadv(file, [place[done : done + _PIECE]], start + done)
        if count == 0:
            raise ValueError("a table was cut while it was read")
        checksum = isal_zlib.crc32(place[done : done + count], checksum)
        done += count
    return checksum


def _labels(column: Any) -> tuple[Labels, ...]:
    """Return the labels of every thread. Raises one of DAMAGED."""
    texts = column.to_pylist()
    # Few sets of labels, and mostly none.
    known = {text: tuple((name, value) for name, value in orjson.loads(text)) for text in set(texts)}
    if not all(isinstance(part, str) for own in known.values() for pair in own for part in pair):
        raise ValueError("labels are no texts")
    return tuple(known[text] for text in texts) if any(known.values()) else ()


def _markers(table: pa.RecordBatch) -> Markers | None:
    if not table.num_rows:
        return None
    start, end = (table[name].to_numpy() for name in ("start", "end"))
    if not (np.isfinite(start).all() and (end >= start).all()):
        raise ValueError("markers without a time")
    names, texts = (tuple(map(str, table[name].to_pylist())) for name in ("name", "text"))
    return Markers(start, end, names, texts)


def _runs(table: pa.RecordBatch) -> Runs | None:
    if not table.num_rows:
        return None
    return Runs(**{name: table[name].to_numpy() for name in table.column_names})
