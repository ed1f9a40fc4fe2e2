"""`flamescope-py breakdown`: who was busy in a range, by command, thread, CPU, function and so on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

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
from flamescope_py.commands.output import ending, plain, read
from flamescope_py.errors import ParameterError
from flamescope_py.service.parameters import BY, DECIMAL, LIMIT

if TYPE_CHECKING:
    from flamescope_py.service import Breakdown, TimeRange

_BY = BY._replace(default="comm", required=False)
_LIMIT = LIMIT._replace(default=20)


@click.command(
    "breakdown",
    epilog="""\b
Examples:
  flamescope-py breakdown perf.out --by thread --range 58-62.5
  flamescope-py breakdown perf.out --by function --range 58-62.5 --rest
  flamescope-py breakdown perf.out --by cpu --comm node --json | jq .rows.busy""",
)
@file_argument
@type_option
@options(_BY, _LIMIT)
@click.option("--range", "part", metavar="START-END", help="Seconds from the first whole second.")
@click.option("--rest", is_flag=True, help="Add the change from the rest of the file, in points.")
@selecting
@click.option("--json", "as_json", is_flag=True, help="All of it, as /breakdown/ answers it.")
@ending
def breakdown(
    file: str, type_name: str | None, part: str | None, rest: bool, as_json: bool, **given: Any
) -> None:
    """Count a range of FILE by one property; - reads standard input."""
    from flamescope_py.service import breakdown_answer

    by, limit = values(given, _BY, _LIMIT).values()
    selection, chosen = selection_of(given), _range_of(part)
    profile, asked = read(file, type_name), queries()
    other = (profile, chosen._replace(outside=True)) if rest else None
    found = asked.breakdowns.breakdown(by, limit, (profile, chosen), selection, other)
    if as_json:
        click.echo(breakdown_answer(found, asked.views.unit(profile, selection)))
    else:
        click.echo("\n".join(_lines(found)))


def _range_of(text: str | None) -> TimeRange:
    """Parse `58-62.5`; an open side is the begin or the end: `58-`. Raises ParameterError."""
    from flamescope_py.service import TimeRange

    if text is None:
        return TimeRange()
    start, dash, end = text.partition("-")
    try:
        if not dash or not (start or end):
            raise ValueError
        bounds = [DECIMAL.parse(one) if one else None for one in (start, end)]
    except ValueError as error:
        sentence = f"range is {text[:100]!r}: it must be two numbers of seconds, as in 58-62.5."
        raise ParameterError(sentence) from error
    return TimeRange(bounds[0], bounds[1])


def _lines(found: Breakdown) -> Iterator[str]:
    rate, rows = found.rate, found.rows
    known = [f"{found.samples:,} samples", f"{found.seconds:.3g} s"]
    if found.busy is not None:
        of, one = ("", False) if rate.cpus is None else (f" of {rate.cpus}", rate.cpus == 1)
        known.append(f"{found.busy:.2f}{of} {'CPU' if one else 'CPUs'} busy")
    yield ", ".join(known)
    yield from (plain(sentence) for sentence in found.missing)
    change = rows.delta
    title = "    change" if change is not None else ""
    yield f"\n{found.by:<44}{'samples':>12}{'self':>12}{'share':>8}{'busy':>8}{title}"
    for row, label in enumerate(rows.label):
        if not rows.samples[row] and (change is None or not change[row]):
            continue
        busy = rows.busy[row]
        yield (
            f"  {plain(label):<42}{int(rows.samples[row]):>12,}{int(rows.own[row]):>12,}"
            f"{rows.share[row]:>8.1%}{'' if busy is None else f'{busy:.2f}':>8}"
            + ("" if change is None else f"{change[row]:>+10.1f}")
        )
    left = found.present - int((rows.samples > 0).sum())
    if left:
        yield f"  and {left:,} more{found.other_samples:>31,}"
