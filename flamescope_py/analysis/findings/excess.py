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
    """A name whose share of the samples is larger in a part of a profile, `here`, than `there`, in the rest.

    `parameter` is that of a selection which keeps its samples. `own` is True for a function of the program,
    which is not of its runtime, the C library or the kernel, and runs on threads of the program's own.
    """

    name: str
    here: float
    there: float
    parameter: str
    own: bool = False

    @property
    def points(self) -> float:
        """Return the rise in percentage points."""
        return 100 * (self.here - self.there)


def words_of(found: Sequence[More], where: str = "there") -> str:
    """Return "24% of the samples there (2% elsewhere) are in `name`"."""
    first, *others = found
    base = f"({_percent(first.there)} elsewhere)"
    words = [f"{_percent(first.here)} of the samples {where} {base} are {_place(first)}"]
    words += [f"{_percent(one.here)} ({_percent(one.there)}) {_place(one)}" for one in others]
    return ", ".join(words)


def _place(more: More) -> str:
    return f"{'of' if more.parameter == 'comm' else 'in'} `{shown(more.name)}`"


def _percent(share: float) -> str:
    """Return "24%", and below a tenth one digit: "2%", "0.2%"."""
    return f"{share:.0%}" if share >= 0.095 else f"{100 * share:.1g}%"


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
    one, other = here / max(samples, 1), there / max(others, 1)
    points = 100 * (one - other)
    rows = np.argsort(-points, kind="stable")[:_MOST]
    return [
        More(names[row], float(one[row]), float(other[row]), parameter)
        for row in rows.tolist()
        if points[row] >= _LEAST_POINTS
    ]
