"""Requests of work over SSH, made of the JSON objects that the web receives and the command line builds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flamescope_py.errors import ParameterError
from flamescope_py.incoming import names
from flamescope_py.incoming.landing import Wish
from flamescope_py.remote.bodies import Body, FetchBody, capture_body, read_body

DEFAULT_FREQUENCY = 99
DEFAULT_SECONDS = 60
DEFAULT_CALL_GRAPH = "fp"


@dataclass(frozen=True, slots=True)
class Target:
    """A host or an alias, as the user names it; `host_key` is the fingerprint that the user accepts."""

    host: str
    port: int | None = None
    user: str | None = None
    host_key: str | None = None

    def __str__(self) -> str:
        """Return it in the form that ssh takes."""
        user = f"{self.user}@" if self.user else ""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{user}{host}" + (f":{self.port}" if self.port else "")


@dataclass(frozen=True, slots=True)
class Fetch:
    """Fetch one file of a host."""

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
    call_graph: str = DEFAULT_CALL_GRAPH
    sudo: bool = False

    @property
    def subject(self) -> str:
        """The recorded process or machine, for messages."""
        return "the whole machine" if self.system else f"pid {self.pid}" if self.pid else repr(self.pgrep)


def read_fetch(body: object) -> Fetch:
    """Read the body of an import. Raises ParameterError."""
    asked = read_body(body, FetchBody)
    return Fetch(_target(asked), asked.path, _wish(asked, lambda: names.leaf_of(asked.path, "profile")))


def read_capture(body: object, max_seconds: int, default_name: Callable[[str], str]) -> Capture:
    """Read the body of a recording; `default_name` names one of a host. Raises ParameterError."""
    asked = read_body(body, capture_body(max_seconds))
    if (asked.pid is not None) + (asked.pgrep is not None) + asked.system != 1:
        raise ParameterError("Give exactly one of pid, pgrep and system: they say what is to be recorded.")
    return Capture(
        _target(asked),
        _wish(asked, lambda: default_name(asked.host)),
        asked.pid,
        asked.pgrep,
        asked.system,
        frequency=asked.frequency or DEFAULT_FREQUENCY,
        seconds=asked.seconds or min(DEFAULT_SECONDS, max_seconds),
        event=asked.event,
        call_graph=asked.call_graph or DEFAULT_CALL_GRAPH,
        sudo=asked.sudo,
    )


def _target(asked: Body) -> Target:
    fingerprint = asked.host_key.rstrip("=") if asked.host_key else None
    return Target(asked.host, asked.port, asked.user, fingerprint)


def _wish(asked: Body, default: Callable[[], str]) -> Wish:
    wish = Wish(asked.filename or default(), asked.exists == "refuse", asked.force)
    names.parts_of(wish.name)
    return wish
