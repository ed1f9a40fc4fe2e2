"""`flamescope-py diff`: which functions grew and which shrank, between two files or two ranges of one.

Two files are compared by the CPU time in each second where it is known, two ranges by shares, so that a
longer recording does not look like a slower program.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from flamescope_py.commands.options import graphing, options, queries, question_of, range_of, values
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
from flamescope_py.service.parameters import BASE, END, START

if TYPE_CHECKING:
    from flamescope_py.service import FlameGraph, Measure, Profile

OTHER_RANGE = (
    START._replace(name="compare-start", meaning="Begin of the range of the second file."),
    END._replace(name="compare-end", meaning="End of the range of the second file."),
)
OWN, TOTAL = "own", "total"
TABLE, JSON = "table", "json"


class Change(NamedTuple):
    """A function with its kind, and its samples, share of the whole (0 to 1) and value in each file.

    A value is what the files are measured by: the share, the CPU time in seconds or the amount per second.
    """

    name: str
    kind: str
    samples: tuple[int, int]
    shares: tuple[float, float]
    values: tuple[float, float]

    @property
    def change(self) -> float:
        """The value in the second file less that in the first."""
        return self.values[1] - self.values[0]


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
    "--by", type=click.Choice([OWN, TOTAL]), default=OWN, show_default=True, help="The value to sort by."
)
@options(BASE)
@click.option("--top", type=click.IntRange(1), default=20, show_default=True, help="Rows of the table.")
@click.option(
    "--format", "form", type=click.Choice([TABLE, *DIFFERENCES, JSON]), default=TABLE, show_default=True
)
@output_option
@ending
def diff(first: str, second: str, form: str, by: str, top: int, output: str | None, **given: Any) -> None:
    """List the functions that take more or less in B than in A; - reads standard input.

    The picture (svg) is that of A: red where it has more than B, blue where it has less.
    """
    from flamescope_py.service import FIRST, SECOND, error_prefix
    from flamescope_py.service.queries.measures import difference, measured

    if first == second == STANDARD_STREAM:
        raise click.UsageError("Only one of the two can be standard input.")
    question = question_of(given)
    with error_prefix(FIRST):
        before, part = read(first, given["type_name"]), range_of(given)
    with error_prefix(SECOND):
        after, other = _other(before, first == second, second, given), range_of(given, OTHER_RANGE)
    profiles, parts, names = (before, after), (part, other), (shown_name(first), shown_name(second))
    base = values(given, BASE)[BASE.name]
    if form in DIFFERENCES:
        pair = difference(queries(), profiles, parts, question, base)
        unit = queries().views.unit(before, question.selection)
        write(DIFFERENCES[form].write(pair, " beside ".join(names), unit), output)
        return
    graphs = queries().graphs.pair(profiles, parts, question)
    counts = (graphs[0].samples, graphs[1].samples)
    measure = measured(queries(), profiles, parts, question.selection, counts, base)
    changed = sorted(rows(graphs, by, measure), key=lambda row: (-round(abs(row.change), 9), row.name))
    if form == JSON:
        import orjson

        write(iter([orjson.dumps(_json(changed, counts, measure)), b"\n"]), output)
        return
    lines = table(changed[:top], names, counts, measure)
    write((f"{line}\n".encode("utf-8", "replace") for line in lines), output)


def _other(before: Profile, same: bool, name: str, given: dict[str, Any]) -> Profile:
    """Read the second file, unless it is the first."""
    if same and given["compare_type"] in (None, given["type_name"]):
        return before
    return read(name, given["compare_type"])


def rows(graphs: tuple[FlameGraph, FlameGraph], by: str, measure: Measure) -> Iterator[Change]:
    """Yield the functions whose value differs."""
    from flamescope_py.service import changes

    wholes = [max(graph.samples, 1) for graph in graphs]
    for one in changes(*graphs):
        before, after = getattr(one.before, by), getattr(one.after, by)
        shares = (before / wholes[0], after / wholes[1])
        amounts = (before * measure.first, after * measure.second)
        row = Change(one.name, one.kind, (before, after), shares, amounts if measure.amounts else shares)
        if row.change:
            yield row


def table(
    changed: list[Change], names: tuple[str, str], samples: tuple[int, int], measure: Measure
) -> Iterator[str]:
    yield f"A: {plain(names[0])}, {samples[0]:,} samples"
    yield f"B: {plain(names[1])}, {samples[1]:,} samples"
    if measure.amounts:
        yield f"Measured by {measure.words}"
    if not changed:
        yield f"Every function has the same {'amount' if measure.amounts else 'share'} in both."
        return
    yield f"\n{'A':>9}{'B':>9}{'change':>10}  function"
    for row in changed:
        cells = "".join(
            f"{cell:>{width}}" for cell, width in zip(_cells(row, measure), (9, 9, 10), strict=True)
        )
        yield f"{cells}  {plain(row.name)}{f' [{row.kind}]' if row.kind else ''}"


def _cells(row: Change, measure: Measure) -> tuple[str, str, str]:
    """Return both values and the change of a row."""
    if not measure.amounts:
        return (f"{row.values[0]:.2%}", f"{row.values[1]:.2%}", f"{row.change * 100:+.2f}")
    before, after = map(measure.text, row.values)
    return (before, after, f"{'+' if row.change > 0 else '-'}{measure.text(row.change)}")


def _json(changed: list[Change], samples: tuple[int, int], measure: Measure) -> dict[str, Any]:
    functions = [{**row._asdict(), "change": row.change} for row in changed]
    return {"samples": samples, "measure": measure.words, "functions": functions}
