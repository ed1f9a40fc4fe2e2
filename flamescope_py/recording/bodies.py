"""The bodies of requests that start a recording: their one description, and its strict reading.

The web makes its JSON Schema from these classes; `read_body` holds values to the same types. Patterns and
events may hold any character: they are only passed on as quoted arguments. `remote/bodies.py` adds the host.
"""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Annotated, Any, Literal, TypeVar, cast, get_args, get_origin

import msgspec
from msgspec import Meta, Struct, inspect

from flamescope_py.errors import ParameterError
from flamescope_py.incoming import names

AnyBody = TypeVar("AnyBody", bound=Struct)
AnyRecord = TypeVar("AnyRecord", bound="RecordBody")

LONGEST_TEXT = 4096
_QUOTED_LENGTH = 100
# The keys of `Meta.extra`: the words of two errors.
EXPECTED, ADVICE = "expected", "advice"


def whole(pattern: str) -> str:
    """Anchor a pattern for Python and JavaScript alike; Python's $ also matches before a last line feed."""
    return rf"^(?:{pattern})$(?!\n)"


# cpu-clock  cycles:u  sched:sched_switch  cpu/event=0x3c,umask=0/  {cycles,instructions}
_Event = Annotated[
    str,
    Meta(
        pattern=whole(r"[A-Za-z0-9{][A-Za-z0-9_:./,=@*{}-]{0,199}"),
        extra={EXPECTED: "an event as perf list names it"},
    ),
]
Text = Annotated[str, Meta(min_length=1, max_length=LONGEST_TEXT, pattern=r"^[^\x00]*$")]
_Pattern = Annotated[Text, Meta(extra={EXPECTED: "a pattern for pgrep -f"})]
# names.parts_of applies the rules, with sentences of its own; the pattern is only for the schema.
_FileName = Annotated[
    str,
    Meta(
        min_length=1,
        extra={EXPECTED: "the name that the profile is to have"},
        extra_json_schema=dict(names.NAME_SCHEMA),
    ),
]
_Pid = Annotated[int, Meta(ge=1, le=1 << 22)]
_Frequency = Annotated[int, Meta(ge=1, le=50_000)]
_Ring = Annotated[int, Meta(ge=2, le=86_400)]


class Body(Struct, kw_only=True, rename="camel", forbid_unknown_fields=True):
    """The name of the profile."""

    filename: Annotated[_FileName | None, Meta(description="The name that the profile is to have.")] = None
    exists: Annotated[
        Literal["number", "refuse"] | None, Meta(description="If the name is taken: number by default.")
    ] = None
    force: Annotated[bool, Meta(description="Take a file that is not recognised as a profile.")] = False


class RecordBody(Body, kw_only=True):
    """Record here: exactly one of pid, pgrep and system."""

    pid: Annotated[_Pid | None, Meta(description="Record this process.")] = None
    pgrep: Annotated[_Pattern | None, Meta(description="Record the process that pgrep -f finds.")] = None
    system: Annotated[bool, Meta(description="Record the whole machine.")] = False
    frequency: Annotated[_Frequency | None, Meta(description="In Hz; 99 by default.")] = None
    seconds: int | None = None
    """Described in `bounded`, since its bound is a setting."""
    event: Annotated[
        _Event | None, Meta(description="As perf list names it; perf's own choice by default.")
    ] = None
    call_graph: Annotated[
        Literal["fp", "dwarf", "lbr"] | None, Meta(description="How perf finds callers; fp by default.")
    ] = None
    sudo: Annotated[bool, Meta(description="Run perf with sudo -n.")] = False
    live: Annotated[
        bool, Meta(description="Show the profile while it is recorded; for at most 15 minutes.")
    ] = True
    cpu_prof: Annotated[
        bool, Meta(description="Let V8 sample a Node process through its inspector, without perf.")
    ] = False
    ring: Annotated[
        _Ring | None,
        Meta(description="Keep only so many seconds before the end; seconds is the longest by default."),
    ] = None


@cache
def bounded(kind: type[AnyRecord], max_seconds: int) -> type[AnyRecord]:
    """Return the type of a recording's body where recordings take at most `max_seconds`."""
    seconds = Annotated[
        Annotated[int, Meta(ge=1, le=max_seconds)] | None, Meta(description="The length; 60 by default.")
    ]
    made = msgspec.defstruct(
        kind.__name__,
        [("seconds", seconds, None)],
        bases=(kind,),
        kw_only=True,
        namespace={"__doc__": kind.__doc__},
    )
    return cast("type[AnyRecord]", made)


# Null counts as not given.
ONE_TARGET = [
    {"required": ["pid"], "properties": {"pid": {"type": "integer"}}},
    {"required": ["pgrep"], "properties": {"pgrep": {"type": "string"}}},
    {"required": ["system"], "properties": {"system": {"const": True}}},
]


def read_body(body: object, kind: type[AnyBody]) -> AnyBody:
    """Read a JSON object as one of the classes above. Raises ParameterError, which names the field."""
    if not isinstance(body, Mapping):
        raise ParameterError("The body must be a JSON object.")
    fields = {field.encode_name: field for field in msgspec.structs.fields(kind)}
    values: dict[str, Any] = {}
    for name, field in fields.items():
        if field.required and body.get(name) is None:
            raise ParameterError(f"{name} is missing: {_words(field.type)[ADVICE]}.")
        if name in body:
            values[field.name] = _converted(name, body[name], field.type)
    unknown = next((name for name in body if name not in fields), None)
    if unknown is not None:
        raise ParameterError(f"There is no field {_quoted(unknown)} in this request.")
    return kind(**values)


def _converted(name: str, value: object, kind: Any) -> object:
    """Hold a value to the type of its field."""
    # 367.0 is a whole number in JSON, and some programs write all of theirs so.
    whole = int(value) if isinstance(value, float) and value.is_integer() else value
    try:
        found: object = msgspec.convert(whole, kind)
    except msgspec.ValidationError as error:
        raise ParameterError(f"{name} is {_quoted(value)}: it must be {_expected(kind)}.") from error
    return found


def _quoted(value: object) -> str:
    text = repr(value)
    return text if len(text) <= _QUOTED_LENGTH else text[:_QUOTED_LENGTH] + "…"


def _expected(kind: Any) -> str:
    """Describe the values that a field takes, for an error."""
    words = _words(kind).get(EXPECTED)
    if words is not None:
        return words
    inner = [one for one in _layers(kind) if not isinstance(one, inspect.Metadata)][-1]
    if isinstance(inner, inspect.IntType):
        return f"a whole number from {inner.ge} to {inner.le}"
    if isinstance(inner, inspect.LiteralType):
        return f"one of {', '.join(_choices(kind))}"
    return "true or false"


def _choices(kind: Any) -> list[str]:
    """Return the choices of a field in their declared order, which msgspec does not keep."""
    if get_origin(kind) is Literal:
        return list(get_args(kind))
    return [choice for inside in get_args(kind) for choice in _choices(inside)]


def _words(kind: Any) -> Mapping[str, str]:
    return ChainMap(*(one.extra for one in _layers(kind) if isinstance(one, inspect.Metadata) and one.extra))


def _layers(kind: Any) -> Iterator[inspect.Type]:
    """Yield a type, then the types inside it, without None."""
    found = inspect.type_info(kind)
    while True:
        yield found
        if isinstance(found, inspect.Metadata):
            found = found.type
        elif isinstance(found, inspect.UnionType):
            found = next(one for one in found.types if not isinstance(one, inspect.NoneType))
        else:
            return
