"""The functions and commands that a part of a profile has more of than the rest."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from flamescope_py.analysis.findings.material import Material
from flamescope_py.analysis.findings.names import own_code, shown

_LEAST_POINTS = 5.0
_MOST = 40


class More(NamedTuple):
    """A name whose share of the samples rose by so many percentage points.

    `parameter` is that of a selection which keeps its samples. `own` is True for a function of the program,
    which is not of its runtime, the C library or the kernel, and runs on threads of the program's own.
    """

    name: str
    points: float
    parameter: str
    own: bool = False


def words_of(more: More) -> str:
    """Return "`name` +12 points"."""
    return f"`{shown(more.name)}` +{more.points:.0f} points"


def more_functions(material: Material, inside: npt.NDArray[np.bool_]) -> list[More]:
    """Return the functions that the samples of a mask have more of than the others, most first."""
    groups, nodes = material.groups, len(material.profile.tree)
    here, there, helped = (
        groups.totals(np.bincount(material.node[part], minlength=nodes))
        for part in (inside, ~inside, inside & material.helping[material.thread])
    )
    names = list(map(str, groups.values))
    found = largest(names, here, there, int(inside.sum()), int((~inside).sum()), "include")
    frames = material.profile.frames
    known = dict(zip(frames.name, zip(frames.library, frames.kind, strict=True), strict=True))
    causing = dict(zip(names, (2 * helped < here).tolist(), strict=True))
    return [
        one._replace(own=one.name in known and causing[one.name] and own_code(one.name, *known[one.name]))
        for one in found
        if one.name
    ]


def largest(
    names: Sequence[str],
    here: npt.NDArray[np.integer[Any]],
    there: npt.NDArray[np.integer[Any]],
    samples: int,
    others: int,
    parameter: str,
) -> list[More]:
    """Return the values whose share rose most, the largest rise first."""
    points = 100 * (here / max(samples, 1) - there / max(others, 1))
    rows = np.argsort(-points, kind="stable")[:_MOST]
    return [
        More(names[row], float(points[row]), parameter)
        for row in rows.tolist()
        if points[row] >= _LEAST_POINTS
    ]
