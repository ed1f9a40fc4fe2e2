"""`flamescope-py diff`: which functions grew and which shrank, between two files or two ranges of one.

Each side counts as a whole, so that a longer recording does not look like a slower program.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from flamescope_py.commands.options import graphing, options, queries, question_of, range_of
from flamescope_py.commands.output import (
    STANDARD_STREAM,
    ending,
    output_option,
    plain,
    read,
    shown_name,
    write,
)
from flamescope_py.service import DIFFERENCES, TYPES
from flamescope_py.service.parameters import END, START

if TYPE_CHECKING:
    from flamescope_py.service import FlameGraph, Profile

OTHER_RANGE = (
    START._replace(name="compare-start", meaning="Begin of the range of the second file."),
    END._replace(name="compare-end", meaning="End of the range of the second file."),
)
OWN, TOTAL = "own", "total"
TABLE, JSON = "table", "json"


class Change(NamedTuple):
    """A function with its kind, and its samples and share of the whole (0 to 1) in each file."""

    name: str
    kind: str
    samples: tuple[int, int]
    shares: tuple[float, float]

    @property
    def change(self) -> float:
        """The share in the second file less that in the first."""
        return self.shares[1] - self.shares[0]


@click.command(
    "diff",
    epilog="""\b
Examples:
  flamescope-py diff before.perf after.perf
  flamescope-py diff perf.out perf.out --start 0 --end 10 --compare-start 30 --compare-end 40
  flamescope-py diff before.perf after.perf --by total --comm node --format json | jq .functions[0]
  flamescope-py diff before.perf after.perf --format folded | flamegraph.pl > diff.svg
  flamescope-py diff after.perf before.perf --format svg -o diff.svg""",
)
@click.argument("first", metavar="A")
@click.argument("second", metavar="B")
@graphing
@click.option("--compare-type", type=click.Choice(TYPES), help="How to read the second file.")
@options(*OTHER_RANGE)
@click.option(
    "--by", type=click.Choice([OWN, TOTAL]), default=OWN, show_default=True, help="The share to sort by."
)
@click.option("--top", type=click.IntRange(1), default=20, show_default=True, help="Rows of the table.")
@click.option(
    "--format", "form", type=click.Choice([TABLE, *DIFFERENCES, JSON]), default=TABLE, show_default=True
)
@output_option
@ending
def diff(first: str, second: str, form: str, by: str, top: int, output: str | None, **given: Any) -> None:
    """List the functions with a larger or smaller share in B than in A; - reads standard input.

    The picture (svg) is that of A: red where it has more than B, blue where it has less.
    """
    from flamescope_py.service import FIRST, SECOND, error_prefix

    if first == second == STANDARD_STREAM:
        raise click.UsageError("Only one of the two can be standard input.")
    question = question_of(given)
    with error_prefix(FIRST):
        before, part = read(first, given["type_name"]), range_of(given)
    with error_prefix(SECOND):
        after, other = _other(before, first == second, second, given), range_of(given, OTHER_RANGE)
    profiles, parts, names = (before, after), (part, other), (shown_name(first), shown_name(second))
    if form in DIFFERENCES:
        pair = queries().difference(profiles, parts, question)
        unit = queries().unit(before, question.selection)
        write(DIFFERENCES[form].write(pair, " beside ".join(names), unit), output)
        return
    graphs = queries().graphs(profiles, parts, question)
    changed = sorted(rows(graphs, by), key=lambda row: (-round(abs(row.change), 9), row.name))
    if form == JSON:
        import orjson

        write(iter([orjson.dumps(_json(changed, graphs)), b"\n"]), output)
        return
    lines = table(changed[:top], names, (graphs[0].samples, graphs[1].samples))
    write((f"{line}\n".encode("utf-8", "replace") for line in lines), output)


def _other(before: Profile, same: bool, name: str, given: dict[str, Any]) -> Profile:
    """Read the second file, unless it is the first."""
    if same and given["compare_type"] in (None, given["type_name"]):
        return before
    return read(name, given["compare_type"])


def rows(graphs: tuple[FlameGraph, FlameGraph], by: str) -> Iterator[Change]:
    """Yield the functions whose share differs."""
    from flamescope_py.service import changes

    wholes = [max(graph.samples, 1) for graph in graphs]
    for one in changes(*graphs):
        before, after = getattr(one.before, by), getattr(one.after, by)
        row = Change(one.name, one.kind, (before, after), (before / wholes[0], after / wholes[1]))
        if row.change:
            yield row


def table(changed: list[Change], names: tuple[str, str], samples: tuple[int, int]) -> Iterator[str]:
    yield f"A: {plain(names[0])}, {samples[0]:,} samples"
    yield f"B: {plain(names[1])}, {samples[1]:,} samples"
    if not changed:
        yield "Every function has the same share in both."
        return
    yield f"\n{'A':>9}{'B':>9}{'change':>10}  function"
    for row in changed:
        shares = f"{row.shares[0]:>9.2%}{row.shares[1]:>9.2%}{row.change * 100:>+10.2f}"
        yield f"{shares}  {plain(row.name)}{f' [{row.kind}]' if row.kind else ''}"


def _json(changed: list[Change], graphs: tuple[FlameGraph, FlameGraph]) -> dict[str, Any]:
    functions = [{**row._asdict(), "change": row.change} for row in changed]
    return {"samples": [graph.samples for graph in graphs], "functions": functions}
