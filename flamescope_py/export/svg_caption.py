"""The part of an SVG above its graph: range and filters in words, and a small heatmap."""

from __future__ import annotations

import html
import re

from flamescope_py.export.about import About, SmallHeatmap

LINE, CELL, GAP = 17, 4, 8
_MOST_WIDTH = 12.0
# From few samples to the most, as the page's red palette.
_REDS = ("#fbd0c9", "#f6a69a", "#ef7a69", "#e24e3c", "#c8201f", "#9b0d1c")
_OUTSIDE, _OUTLINE = "#e6e7ec", "#17171a"
_LONGEST_WORDS = 240
# Characters that XML cannot hold, not even escaped.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


def escaped(text: str) -> str:
    """Escape any text for XML, as text and as attribute."""
    return html.escape(_FORBIDDEN.sub("\ufffd", text))


def caption(about: About, width: float, left: float, top: float) -> tuple[str, int]:
    """Return the elements from `top` pixels down, and the pixels that they take; nothing without words."""
    text, height = "", 0
    if about.words:
        words = " · ".join(about.words)
        words = words if len(words) <= _LONGEST_WORDS else words[:_LONGEST_WORDS] + "…"
        text += f'<text x="{left:g}" y="{top + 12:g}" fill="#55555c">{escaped(words)}</text>\n'
        height += LINE + GAP // 2
    if about.heatmap is not None and about.heatmap.cells.size:
        text += _drawn(about.heatmap, width, left, top + height)
        height += CELL * about.heatmap.cells.shape[1] + GAP
    return text, height


def _drawn(heatmap: SmallHeatmap, width: float, left: float, top: float) -> str:
    """Draw one path a colour: a small heatmap has a few thousand cells."""
    cells = heatmap.cells
    columns, rows = cells.shape
    column = min(width / columns, _MOST_WIDTH)
    most = max(int(cells.max()), 1)
    levels = -(-cells * len(_REDS) // most)
    rect = f'x="{left:g}" y="{top:g}" width="{columns * column:.2f}" height="{CELL * rows}"'
    parts = [f'<rect {rect} fill="{_OUTSIDE}"/>\n']
    for level, colour in enumerate(_REDS, 1):
        steps = [
            f"M{left + x * column:.2f} {top + CELL * y:g}h{column:.2f}v{CELL}h-{column:.2f}z"
            for x, y in zip(*(axis.tolist() for axis in (levels == level).nonzero()), strict=True)
        ]
        if steps:
            parts.append(f'<path d="{"".join(steps)}" fill="{colour}"/>\n')
    if heatmap.selected is not None:
        start, end = (min(max(edge, 0.0), float(columns)) for edge in heatmap.selected)
        x, wide = left + start * column, max((end - start) * column, 1.0)
        parts.append(
            f'<rect x="{x:.2f}" y="{top - 2:g}" width="{wide:.2f}" height="{CELL * rows + 4}" fill="none" '
            f'stroke="{_OUTLINE}" stroke-width="1.5"/>\n'
        )
    return "".join(parts)
