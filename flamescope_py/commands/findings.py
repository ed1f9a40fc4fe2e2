"""`flamescope-py findings`: periodic, odd and new behaviour of a file, as sentences."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from typing import Any

import click

from flamescope_py.commands.options import file_argument, type_option
from flamescope_py.commands.output import ending, plain, read

_SHOWN_RANGES = 4


@click.command(
    "findings",
    epilog="""\b
Examples:
  flamescope-py findings perf.out
  flamescope-py findings perf.out --json | jq '.findings[] | select(.kind == "periodic").ranges'""",
)
@file_argument
@type_option
@click.option("--json", "as_json", is_flag=True, help="All of it, as /findings/ answers it.")
@ending
def findings(file: str, type_name: str | None, as_json: bool) -> None:
    """List periodic functions, bursts, gaps and changes of FILE; - reads standard input."""
    import orjson

    from flamescope_py.service import findings_answer

    answer = findings_answer(read(file, type_name))
    click.echo(answer if as_json else "\n".join(_lines(orjson.loads(answer))))


def _lines(answer: dict[str, Any]) -> Iterator[str]:
    yield from map(plain, answer["missing"])
    if not answer["findings"] and not answer["missing"]:
        yield "Nothing stands out."
    for one in answer["findings"]:
        yield f"{one['kind']:<10}  {plain(one['text'])}"
        ranges = [f"{start:g}-{end:g}" for start, end in one["ranges"][:_SHOWN_RANGES]]
        more = len(one["ranges"]) - len(ranges)
        cuts = [(name, value) for name, values in one["selection"].items() for value in values]
        chosen = [f"--{name} {shlex.quote(value)}" for name, value in cuts]
        yield f"{'':<12}{plain(' '.join([*ranges, *([f'and {more} more'] if more > 0 else []), *chosen]))}"
