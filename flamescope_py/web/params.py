"""Reads query parameters strictly into frozen values; anything malformed is a 400 that says what is expected.

A parameter that is not marked as repeatable may come once: of two different values, which one was
meant? Parameters that nobody reads are ignored, as FlameScope does.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Collection, Mapping
from typing import Any

from flask import Request

from flamescope_py.errors import ParameterError
from flamescope_py.service import (
    MAX_PATTERN,
    MAX_PATTERNS,
    TYPES,
    UNKNOWN_TYPE,
    FrameFilter,
    ProfileRef,
    Seconds,
    Selection,
    Service,
)

DEFAULT_ROWS = 50
NO_FILTER = "none"
# 12  12.5  .5  1e-7 (as JavaScript writes small numbers); not nan, inf or 1_000
_DECIMAL = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_LONGEST_DECIMAL = 64


class Query:
    """The parameters of one request."""

    def __init__(self, request: Request) -> None:
        """Raises ParameterError for an address that is not UTF-8."""
        try:
            self._values: Mapping[str, list[str]] = dict(request.args.lists())
        except UnicodeDecodeError as error:
            raise ParameterError("The address is not UTF-8: percent-encode its parameters.") from error

    def one(self, name: str) -> str | None:
        """Give a parameter that may come once, None if it does not come."""
        values = self._values.get(name, [])
        if len(set(values)) > 1:
            raise ParameterError(f"{name} is given {len(values)} times: give it once.")
        if values and not values[0]:
            raise ParameterError(f"{name} is empty: give it a value or leave it out.")
        return values[0] if values else None

    def many(self, name: str) -> tuple[str, ...]:
        """Give the different values of a parameter that may repeat, in order."""
        values = self._values.get(name, [])
        if not all(values):
            raise ParameterError(f"{name} is empty: give it a value or leave it out.")
        return tuple(dict.fromkeys(values))


def profile_ref(query: Query) -> ProfileRef:
    """Read `filename` and `type`."""
    name = query.one("filename")
    if name is None:
        raise ParameterError("filename is missing: name a profile of the list.")
    return ProfileRef(name, choice(query, "type", (*TYPES, UNKNOWN_TYPE), UNKNOWN_TYPE))


def choice(query: Query, name: str, choices: Collection[str], default: str) -> str:
    """Read a parameter that is one of several words."""
    value = query.one(name)
    if value is None:
        return default
    if value not in choices:
        raise ParameterError(f"{name} is {_quoted(value)}: it must be one of {', '.join(choices)}.")
    return value


def rows(query: Query, highest: int) -> int:
    """Read the number of rows of a heatmap, 1 to `highest`."""
    text = query.one("rows") or str(DEFAULT_ROWS)
    number = int(text) if re.fullmatch(r"[0-9]{1,9}", text) else 0
    if not 1 <= number <= highest:
        raise ParameterError(f"rows is {_quoted(text)}: it must be a whole number from 1 to {highest}.")
    return number


def seconds(query: Query, name: str) -> Seconds | None:
    """Read a bound of a range; the profile is asked later whether it lies inside."""
    text = query.one(name)
    if text is None:
        return None
    number = math.nan
    if len(text) <= _LONGEST_DECIMAL and _DECIMAL.fullmatch(text):
        number = float(text)
    if not math.isfinite(number):
        raise ParameterError(f"{name} is {_quoted(text)}: it must be a decimal number of seconds.")
    return number


def selection(query: Query, service: Service) -> Selection:
    """Read what the question is about, apart from time."""
    fields: dict[str, Any] = {field: parse(query, service) for field, parse in _SELECTION.items()}
    chosen = Selection(**fields)
    _check_patterns(chosen.drop)
    return chosen


def _frame_filters(query: Query, service: Service) -> tuple[FrameFilter, ...]:
    names = query.many("filter")
    known = service.filters()
    for name in names:
        if name != NO_FILTER and name not in known:
            raise ParameterError(
                f"There is no filter {_quoted(name)}: there are {', '.join(known)} and {NO_FILTER}."
            )
    if not names:
        return service.default_filters
    return tuple(known[name] for name in names if name != NO_FILTER)


def _check_patterns(patterns: Collection[str]) -> None:
    if len(patterns) > MAX_PATTERNS:
        raise ParameterError(f"{len(patterns)} patterns are given: at most {MAX_PATTERNS} are allowed.")
    longest = max(map(len, patterns), default=0)
    if longest > MAX_PATTERN:
        raise ParameterError(f"A pattern has {longest} characters: at most {MAX_PATTERN} are allowed.")


def _quoted(text: str) -> str:
    return repr(text if len(text) <= 100 else text[:100] + "…")


# One line for every field of Selection.
_SELECTION: Mapping[str, Callable[[Query, Service], object]] = {
    "filters": _frame_filters,
    "drop": lambda query, _: query.many("drop"),
}
