"""The nodes of a V8 CPU profile, hung into the call tree: by `children` in files, by `parent` in traces.

Nodes may refer to each other in any way: ids that stand twice, two parents, circles. Nodes that no root
leads to stay out and are counted.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from flamescope_py.model import NodeId, ProfileBuilder
from flamescope_py.model.frame import ANONYMOUS
from flamescope_py.readers.json.text import integer, items, member, name, skip_value
from flamescope_py.readers.limits import MAX_DEPTH

NO_NODE = -1
PLAIN, IDLE, WEIGHTLESS = range(3)
# V8's own, without a file: FlameScope counts the last two in heatmaps and not in flame graphs.
_MARKS = {"(idle)": IDLE, "(program)": WEIGHTLESS, "(garbage collector)": WEIGHTLESS}
MAX_HITS = 1 << 40

NO_ID = "a node without an id"
TWICE = "a node whose id another has"
SECOND_PARENT = "a node below two others or itself, kept below the first"
CIRCLE = "a node that no root leads to"
DEEP = f"stacks deeper than {MAX_DEPTH} frames, cut there"

# {"id":3,"callFrame":{"functionName":"","scriptId":"80","url":"node:internal/main/run_main_module",
#  "lineNumber":0,"columnNumber":0},"hitCount":0,"children":[4]}
# {"callFrame":{"codeType":"JS","functionName":"fib","lineNumber":0,"scriptId":7,"url":"http://…"},"id":9,"parent":4}


class ProfileNodes:
    """Feed it lists of nodes, then call `place`. `find` and the columns use rows, in the order fed."""

    def __init__(self, builder: ProfileBuilder) -> None:
        """Hang the nodes into the tree of `builder`, count faults in its report."""
        self.node: npt.NDArray[np.int64] = np.empty(0, dtype=np.int64)
        self._builder = builder
        self._rows: dict[int, int] = {}
        self._frames: list[int] = []
        self._marks: list[int] = []
        self._hits: list[int] = []
        self._parents: list[object] = []
        self._children: list[list[Any]] = []

    @property
    def mark(self) -> npt.NDArray[np.int64]:
        """PLAIN, IDLE or WEIGHTLESS, one per row."""
        return np.array(self._marks, dtype=np.int64)

    @property
    def hits(self) -> npt.NDArray[np.int64]:
        """Samples that V8 itself counted, one number per row."""
        return np.array(self._hits, dtype=np.int64)

    def add(self, nodes: list[Any]) -> None:
        """Take in nodes; their parents and children may come later."""
        for node in nodes:
            known = integer(member(node, "id"))
            if known is None:
                skip_value(self._builder.report, NO_ID, node)
            elif known in self._rows:
                skip_value(self._builder.report, TWICE, node)
            else:
                self._rows[known] = len(self._rows)
                self._append(node)

    def _append(self, node: dict[str, Any]) -> None:
        call = node.get("callFrame")
        function, url = name(member(call, "functionName"), ANONYMOUS), name(member(call, "url"))
        line = integer(member(call, "lineNumber"))
        # V8 counts lines from 0, and writes -1 where there is none.
        library = f"{url}:{line + 1}" if url and line is not None and line >= 0 else url
        hits = integer(node.get("hitCount")) or 0
        self._frames.append(self._builder.frame(function, library))
        self._marks.append(PLAIN if url else _MARKS.get(function, PLAIN))
        self._hits.append(min(max(hits, 0), MAX_HITS))
        self._parents.append(node.get("parent"))
        self._children.append(items(node.get("children")))

    def place(self) -> None:
        """Hang all nodes into the tree: `node` gets the tree's node of every row, or NO_NODE."""
        parents = self._parent_rows()
        below: list[list[int]] = [[] for _ in parents]
        for row, parent in enumerate(parents):
            if parent >= 0:
                below[parent].append(row)
        placed = [NO_NODE] * len(parents)
        level = [row for row, parent in enumerate(parents) if parent < 0]
        depth = 1
        while level:
            for row in level:
                above = placed[parents[row]] if parents[row] >= 0 else 0
                placed[row] = self._child(above, row, depth)
            level = [child for row in level for child in below[row]]
            depth += 1
        lost = placed.count(NO_NODE)
        if lost:
            self._builder.report.skip(CIRCLE, count=lost)
        self.node = np.array(placed, dtype=np.int64)

    def _child(self, above: NodeId, row: int, depth: int) -> NodeId:
        if depth <= MAX_DEPTH:
            return self._builder.child(above, self._frames[row])
        self._builder.report.note(DEEP)
        return above

    def _parent_rows(self) -> list[int]:
        """Return the row of every row's parent, or -1. Where all have a parent, the first becomes a root."""
        parents = [self._row(parent) for parent in self._parents]
        for row, children in enumerate(self._children):
            for child in map(self._row, children):
                if child < 0 or parents[child] == row:
                    continue
                if parents[child] >= 0 or child == row:
                    self._builder.report.repaired += 1
                    self._builder.report.note(SECOND_PARENT)
                else:
                    parents[child] = row
        if parents and min(parents) >= 0:
            parents[0] = NO_NODE
            self._builder.report.repaired += 1
        return parents

    def _row(self, node_id: object) -> int:
        known = integer(node_id)
        return NO_NODE if known is None else self._rows.get(known, NO_NODE)

    def find(self, ids: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """Return the row of every id, NO_NODE where no node of the tree has it."""
        known = np.array(list(self._rows), dtype=np.int64)
        if not len(known):
            return np.full(len(ids), NO_NODE)
        order = np.argsort(known)
        position = np.minimum(np.searchsorted(known, ids, sorter=order), len(known) - 1)
        row = order[position]
        return np.where((known[row] == ids) & (self.node[row] != NO_NODE), row, NO_NODE)
