"""The options that commands share, made of the table of parameters, and the values that they name.

Modules that need numpy are imported inside functions: `COMMAND --help` does without them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

import click

from flamescope_py.service import TYPES, parameters
from flamescope_py.service.parameters import END, INVERTED, SEARCH, SELECTION, START, Parameter

if TYPE_CHECKING:
    from flamescope_py.service import FrameFilter, Queries, Question, Selection, TimeRange

RANGE = (START, END)
MEMORY = 1 << 30
Command = TypeVar("Command", bound=Callable[..., Any])

file_argument = click.argument("file", metavar="FILE")
type_option = click.option("--type", "type_name", type=click.Choice(TYPES), help="How to read the file.")


def options(*rows: Parameter) -> Callable[[Command], Command]:
    """Add an option for each parameter, with the name that it has in addresses."""

    def decorate(command: Command) -> Command:
        for row in reversed(rows):
            help_text = row.meaning + (" May repeat." if row.repeats else "")
            metavar = "|".join(row.type.words) or str(row.type.schema.get("type", "TEXT")).upper()
            option = click.option(
                f"--{row.name}", _argument(row.name), multiple=row.repeats, metavar=metavar, help=help_text
            )
            command = option(command)
        return command

    return decorate


def _argument(name: str) -> str:
    return name.replace("-", "_")


def selecting(command: Command) -> Command:
    """Add the options of a selection, and the settings file that may name further filters."""
    config = click.option("--config", metavar="FILE", help="Settings that name further filters.")
    return options(*SELECTION)(config(command))


def inverting(command: Command) -> Command:
    """Add the option --inverted, which takes no value here."""
    return click.option("--inverted", is_flag=True, help="Put callers below callees.")(command)


def graphing(command: Command) -> Command:
    """Add all options that select one flame graph of a file."""
    return type_option(options(*RANGE)(selecting(inverting(command))))


def values(given: Mapping[str, Any], *rows: Parameter) -> dict[str, Any]:
    """Parse the options of some parameters. Raises ParameterError."""

    def texts(name: str) -> Sequence[str]:
        value = given.get(_argument(name))
        return () if value is None else value if isinstance(value, tuple) else (value,)

    return parameters.read(rows, texts)


def selection_of(given: Mapping[str, Any]) -> Selection:
    """Make a selection of the options. The default filters of the server do not run here."""
    rows = (*SELECTION, SEARCH) if SEARCH.name in given else SELECTION
    return parameters.selection(values(given, *rows), _filters(given))


def _filters(given: Mapping[str, Any]) -> Mapping[str, FrameFilter]:
    """Return all filters, or none where the options name neither a filter nor a file of settings."""
    if not given.get("filter") and given.get("config") is None:
        return {}
    from flamescope_py.service import all_filters
    from flamescope_py.settings.command import load_settings

    return all_filters(load_settings(config=given.get("config")))


def question_of(given: Mapping[str, Any]) -> Question:
    """Make the question about a flame graph that the options ask."""
    from flamescope_py.service import Question

    return Question(selection_of(given), bool(given.get(INVERTED.name)))


def range_of(given: Mapping[str, Any], bounds: tuple[Parameter, Parameter] = RANGE) -> TimeRange:
    """Return the range that --start and --end (or two options like them) name."""
    from flamescope_py.service import TimeRange

    return TimeRange(*values(given, *bounds).values())


def queries() -> Queries:
    """Return the queries of this process."""
    from flamescope_py.service import Queries

    return Queries(MEMORY)
