"""The parameters of queries, one row each, for the web and the command line alike.

Whatever is costly to import is imported when a value is parsed, so that `--help` is quick.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from flamescope_py.analysis.vocabulary import (
    ALL,
    AUTO,
    BY_SAMPLE,
    BY_STACK,
    FLAVOUR_NAMES,
    LABEL,
    LENGTHS,
    MAIN,
    MAX_PATTERN,
    MAX_PATTERNS,
    ONE_SECOND,
    PER_SECOND,
    PERIOD,
    SAMPLES,
    SHARE,
    STANDARD,
)
from flamescope_py.errors import ParameterError

if TYPE_CHECKING:
    from flamescope_py.analysis.filters.named import FrameFilter
    from flamescope_py.analysis.selection import Selection

NO_FILTER = "none"
EXCLUDE, INCLUDE = "exclude", "include"
# 12  12.5  .5  1e-7 (as JavaScript writes small numbers); not nan, inf or 1_000
_DECIMAL = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_LONGEST_DECIMAL = 64
DEFAULT_VALUES, MAX_VALUES = 100, 10_000
MAX_LABEL = 1_000


class ValueType(NamedTuple):
    """A type of values: a parser that raises ValueError with the expected value, and the JSON schema."""

    parse: Callable[[str], Any]
    schema: Mapping[str, object]

    @property
    def words(self) -> tuple[str, ...]:
        """The allowed values if there is a list of them, else none."""
        words = self.schema.get("enum", ())
        return tuple(words) if isinstance(words, Sequence) else ()


class Parameter(NamedTuple):
    """One parameter. The value is a tuple if it repeats, and `default` if it is absent.

    With `empty`, the empty text is a value.
    """

    name: str
    meaning: str
    type: ValueType
    repeats: bool = False
    default: Any = None
    required: bool = False
    empty: bool = False

    def value(self, texts: Sequence[str]) -> Any:
        """Parse the texts in order, equal ones once. Raises ParameterError."""
        if not self.empty and not all(texts):
            raise ParameterError(f"{self.name} is empty: give it a value or leave it out.")
        if not texts and self.required:
            raise ParameterError(f"{self.name} is missing: {self.meaning[:1].lower()}{self.meaning[1:]}")
        if self.repeats:
            return tuple(dict.fromkeys(map(self._parsed, texts)))
        if len(set(texts)) > 1:
            raise ParameterError(f"{self.name} is given {len(texts)} times: give it once.")
        return self._parsed(texts[0]) if texts else self.default

    def _parsed(self, text: str) -> Any:
        try:
            return self.type.parse(text)
        except ValueError as wanted:
            raise ParameterError(f"{self.name} is {quoted(text)}: it must be {wanted}.") from wanted


def quoted(text: str) -> str:
    """Quote the text of a user, shortened."""
    return repr(text if len(text) <= 100 else text[:100] + "…")


def choice_of(*words: str) -> ValueType:
    """Make a type of a few words."""

    def parse(text: str) -> str:
        if text not in words:
            raise ValueError(f"one of {', '.join(words)}")
        return text

    return ValueType(parse, {"type": "string", "enum": list(words)})


def integer(low: int, high: int) -> ValueType:
    """Make a type of whole numbers from `low` to `high`."""

    def parse(text: str) -> int:
        number = int(text) if re.fullmatch(r"-?[0-9]{1,18}", text) else None
        if number is None or not low <= number <= high:
            raise ValueError(f"a whole number from {low} to {high}")
        return number

    return ValueType(parse, {"type": "integer", "minimum": low, "maximum": high})


def _decimal(text: str) -> float:
    number = float(text) if len(text) <= _LONGEST_DECIMAL and _DECIMAL.fullmatch(text) else math.nan
    if not math.isfinite(number):
        raise ValueError("a decimal number of seconds")
    return number


def _pattern(text: str) -> str:
    from flamescope_py.analysis.filters.patterns import compile_pattern

    compile_pattern(text)
    return text


TEXT = ValueType(str, {"type": "string", "minLength": 1})
ANY_TEXT = ValueType(str, {"type": "string"})
# -1 stands for unknown in every profile.
NUMBER = integer(-1, 1 << 53)
PATTERN = ValueType(_pattern, {"type": "string", "minLength": 1, "maxLength": MAX_PATTERN})
DECIMAL = ValueType(_decimal, {"type": "number"})
SWITCH = ValueType(
    lambda text: choice_of("true", "false").parse(text) == "true",
    {"type": "string", "enum": ["true", "false"]},
)


def _labelled(text: str) -> str:
    if "=" not in text[1:] or len(text) > MAX_LABEL:
        raise ValueError("a label such as endpoint=/cart")
    return text


def _property(text: str) -> str:
    if not text.startswith(LABEL) or text == LABEL:
        words = ", ".join((*BY_SAMPLE, *BY_STACK))
        if text not in (*BY_SAMPLE, *BY_STACK):
            raise ValueError(f"one of {words}, or {LABEL} and the name of a label")
    return text


LABELLED = ValueType(_labelled, {"type": "string", "pattern": "^.[^=]*=", "maxLength": MAX_LABEL})
PROPERTY = ValueType(
    _property,
    {
        "type": "string",
        "pattern": f"^({'|'.join((*BY_SAMPLE, *BY_STACK))}|{LABEL}.+)$",
        "examples": [*BY_SAMPLE, *BY_STACK, f"{LABEL}endpoint"],
    },
)

SELECTION = (
    Parameter(
        "filter", f"A named frame filter; {NO_FILTER} switches off the server's default.", TEXT, repeats=True
    ),
    Parameter(
        "drop",
        "An RE2 pattern: remove matching frames and move their samples to the nearest kept caller.",
        PATTERN,
        repeats=True,
    ),
    Parameter(
        "comm",
        "Keep the samples of this command; the empty text stands for samples without one.",
        ANY_TEXT,
        repeats=True,
        empty=True,
    ),
    Parameter("pid", "Keep the samples of this process.", NUMBER, repeats=True),
    Parameter("tid", "Keep the samples of this thread.", NUMBER, repeats=True),
    Parameter("cpu", "Keep the samples of this processor.", NUMBER, repeats=True),
    Parameter(
        "event",
        f"Keep the samples of this event. {MAIN} is the most frequent sampling event, {ALL} is every event. "
        f"Without it {ALL} in FlameScope's form and in folded stacks, {MAIN} in every other form.",
        TEXT,
        repeats=True,
    ),
    Parameter(
        "label",
        "Keep the samples with this label: NAME=VALUE, or NAME= for those without it. Values of one name are "
        "alternatives.",
        LABELLED,
        repeats=True,
    ),
    Parameter("include", "An RE2 pattern: keep samples with a matching frame.", PATTERN, repeats=True),
    Parameter("exclude", "An RE2 pattern: drop samples with a matching frame.", PATTERN, repeats=True),
    Parameter(
        "idle",
        "Whether to exclude or include idle samples.",
        choice_of(EXCLUDE, INCLUDE),
        default=EXCLUDE,
    ),
    Parameter(
        "weight", "The weight of a sample: one or its period.", choice_of(SAMPLES, PERIOD), default=SAMPLES
    ),
    Parameter("flavor", "The layout of stacks.", choice_of(*FLAVOUR_NAMES), default=STANDARD),
)
SEARCH = Parameter("search", "An RE2 pattern: also count the samples with a matching frame.", PATTERN)
COLUMN_LENGTH = Parameter(
    "columnLength",
    f"The length of a column, of which rows are parts. {AUTO} suits the length of the profile: at least 25 "
    "columns, of a second where that is enough.",
    choice_of(AUTO, *LENGTHS),
    default=ONE_SECOND,
)
BASE = Parameter(
    "base",
    f"What a difference is measured by: the amount in each {PER_SECOND} of recording where it is known, or "
    f"the {SHARE} of samples. {AUTO} takes amounts for two profiles and shares for two parts of one.",
    choice_of(AUTO, PER_SECOND, SHARE),
    default=AUTO,
)
INVERTED = Parameter("inverted", "true puts callers below callees.", SWITCH, default=False)
BY = Parameter(
    "by",
    f"The property to count by: {', '.join((*BY_SAMPLE, *BY_STACK))}, or {LABEL}NAME for a label.",
    PROPERTY,
    required=True,
)
LIMIT = Parameter("limit", "The maximum number of values.", integer(1, MAX_VALUES), default=DEFAULT_VALUES)
START = Parameter("start", "Start of the range, in seconds from the profile's first whole second.", DECIMAL)
END = Parameter("end", "End of the range, exclusive, in the same unit as start.", DECIMAL)


def read(rows: Iterable[Parameter], texts: Callable[[str], Sequence[str]]) -> dict[str, Any]:
    """Return the value of every parameter by name. `texts` returns the texts of a user for a name.

    Raises ParameterError. The patterns of all parameters are counted before the first is compiled.
    """
    asked = tuple(rows)
    count = sum(len(set(texts(row.name))) for row in asked if row.type is PATTERN)
    if count > MAX_PATTERNS:
        raise ParameterError(f"{count} patterns are given: at most {MAX_PATTERNS} are allowed.")
    return {row.name: row.value(texts(row.name)) for row in asked}


def selection(
    values: Mapping[str, Any],
    filters: Mapping[str, FrameFilter],
    default: tuple[FrameFilter, ...] = (),
    *,
    all_events: bool = False,
) -> Selection:
    """Return the Selection of the values of SELECTION's parameters.

    `filters` are all filters, `default` those that run where the values name none. Values without an event
    select the main one, or with `all_events` all of them. Raises ParameterError for an unknown filter.
    """
    from flamescope_py.analysis.selection import Selection

    fields = {row.name: values[row.name] for row in SELECTION}
    fields["event"] = fields["event"] or (() if all_events else (MAIN,))
    fields["filters"] = _frame_filters(fields.pop("filter"), filters, default)
    return Selection(**{**fields, "idle": fields["idle"] == INCLUDE})


def _frame_filters(
    names: Sequence[str], filters: Mapping[str, FrameFilter], default: tuple[FrameFilter, ...]
) -> tuple[FrameFilter, ...]:
    for name in names:
        if name != NO_FILTER and name not in filters:
            raise ParameterError(
                f"filter is {quoted(name)}: it must be one of {', '.join(filters)}, {NO_FILTER}."
            )
    return tuple(filters[name] for name in names if name != NO_FILTER) if names else default
