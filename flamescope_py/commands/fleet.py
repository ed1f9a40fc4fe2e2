"""`flamescope-py fleet`: questions about a collection of many hosts, in the terminal."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any, TypeVar

import click

from flamescope_py.commands.options import options, queries, values
from flamescope_py.commands.output import ending, output_option, plain, write
from flamescope_py.service import FORMATS
from flamescope_py.service.fleet import parameters as asked
from flamescope_py.service.parameters import INVERTED, integer

if TYPE_CHECKING:
    from flamescope_py.service import Cut, Fleet, Moment, Profile

Command = TypeVar("Command", bound=Callable[..., Any])
_SHADES = " .:-=+*#%@"
_COLUMNS = asked.COLUMNS._replace(default=60)
_FILES = asked.LIMIT._replace(meaning="The maximum number of files.", type=integer(1, 1_000_000), default=100)

place_argument = click.argument("place", metavar="PLACE")
json_option = click.option("--json", "as_json", is_flag=True, help="All of it, as the server answers it.")
config_option = click.option("--config", metavar="FILE", help="Settings of the engine, and further filters.")


@click.group("fleet")
def fleet() -> None:
    """Ask questions about the collection of many hosts at PLACE, which `ingest` fills."""


def _asking(*rows: Any) -> Callable[[Command], Command]:
    """Add the options of a cut, those of `rows`, and --config."""

    def decorate(command: Command) -> Command:
        return place_argument(options(*asked.CUT, *rows)(config_option(command)))

    return decorate


@contextmanager
def _opened(place: str, config: str | None) -> Iterator[tuple[Fleet, Moment]]:
    """Open a collection and list it."""
    from flamescope_py.service import Fleet
    from flamescope_py.settings.command import load_settings

    found = Fleet(load_settings(config=config), place)
    try:
        yield found, found.moment()
    finally:
        found.close()


def _cut(given: Mapping[str, Any], found: Fleet, at: Moment, rows: Any = asked.CUT) -> Cut:
    return asked.cut_of(values(given, *rows), found.whole(at), rows)


@fleet.command("totals")
@_asking(asked.BY, asked.FUNCTION)
@json_option
@ending
def totals(place: str, config: str | None, as_json: bool, **given: Any) -> None:
    """Sum up the samples by host, service or version."""
    by, function = values(given, asked.BY, asked.FUNCTION).values()
    with _opened(place, config) as (found, at):
        answer = found.totals(at, _cut(given, found, at), by, function)
    if as_json:
        _print_json(answer)
        return
    matched = "" if function is None else f"{'matches':>12}"
    lines = [f"{by:<40}{'samples':>12}{'idle':>12}{'busy CPUs':>11}{'seconds':>10}{'windows':>9}{matched}"]
    for row in answer.rows:
        busy = "" if row.busy is None else f"{row.busy:.2f}"
        line = f"{plain(row.row):<40}{row.samples:>12,}{row.idle:>12,}{busy:>11}"
        line += f"{row.observed:>10,.0f}{row.windows:>9,}"
        lines.append(line + ("" if function is None else f"{row.matches:>12,}"))
    _print(lines, answer)


@fleet.command("matrix")
@_asking(asked.BY, asked.STEP, _COLUMNS, asked.FUNCTION)
@json_option
@ending
def matrix(place: str, config: str | None, as_json: bool, **given: Any) -> None:
    """Draw the samples by host, service or version and time; with --function, those of a function."""
    by, step, most, function = values(given, asked.BY, asked.STEP, _COLUMNS, asked.FUNCTION).values()
    with _opened(place, config) as (found, at):
        cut = _cut(given, found, at)
        answer = found.matrix(at, cut, by, found.width(cut, step, most), function)
    if as_json:
        _print_json(answer)
        return
    cells: Any = answer.samples if function is None else answer.matches
    highest = max(int(cells.max(initial=0)), 1)
    grid = [[" "] * answer.columns for _ in answer.rows]
    for row, column, count in zip(answer.row.tolist(), answer.column.tolist(), cells, strict=True):
        # A cell with any sample is not blank.
        shade = -(-int(count) * (len(_SHADES) - 1) // highest)
        grid[row][column] = _SHADES[shade]
    lines = [
        f"{_time(answer.start)} to {_time(answer.end)}, a column is {answer.step} s, at most {highest:,}"
    ]
    lines += [f"{plain(name):<24.24} |{''.join(line)}|" for name, line in zip(answer.rows, grid, strict=True)]
    _print(lines, answer)


@fleet.command("functions")
@_asking(asked.BY, asked.LIMIT)
@json_option
@ending
def functions(place: str, config: str | None, as_json: bool, **given: Any) -> None:
    """List the functions on top of most stacks of each host, service or version."""
    by, limit = values(given, asked.BY, asked.LIMIT).values()
    with _opened(place, config) as (found, at):
        answer = found.functions(at, _cut(given, found, at), by, limit)
    if as_json:
        _print_json(answer)
        return
    lines = [f"{by:<28}{'samples':>12}{'share':>9}  function"]
    lines += [
        f"{plain(one.row):<28}{one.samples:>12,}{one.share:>9.1%}  {plain(one.name)}"
        for one in answer.functions
    ]
    _print(lines, answer)


@fleet.command("profiles")
@place_argument
@options(_FILES)
@config_option
@json_option
@ending
def profiles(place: str, config: str | None, as_json: bool, **given: Any) -> None:
    """List the files of the collection, those without a place in time too."""
    with _opened(place, config) as (found, at):
        answer = found.profiles(at, values(given, _FILES)[_FILES.name])
    if as_json:
        _print_json(answer)
        return
    lines = [f"{'service':<20}{'host':<24}{'start':<21}{'seconds':>9}{'samples':>12}  file"]
    for one in answer.profiles:
        start = "no time" if one.start is None else _time(int(one.start))
        line = f"{plain(one.service):<20}{plain(one.host):<24}{start:<21}{one.length:>9.1f}"
        lines.append(line + f"{one.samples:>12,}  {plain(one.source)}")
    if answer.total > len(answer.profiles):
        lines.append(f"and {answer.total - len(answer.profiles):,} more")
    _print(lines, answer)


@fleet.command("export")
@_asking(*asked.TREE_SELECTION)
@click.option("--to-format", "form", type=click.Choice(list(FORMATS)), default="folded", show_default=True)
@click.option("--inverted", is_flag=True, help="Put callers below callees.")
@click.option("--window", is_flag=True, help="Exactly --from to --to, at most an hour.")
@output_option
@ending
def export(place: str, config: str | None, form: str, window: bool, output: str | None, **given: Any) -> None:
    """Write the flame graph of a cut in the form of another program."""
    from flamescope_py.service import About, TimeRange

    with _opened(place, config) as (found, at):
        cut = _cut(given, found, at)
        profile: Profile = found.window(at, cut) if window else found.tree(at, cut)
    graph = queries().graphs.flame_graph(profile, TimeRange(), _question(given, config))
    write(FORMATS[form].write(graph.graph, About("fleet"), graph.unit), output)


@fleet.command("diff")
@_asking(*asked.OTHER_CUT, *asked.TREE_SELECTION)
@click.option("--top", type=click.IntRange(1), default=20, show_default=True, help="Rows of the table.")
@ending
def diff(place: str, config: str | None, top: int, **given: Any) -> None:
    """List the functions with a larger or smaller share in the second cut than in the first."""
    from flamescope_py.commands.diff import OWN, rows, table
    from flamescope_py.service import TimeRange, share_measure

    with _opened(place, config) as (found, at):
        first, second = (_cut(given, found, at, names) for names in (asked.CUT, asked.OTHER_CUT))
        sides = (found.tree(at, first), found.tree(at, second))
    graphs = queries().graphs.pair(sides, (TimeRange(), TimeRange()), _question(given, config))
    counts = (graphs[0].samples, graphs[1].samples)
    measure = share_measure(*counts)
    changed = sorted(rows(graphs, OWN, measure), key=lambda row: (-round(abs(row.change), 9), row.name))
    names = ("first cut", "second cut")
    for line in table(changed[:top], names, counts, measure):
        click.echo(line)


def _question(given: Mapping[str, Any], config: str | None) -> Any:
    from flamescope_py.service import Question, all_filters, parameters
    from flamescope_py.settings.command import load_settings

    chosen = asked.selection_values(values(given, *asked.TREE_SELECTION))
    selection = parameters.selection(chosen, all_filters(load_settings(config=config)))
    return Question(selection, bool(given.get(INVERTED.name)))


def _time(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, timezone.utc).strftime("%Y-%m-%d %H:%M:%S")


def _print_json(answer: object) -> None:
    from flamescope_py.service.wire import encode

    click.echo(encode(answer))


def _print(lines: list[str], answer: Any) -> None:
    for line in (*lines, *_missing(answer)):
        click.echo(line)


def _missing(answer: Any) -> Iterator[str]:
    """Yield a line for the files that are left out, and the first of them."""
    if answer.left_out:
        yield f"{answer.left_out:,} files are left out:"
        yield from (f"  {plain(one.name)}: {plain(one.reason)}" for one in answer.left_out_files)
