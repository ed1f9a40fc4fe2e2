"""Parse query parameters strictly into frozen values; anything malformed is a 400 with the expected value.

A parameter that is not marked as repeatable may appear once, because two different values are ambiguous.
Unknown parameters are ignored, as FlameScope does.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from flask import Request

from flamescope_py.errors import ParameterError
from flamescope_py.service import (
    BY_CHANGE,
    BY_SELECTION,
    BY_WHOLE,
    DIFFERENCES,
    EXPORTS,
    FORMATS,
    HIGHEST,
    SUM,
    TYPES,
    UNKNOWN_TYPE,
    Columns,
    LaneChoice,
    ProfileRef,
    Question,
    Selection,
    Service,
    TimeRange,
    parameters,
)
from flamescope_py.service.parameters import (
    ANY_TEXT,
    BASE,
    BY,
    COLUMN_LENGTH,
    DECIMAL,
    END,
    INVERTED,
    LIMIT,
    PATTERN,
    SEARCH,
    SELECTION,
    START,
    SWITCH,
    TEXT,
    Parameter,
    choice_of,
)
from flamescope_py.web import context

DEFAULT_ROWS = 50
MAX_ROWS = 10_000
MIN_NODES, MAX_NODES = 2, 10_000_000
MAX_STEP = MAX_COLUMNS = 1_000_000
DEFAULT_LANES, MAX_LANES, MAX_OFFSET = 10, 200, 10_000_000
NESTED, COLUMNS, FOLDED = "nested", "columns", "folded"
FIRST_SIDE, SECOND_SIDE = "first", "second"

FILENAME = Parameter("filename", "Name a profile of the list.", TEXT, required=True)
TYPE = Parameter(
    "type",
    "The type of the file; unknown detects it from the content.",
    choice_of(*TYPES, UNKNOWN_TYPE),
    default=UNKNOWN_TYPE,
)
ROWS = Parameter(
    "rows", "The number of rows of each column.", parameters.integer(1, MAX_ROWS), default=DEFAULT_ROWS
)
AUTO_ROWS = Parameter(
    "autoRows",
    "Choose the rows by the samples of a busy thread in a column: 50 from 150 samples on, 25 from 40 on and "
    "in columns of a second, else 10. Replaces rows.",
    parameters.SWITCH,
    default=False,
)
UNTIMED = Parameter(
    "untimed",
    "Answer with an empty heatmap in flat columns where the samples have no timestamps, not with a 422. Its "
    "missing has the reason.",
    parameters.SWITCH,
    default=False,
)
STEP = Parameter(
    "step",
    "How many columns, of a second unless columnLength differs, are joined into one; 1 by default.",
    parameters.integer(1, MAX_STEP),
)
MOST_COLUMNS = Parameter(
    "columns",
    "The maximum number of columns for the whole profile; replaces step by the smallest that fits.",
    parameters.integer(1, MAX_COLUMNS),
)
JOIN = Parameter(
    "join",
    "How a cell combines its columns: their sum or their maximum.",
    choice_of(SUM, HIGHEST),
    default=SUM,
)
HEATMAP_COLUMNS = (
    STEP,
    MOST_COLUMNS,
    START._replace(meaning=f"Return columns from here on. {START.meaning}"),
    END._replace(meaning=f"Return columns up to here. {END.meaning}"),
    JOIN,
    COLUMN_LENGTH,
)
HEATMAP_FORMAT = Parameter(
    "format", "FlameScope's form, or flat columns.", choice_of(NESTED, COLUMNS), default=NESTED
)
GRAPH_FORMAT = Parameter(
    "format",
    "FlameScope's form, flat columns, or another program's.",
    choice_of(NESTED, COLUMNS, *FORMATS),
    default=NESTED,
)
# A range has samples, which a comparison has not.
RANGE_FORMAT = GRAPH_FORMAT._replace(type=choice_of(NESTED, COLUMNS, *EXPORTS))
# Few formats of other programs can hold a difference.
DIFFERENTIAL_FORMAT = GRAPH_FORMAT._replace(type=choice_of(NESTED, COLUMNS, *DIFFERENCES))

RANGE = (FILENAME, TYPE, START, END)
OTHER_RANGE = tuple(
    row._replace(
        name=f"compare{row.name.capitalize()}",
        meaning=f"Of the second profile: {row.meaning[0].lower()}{row.meaning[1:]}",
        required=False,
    )
    for row in RANGE
)
SVG_BASE = BASE._replace(meaning=f"Of svg. {BASE.meaning}")
REST = Parameter(
    "rest",
    "Compare the range with the rest of its profile instead of a second profile. The value is the side of "
    "the rest.",
    choice_of(FIRST_SIDE, SECOND_SIDE),
)
LANES = (
    BY._replace(meaning="Add a heatmap for each of the busiest values of this property.", required=False),
    Parameter(
        "lanes",
        "With by: the maximum number of values.",
        parameters.integer(1, MAX_LANES),
        default=DEFAULT_LANES,
    ),
    Parameter("offset", "With by: skip so many values.", parameters.integer(0, MAX_OFFSET), default=0),
    Parameter("values", "With by: these values instead of the busiest.", ANY_TEXT, repeats=True, empty=True),
    Parameter(
        "sort",
        "With by: the order of values, by their samples in the selected range or in the whole profile, or by "
        "the change of their share from the rest of the profile.",
        choice_of(BY_SELECTION, BY_WHOLE, BY_CHANGE),
        default=BY_SELECTION,
    ),
    Parameter("from", "With by: start of the selected range, in seconds as start.", DECIMAL),
    Parameter("to", "With by: end of the selected range, exclusive.", DECIMAL),
    Parameter("busy", "true adds the busy CPUs of every column.", SWITCH, default=False),
)
# A drag asks for both in each of its moves.
GRAPH_BREAKDOWN = (
    BY._replace(
        meaning="Add the breakdown of the range by this property, as /breakdown/ answers it with the rest.",
        required=False,
    ),
    LIMIT._replace(meaning="With by: the maximum number of values."),
)
NODES = Parameter(
    "nodes",
    "The maximum number of nodes, plus one: the smallest frames below each node are merged into one, named "
    "(N small frames).",
    parameters.integer(MIN_NODES, MAX_NODES),
)
QUESTION = (*SELECTION, SEARCH, INVERTED, NODES)


class Query:
    """The parameters of one request."""

    def __init__(self, request: Request) -> None:
        """Raise ParameterError if the query string is not UTF-8."""
        try:
            self._values: Mapping[str, list[str]] = dict(request.args.lists())
        except UnicodeDecodeError as error:
            raise ParameterError("The address is not UTF-8: percent-encode its parameters.") from error

    def texts(self, name: str) -> Sequence[str]:
        """Return the unparsed values of a parameter."""
        return self._values.get(name, ())

    def read(self, rows: Iterable[Parameter]) -> dict[str, Any]:
        """Return the values of several parameters by name. Raises ParameterError."""
        asked = tuple(rows)
        self._check_patterns(asked)
        return parameters.read(asked, self.texts)

    def value(self, row: Parameter) -> Any:
        """Return the value of one parameter. Raises ParameterError."""
        return self.read((row,))[row.name]

    def _check_patterns(self, rows: Sequence[Parameter]) -> None:
        """Enforce max_patterns and max_pattern_chars before any pattern is compiled."""
        repeating = [row.name for row in rows if row.type is PATTERN and row.repeats]
        patterns = [pattern for name in repeating for pattern in self.texts(name)]
        if len(patterns) > (most := context.settings().max_patterns):
            raise ParameterError(f"{len(patterns)} patterns: at most {most} are allowed (max_patterns).")
        longest = max(map(len, patterns), default=0)
        if longest > (most := context.settings().max_pattern_chars):
            raise ParameterError(
                f"A pattern has {longest} characters: at most {most} are allowed (max_pattern_chars)."
            )


def profile_ref(query: Query) -> ProfileRef:
    """Read `filename` and `type`."""
    values = query.read((FILENAME, TYPE))
    return ProfileRef(values["filename"], values["type"])


def time_range(query: Query, rows: Sequence[Parameter] = RANGE) -> tuple[ProfileRef, TimeRange]:
    """Read a profile and a range of it. The bounds are checked once the profile is open."""
    name, type_name, start, end = query.read(rows).values()
    return ProfileRef(name, type_name), TimeRange(start, end)


def sides(query: Query) -> tuple[tuple[ProfileRef, ProfileRef], tuple[TimeRange, TimeRange]]:
    """Read the two profiles and ranges to compare. One range may be the rest of the other's profile."""
    (ref, part), rest = time_range(query), query.value(REST)
    given = [row.name for row in OTHER_RANGE if query.texts(row.name)]
    if rest is None:
        other_ref, other = time_range(query, OTHER_RANGE)
        if OTHER_RANGE[0].name not in given:
            raise ParameterError("compareFilename is missing: name a second profile, or ask for the rest.")
        return (ref, other_ref), (part, other)
    if given:
        raise ParameterError(f"{given[0]} is given with rest, which is of the first profile: leave one out.")
    other = part._replace(outside=True)
    return (ref, ref), ((part, other) if rest == SECOND_SIDE else (other, part))


