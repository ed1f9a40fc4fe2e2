"""Adds up a flame graph by function, wherever it stands, and compares two graphs so."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from flamescope_py.analysis.flamegraph import FlameGraph, without_libraries


class Function(NamedTuple):
    """Samples that end in a function, and samples with it anywhere in their stack (counted once)."""

    own: int = 0
    total: int = 0


class Change(NamedTuple):
    """One function in two graphs."""

    name: str
    kind: str
    before: Function
    after: Function


def functions(graph: FlameGraph) -> dict[tuple[str, str], Function]:
    """Add up a graph by (name, kind), root and owners included."""
    graph = without_libraries(graph)
    count = len(graph.frames)
    own = np.bincount(graph.frame, graph.own, count).astype(np.int64)
    # Recursion: a node below another one of its frame is counted there.
    outermost = graph.tree.outermost(graph.frame)
    total = np.bincount(graph.frame[outermost], graph.total[outermost], count).astype(np.int64)
    names = zip(graph.frames.name, graph.frames.kind, strict=True)
    found: dict[tuple[str, str], Function] = {}
    for key, own_samples, all_samples in zip(names, own.tolist(), total.tolist(), strict=True):
        before = found.get(key, Function())
        found[key] = Function(before.own + own_samples, before.total + all_samples)
    return found


def changes(first: FlameGraph, second: FlameGraph) -> list[Change]:
    """Return every function of either graph, by name."""
    before, after = functions(first), functions(second)
    nothing = Function()
    return [
        Change(*key, before.get(key, nothing), after.get(key, nothing)) for key in sorted({*before, *after})
    ]
