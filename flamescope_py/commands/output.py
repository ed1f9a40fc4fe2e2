"""Reading files, writing results, and the end of a command.

Exit codes: 0 done, 1 failed, 2 wrong usage, 141 if the reader of the output is gone (as SIGPIPE ends other
programs). Errors are one sentence on standard error.
"""

from __future__ import annotations

import functools
import os
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, NoReturn, TypeVar, cast

import click

from flamescope_py.errors import FlameScopeError, ParameterError
from flamescope_py.service import UNKNOWN_TYPE

if TYPE_CHECKING:
    from flamescope_py.service import Profile

STANDARD_STREAM = "-"
FAILED, WRONG_USAGE, PIPE_CLOSED = 1, 2, 141
# Names come from the file: control characters, which a terminal would obey, are escaped, and those that turn
# the direction of text or end a line.
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")
Command = TypeVar("Command", bound=Callable[..., Any])

output_option = click.option(
    "-o", "--output", metavar="FILE", help="Write to a file, not to standard output."
)


def plain(text: str) -> str:
    """Make a name of a profile safe for a terminal."""
    return _CONTROL.sub(_escaped, text)


def _escaped(found: re.Match[str]) -> str:
    code = ord(found[0])
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"


def shown_name(name: str) -> str:
    """Return the name of a file for titles."""
    return "standard input" if name == STANDARD_STREAM else Path(name).name


def read(name: str, type_name: str | None) -> Profile:
    """Read a file, or standard input if it is called `-`. Raises FlameScopeError and OSError."""
    from flamescope_py.service import read_profile

    with _opened(name) as file:
        return read_profile(file, type_name or UNKNOWN_TYPE, ahead=True)


@contextmanager
def _opened(name: str) -> Iterator[BinaryIO]:
    """Open a file that can be read twice, as sniffing needs. A pipe is copied to a temporary file."""
    with ExitStack() as stack:
        if name == STANDARD_STREAM:
            source: BinaryIO = sys.stdin.buffer
        else:
            source = stack.enter_context(Path(name).open("rb"))
            if source.seekable():
                yield source
                return
        import shutil
        import tempfile

        spooled = stack.enter_context(tempfile.TemporaryFile())
        shutil.copyfileobj(source, spooled, 1 << 20)
        spooled.seek(0)
        yield cast(BinaryIO, spooled)


def write(pieces: Iterator[bytes], output: str | None) -> None:
    """Write to a file, or to standard output. Raises OSError."""
    if output is None or output == STANDARD_STREAM:
        for piece in pieces:
            left = memoryview(piece)
            # Without a buffer (PYTHONUNBUFFERED), a pipe may take a part and then be closed.
            while left:
                left = left[sys.stdout.buffer.write(left) :]
        sys.stdout.buffer.flush()
        return
    with Path(output).open("wb") as file:
        file.writelines(pieces)


def write_graph(
    file: str, type_name: str | None, form: str, output: str | None, given: Mapping[str, Any]
) -> None:
    """Write the flame graph or the samples that the options select, in one of EXPORTS."""
    from flamescope_py.commands.options import queries, question_of, range_of
    from flamescope_py.service import exported

    question, part = question_of(given), range_of(given)
    profile = read(file, type_name)
    write(exported(queries(), profile, part, question, form, shown_name(file)), output)


def ending(command: Command) -> Command:
    """Turn errors into a sentence and an exit code."""

    @functools.wraps(command)
    def run(*arguments: Any, **given: Any) -> None:
        try:
            command(*arguments, **given)
            sys.stdout.flush()
        except BrokenPipeError:
            # The interpreter flushes once more at its end, which would fail again.
            os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
            raise SystemExit(PIPE_CLOSED) from None
        except FlameScopeError as error:
            fail(str(error), WRONG_USAGE if isinstance(error, ParameterError) else FAILED)
        except OSError as error:
            # Libraries raise some without a number, whose text is all there is.
            reason = f"{error.filename or 'The output'}: {error.strerror}." if error.strerror else str(error)
            fail(reason, FAILED)

    return run  # type: ignore[return-value]


def fail(sentence: str, code: int) -> NoReturn:
    """End with a sentence on standard error and an exit code."""
    lines = "\n".join(map(plain, sentence.split("\n")))
    click.echo(f"Error: {lines}", err=True)
    raise SystemExit(code)