def compares(query: Query) -> bool:
    """Return True if the query has a second range. Its values are checked by `sides`."""
    return any(map(query.texts, [row.name for row in (REST, *OTHER_RANGE)]))


def lanes(query: Query) -> tuple[str | None, LaneChoice, TimeRange, bool]:
    """Read the property and the choice of lanes, the selected range, and whether to add busy CPUs."""
    by, count, offset, values, sort, start, end, busy = query.read(LANES).values()
    if len(values) > MAX_LANES:
        raise ParameterError(f"{len(values)} values are given: at most {MAX_LANES} lanes are sent at once.")
    return by, LaneChoice(count, offset, values, sort), TimeRange(start, end), busy


def graph_breakdown(query: Query, form: str) -> tuple[str | None, int]:
    """Read the property by which a flame graph in columns is broken down, and the limit of its values."""
    by, limit = query.read(GRAPH_BREAKDOWN).values()
    if by is not None and form != COLUMNS:
        raise ParameterError(f"by adds to format={COLUMNS} alone: ask for that form, or leave by out.")
    return by, limit


def rows(query: Query, highest: int) -> int:
    """Read the number of rows of a heatmap, 1 to `highest`."""
    number: int = query.value(ROWS._replace(type=parameters.integer(1, highest)))
    return number


def columns(query: Query) -> Columns:
    """Read the requested columns of a heatmap. Their bounds are checked once the profile is open."""
    return Columns(*query.read(HEATMAP_COLUMNS).values())


def selection(values: Mapping[str, Any], service: Service, form: str = COLUMNS) -> Selection:
    """Build the selection from parsed values. FlameScope's form and folded stacks default to all events."""
    filters, default = service.filters(), service.default_filters
    return parameters.selection(values, filters, default, all_events=form in (NESTED, FOLDED))


def question(query: Query, service: Service, form: str) -> Question:
    """Read the parameters of QUESTION; `form` is the response format."""
    values = query.read(QUESTION)
    chosen = selection(values, service, form)
    return Question(chosen, values[INVERTED.name], values[SEARCH.name], values[NODES.name])
