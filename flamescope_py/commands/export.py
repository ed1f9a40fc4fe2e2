"""`flamescope-py export`: a flame graph, or samples, in the form of another program."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Any

import click

from flamescope_py.commands.options import file_argument, graphing, queries, question_of, range_of
from flamescope_py.commands.output import ending, output_option, read, shown_name, write, write_graph
from flamescope_py.errors import ParameterError
from flamescope_py.service import EXPORTS

HTML = "html"
_BINARY = {"pprof"}
# Marks are files of a profile directory.
NO_MARKS = b'{"files":[]}'


@click.command(
    "export",
    epilog="""\b
Examples:
  flamescope-py export perf.out --to svg -o flames.svg
  flamescope-py export perf.out --to speedscope --start 12.3 --end 14 -o spike.speedscope.json
  flamescope-py export perf.out --to html --start 12.3 --end 14 -o spike.html
  flamescope-py export perf.out --to firefox -o perf.firefox.json   # for profiler.firefox.com
  flamescope-py export perf.out --to pprof -o cpu.pb.gz && go tool pprof -top cpu.pb.gz""",
)
@file_argument
@click.option("--to", "form", type=click.Choice([*EXPORTS, HTML]), required=True, help="The form to write.")
@graphing
@output_option
@ending
def export(file: str, form: str, type_name: str | None, output: str | None, **given: Any) -> None:
    """Write the flame graph of FILE in the form of another program; - reads standard input.

    pprof and firefox have every sample with its time and thread. html is a page that draws the whole view.
    """
    if form in _BINARY and output is None and sys.stdout.isatty():
        raise ParameterError(f"{form} is no text for a terminal: name a file with -o.")
    if form == HTML:
        _write_report(file, type_name, output, given)
    else:
        write_graph(file, type_name, form, output, given)


def _write_report(file: str, type_name: str | None, output: str | None, given: Mapping[str, Any]) -> None:
    """Write a page that draws the view without a server."""
    from flamescope_py.service import Wanted, findings_answer, make_report, report_page

    wanted = Wanted(shown_name(file), range_of(given), question_of(given))
    profile = read(file, type_name)
    data = make_report(queries(), profile, wanted, findings_answer(profile), NO_MARKS)
    write(iter([report_page(wanted.name, data)]), output)
