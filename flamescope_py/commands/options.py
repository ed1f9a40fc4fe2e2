"""What the commands share: options made of the table of parameters, files, and how errors end.

Exit codes: 0 done, 1 failed, 2 asked wrongly, 141 when whoever reads the output has gone (as SIGPIPE ends
other programs). Errors are one sentence on standard error.
"""

from __future__ import annotations

import functools
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, BinaryIO, TypeVar, cast

import click

from flamescope_py.errors import FlameScopeError, ParameterError
from flamescope_py.service import TYPES, Profile, Selection, TimeRange, all_filters, parameters, read_alone
from flamescope_py.service.parameters import END, INVERTED, SEARCH, SELECTION, START, Parameter
from flamescope_py.service.queries import Queries, Question
from flamescope_py.settings.command import load_settings

STANDARD_STREAM = "-"
RANGE = (START, END)
FAILED, ASKED_WRONGLY, PIPE_CLOSED = 1, 2, 141
MEMORY = 1 << 30
Command = TypeVar("Command", bound=Callable[..., Any])

file_argument = click.argument("file", metavar="FILE")
type_option = click.option("--type", "type_name", type=click.Choice(TYPES), help="How to read the file.")


def options(*rows: Parameter) -> Callable[[Command], Command]:
    """Give a command an option for every parameter, named as in the addresses of the web."""

    def decorate(command: Command) -> Command:
        for row in reversed(rows):
            help_text = row.meaning + (" May repeat." if row.repeats else "")
            metavar = "|".join(row.kind.words) or str(row.kind.schema.get("type", "TEXT")).upper()
            option = click.option(
                f"--{row.name}", _argument(row.name), multiple=row.repeats, metavar=metavar, help=help_text
            )
            command = option(command)
        return command

    return decorate


def _argument(name: str) -> str:
    return name.replace("-", "_")


def selecting(command: Command) -> Command:
    """Give a command the options of a selection, and the file that may hold further filters."""
    config = click.option("--config", metavar="FILE", help="Settings that name further filters.")
    return options(*SELECTION)(config(command))


def inverting(command: Command) -> Command:
    """Give a command the option --inverted, which takes no value here."""
    return click.option("--inverted", is_flag=True, help="Put callers below callees.")(command)


def graphing(command: Command) -> Command:
    """Give a command all that says which flame graph of a file is meant."""
    return type_option(options(*RANGE)(selecting(inverting(command))))


def values(given: Mapping[str, Any], *rows: Parameter) -> dict[str, Any]:
    """Parse what was given for some parameters. Raises ParameterError."""

    def texts(name: str) -> Sequence[str]:
        value = given.get(_argument(name))
        return () if value is None else value if isinstance(value, tuple) else (value,)

    return parameters.read(rows, texts)


def selection_of(given: Mapping[str, Any]) -> Selection:
    """Make a selection of the options; filters that the server runs by default do not run here."""
    settings = load_settings(config=given.get("config"))
    rows = (*SELECTION, SEARCH) if SEARCH.name in given else SELECTION
    return parameters.selection(values(given, *rows), all_filters(settings))


def question_of(given: Mapping[str, Any]) -> Question:
    """Make the question that the options ask of a flame graph."""
    return Question(selection_of(given), bool(given.get(INVERTED.name)))


def range_of(given: Mapping[str, Any], bounds: tuple[Parameter, Parameter] = RANGE) -> TimeRange:
    """Return the range that --start and --end (or two options like them) name."""
    start, end = values(given, *bounds).values()
    return TimeRange(start, end)


def queries() -> Queries:
    """Return the queries of this process."""
    return Queries(MEMORY)


def read(name: str, type_name: str | None) -> Profile:
    """Read a file, or standard input where it is called `-`. Raises FlameScopeError and OSError."""
    with _opened(name) as file:
        return read_alone(file, type_name)


@contextmanager
def _opened(name: str) -> Iterator[BinaryIO]:
    """Open a file that can be read from its start again, as finding out what it is takes."""
    with ExitStack() as stack:
        if name == STANDARD_STREAM:
            source: BinaryIO = sys.stdin.buffer
        else:
            source = stack.enter_context(Path(name).open("rb"))
            if source.seekable():
                yield source
                return
        spooled = stack.enter_context(tempfile.TemporaryFile())
        shutil.copyfileobj(source, spooled, 1 << 20)
        spooled.seek(0)
        yield cast(BinaryIO, spooled)


def shown_name(name: str) -> str:
    """Name a file in titles."""
    return "standard input" if name == STANDARD_STREAM else Path(name).name


def write(pieces: Iterator[bytes], output: str | None) -> None:
    """Write to a file, or to standard output. Raises OSError."""
    if output is None or output == STANDARD_STREAM:
        sys.stdout.buffer.writelines(pieces)
        sys.stdout.buffer.flush()
        return
    with Path(output).open("wb") as file:
        file.writelines(pieces)


def ending(command: Command) -> Command:
    """Turn errors into a sentence and an exit code."""

    @functools.wraps(command)
    def run(*arguments: Any, **given: Any) -> None:
        try:
            command(*arguments, **given)
            sys.stdout.flush()
        except BrokenPipeError:
            # Nothing more can be written, also not at the interpreter's end.
            os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
            raise SystemExit(PIPE_CLOSED) from None
        except FlameScopeError as error:
            _fail(str(error), ASKED_WRONGLY if isinstance(error, ParameterError) else FAILED)
        except OSError as error:
            _fail(f"{error.filename or 'The output'}: {error.strerror}.", FAILED)

    return run  # type: ignore[return-value]


def _fail(sentence: str, code: int) -> None:
    click.echo(f"Error: {sentence}", err=True)
    raise SystemExit(code)
