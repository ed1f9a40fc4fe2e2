"""The files of one index: how columns lie in them, and how they are checked on the way back.

Read into memory, not memory-mapped: a file that is cut while it is mapped ends the whole process (SIGBUS) at
the next look at it, and so does a disk that fails below it. Reading costs a copy in the same pass as the
checksum, and what is read counts towards `max_open_bytes` either way.
"""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pyarrow as pa
from isal import isal_zlib

from flamescope_py.model import CallTree, FrameTable, Meta, Note, ParseReport, Profile, Samples, Thread

TABLES = ("samples", "tree", "frames", "threads")
# What reading an index that is not as it was written may raise.
DAMAGED = (OSError, ValueError, KeyError, TypeError, pa.ArrowException)
_META = "meta.json"
# A piece is still in the processor's cache when its checksum is made.
_PIECE = 1 << 20


def write(profile: Profile, folder: Path) -> None:
    """Write the tables, then the facts with the tables' checksums, and see them on the disk."""
    frames, threads = profile.frames, profile.threads
    tables: dict[str, Mapping[str, Any]] = {
        "samples": profile.samples.columns(),
        "tree": {name: getattr(profile.tree, name) for name in ("frame", "parent", "depth", "end")},
        "frames": {"name": frames.name, "library": frames.library, "kind": frames.kind},
        "threads": {
            "pid": np.array([thread.pid for thread in threads], dtype=np.int64),
            "tid": np.array([thread.tid for thread in threads], dtype=np.int64),
            "command": tuple(thread.command for thread in threads),
        },
    }
    sums = {name: _write_table(folder / f"{name}.arrow", columns) for name, columns in tables.items()}
    facts = {
        "meta": dataclasses.asdict(profile.meta),
        "report": dataclasses.asdict(profile.report),
        "checksums": sums,
    }
    body = orjson.dumps(facts)
    _write_bytes(folder / _META, b"%08x\n" % isal_zlib.crc32(body) + body)


def _write_table(path: Path, columns: Mapping[str, Any]) -> int:
    """Write one table; gives its checksum."""
    arrays = {name: _array(column) for name, column in columns.items()}
    table = pa.table(arrays)
    with path.open("w+b") as file:
        with pa.ipc.new_file(file, table.schema) as writer:
            writer.write_table(table)
        file.flush()
        os.fsync(file.fileno())
    return _checksum(path)


def _array(column: Any) -> Any:
    if isinstance(column, tuple):
        return pa.array(column, pa.string())
    # Arrow keeps booleans as bits, which numpy could not map.
    return pa.array(column.view(np.uint8) if column.dtype == np.bool_ else column)


def _write_bytes(path: Path, data: bytes) -> None:
    with path.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def read(folder: Path) -> Profile:
    """Open an index. Raises one of DAMAGED for anything that is not as it was written."""
    facts = facts_of(folder)
    tables = {name: _read_table(folder / f"{name}.arrow", facts["checksums"][name]) for name in TABLES}
    columns = {name: tables["samples"][name].to_numpy() for name in tables["samples"].column_names}
    columns["idle"] = columns["idle"].view(np.bool_)
    tree = {name: tables["tree"][name].to_numpy() for name in tables["tree"].column_names}
    names: dict[str, Any] = {name: tuple(tables["frames"][name].to_pylist()) for name in FrameTable.__slots__}
    threads = zip(*(tables["threads"][name].to_pylist() for name in ("pid", "tid", "command")), strict=True)
    report = facts["report"]
    notes = [Note(**note) for note in report.pop("notes")]
    meta = facts["meta"]
    return Profile(
        Samples(**columns),
        CallTree(**tree),
        FrameTable(**names),
        tuple(Thread(*thread) for thread in threads),
        Meta(**{**meta, "events": tuple(meta["events"])}),
        ParseReport(**report, notes=notes),
    )


def facts_of(folder: Path) -> dict[str, Any]:
    head, _, body = (folder / _META).read_bytes().partition(b"\n")
    if int(head, 16) != isal_zlib.crc32(body):
        raise ValueError(f"the checksum of {_META} is wrong")
    facts: dict[str, Any] = orjson.loads(body)
    return facts


def _read_table(path: Path, checksum: int) -> pa.RecordBatch:
    """Read one table, which was written as one batch."""
    with path.open("rb", buffering=0) as file:
        # numpy asks for huge pages, which spares a page fault every 4 kB.
        data = np.empty(os.fstat(file.fileno()).st_size, np.uint8)
        place, done, found = data.data, 0, 0
        while count := file.readinto(place[done : done + _PIECE]):
            found = isal_zlib.crc32(place[done : done + count], found)
            done += count
    if done != len(data) or found != checksum:
        raise ValueError(f"the checksum of {path.name} is wrong")
    reader = pa.ipc.open_file(pa.py_buffer(place.toreadonly()))
    if reader.num_record_batches == 0:
        return pa.RecordBatch.from_pylist([], schema=reader.schema)
    return reader.get_batch(0)


def _checksum(path: Path) -> int:
    """Read a file again for its checksum."""
    found = 0
    with path.open("rb", buffering=0) as file:
        while piece := file.read(_PIECE):
            found = isal_zlib.crc32(piece, found)
    return found
