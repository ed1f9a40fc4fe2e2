"""The tables of a thread in the Firefox Profiler's processed form: stacks, frames, functions, resources."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from flamescope_py.analysis.chosen import ChosenSamples
from flamescope_py.export.stacks import valid
from flamescope_py.model.frame import C1, INLINED, INTERPRETED, JIT, KERNEL, USER

Rows = npt.NDArray[np.int64]


def _category(name: str, color: str, *inside: str) -> dict[str, Any]:
    return {"name": name, "color": color, "subcategories": ["Other", *inside]}


# The first grey one is that of frames without a kind.
CATEGORIES = [
    _category("Other", "grey"),
    _category("Idle", "transparent", "User", "Kernel", "JIT", "Interpreter"),
    _category("User", "yellow"),
    _category("Kernel", "orange"),
    _category("JIT", "green"),
    _category("Interpreter", "red"),
]
IDLE = 1
# The category of a kind. For idle frames, the subcategory before it.
_OF_KIND = {USER: 2, INLINED: 2, KERNEL: 3, JIT: 4, C1: 4, INTERPRETED: 5}
_MANAGED = {JIT, C1, INTERPRETED}
_LIBRARY = 1  # a type of resources


class Texts:
    """The strings of all threads."""

    def __init__(self) -> None:
        """Start without strings."""
        self._rows: dict[str, int] = {}

    def __call__(self, text: str) -> int:
        """Return the row of a string, which is added if it is new."""
        return self._rows.setdefault(valid(text), len(self._rows))

    def table(self) -> list[str]:
        """Return all strings in the order of their rows."""
        return list(self._rows)


class ThreadTables:
    """The tables of the samples at some rows."""

    def __init__(self, chosen: ChosenSamples, rows: Rows, libraries: dict[str, int], texts: Texts) -> None:
        """`libraries` has the row of every library in the file, by its name."""
        tree = chosen.tree
        nodes = chosen.node[rows]
        self._level = 1 if chosen.owner_level else 0
        self._nodes = _with_callers(np.unique(nodes), tree.parent, tree.depth, self._level)
        idle = self._only_idle(nodes, chosen.idle[rows])
        key = tree.frame[self._nodes].astype(np.int64) * 2 + idle
        pairs, self._frame = np.unique(key, return_inverse=True)
        parent = np.searchsorted(self._nodes, tree.parent[self._nodes]).tolist()
        tops = (tree.depth[self._nodes] == self._level + 1).tolist()
        self._prefix = [None if top else row for row, top in zip(parent, tops, strict=True)]
        self._content = _frames(chosen, pairs, libraries, texts)

    def _only_idle(self, nodes: Rows, idle: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
        """Return True for the nodes where idle samples end, and no others."""
        return np.isin(self._nodes, nodes[idle]) & ~np.isin(self._nodes, nodes[~idle])

    def stacks(self, nodes: Rows) -> list[int | None]:
        """Return the row of each node among the stacks, None for one that has no frame."""
        place = np.searchsorted(self._nodes, nodes)
        known = np.isin(nodes, self._nodes).tolist()
        return [row if has else None for row, has in zip(place.tolist(), known, strict=True)]

    def content(self) -> dict[str, Any]:
        """Return the tables by their names."""
        stacks = {"length": len(self._nodes), "prefix": self._prefix, "frame": self._frame}
        return {"stackTable": stacks, **self._content}


def _with_callers(
    nodes: Rows, parent: npt.NDArray[np.uint32], depth: npt.NDArray[np.uint32], level: int
) -> Rows:
    """Return nodes and their callers below a level, sorted: callers come before callees."""
    found = [nodes[depth[nodes] > level]]
    while len(found[-1]):
        above = np.unique(parent[found[-1]]).astype(np.int64)
        found.append(above[depth[above] > level])
    return np.unique(np.concatenate(found))


def _frames(chosen: ChosenSamples, pairs: Rows, libraries: dict[str, int], texts: Texts) -> dict[str, Any]:
    """Return the tables of frames, functions and resources.

    A pair is twice a frame, plus 1 for an idle one.
    """
    names = [chosen.frames[pair >> 1] for pair in pairs.tolist()]
    count = len(names)
    used = sorted({libraries[frame.library] for frame in names if frame.library})
    resources = {library: row for row, library in enumerate(used)}
    by_row = {row: library for library, row in libraries.items()}
    kinds = [_OF_KIND.get(frame.kind, 0) for frame in names]
    idle = [pair & 1 for pair in pairs.tolist()]
    category = [IDLE if resting else kind for resting, kind in zip(idle, kinds, strict=True)]
    subcategory = [max(kind - 1, 0) if resting else 0 for resting, kind in zip(idle, kinds, strict=True)]
    managed = [frame.kind in _MANAGED for frame in names]
    nothing: list[None] = [None] * count
    return {
        "frameTable": {
            "length": count,
            "address": [-1] * count,
            "inlineDepth": [int(frame.kind == INLINED) for frame in names],
            "category": category,
            "subcategory": subcategory,
            "func": list(range(count)),
            "nativeSymbol": nothing,
            "innerWindowID": [0] * count,
            "line": nothing,
            "column": nothing,
        },
        "funcTable": {
            "length": count,
            "name": [texts(frame.name) for frame in names],
            "isJS": managed,
            "relevantForJS": [False] * count,
            "resource": [resources[libraries[frame.library]] if frame.library else -1 for frame in names],
            "fileName": nothing,
            "lineNumber": nothing,
            "columnNumber": nothing,
        },
        "resourceTable": {
            "length": len(used),
            "lib": used,
            "name": [texts(by_row[library]) for library in used],
            "host": [None] * len(used),
            "type": [_LIBRARY] * len(used),
        },
        "nativeSymbols": {"length": 0, "libIndex": [], "address": [], "name": [], "functionSize": []},
    }
