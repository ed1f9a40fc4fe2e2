"""`flamescope-py export`: a flame graph, or samples, in the form of another program."""

from __future__ import annotations

import sys
from typing import Any

import click

from flamescope_py.commands.options import file_argument, graphing
from flamescope_py.commands.output import ending, output_option, write_graph
from flamescope_py.errors import ParameterError
from flamescope_py.service import EXPORTS

_BINARY = {"pprof"}


@click.command(
    "export",
    epilog="""\b
Examples:
  flamescope-py export perf.out --to svg -o flames.svg
  flamescope-py export perf.out --to speedscope --start 12.3 --end 14 -o spike.speedscope.json
  flamescope-py export perf.out --to firefox -o perf.firefox.json   # for profiler.firefox.com
  flamescope-py export perf.out --to pprof -o cpu.pb.gz && go tool pprof -top cpu.pb.gz""",
)
@file_argument
@click.option("--to", "form", type=click.Choice(list(EXPORTS)), required=True, help="The form to write.")
@graphing
@output_option
@ending
def export(file: str, form: str, type_name: str | None, output: str | None, **given: Any) -> None:
    """Write the flame graph of FILE in the form of another program; - reads standard input.

    pprof and firefox have every sample with its time and thread.
    """
    if form in _BINARY and output is None and sys.stdout.isatty():
        raise ParameterError(f"{form} is no text for a terminal: name a file with -o.")
    write_graph(file, type_name, form, output, given)
