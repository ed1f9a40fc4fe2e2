"""Folded stacks: one line a stack, frames from the root joined by `;`, a blank and the count.

The form of stackcollapse-perf.pl and inferno, and for plain symbols the same lines: the root is left out,
equal stacks are added up, a `;` in a name would split it and becomes `:`, `[unknown]` in a known library is
`[library]`, and an inlined function of a chain `a->b` is `b_[i]`. Unlike theirs, names keep their arguments,
brackets and quotes, commands their blanks, and where there is a kind and no library `_[k]` and `_[j]` tell
it, so that folded stacks that were read are written as they were.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from flamescope_py.analysis.flamegraph import FlameGraph
from flamescope_py.export.stacks import stacks, valid
from flamescope_py.model import Frame, StackTrie
from flamescope_py.model.frame import C1, INLINED, INTERPRETED, JIT, KERNEL

UNKNOWN = "[unknown]"
# The library of functions that perf itself found inlined; the tools do not mark those.
INLINED_LIBRARY = "inlined"
_MARKS = {KERNEL: "_[k]", JIT: "_[j]", INLINED: "_[i]", INTERPRETED: "_[0]", C1: "_[1]"}
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


def folded(graph: FlameGraph) -> Iterator[bytes]:
    """Write every stack that samples end in, in the order of their names."""
    graph = _merged(graph)
    names = [name.encode() for name in graph.frames.name]
    for stack, own in stacks(graph):
        yield b";".join([names[frame] for frame in stack]) + b" %d\n" % own


def _merged(graph: FlameGraph) -> FlameGraph:
    """Merge siblings that are written alike; samples of the root get a frame of its name."""
    trie = StackTrie()
    written = [trie.frame(written_name(graph.frames[row])) for row in range(len(graph.frames))]
    moved = [0]
    for parent, frame in zip(graph.tree.parent[1:].tolist(), graph.frame[1:].tolist(), strict=True):
        moved.append(trie.child(moved[parent], written[frame]))
    if graph.own[0]:
        moved[0] = trie.child(0, written[int(graph.frame[0])])
    tree, frames, position = trie.freeze()
    own = np.zeros(len(tree), dtype=np.int64)
    np.add.at(own, position[moved], graph.own)
    return replace(graph, frames=frames, tree=tree, own=own, total=tree.totals(own), extras=None)


def written_name(frame: Frame) -> str:
    """Give a frame as it stands in a line."""
    name = _in_line(frame.name) or UNKNOWN
    if name == UNKNOWN and frame.library not in {"", UNKNOWN}:
        name = f"[{_in_line(frame.library).rpartition('/')[2]}]"
    if not frame.library or (frame.kind == INLINED and frame.library != INLINED_LIBRARY):
        name += _MARKS.get(frame.kind, "")
    return name


def _in_line(text: str) -> str:
    """Replace what would end a line or a frame, or could not be written at all."""
    return _CONTROL.sub(" ", valid(text)).replace(";", ":").strip()
