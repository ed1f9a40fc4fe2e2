"""The `extras` of JavaScript frames in FlameScope's form of the `nodejs` flavour."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from flamescope_py.analysis.flavours.javascript import OPTIMIZED_TIER, parse_function
from flamescope_py.analysis.flavours.nodejs import ADAPTOR
from flamescope_py.analysis.rewrite import Rewritten
from flamescope_py.model import CallTree, Frame, FrameTable
from flamescope_py.model.frame import JIT

Extras = Mapping[str, object]


@dataclass(frozen=True, slots=True, eq=False)
class Traits:
    """The tiers of functions before a flavour merged them to one frame each.

    `frames` has the extras of every frame of the flavoured tree, None for frames other than JavaScript.
    `adapted` marks the nodes below an arguments adaptor. `optimized` marks the nodes of the unflavoured tree
    whose own samples ran optimised code.
    """

    frames: tuple[Extras | None, ...]
    adapted: npt.NDArray[np.bool_]
    optimized: npt.NDArray[np.bool_]


def traits(tree: CallTree, frames: FrameTable, new: Rewritten) -> Traits:
    """Compare a tree with its `nodejs` flavour."""
    functions = [parse_function(frames[row]) for row in range(len(frames))]
    optimized = np.array([found is not None and found.tier == OPTIMIZED_TIER for found in functions])
    adaptor = np.array([ADAPTOR in name for name in frames.name])
    adapted = np.zeros(len(new.tree), dtype=np.bool_)
    adapted[new.node[adaptor[tree.frame][tree.parent] & ~adaptor[tree.frame]]] = True
    found: dict[int, Extras] = {}
    for node in np.unique(tree.frame, return_index=True)[1].tolist():
        row = int(tree.frame[node])
        function = functions[row]
        if function is not None:
            extras = _extras(frames[row], function.file)
            found.setdefault(int(new.tree.frame[new.node[node]]), extras)
    return Traits(tuple(found.get(row) for row in range(len(new.frames))), adapted, optimized[tree.frame])


def _extras(frame: Frame, file: str) -> Extras:
    extras = {"javascript": True, "v8_jit": frame.kind == JIT, "realName": frame.name}
    return {**extras, "file": file} if file else extras


def node_extras(
    found: Traits, tree: CallTree, kept: npt.NDArray[np.intp], optimized: npt.NDArray[np.int64]
) -> tuple[Extras | None, ...]:
    """Return the extras of the kept nodes; `optimized` has one count per node of the whole tree."""
    return tuple(
        _with_counts(found.frames[frame], count, adapted)
        for frame, count, adapted in zip(
            tree.frame[kept].tolist(), optimized[kept].tolist(), found.adapted[kept].tolist(), strict=True
        )
    )


def _with_counts(extras: Extras | None, optimized: int, adapted: bool) -> Extras | None:
    if extras is None:
        return {"argumentAdaptor": True} if adapted else None
    counted = {**extras, "optimized": optimized}
    return {**counted, "argumentAdaptor": True} if adapted else counted
