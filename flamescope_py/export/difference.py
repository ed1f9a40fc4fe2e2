"""Writes two flame graphs in one file, for programs that can show both.

Folded: one line per stack with both counts behind it, the first graph's first, as FlameGraph's difffolded.pl
writes and flamegraph.pl reads. SVG: the first graph, red where it has more and blue where it has less, by the
pair's measure. The difference also stands before each name as a number, since colour alone is not enough for
everyone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import numpy as np

from flamescope_py.analysis.compare import Pair
from flamescope_py.analysis.flamegraph import FlameGraph
from flamescope_py.export.about import About
from flamescope_py.export.folded import folded
from flamescope_py.export.svg import Tags, svg
from flamescope_py.model.profile import SAMPLES

# Red, green and blue of equal, much larger and much smaller values, as on the screen.
_SAME, _MORE, _LESS = (232, 232, 232), (250, 125, 115), (98, 169, 255)


def folded_difference(pair: Pair) -> Iterator[bytes]:
    """Yield every stack of either graph in the order of names: `stack first second`."""
    counts = [_stacks(graph) for graph in (pair.first, pair.second)]
    for stack in sorted({*counts[0], *counts[1]}):
        yield b"%s %d %d\n" % (stack, counts[0][stack], counts[1][stack])


def svg_difference(pair: Pair, title: str, unit: str = SAMPLES) -> Iterator[bytes]:
    """Draw the first graph in the colours of the difference, without stacks that only the second has."""
    graph, other, measure = pair.difference.graph, pair.difference.other, pair.measure
    if other is None:
        raise ValueError("an elided graph has no difference")
    # The counts before rounding, as the page compares them.
    values = graph.total * measure.first - other.total * measure.second
    most = np.abs(values).max() or 1.0
    shares = (np.sign(values) * np.sqrt(np.abs(values) / most)).tolist()
    tags = Tags([_colour(share) for share in shares], [measure.difference(one) for one in values.tolist()])
    about = About(title, (f"difference by {measure.words}",))
    return svg(graph, title, unit=unit, tags=tags, about=about)


def _colour(share: float) -> str:
    """Return the colour of a difference from -1 to 1."""
    end = _MORE if share > 0 else _LESS
    parts = (round(none + (most - none) * abs(share)) for none, most in zip(_SAME, end, strict=True))
    return "#" + "".join(f"{part:02x}" for part in parts)


def _stacks(graph: FlameGraph) -> Counter[bytes]:
    found: Counter[bytes] = Counter()
    for piece in folded(graph):
        for line in piece.splitlines():
            stack, _, count = line.rpartition(b" ")
            found[stack] += int(count)
    return found
