"""Draws the flame graph as one SVG file, root at the bottom, without scripts, foreign fonts or styles.

Every frame is an inner SVG, which clips its text: the whole name is there for searching and copying. Browsers
show its `<title>` under the pointer.
"""

from __future__ import annotations

import colorsys
import zlib
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from flamescope_py.analysis.flamegraph import FlameGraph
from flamescope_py.export.about import About
from flamescope_py.export.svg_caption import caption, escaped
from flamescope_py.model import Frame
from flamescope_py.model.frame import C1, INLINED, INTERPRETED, JIT, KERNEL, USER
from flamescope_py.model.profile import SAMPLES

WIDTHS = (200, 20_000)
ROW = 17
TOP, BOTTOM, MARGIN = 34, 26, 10
# Frames narrower than this many pixels are left out and counted; text starts where some letters fit.
MIN_WIDTH = 0.2
MIN_TEXT_WIDTH = 18
BATCH = 200

# Hue and saturation by kind, with the hues of the screen. The lightness by name separates neighbours.
_COLOURS = {
    USER: (0.085, 0.80),
    KERNEL: (0.60, 0.75),
    JIT: (0.38, 0.50),
    INLINED: (0.15, 0.62),
    INTERPRETED: (0.03, 0.70),
    C1: (0.25, 0.55),
}
_GREY = (0.62, 0.08)
_LIGHTNESS, _SPREAD = 0.76, 0.06


class Tags(NamedTuple):
    """The tags of every node: a colour in place of its kind's, and a few characters before its name."""

    colours: Sequence[str]
    words: Sequence[str]


class _Box(NamedTuple):
    """A frame in the picture: its node, its row of frames, left edge and width in pixels, depth and value."""

    node: int
    frame: int
    left: float
    width: float
    depth: int
    total: int


class _Label(NamedTuple):
    """The text and colour of a box; texts are safe inside XML."""

    name: str
    place: str
    fill: str


def svg(
    graph: FlameGraph,
    title: str,
    width: int = 1200,
    unit: str = SAMPLES,
    tags: Tags | None = None,
    about: About | None = None,
) -> Iterator[bytes]:
    """Yield the picture of a flame graph in pieces; `width` is in pixels, limited to WIDTHS.

    The words and the small heatmap of `about` stand between title and graph.
    """
    width = min(max(width, WIDTHS[0]), WIDTHS[1])
    boxes, left_out = _layout(graph, width - 2 * MARGIN)
    notes, added = caption(about or About(title), width - 2 * MARGIN, MARGIN, TOP)
    height = TOP + added + BOTTOM + ROW * (1 + max(box.depth for box in boxes))
    yield _head(graph, title, width, height, unit, left_out)
    yield notes.encode()
    names = [graph.frames[row] for row in range(len(graph.frames))]
    labels = [_Label(escaped(frame.name), escaped(_place(frame)), colour(frame)) for frame in names]
    whole = max(int(graph.total[0]), 1)
    lines: list[str] = []
    for box in boxes:
        value = f"{box.total:,} {unit}, {box.total / whole:.2%}"
        lines.append(_drawn(box, _label(box, labels[box.frame], tags), height, value))
        if len(lines) == BATCH:
            yield "".join(lines).encode()
            lines.clear()
    yield ("".join(lines) + "</svg>\n").encode()


def _label(box: _Box, label: _Label, tags: Tags | None) -> _Label:
    """Return the label of a box with its tag."""
    if tags is None:
        return label
    word = tags.words[box.node]
    return _Label(f"{word} {label.name}" if word else label.name, label.place, tags.colours[box.node])


def colour(frame: Frame) -> str:
    """Return a frame's colour: its hue by kind, its lightness by name."""
    hue, saturation = _COLOURS.get(frame.kind, _GREY)
    step = zlib.crc32(frame.name.encode("utf-8", "replace")) / 0xFFFFFFFF * 2 - 1
    parts = colorsys.hls_to_rgb(hue, _LIGHTNESS + _SPREAD * step, saturation)
    return "#" + "".join(f"{round(255 * part):02x}" for part in parts)


def _place(frame: Frame) -> str:
    return f" ({frame.library})" if frame.library else ""


def _layout(graph: FlameGraph, width: float) -> tuple[list[_Box], int]:
    """Place the frames that are wide enough; also count the others, with all frames above them."""
    scale = width / max(int(graph.total[0]), 1)
    columns = (graph.frame, graph.depth, graph.total, graph.tree.end)
    frames, depths, totals, ends = (column.tolist() for column in columns)
    # The left edge of the next frame at each depth, in the graph's unit.
    free = [0] * (int(np.max(graph.depth)) + 2)
    boxes, left_out, row = [_Box(0, frames[0], 0, width, 0, totals[0])], 0, 1
    while row < len(frames):
        depth, total = depths[row], totals[row]
        start = free[depth]
        free[depth] += total
        free[depth + 1] = start
        if total * scale < MIN_WIDTH:
            left_out += ends[row] - row
            row = ends[row]
            continue
        boxes.append(_Box(row, frames[row], start * scale, total * scale, depth, total))
        row += 1
    return boxes, left_out


def _head(graph: FlameGraph, title: str, width: int, height: int, unit: str, left_out: int) -> bytes:
    text = escaped(title)
    note = f"{int(graph.total[0]):,} {unit}"
    if left_out:
        note += f"; {left_out:,} frames narrower than {MIN_WIDTH:g} pixels are not drawn"
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}" font-family="sans-serif" font-size="12">\n'
        f"<title>{text}</title>\n"
        '<rect width="100%" height="100%" fill="#ffffff"/>\n'
        f'<text x="{MARGIN}" y="22" font-size="16" fill="#17171a">{text}</text>\n'
        f'<text x="{MARGIN}" y="{height - 9}" fill="#55555c">{note}</text>\n'
    ).encode()


def _drawn(box: _Box, label: _Label, height: int, value: str) -> str:
    name, place, fill = label
    top = height - BOTTOM - ROW * (box.depth + 1)
    text = f'<text x="3" y="12" fill="#17171a">{name}</text>' if box.width >= MIN_TEXT_WIDTH else ""
    # Half a pixel less, so that neighbours are seen apart.
    width = max(box.width - 0.5, MIN_WIDTH)
    return (
        f'<svg x="{MARGIN + box.left:.2f}" y="{top}" width="{width:.2f}" height="{ROW - 1}">'
        f"<title>{name}{place}: {value}</title>"
        f'<rect width="100%" height="100%" rx="2" fill="{fill}"/>{text}</svg>\n'
    )
