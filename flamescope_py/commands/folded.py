"""`flamescope-py folded`: the stacks of a file in Brendan Gregg's folded form."""

from __future__ import annotations

from typing import Any

import click

from flamescope_py.commands.options import file_argument, graphing
from flamescope_py.commands.output import ending, output_option, write_graph


@click.command(
    "folded",
    epilog="""\b
Examples:
  flamescope-py folded perf.out | flamegraph.pl > flames.svg
  flamescope-py folded perf.out --start 12.3 --end 14 --comm node --filter node
  perf script | flamescope-py folded - --exclude epoll_wait | sort -k2 -n""",
)
@file_argument
@graphing
@output_option
@ending
def folded(file: str, type_name: str | None, output: str | None, **given: Any) -> None:
    """Write FILE's stacks, one per line, with their counts; - reads standard input."""
    write_graph(file, type_name, "folded", output, given)
