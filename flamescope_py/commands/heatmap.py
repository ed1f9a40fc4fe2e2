"""`flamescope-py heatmap`: when samples fell, drawn in the terminal.

A column is one second (or as many as it takes to fit), two rows share a line as half blocks. Without a
terminal it is plain characters, a line a row, for files, mails and `diff`.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

import click
import numpy as np
import numpy.typing as npt
from rich.console import Console
from rich.style import Style
from rich.text import Text

from flamescope_py.commands.options import (
    ending,
    file_argument,
    options,
    queries,
    read,
    selecting,
    selection_of,
    type_option,
    values,
)
from flamescope_py.service import Heatmap
from flamescope_py.service.parameters import SEARCH

Cells = npt.NDArray[np.int64]

LABEL = 5
PLAIN_WIDTH = 120
# From few samples to the most: as dark as FlameScope's reds on a dark terminal, and as characters.
COLOURS = ("#3b1212", "#6b1a14", "#9c2315", "#cf3014", "#f04c1c", "#ff7a33", "#ffae57", "#ffe3a3")
SHADES = ".:-=+*#@"
UPPER_HALF = "▀"


@click.command(
    "heatmap",
    epilog="""\b
Examples:
  flamescope-py heatmap perf.out
  flamescope-py heatmap perf.out --rows 20 --comm node --exclude epoll_wait
  flamescope-py heatmap perf.out --search 'GarbageCollect'   when does this run?""",
)
@file_argument
@type_option
@click.option("--rows", type=click.IntRange(1, 1000), default=50, show_default=True, help="Parts a second.")
@options(SEARCH)
@selecting
@ending
def heatmap(file: str, type_name: str | None, rows: int, **given: Any) -> None:
    """Draw when the samples of FILE fell; - reads standard input."""
    search = values(given, SEARCH)[SEARCH.name]
    selection = selection_of(given)
    found = queries().heatmap(read(file, type_name), selection, rows, search)
    cells = found.values if found.matches is None else found.matches
    console = Console(highlight=False)
    terminal = sys.stdout.isatty()
    width = (console.width if terminal else PLAIN_WIDTH) - LABEL
    seconds = max(1, -(-len(cells) // width))
    drawn = joined(cells, seconds)
    for line in _coloured(drawn, found) if terminal else map(Text, _plain(drawn, found)):
        console.print(line, soft_wrap=True)
    counted = int(cells.sum())
    console.print(_axis(drawn, seconds), soft_wrap=True)
    console.print(_legend(drawn, seconds, counted, terminal), soft_wrap=True)


def joined(cells: Cells, seconds: int) -> Cells:
    """Add up every `seconds` columns to one."""
    starts = np.arange(0, len(cells), seconds)
    sums: Cells = np.add.reduceat(cells, starts, axis=0)
    return sums


def levels(cells: Cells) -> Cells:
    """Give 0 for nothing, and 1 to 8 for few to the most."""
    most = max(int(cells.max(initial=0)), 1)
    found: Cells = -(-cells * len(COLOURS) // most)
    return found


def _label(found: Heatmap, row: int, step: int) -> str:
    """Name a row by its milliseconds, every fifth line."""
    return f"{found.rows[row]:>4.0f} " if row // step % 5 == 0 else " " * LABEL


def _plain(cells: Cells, found: Heatmap) -> Iterator[str]:
    for row, line in enumerate(levels(cells).T.tolist()):
        shades = "".join(SHADES[level - 1] if level else " " for level in line)
        yield (_label(found, row, 1) + shades).rstrip()


def _coloured(cells: Cells, found: Heatmap) -> Iterator[Text]:
    """Draw two rows a line; the upper is the character's own colour, the lower its ground."""
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


def _axis(cells: Cells, seconds: int) -> Text:
    """Write the second of every tenth column below it."""
    line = ""
    for column in range(0, len(cells), 10):
        mark = f"{column * seconds}"
        if len(line) <= column:
            line = line.ljust(column) + mark
    return Text(" " * LABEL + line + " s", style="dim")


def _legend(cells: Cells, seconds: int, counted: int, terminal: bool) -> Text:
    most = int(cells.max(initial=0))
    text = Text(" " * LABEL + "1 ")
    for level in range(1, len(COLOURS) + 1):
        if terminal:
            text.append("█", Style(color=COLOURS[level - 1]))
        else:
            text.append(SHADES[level - 1])
    width = f", a column is {seconds} s" if seconds > 1 else ""
    return text.append(f" {most:,} samples a cell, {counted:,} in all{width}")
