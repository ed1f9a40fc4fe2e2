"""The bodies of requests that start a job over SSH: their one description, and its strict reading.

The web makes its JSON Schema from these classes; `read_body` holds values to the same types. Hosts and users
are limited to characters that mean nothing to a shell or to the options of ssh, because a ProxyCommand of
~/.ssh/config may paste them into a command. Paths, patterns and events may hold any character: they are only
passed on as quoted arguments.
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

AnyBody = TypeVar("AnyBody", bound="Body")

LONGEST_TEXT = 4096
_QUOTED_LENGTH = 100
# The keys of `Meta.extra`: the words of two errors.
_EXPECTED, _ADVICE = "expected", "advice"


def _whole(pattern: str) -> str:
    """Anchor a pattern for Python and JavaScript alike; Python's $ also matches before a last line feed."""
    return rf"^(?:{pattern})$(?!\n)"


# beacon  10.0.0.7  node_1.example.org  fe80::1%eth0  ::1; not -oProxyCommand=…, not ../x, not a;b
_HostName = Annotated[
    str,
    Meta(
        pattern=_whole(r"(?!.*\.\.)[A-Za-z0-9:][A-Za-z0-9._:%-]{0,252}"),
        extra={_EXPECTED: "a host name, an address or an alias of ~/.ssh/config", _ADVICE: "name a host"},
    ),
]
# devops  first.last  svc_x@corp.example
_UserName = Annotated[
    str,
    Meta(
        pattern=_whole(r"(?!.*\.\.)[A-Za-z0-9_][A-Za-z0-9_.@+-]{0,63}"),
        extra={_EXPECTED: "a user name"},
    ),
]
_Fingerprint = Annotated[
    str,
    Meta(
        pattern=_whole(r"SHA256:[A-Za-z0-9+/]{43}=?"),
        extra={_EXPECTED: "a fingerprint: SHA256: and 43 characters"},
    ),
]
# cpu-clock  cycles:u  sched:sched_switch  cpu/event=0x3c,umask=0/  {cycles,instructions}
_Event = Annotated[
    str,
    Meta(
        pattern=_whole(r"[A-Za-z0-9{][A-Za-z0-9_:./,=@*{}-]{0,199}"),
        extra={_EXPECTED: "an event as perf list names it"},
    ),
]
_Text = Annotated[str, Meta(min_length=1, max_length=LONGEST_TEXT, pattern=r"^[^\x00]*$")]
_Path = Annotated[_Text, Meta(extra={_EXPECTED: "a path on the host", _ADVICE: "name a file on the host"})]
_Pattern = Annotated[_Text, Meta(extra={_EXPECTED: "a pattern for pgrep -f"})]
# names.parts_of applies the rules, with sentences of its own; the pattern is only for the schema.
_FileName = Annotated[
    str,
    Meta(
        min_length=1,
        extra={_EXPECTED: "the name that the profile is to have"},
        extra_json_schema=dict(names.NAME_SCHEMA),
    ),
]
_Port = Annotated[int, Meta(ge=1, le=65535)]
_Pid = Annotated[int, Meta(ge=1, le=1 << 22)]
_Frequency = Annotated[int, Meta(ge=1, le=50_000)]


class Body(Struct, kw_only=True, rename="camel", forbid_unknown_fields=True):
    """The host, and the name of the profile."""

    host: Annotated[_HostName, Meta(description="A name, an address, or an alias of ~/.ssh/config.")]
    port: Annotated[_Port | None, Meta(description="By default as in ~/.ssh/config, or 22.")] = None
    user: Annotated[
        _UserName | None, Meta(description="The user on the host; by default as in ~/.ssh/config.")
    ] = None
    host_key: Annotated[
        _Fingerprint | None, Meta(description="The fingerprint of the host key that the user accepts.")
    ] = None
    filename: Annotated[_FileName | None, Meta(description="The name that the profile is to have.")] = None
    exists: Annotated[
        Literal["number", "refuse"] | None, Meta(description="If the name is taken: number by default.")
    ] = None
    force: Annotated[bool, Meta(description="Take a file that is not recognised as a profile.")] = False


class FetchBody(Body, kw_only=True):
    """Fetch a file of a host."""

    path: Annotated[_Path, Meta(description="A file on the host.")]


class CaptureBody(Body, kw_only=True):
    """Record on a host: exactly one of pid, pgrep and system."""

    pid: Annotated[_Pid | None, Meta(description="Record this process.")] = None
    pgrep: Annotated[_Pattern | None, Meta(description="Record the process that pgrep -f finds.")] = None
    system: Annotated[bool, Meta(description="Record the whole machine.")] = False
    frequency: Annotated[_Frequency | None, Meta(description="In Hz; 99 by default.")] = None
    seconds: int | None = None
    """Described in `capture_body`, since its bound is a setting."""
    event: Annotated[
        _Event | None, Meta(description="As perf list names it; perf's own choice by default.")
    ] = None
    call_graph: Annotated[
        Literal["fp", "dwarf", "lbr"] | None, Meta(description="How perf finds callers; fp by default.")
    ] = None
    sudo: Annotated[bool, Meta(description="Run perf with sudo -n.")] = False


@cache
def capture_body(max_seconds: int) -> type[CaptureBody]:
    """Return the type of a recording's body where recordings take at most `max_seconds`."""
    seconds = Annotated[
        Annotated[int, Meta(ge=1, le=max_seconds)] | None, Meta(description="The length; 60 by default.")
    ]
    kind = msgspec.defstruct(
        CaptureBody.__name__,
        [("seconds", seconds, None)],
        bases=(CaptureBody,),
        kw_only=True,
        namespace={"__doc__": CaptureBody.__doc__},
    )
    return cast("type[CaptureBody]", kind)


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
            raise ParameterError(f"{name} is missing: {_words(field.type)[_ADVICE]}.")
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
    words = _words(kind).get(_EXPECTED)
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
