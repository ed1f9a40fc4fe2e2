"""Groups samples by the functions, libraries, kinds and packages of their stacks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from flamescope_py.analysis.breakdown.groups import Counts, Groups, Table, distinct
from flamescope_py.analysis.flavours.packages import named_package_of
from flamescope_py.analysis.view import Shape
from flamescope_py.analysis.vocabulary import FUNCTION, KIND, LIBRARY, PACKAGE
from flamescope_py.model import CallTree, Frame, Profile
from flamescope_py.model.frame import ANONYMOUS

_NO_STACK = "(no stack)"
_EMPTY = {FUNCTION: "(no name)", LIBRARY: "(no library)", KIND: "(no kind)", PACKAGE: "(no package)"}


@dataclass(frozen=True, slots=True, eq=False)
class StackGroups(Groups):
    """Groups by the leaf of each stack, and the columns to count whole stacks by.

    `node` is the row of `tree` of every node of the profile's tree. `outermost` are the nodes of `tree` that
    no caller of the same group has above them, and `group` is the group of each of these. `bare` are the
    nodes of stacks without a frame, which are in the first group.
    """

    tree: CallTree = field(kw_only=True)
    node: npt.NDArray[np.uint32] | None = field(kw_only=True)
    outermost: npt.NDArray[np.intp] = field(kw_only=True)
    group: Table = field(kw_only=True)
    bare: npt.NDArray[np.intp] = field(kw_only=True)

    @property
    def nbytes(self) -> int:
        """Bytes of the arrays, names estimated."""
        return self.table.nbytes + self.outermost.nbytes + self.group.nbytes + 150 * len(self.values)

    def totals(self, raw: Counts) -> Counts:
        """Return the samples with each group anywhere in their stack, of the samples of each node."""
        own = raw if self.node is None else np.bincount(self.node, raw, len(self.tree)).astype(np.int64)
        found = np.bincount(self.group, self.tree.totals(own)[self.outermost], len(self.values))
        found[0] += own[self.bare].sum()
        return found.astype(np.int64)


def stack_groups(profile: Profile, shape: Shape, by: str) -> StackGroups:
    """Group the samples of a profile by FUNCTION, LIBRARY, KIND or PACKAGE, after frame filters.

    Samples whose stack has no frame but its command are in the group "".
    """
    frames, tree = shape.frames, shape.tree
    values, row_of = distinct(by, ["", *(_VALUES[by](frames[row]) for row in range(len(frames)))])
    labels = [_LABELS.get(by, str)(str(value)) for value in values]
    labels[0] = _EMPTY[by] if (row_of[1:] == 0).any() else _NO_STACK
    below = tree.depth > int(profile.meta.owner_level)
    group = np.where(below, row_of[1:][tree.frame] if len(frames) else 0, 0)
    # Bare stacks call nothing: for this they are in a group of their own.
    outermost = np.flatnonzero(tree.outermost(np.where(below, group, len(values))) & below)
    node = _moved(shape)
    return StackGroups(
        by,
        values,
        tuple(labels),
        profile.samples.node,
        group if node is None else group[node],
        tree=tree,
        node=node,
        outermost=outermost,
        group=group[outermost],
        bare=np.flatnonzero(~below),
        missing="" if below.any() else "The profile has no stacks.",
    )


def _moved(shape: Shape) -> npt.NDArray[np.uint32] | None:
    """Return every node's row in the shape's tree, None where nothing moves."""
    if shape.filtered is None or shape.flavoured is None:
        return shape.filtered if shape.flavoured is None else shape.flavoured
    return shape.flavoured[shape.filtered]


def _function(frame: Frame) -> str:
    # Patterns see a frame in this form: its name and its file.
    name, library, _ = frame
    return f"{name} ({library})" if name == ANONYMOUS and library else name


def _library(frame: Frame) -> str:
    _, library, _ = frame
    return library


def _base_name(library: str) -> str:
    return library.rstrip("/").rpartition("/")[2] or library


_VALUES: dict[str, Callable[[Frame], str]] = {
    FUNCTION: _function,
    LIBRARY: _library,
    KIND: lambda frame: frame.kind,
    PACKAGE: named_package_of,
}
_LABELS: dict[str, Callable[[str], str]] = {LIBRARY: _base_name}
