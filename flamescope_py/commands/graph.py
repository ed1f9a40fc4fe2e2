"""`flamescope-py folded` and `flamescope-py export`: a flame graph in the form of another program."""

from __future__ import annotations

import sys
from typing import Any

import click

from flamescope_py.commands.options import (
    ending,
    file_argument,
    graphing,
    queries,
    question_of,
    range_of,
    read,
    shown_name,
    write,
)
from flamescope_py.errors import ParameterError
from flamescope_py.service import FORMATS

_BINARY = {"pprof"}
_output = click.option("-o", "--output", metavar="FILE", help="Write to a file, not to standard output.")


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
@_output
@ending
def folded(file: str, type_name: str | None, output: str | None, **given: Any) -> None:
    """Write FILE's stacks, one a line, with their counts; - reads standard input."""
    _export(file, type_name, "folded", output, given)


@click.command(
    "export",
    epilog="""\b
Examples:
  flamescope-py export perf.out --to svg -o flames.svg
  flamescope-py export perf.out --to speedscope --start 12.3 --end 14 -o spike.speedscope.json
  flamescope-py export perf.out --to pprof -o cpu.pb.gz && go tool pprof -top cpu.pb.gz""",
)
@file_argument
@click.option("--to", "form", type=click.Choice(list(FORMATS)), required=True, help="The form to write.")
@graphing
@_output
@ending
def export(file: str, form: str, type_name: str | None, output: str | None, **given: Any) -> None:
    """Write the flame graph of FILE in the form of another program; - reads standard input."""
    if form in _BINARY and output is None and sys.stdout.isatty():
        raise ParameterError(f"{form} is no text for a terminal: name a file with -o.")
    _export(file, type_name, form, output, given)


def _export(file: str, type_name: str | None, form: str, output: str | None, given: dict[str, Any]) -> None:
    question, part = question_of(given), range_of(given)
    found = queries().flame_graph(read(file, type_name), part, question)
    write(FORMATS[form].write(found.graph, shown_name(file), found.unit), output)
