"""Requests of work over SSH, made of the JSON objects that the web receives and the command line builds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flamescope_py.incoming import names
from flamescope_py.incoming.placing import Wish
from flamescope_py.recording.bodies import bounded, read_body
from flamescope_py.recording.requests import Recording, recording_of, wish_of
from flamescope_py.remote.bodies import CaptureBody, FetchBody


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
    """Record on a host."""

    target: Target
    recording: Recording


def read_fetch(body: object) -> Fetch:
    """Read the body of an import. Raises ParameterError."""
    asked = read_body(body, FetchBody)
    return Fetch(_target(asked), asked.path, wish_of(asked, lambda: names.leaf_of(asked.path, "profile")))


def read_capture(body: object, max_seconds: int, default_name: Callable[[str], str]) -> Capture:
    """Read the body of a recording; `default_name` names one of a host. Raises ParameterError."""
    asked = read_body(body, bounded(CaptureBody, max_seconds))
    return Capture(_target(asked), recording_of(asked, max_seconds, lambda: default_name(asked.host)))


def _target(asked: FetchBody | CaptureBody) -> Target:
    fingerprint = asked.host_key.rstrip("=") if asked.host_key else None
    return Target(asked.host, asked.port, asked.user, fingerprint)
