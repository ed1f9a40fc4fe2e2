"""JSON in the form of profiles: bounded in size, parsed by orjson, every value checked for its type.

Nothing here recurses, and no content of a file raises an exception other than ours.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import chain
from math import nan
from typing import Any

import numpy as np
import numpy.typing as npt
import orjson

from flamescope_py.errors import BrokenProfileError, TooLargeError
from flamescope_py.model import ParseReport
from flamescope_py.model.report import MAX_NOTES

# Python objects take five to twenty times the bytes of their text, so this many are a few gigabytes.
# Five hours of V8 samples, one per millisecond, are 200 MB.
MAX_JSON = 256 << 20
BOM = b"\xef\xbb\xbf"
BLANKS = b" \t\r\n"
MAX_NAME = 10_000
# Doubles count microseconds exactly up to here, which is the year 2255.
MAX_NUMBER = float(1 << 53)
MAX_INTEGER = (1 << 63) - 1
# No id that a file can name.
NO_ID = -1 << 63
_MAX_DIGITS = 40
_DEEPEST = 1024
_STEP = 1 << 20
# The change of depth at each byte.
_BRACKETS = np.zeros(256, np.int8)
_BRACKETS[[*b"[{"]] = 1
_BRACKETS[[*b"]}"]] = -1
# Python and JavaScript write these instead of numbers. orjson's error is at the N, the I, or before it.
_CONSTANT = re.compile("-?(?:NaN|Infinity)|(?<=-)Infinity")


def whole(chunks: Iterable[bytes]) -> bytes:
    """Join the chunks of a file. Raises TooLargeError past MAX_JSON bytes."""
    parts: list[bytes] = []
    total = 0
    for chunk in chunks:
        parts.append(chunk)
        total += len(chunk)
        require_bound(total)
    return b"".join(parts)


def require_bound(size: int) -> None:
    """Raise TooLargeError where one piece of JSON is longer than MAX_JSON bytes."""
    if size > MAX_JSON:
        raise TooLargeError(
            f"The JSON holds more than {MAX_JSON >> 20} MiB in one piece: record for a shorter time."
        )


def peek(chunks: Iterable[bytes], size: int) -> tuple[bytes, Iterator[bytes]]:
    """Return the first `size` bytes or more, and all chunks again from the first on."""
    rest = iter(chunks)
    parts: list[bytes] = []
    total = 0
    for chunk in rest:
        parts.append(chunk)
        total += len(chunk)
        if total >= size:
            break
    head = b"".join(parts)
    return head, chain([head], rest)


def parse(text: bytes) -> Any:
    """Parse a JSON text; bytes that are not UTF-8 become U+FFFD.

    Raises BrokenProfileError, which names the fault and its place.
    """
    text = text.removeprefix(BOM)
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError as error:
        if "allocate" in error.msg and not _is_deep(text):
            raise MemoryError from error
        if "UTF-8" not in error.msg:
            raise BrokenProfileError(_fault(error)) from error
    try:
        return orjson.loads(text.decode("utf-8", "replace"))
    except orjson.JSONDecodeError as error:
        raise BrokenProfileError(_fault(error)) from error


def _is_deep(text: bytes) -> bool:
    """Return True for a text with brackets more than 1024 levels deep; those in strings count as well."""
    depth = 0
    for start in range(0, len(text), _STEP):
        part = np.frombuffer(text, np.uint8, min(_STEP, len(text) - start), start)
        steps = _BRACKETS[part].cumsum(dtype=np.int64) + depth
        if steps.max() > _DEEPEST:
            return True
        depth = int(steps[-1])
    return False


def _fault(error: orjson.JSONDecodeError) -> str:
    """Return the fault of a JSON text as one sentence."""
    where = f"line {error.lineno}, column {error.colno}"
    constant = _CONSTANT.match(error.doc, error.pos)
    if "end of data" in error.msg or not error.doc.strip():
        return f"The JSON is cut off at {where}: copy the file again."
    # orjson reports the depth of a complete text, but overflows its own stack in a truncated one.
    if "depth limit" in error.msg or "allocate" in error.msg:
        return f"The JSON is nested more than 1024 levels deep at {where}: no profile is."
    if constant:
        return f"The JSON holds {constant[0]} at {where}, which is no number in JSON: record again."
    return f"The JSON is broken at {where} ({error.msg}): copy the file again."


def number(value: object) -> float:
    """Parse an int, float or numeric string. Return NaN if invalid or out of range."""
    kind = type(value)  # not isinstance: true and false are no numbers
    if kind is int or kind is float:
        return float(value) if -MAX_NUMBER <= value <= MAX_NUMBER else nan  # type: ignore[arg-type, operator]
    if isinstance(value, str) and len(value) <= _MAX_DIGITS:
        try:
            return number(float(value))
        except ValueError:
            return nan
    return nan


def integer(value: object) -> int | None:
    """Parse a 64-bit integer, a string of digits or a float like 3.0. Return None for anything else."""
    if isinstance(value, str) and len(value) <= _MAX_DIGITS and value.isascii() and value.isdigit():
        value = int(value)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if type(value) is not int or abs(value) > MAX_INTEGER:
        return None
    return value


def name(value: object, instead: str = "") -> str:
    """Return a name to show, at most MAX_NAME characters of it, `instead` for an empty one."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        value = str(value)
    return value[:MAX_NAME] if isinstance(value, str) and value else instead


def member(value: object, *path: str) -> Any:
    """Follow keys into nested objects; None where there is no object or no such key."""
    for key in path:
        if not isinstance(value, dict):
            return None
        value = value.get(key)
    return value


def items(value: object) -> list[Any]:
    """Return a list, an empty one for anything else."""
    return value if isinstance(value, list) else []


def numbers(values: list[Any]) -> npt.NDArray[np.float64]:
    """Return a column of numbers, NaN for other values."""
    if set(map(type, values)) <= {int, float}:
        column = np.array(values, dtype=np.float64)
        column[~(np.abs(column) <= MAX_NUMBER)] = np.nan
        return column
    return np.array([number(value) for value in values], dtype=np.float64)


def integers(values: list[Any]) -> npt.NDArray[np.int64]:
    """Return a column of ids, NO_ID for other values."""
    if set(map(type, values)) == {int}:
        try:
            return np.array(values, dtype=np.int64)
        except OverflowError:
            pass
    found = (integer(value) for value in values)
    return np.array([NO_ID if value is None else value for value in found], dtype=np.int64)


def sketch(value: object) -> str:
    """Write the beginning of a value, for a note that names it."""
    try:
        return orjson.dumps(value)[:200].decode("utf-8", "replace")
    except orjson.JSONEncodeError:  # nested deeper than orjson writes
        return type(value).__name__


def skip_value(report: ParseReport, reason: str, value: object, count: int = 1) -> None:
    """Count values that were left out, and name one with its beginning while there is room for notes."""
    report.skip(reason, text=sketch(value) if len(report.notes) < MAX_NOTES else "", count=count)
