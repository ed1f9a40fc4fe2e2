"""`flamescope-py heatmap`: when samples fell, drawn in the terminal."""

from __future__ import annotations

import sys
from typing import Any

import click

from flamescope_py.commands.options import (
    file_argument,
    options,
    queries,
    selecting,
    selection_of,
    type_option,
    values,
)
from flamescope_py.commands.output import ending, read
from flamescope_py.service.parameters import COLUMN_LENGTH, SEARCH

LENGTH = COLUMN_LENGTH._replace(name="column-length")


@click.command(
    "heatmap",
    epilog="""\b
Examples:
  flamescope-py heatmap perf.out
  flamescope-py heatmap perf.out --rows 20 --comm node --exclude epoll_wait
  flamescope-py heatmap short.out --column-length 50ms
  flamescope-py heatmap perf.out --search 'GarbageCollect'   when does this run?""",
)
@file_argument
@type_option
@click.option(
    "--rows", type=click.IntRange(1, 1000), default=50, show_default=True, help="Parts of a column."
)
@options(LENGTH, SEARCH)
@selecting
@ending
def heatmap(file: str, type_name: str | None, rows: int, **given: Any) -> None:
    """Draw when the samples of FILE fell; - reads standard input."""
    from flamescope_py.commands.drawing import draw
    from flamescope_py.service import Columns

    length, search = values(given, LENGTH, SEARCH).values()
    selection = selection_of(given)
    found = queries().heatmaps.heatmap(read(file, type_name), selection, rows, search, Columns(length=length))
    draw(found, sys.stdout.isatty())
