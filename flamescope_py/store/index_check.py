"""Checks of an index beyond its checksums, which anyone can make who can write the file.

A bad index would crash the process in native code or draw a wrong picture. So every column must have its
type, and every number in it must be a row of the table that it points to.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from flamescope_py.errors import ConfigError
from flamescope_py.model import CallTree, Profile, Samples
from flamescope_py.model.runs import ANY, RUN_TYPES

Column = npt.NDArray[Any]

_TYPES: Mapping[str, Mapping[str, Any]] = {
    "samples": {
        "time": np.float64,
        "node": np.uint32,
        "thread": np.uint32,
        "cpu": np.int32,
        "event": np.uint16,
        "idle": np.uint8,
        "weight": np.int64,
        "heat": np.int64,
        "period": np.uint64,
    },
    "tree": dict.fromkeys(("frame", "parent", "depth", "end"), np.uint32),
    "threads": {"pid": np.int64, "tid": np.int64, "command": None, "labels": None},
    "frames": dict.fromkeys(("name", "library", "kind")),
    "runs": RUN_TYPES,
    "markers": {"start": np.float64, "end": np.float64, "name": None, "text": None},
}


def check_table(name: str, table: pa.RecordBatch) -> None:
    """Raise ValueError or ArrowException unless a table has sound columns of the right types and no nulls."""
    table.validate(full=True)
    types = _TYPES[name]
    for column in table.column_names:
        expected, found = types[column], table[column].type
        right = pa.types.is_string(found) if expected is None else found == pa.from_numpy_dtype(expected)
        if not right or table[column].null_count:
            raise ValueError(f"the column {column} of {name} is of another type")


def check_profile(profile: Profile) -> None:
    """Raise ValueError unless all row numbers of a profile are in range and its tree is in pre-order."""
    _check_tree(profile.tree, len(profile.frames))
    samples, meta = profile.samples, profile.meta
    _below(samples.node, len(profile.tree), "node")
    _below(samples.thread, max(1, len(profile.threads)), "thread")
    _below(samples.event, max(1, len(meta.events)), "event")
    _check_time(samples)
    _check_runs(profile)
    texts = (
        *(meta.format, meta.time_advice, meta.unit, meta.main_event, *meta.events, *meta.event_units),
        *meta.header,
        *meta.header.values(),
    )
    if not set(meta.derived) <= set(meta.events):
        raise ValueError("an event that was derived is none")
    if len(meta.event_units) not in (0, len(meta.events)):
        raise ValueError("the units of the index are wrong")
    if not all(isinstance(text, str) for text in texts) or not meta.first <= meta.last < float("inf"):
        raise ValueError("the facts of the index are wrong")
    if profile.report.samples < 0:
        raise ValueError("the report of the index is wrong")


def _check_runs(profile: Profile) -> None:
    runs = profile.runs
    if runs is None:
        return
    _below(runs.node, len(profile.tree), "node")
    _below(runs.through[runs.through != ANY], len(profile.tree), "node")
    _below(runs.thread, max(1, len(profile.threads)), "thread")
    _below(runs.event, max(1, len(profile.meta.events)), "event")
    start = runs.start
    if not (np.isfinite(start).all() and (start[1:] >= start[:-1]).all() and (runs.length >= 0).all()):
        raise ValueError("the times of the runs are wrong")


def _check_tree(tree: CallTree, frames: int) -> None:
    """Check that parents come first, and that `end` and `depth` are those that follow from them."""
    size = len(tree)
    columns = [getattr(tree, name).astype(np.int64) for name in ("frame", "parent", "depth", "end")]
    frame, parent, depth, end = columns
    rows = np.arange(size)
    if not size or parent[0] != 0 or depth[0] != 0 or end[0] != size:
        raise ValueError("the tree has no root")
    _below(frame, max(1, frames), "frame")
    above = parent[1:]
    if not (above < rows[1:]).all():
        raise ValueError("a node of the tree comes before its parent")
    if not (depth[1:] == depth[above] + 1).all():
        raise ValueError("a depth of the tree is wrong")
    # Each subtree reaches at least as far as its parts; together they have a node for each level above it.
    # So the sums are equal only where every subtree is exactly as long as it should be.
    reaches = (end > rows).all() and (end <= size).all() and (end[1:] <= end[above]).all()
    if not reaches or int((end - rows).sum()) != int((depth + 1).sum()):
        raise ValueError("the subtrees of the tree are wrong")


def _check_time(samples: Samples) -> None:
    untimed = int(np.isnan(samples.time).sum())
    timed = samples.time[: len(samples) - untimed]
    # A NaN among them makes the comparison false.
    if len(timed) and not (np.isfinite(timed).all() and (timed[1:] >= timed[:-1]).all()):
        raise ValueError("the times of the samples are not sorted")


def _below(column: Column, size: int, name: str) -> None:
    if len(column) and int(column.max()) >= size:
        raise ValueError(f"a {name} is none")


def require_private(directory: Path) -> None:
    """Raise ConfigError if other users may write to a cache directory, as ssh does for its files.

    The content of the cache is shown as if it had been read from a profile.
    """
    for place in (directory, directory / "index", directory / "catalog"):
        try:
            state = place.stat()
        except OSError:
            continue
        if state.st_uid not in {0, os.geteuid()} or state.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
            raise ConfigError(
                f"Other users may write to the cache directory {place}: run chmod go-w on it, or name "
                "another one with cache_dir."
            )
