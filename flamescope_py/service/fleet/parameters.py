"""The parameters of questions about a collection, for the web and the command line alike."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from flamescope_py.errors import ParameterError
from flamescope_py.service.parameters import SELECTION, SWITCH, TEXT, Parameter, ValueType, choice_of, integer

if TYPE_CHECKING:
    from flamescope_py.fleet.cut import Cut, Span

MAX_NAMES = 1000
BY_WORDS = ("host", "service", "version")
_DAY = 86_400


def _moment(text: str) -> int:
    from flamescope_py.fleet.labels import moment

    try:
        return moment(text)
    except ParameterError as error:
        raise ValueError("a time such as 2026-11-29T10:00:00Z, or seconds since 1970") from error


def _step(text: str) -> int:
    found: int = integer(60, 366 * _DAY).parse(text)
    if found % 60:
        raise ValueError("whole minutes, in seconds")
    return found


MOMENT = ValueType(_moment, {"type": "string", "minLength": 1})
SERVICE = Parameter("service", "Keep the samples of this service.", TEXT, repeats=True)
HOST = Parameter("host", "Keep the samples of this host.", TEXT, repeats=True)
VERSION = Parameter("version", "Keep the samples of this version.", TEXT, repeats=True)
EVENT = Parameter(
    "event", "Keep the samples of this event. Without it, the main event of each profile.", TEXT, repeats=True
)
EVERY_EVENT = Parameter("everyEvent", "true keeps the samples of all events.", SWITCH, default=False)
FROM = Parameter("from", "Start: a time (UTC without a zone) or seconds since 1970.", MOMENT)
TO = Parameter("to", "End, exclusive, in the form of from. Without both, all time.", MOMENT)
CUT = (FROM, TO, SERVICE, HOST, VERSION, EVENT, EVERY_EVENT)
OTHER_CUT = tuple(
    row._replace(
        name=f"compare{row.name[0].upper()}{row.name[1:]}",
        meaning=f"Of the second cut: {row.meaning[0].lower()}{row.meaning[1:]}",
    )
    for row in CUT
)
BY = Parameter("by", "The rows.", choice_of(*BY_WORDS), default="host")
STEP = Parameter(
    "step",
    "Seconds of a column, whole minutes. Default: the shortest step that gives at most `columns` columns.",
    ValueType(_step, {"type": "integer", "minimum": 60}),
)
COLUMNS = Parameter("columns", "The maximum number of columns.", integer(1, 20_000), default=200)
FUNCTION = Parameter("function", "Also count the samples with a function of this exact name.", TEXT)
LIMIT = Parameter("limit", "The maximum number of functions of each row.", integer(1, 1000), default=10)
# A tree of many hosts has neither threads nor periods.
TREE_SELECTION = tuple(
    row for row in SELECTION if row.name in ("filter", "drop", "include", "exclude", "idle", "flavor")
)


def cut_of(values: Mapping[str, Any], whole: Span | None, rows: tuple[Parameter, ...]) -> Cut:
    """Return the cut of the values of CUT's parameters (or of OTHER_CUT's) within a span.

    Without one the values must have both ends.
    Raises ParameterError for too many names and RangeError for an empty span.
    """
    from flamescope_py.fleet.cut import Cut, Span

    start, end, services, hosts, versions, events, every = (values[row.name] for row in rows)
    for row, names in zip(rows[2:6], (services, hosts, versions, events), strict=True):
        if len(names) > MAX_NAMES:
            raise ParameterError(f"{row.name} is given {len(names)} times: at most {MAX_NAMES} are allowed.")
    if whole is not None:
        start, end = (whole.start if start is None else start), (whole.end if end is None else end)
    span = Span(start, end)
    return Cut(span, hosts, services, versions, events, every)


def selection_values(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values of all parameters of SELECTION. The cut has chosen the events already."""
    from flamescope_py.analysis.vocabulary import ALL

    found = {row.name: values.get(row.name, () if row.repeats else row.default) for row in SELECTION}
    return {**found, "event": (ALL,)}
