"""Categories of frames as the kinds of our frames, and the one that marks idle samples.

Firefox has "Idle", "JavaScript" and "Layout", with subcategories as "JIT (ion)". samply has "User", "Kernel"
and the tiers of JavaScript engines. vernier has "Idle", "Stalled" and "GC".
"""

from __future__ import annotations

import re
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from flamescope_py.model.frame import INLINED, INTERPRETED, JIT, KERNEL, NO_KIND, USER
from flamescope_py.readers.firefox.tables import NONE
from flamescope_py.readers.json.text import items, member, name

Rows: TypeAlias = npt.NDArray[np.int64]

KINDS = (NO_KIND, KERNEL, USER, JIT, INLINED, INTERPRETED)
_PATTERNS = (
    (KERNEL, re.compile(r"(?i)kernel")),
    # Interpreter   JIT (baseline-interpreter)   Baseline Interpreter
    (INTERPRETED, re.compile(r"(?i)interpreter\b")),
    # JIT (ion)   Wasm (baseline)   JavaScript   Baseline   Optimized   Maglev
    (JIT, re.compile(r"(?i)\b(?:jit|wasm|javascript|js|ion|baseline|optimized|midtier|maglev|turbofan)\b")),
    (USER, re.compile(r"(?i)\b(?:user|native)\b")),
)
IDLE = "Idle"
# Real files have about 30 of each.
MAX_CATEGORIES = 1_000


def kind_of(category: str) -> str:
    """Return the kind that the name of a category, or of an implementation, stands for."""
    return next((kind for kind, pattern in _PATTERNS if pattern.search(category)), NO_KIND)


class Categories:
    """The categories of a document."""

    def __init__(self, meta: object) -> None:
        """Take in `meta.categories`."""
        found = items(member(meta, "categories"))[:MAX_CATEGORIES]
        self._names = [name(member(category, "name")) for category in found]
        self._inside = [
            [name(inner) for inner in items(member(category, "subcategories"))[:MAX_CATEGORIES]]
            for category in found
        ]

    def __len__(self) -> int:
        """Count the categories."""
        return len(self._names)

    def idle(self, category: Rows) -> npt.NDArray[np.bool_]:
        """Return True for every row of an idle category."""
        return np.isin(category, [row for row, title in enumerate(self._names) if title == IDLE])

    def kinds(self, category: Rows, inner: Rows) -> Rows:
        """Return a row of KINDS for every pair of a category and a subcategory; either may be NONE."""
        pair = (category + 1) * (MAX_CATEGORIES + 1) + inner + 1
        distinct, place = np.unique(pair, return_inverse=True)
        found = [self._kind(*divmod(one, MAX_CATEGORIES + 1)) for one in distinct.tolist()]
        return np.array(found, np.int64)[place]

    def _kind(self, category: int, inner: int) -> int:
        if category - 1 == NONE:
            return 0
        names = self._inside[category - 1]
        sub = names[inner - 1] if 0 < inner <= len(names) else ""
        return KINDS.index(kind_of(sub) or kind_of(self._names[category - 1]))


def kinds_of(implementations: list[Any]) -> Rows:
    """Return a row of KINDS for the name of every implementation: "ion", "baseline", "interpreter" …"""
    known = {one: KINDS.index(kind_of(one)) for one in set(filter(None, implementations))}
    return np.array([known.get(one, 0) for one in implementations], np.int64)
