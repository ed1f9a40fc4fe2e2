"""What can be asked over SSH, read strictly from a JSON object; the command line makes the same objects.

Hosts and users are held to characters that mean nothing to a shell or to the options of ssh: a
ProxyCommand of ~/.ssh/config may paste them into a command. Paths, patterns and events may be anything,
since they only ever travel as quoted arguments.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import TypeVar

from flamescope_py.errors import ParameterError
from flamescope_py.incoming import names
from flamescope_py.incoming.part import Wish

Value = TypeVar("Value")

# What a text may be, by its field, for re.fullmatch and JSON Schema alike.
SHAPES = {
    # beacon  10.0.0.7  node_1.example.org  fe80::1%eth0  ::1; not -oProxyCommand=…, not ../x, not a;b
    "host": r"(?!.*\.\.)[A-Za-z0-9:][A-Za-z0-9._:%-]{0,252}",
    # devops  first.last  svc_x@corp.example
    "user": r"(?!.*\.\.)[A-Za-z0-9_][A-Za-z0-9_.@+-]{0,63}",
    "hostKey": r"SHA256:[A-Za-z0-9+/]{43}=?",
    # cpu-clock  cycles:u  sched:sched_switch  cpu/event=0x3c,umask=0/  {cycles,instructions}
    "event": r"[A-Za-z0-9{][A-Za-z0-9_:./,=@*{}-]{0,199}",
}
LONGEST_TEXT = 4096
CALL_GRAPHS = ("fp", "dwarf", "lbr")
MAX_PID = 1 << 22
MAX_FREQUENCY = 50_000
DEFAULT_FREQUENCY = 99
DEFAULT_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Target:
    """A host as the user names it, which may be an alias; `host_key` is a fingerprint the user accepts."""

    host: str
    port: int | None = None
    user: str | None = None
    host_key: str | None = None

    def __str__(self) -> str:
        """Write it as ssh takes it."""
        user = f"{self.user}@" if self.user else ""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{user}{host}" + (f":{self.port}" if self.port else "")


@dataclass(frozen=True, slots=True)
class Fetch:
    """Bring one file of a host."""

    target: Target
    path: str
    wish: Wish


@dataclass(frozen=True, slots=True)
class Capture:
    """Record on a host; of `pid`, `pgrep` and `system` exactly one is given."""

    target: Target
    wish: Wish
    pid: int | None = None
    pgrep: str | None = None
    system: bool = False
    frequency: int = DEFAULT_FREQUENCY
    seconds: int = DEFAULT_SECONDS
    event: str | None = None
    call_graph: str = "fp"
    sudo: bool = False

    @property
    def what(self) -> str:
        """Name what is recorded."""
        return "the whole machine" if self.system else f"pid {self.pid}" if self.pid else repr(self.pgrep)


class _Body:
    """The fields of one object; each may be asked for once, and none may be left over."""

    def __init__(self, body: object) -> None:
        if not isinstance(body, Mapping):
            raise ParameterError("The body must be a JSON object.")
        self._left = dict(body)

    def text(self, name: str, meaning: str = "a text") -> str | None:
        value = self._left.pop(name, None)
        if value is None:
            return None
        right = isinstance(value, str) and 0 < len(value) <= LONGEST_TEXT and "\0" not in value
        if not right or (name in SHAPES and not re.fullmatch(SHAPES[name], value)):
            raise ParameterError(f"{name} is {_quoted(value)}: it must be {meaning}.")
        return str(value)

    def number(self, name: str, low: int, high: int) -> int | None:
        value = self._left.pop(name, None)
        if value is None:
            return None
        # 367.0 is a whole number in JSON, and some programs write all of theirs so.
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            raise ParameterError(
                f"{name} is {_quoted(value)}: it must be a whole number from {low} to {high}."
            )
        return value

    def flag(self, name: str) -> bool:
        value = self._left.pop(name, False)
        if not isinstance(value, bool):
            raise ParameterError(f"{name} is {_quoted(value)}: it must be true or false.")
        return value

    def choice(self, name: str, choices: Collection[str]) -> str | None:
        value = self._left.pop(name, None)
        if value is not None and value not in choices:
            raise ParameterError(f"{name} is {_quoted(value)}: it must be one of {', '.join(choices)}.")
        return None if value is None else str(value)

    def end(self) -> None:
        if self._left:
            raise ParameterError(f"There is no field {_quoted(next(iter(self._left)))} in this request.")


def read_fetch(body: object) -> Fetch:
    """Read the body of an import. Raises ParameterError."""
    fields = _Body(body)
    target = _target(fields)
    path = _given(fields.text("path", "a path on the host"), "path", "name a file on the host")
    wish = _wish(fields, lambda: names.leaf_of(path, "profile"))
    fields.end()
    return Fetch(target, path, wish)


def read_capture(body: object, max_seconds: int, default_name: Callable[[str], str]) -> Capture:
    """Read the body of a capture; `default_name` names a recording of a host. Raises ParameterError."""
    fields = _Body(body)
    target = _target(fields)
    pid, pgrep = fields.number("pid", 1, MAX_PID), fields.text("pgrep", "a pattern for pgrep -f")
    system = fields.flag("system")
    if (pid is not None) + (pgrep is not None) + system != 1:
        raise ParameterError("Give exactly one of pid, pgrep and system: they say what is to be recorded.")
    capture = Capture(
        target,
        _wish(fields, lambda: default_name(target.host)),
        pid,
        pgrep,
        system,
        frequency=fields.number("frequency", 1, MAX_FREQUENCY) or DEFAULT_FREQUENCY,
        seconds=fields.number("seconds", 1, max_seconds) or min(DEFAULT_SECONDS, max_seconds),
        event=fields.text("event", "an event as perf list names it"),
        call_graph=fields.choice("callGraph", CALL_GRAPHS) or "fp",
        sudo=fields.flag("sudo"),
    )
    fields.end()
    return capture


def _target(fields: _Body) -> Target:
    host = fields.text("host", "a host name, an address or an alias of ~/.ssh/config")
    return Target(
        _given(host, "host", "name a host"),
        fields.number("port", 1, 65535),
        fields.text("user", "a user name"),
        _trimmed(fields.text("hostKey", "a fingerprint: SHA256: and 43 characters")),
    )


def _wish(fields: _Body, default: Callable[[], str]) -> Wish:
    name = fields.text("filename", "the name that the profile is to have")
    exact = fields.choice("exists", ("number", "refuse")) == "refuse"
    wish = Wish(name or default(), exact, fields.flag("force"))
    names.parts_of(wish.name)
    return wish


def _given(value: Value | None, name: str, advice: str) -> Value:
    if value is None:
        raise ParameterError(f"{name} is missing: {advice}.")
    return value


def _trimmed(fingerprint: str | None) -> str | None:
    return fingerprint.rstrip("=") if fingerprint else None


def _quoted(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 100 else text[:100] + "…"
