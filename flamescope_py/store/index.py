"""The index on disk: a profile's columns as Arrow IPC files, so that a file is parsed once in its life.

One folder a version of a file, named by a digest of what tells versions apart. The columns are
memory-mapped when they are opened; checksums tell a damaged index, which is made again and is never an
error. docs/index.md says how to open one with other tools.
"""

from __future__ import annotations

import dataclasses
import hashlib
import logging
import os
import shutil
import tempfile
from collections.abc import Collection, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from time import monotonic
from typing import Any, NamedTuple

import numpy as np
import orjson
import pyarrow as pa
from isal import isal_zlib

from flamescope_py import __version__
from flamescope_py.model import (
    CallTree,
    FrameTable,
    Meta,
    Note,
    ParseReport,
    Profile,
    Samples,
    Seconds,
    Thread,
)

logger = logging.getLogger(__name__)

# Goes up whenever the same file would give other columns; the package's version is in the key as well.
FORMAT_VERSION = 1
TABLES = ("samples", "tree", "frames", "threads")
_META = "meta.json"
MAX_GLANCES = 100_000
# How long the names of indexes are taken to be the same, for those that another server writes.
LOOK_SECONDS = 1.0
_DAMAGED = (OSError, ValueError, KeyError, TypeError, pa.ArrowException)


class Glance(NamedTuple):
    """What a list shows of a profile: its length, None without time, and how many samples it has."""

    duration: Seconds | None
    samples: int

    @classmethod
    def of(cls, profile: Profile) -> Glance:
        """Take it from an open profile."""
        meta = profile.meta
        return cls(meta.last - meta.first if meta.timed else None, len(profile.samples))


class IndexStore:
    """Indexes in one cache directory, the least recently used dropped above `limit` bytes."""

    def __init__(self, directory: Path, limit: int, scope: str = "") -> None:
        """Use `directory`, made when the first index is written; 0 as `limit` switches the index off.

        `scope` is part of every key: the profile directory, whose names alone are not unique.
        """
        self._directory = directory
        self._scope = scope
        self._limit = limit
        self._complained = False
        self._glances: dict[str, Glance] = {}
        self._present: set[str] = set()
        self._changed = 0
        self._look_again = 0.0
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="index")

    def load(self, *key: object) -> Profile | None:
        """Give the profile of a key, or None where there is no index or a damaged one, which is removed."""
        folder = self._folder(key)
        if not folder.is_dir():
            return None
        try:
            profile = _read(folder)
            os.utime(folder)
        except _DAMAGED as error:
            logger.warning("The index %s is damaged and is made again: %s", folder.name, error)
            shutil.rmtree(folder, ignore_errors=True)
            return None
        return profile

    def glance(self, *key: object) -> Glance | None:
        """Look at the facts of a key alone, for lists of many files; None where there is no sound index."""
        names = self._names()
        folder = self._folder(key) if names else None
        if folder is None or folder.name not in names:
            return None
        known = self._glances.get(folder.name)
        if known is None:
            try:
                facts = _facts(folder)
                meta = facts["meta"]
                duration = meta["last"] - meta["first"] if meta["timed"] else None
                known = Glance(duration, facts["report"]["samples"])
            except _DAMAGED:
                return None
            if len(self._glances) >= MAX_GLANCES:
                self._glances.clear()
            self._glances[folder.name] = known
        return known

    def _names(self) -> Collection[str]:
        """Give the names of all indexes, looked up when the directory has changed: a list of 100 000 files
        must not try to open as many."""
        now = monotonic()
        if now >= self._look_again:
            self._look_again = now + LOOK_SECONDS
            try:
                changed = self._directory.stat().st_mtime_ns
                if changed != self._changed:
                    self._present = {path.name for path in self._directory.iterdir()}
                    self._changed = changed
            except OSError:
                self._present, self._changed = set(), 0
        return self._present

    def save_soon(self, profile: Profile, *key: object) -> None:
        """Write the index of a key in the background: an answer need not wait for the disk."""
        if self._limit:
            self._writer.submit(self.save, profile, *key)

    def close(self) -> None:
        """Wait until what is being written is written."""
        self._writer.shutdown(wait=True)

    def save(self, profile: Profile, *key: object) -> None:
        """Write the index of a key, whole or not at all. A disk that takes none is logged once."""
        if not self._limit:
            return
        try:
            self._directory.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._write(profile, self._folder(key))
            self._shrink()
            self._look_again, self._changed = 0.0, 0
        except OSError as error:
            level = logging.DEBUG if self._complained else logging.WARNING
            self._complained = True
            logger.log(
                level, "No index can be written (%s): profiles are served from memory.", error.strerror
            )

    def _write(self, profile: Profile, folder: Path) -> None:
        aside = Path(tempfile.mkdtemp(prefix=".new-", dir=self._directory))
        try:
            _write(profile, aside)
            shutil.rmtree(folder, ignore_errors=True)
            aside.rename(folder)
        except OSError:
            shutil.rmtree(aside, ignore_errors=True)
            if not folder.is_dir():  # else another process was quicker
                raise

    def _folder(self, key: tuple[object, ...]) -> Path:
        text = "\0".join(map(repr, (FORMAT_VERSION, __version__, self._scope, *key)))
        return self._directory / hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()[:40]

    def _shrink(self) -> None:
        """Drop the least recently used indexes until the rest fits; the newest always stays."""
        folders = [path for path in self._directory.iterdir() if path.is_dir()]
        used = sorted(((path.stat().st_mtime, _size(path), path) for path in folders), reverse=True)
        total = 0
        for position, (_, size, path) in enumerate(used):
            total += size
            if position and total > self._limit:
                shutil.rmtree(path, ignore_errors=True)


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.iterdir())


def _write(profile: Profile, folder: Path) -> None:
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
    with pa.memory_map(str(path)) as mapped:
        return int(isal_zlib.crc32(mapped.read_buffer()))


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


def _read(folder: Path) -> Profile:
    """Open an index. Raises one of `_DAMAGED` for anything that is not as it was written."""
    facts = _facts(folder)
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


def _facts(folder: Path) -> dict[str, Any]:
    head, _, body = (folder / _META).read_bytes().partition(b"\n")
    if int(head, 16) != isal_zlib.crc32(body):
        raise ValueError(f"the checksum of {_META} is wrong")
    facts: dict[str, Any] = orjson.loads(body)
    return facts


def _read_table(path: Path, checksum: int) -> pa.RecordBatch:
    """Map one table, which was written as one batch; its buffers stay mapped as long as they are used."""
    mapped = pa.memory_map(str(path))
    if isal_zlib.crc32(mapped.read_buffer()) != checksum:
        raise ValueError(f"the checksum of {path.name} is wrong")
    mapped.seek(0)
    reader = pa.ipc.open_file(mapped)
    if reader.num_record_batches == 0:
        return pa.RecordBatch.from_pylist([], schema=reader.schema)
    return reader.get_batch(0)
