"""Requests of recordings, made of the JSON objects that the web receives and the command line builds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import PurePosixPath

from flamescope_py.errors import ParameterError
from flamescope_py.incoming import names
from flamescope_py.incoming.placing import Wish
from flamescope_py.recording.bodies import Body, RecordBody, bounded, read_body

DEFAULT_FREQUENCY = 99
DEFAULT_SECONDS = 60
MAX_LIVE_SECONDS = 900
DEFAULT_CALL_GRAPH = "fp"


@dataclass(frozen=True, slots=True)
class Recording:
    """A recording with perf; of `pid`, `pgrep` and `system` exactly one is given."""

    wish: Wish
    pid: int | None = None
    pgrep: str | None = None
    system: bool = False
    frequency: int = DEFAULT_FREQUENCY
    seconds: int = DEFAULT_SECONDS
    event: str | None = None
    call_graph: str = DEFAULT_CALL_GRAPH
    sudo: bool = False
    live: bool = False
    # By V8 in place of perf.
    cpu_prof: bool = False
    # The seconds before its end that are kept; None keeps all.
    ring: int | None = None

    @property
    def subject(self) -> str:
        """The recorded process or machine, for messages."""
        return "the whole machine" if self.system else f"pid {self.pid}" if self.pid else repr(self.pgrep)


def read_recording(body: object, max_seconds: int, default_name: Callable[[], str]) -> Recording:
    """Read the body of a recording here; `default_name` names one. Raises ParameterError."""
    return recording_of(read_body(body, bounded(RecordBody, max_seconds)), max_seconds, default_name)


def recording_of(asked: RecordBody, max_seconds: int, default_name: Callable[[], str]) -> Recording:
    """Return the recording that a body asks for. Raises ParameterError."""
    if (asked.pid is not None) + (asked.pgrep is not None) + asked.system != 1:
        raise ParameterError("Give exactly one of pid, pgrep and system: they say what is to be recorded.")
    if asked.cpu_prof:
        _require_node_only(asked)
    # A ring waits for trouble for as long as it may.
    seconds = asked.seconds or (max_seconds if asked.ring else min(DEFAULT_SECONDS, max_seconds))
    return Recording(
        wish_of(asked, _profile_name(default_name) if asked.cpu_prof else default_name),
        asked.pid,
        asked.pgrep,
        asked.system,
        frequency=asked.frequency or DEFAULT_FREQUENCY,
        seconds=seconds,
        event=asked.event,
        call_graph=asked.call_graph or DEFAULT_CALL_GRAPH,
        sudo=asked.sudo,
        live=asked.live and asked.ring is None and not asked.cpu_prof and seconds <= MAX_LIVE_SECONDS,
        ring=asked.ring,
        cpu_prof=asked.cpu_prof,
    )


def _require_node_only(asked: RecordBody) -> None:
    """Raise ParameterError for a field that means something to perf alone."""
    perfs = {
        "system": asked.system,
        "event": asked.event,
        "callGraph": asked.call_graph,
        "sudo": asked.sudo,
        "ring": asked.ring,
    }
    for name, value in perfs.items():
        if value:
            raise ParameterError(f"cpuProf and {name} exclude each other: {name} is for perf.")


def _profile_name(default_name: Callable[[], str]) -> Callable[[], str]:
    return lambda: str(PurePosixPath(default_name()).with_suffix(".cpuprofile"))


def wish_of(asked: Body, default: Callable[[], str]) -> Wish:
    """Return the wanted name of a profile. Raises ParameterError."""
    wish = Wish(asked.filename or default(), asked.exists == "refuse", asked.force)
    names.parts_of(wish.name)
    return wish
