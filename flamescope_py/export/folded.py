"""Writes folded stacks: one line per stack, with frames from the root joined by `;`, a blank and the count.

The form is that of stackcollapse-perf.pl and inferno, and for plain symbols the lines are the same. The root
is left out, and equal stacks are added up. A `;` in a name becomes `:`, since it would split the name.
`[unknown]` in a known library is `[library]`. An inlined function of a chain `a->b` is `b_[i]`.

Unlike there, names keep their arguments, brackets and quotes, and commands their blanks. A frame with a kind
and without a library is marked (`_[k]`, `_[j]`), so that folded stacks are written as they were read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from flamescope_py._kernel import load
from flamescope_py._kernel.arrays import folded_lines
from flamescope_py.analysis.flamegraph import FlameGraph
from flamescope_py.analysis.rewrite import FrameRows, tree_of_paths
from flamescope_py.export.stacks import stacks, valid
from flamescope_py.model import ROOT, Frame
from flamescope_py.model.frame import C1, INLINED, INTERPRETED, JIT, KERNEL

UNKNOWN = "[unknown]"
# The library of functions that perf itself found inlined; the tools do not mark those.
INLINED_LIBRARY = "inlined"
_MARKS = {KERNEL: "_[k]", JIT: "_[j]", INLINED: "_[i]", INTERPRETED: "_[0]", C1: "_[1]"}
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


def folded(graph: FlameGraph) -> Iterator[bytes]:
    """Write every stack with samples that end there, in the order of names, in pieces of whole lines."""
    graph = _merged(graph)
    names = [name.encode() for name in graph.frames.name]
    functions = load()
    if functions:
        yield from folded_lines(functions, graph.tree.parent, graph.frame, graph.own, names)
        return
    for stack, own in stacks(graph):
        yield b";".join([names[frame] for frame in stack]) + b" %d\n" % own


def _merged(graph: FlameGraph) -> FlameGraph:
    """Merge siblings that are written alike; samples of the root get a frame with its name."""
    rows: FrameRows = {ROOT: 0}
    names = [written_name(graph.frames[row]) for row in range(len(graph.frames))]
    labels = np.array([rows.setdefault((name, "", ""), len(rows)) for name in names], np.int64)[graph.frame]
    # The frame for the root's samples is a node more.
    more = [labels[0]] if graph.own[0] else []
    tree, frames, moved = tree_of_paths(
        np.concatenate((graph.tree.parent, np.zeros(len(more), np.uint32))), np.append(labels, more), rows
    )
    moved[0] = moved[-1] if more else 0
    own = np.zeros(len(tree), np.int64)
    np.add.at(own, moved[: len(labels)], graph.own)
    return replace(graph, frames=frames, tree=tree, own=own, total=tree.totals(own), extras=None)


def written_name(frame: Frame) -> str:
    """Return a frame as it stands in a line."""
    name = _in_line(frame.name) or UNKNOWN
    if name == UNKNOWN and frame.library not in {"", UNKNOWN}:
        name = f"[{_in_line(frame.library).rpartition('/')[2]}]"
    if not frame.library or (frame.kind == INLINED and frame.library != INLINED_LIBRARY):
        name += _MARKS.get(frame.kind, "")
    return name


def _in_line(text: str) -> str:
    """Replace characters that would end a line or a frame, or that UTF-8 cannot encode."""
    if text.isascii() and text.isprintable() and ";" not in text:
        return text.strip()
    return _CONTROL.sub(" ", valid(text)).replace(";", ":").strip()
