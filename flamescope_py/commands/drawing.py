"""Draws a heatmap in the terminal.

A column is one second or of another length, or as many of them as it takes to fit. Two rows share a line as
half blocks. Without a terminal it is plain characters, one line per row, for files, mails and `diff`.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
from rich.console import Console
from rich.style import Style
from rich.text import Text

from flamescope_py.service import Heatmap

Cells = npt.NDArray[np.int64]

LABEL = 5
PLAIN_WIDTH = 120
# From few samples to the most: FlameScope's reds for a dark terminal, and characters.
COLOURS = ("#3b1212", "#6b1a14", "#9c2315", "#cf3014", "#f04c1c", "#ff7a33", "#ffae57", "#ffe3a3")
SHADES = ".:-=+*#@"
UPPER_HALF = "▀"


def draw(found: Heatmap, terminal: bool) -> None:
    """Print a heatmap; of the matches, if it was searched."""
    cells = found.values if found.matches is None else found.matches
    width = max(shutil.get_terminal_size().columns if terminal else PLAIN_WIDTH, LABEL + 1)
    console = _Console(highlight=False, width=width)
    joined = max(1, -(-len(cells) // (width - LABEL)))
    drawn = join_columns(cells, joined)
    seconds = joined * (1000 if found.bins is None else found.bins.length) / 1000
    coloured = terminal and _can_show(UPPER_HALF, console.encoding)
    for line in _coloured(drawn, found) if coloured else map(Text, _plain(drawn, found)):
        console.print(line, soft_wrap=True)
    console.print(_axis(drawn, seconds), soft_wrap=True)
    console.print(_legend(drawn, seconds, int(cells.sum()), coloured), soft_wrap=True)


class _Console(Console):
    def on_broken_pipe(self) -> None:
        """Leave it to the command, as all other commands do."""
        raise BrokenPipeError


def _can_show(character: str, encoding: str) -> bool:
    try:
        character.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


def join_columns(cells: Cells, count: int) -> Cells:
    """Sum every `count` columns into one."""
    starts = np.arange(0, len(cells), count)
    sums: Cells = np.add.reduceat(cells, starts, axis=0)
    return sums


def levels(cells: Cells) -> Cells:
    """Return the shade of each cell: 0 for no samples, 1 to 8 for few to most."""
    most = max(int(cells.max(initial=0)), 1)
    found: Cells = -(-cells * len(COLOURS) // most)
    return found


def _label(found: Heatmap, row: int, step: int) -> str:
    """Return the milliseconds of a row on every fifth line, else blanks."""
    return f"{found.rows[row]:>4.0f} " if row // step % 5 == 0 else " " * LABEL


def _plain(cells: Cells, found: Heatmap) -> Iterator[str]:
    for row, line in enumerate(levels(cells).T.tolist()):
        shades = "".join(SHADES[level - 1] if level else " " for level in line)
        yield (_label(found, row, 1) + shades).rstrip()


def _coloured(cells: Cells, found: Heatmap) -> Iterator[Text]:
    """Draw two rows per line, the upper in the colour of the character, the lower in that of its ground."""
    lines = levels(cells).T.tolist()
    blank = [0] * len(cells)
    for row in range(0, len(lines), 2):
        text = Text(_label(found, row, 2), style="dim")
        lower = lines[row + 1] if row + 1 < len(lines) else blank
        for pair in zip(lines[row], lower, strict=True):
            text.append(*_cell(*pair))
        yield text


def _cell(upper: int, lower: int) -> tuple[str, Style]:
    colours = [COLOURS[level - 1] if level else None for level in (upper, lower)]
    if colours == [None, None]:
        return " ", Style.null()
    if colours[0] is None:
        return "▄", Style(color=colours[1])
    return UPPER_HALF, Style(color=colours[0], bgcolor=colours[1])


def _axis(cells: Cells, seconds: float) -> Text:
    """Write the second below every tenth column."""
    line = ""
    for column in range(0, len(cells), 10):
        mark = f"{column * seconds:g}"
        if len(line) <= column:
            line = line.ljust(column) + mark
    return Text(" " * LABEL + line + " s", style="dim")


def _legend(cells: Cells, seconds: float, counted: int, coloured: bool) -> Text:
    most = int(cells.max(initial=0))
    text = Text(" " * LABEL + "1 ")
    for level in range(1, len(COLOURS) + 1):
        if coloured:
            text.append("█", Style(color=COLOURS[level - 1]))
        else:
            text.append(SHADES[level - 1])
    width = f", a column is {seconds:g} s" if seconds != 1 else ""
    return text.append(f" {most:,} samples a cell, {counted:,} in all{width}")
