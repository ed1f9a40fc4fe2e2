"""What an export says about itself besides its stacks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True, slots=True, eq=False)
class SmallHeatmap:
    """When the samples fell: `cells[column, row]`, rows from the highest offset down.

    A column has `step` seconds. `selected` is the range in columns, None for the whole profile.
    """

    cells: npt.NDArray[np.int64]
    step: float
    selected: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True, eq=False)
class About:
    """The title of an export, its range and filters in words, and where in the profile it is."""

    title: str
    words: Sequence[str] = ()
    heatmap: SmallHeatmap | None = None
