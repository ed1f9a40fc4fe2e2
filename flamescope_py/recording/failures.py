"""Why a recording failed: the words of perf, sudo and the shell, and the one line that helps."""

from __future__ import annotations

from typing import NamedTuple

from flamescope_py.recording.foreign import printable
from flamescope_py.recording.shell import Shell

_INSTALL = "Debian: apt install linux-perf, Ubuntu: apt install linux-tools-common linux-tools-$(uname -r)"
SIGNALLED = "its script was ended by a signal"
NO_SAMPLES = "No samples were taken: the process was idle, or it ended. Record longer or another process."
# Of a known failure: perf explains perf_event_paranoid in twenty lines.
_MOST_WORDS = 300
_BY_NODE = "Node can sample itself: record with cpuProf (--cpu-prof)."


class _Hint(NamedTuple):
    """A part of a message, and the line that helps: `{there}` names the machine."""

    part: str
    line: str


_HINTS = (
    _Hint("perf_event_paranoid", f"use sudo, or lower kernel.perf_event_paranoid {{there}}. {_BY_NODE}"),
    _Hint("a password is required", "let sudo run perf without a password {there}: see docs/ssh.md."),
    _Hint("may not run sudo", "let sudo run perf without a password {there}: see docs/ssh.md."),
    _Hint("perf: not found", "install perf {there}."),
    _Hint("sudo: not found", "there is no sudo {there}: log in as a user who may record."),
    _Hint("No space left", "make room in the temporary directory {there}, or name another one in TMPDIR."),
    # perf is a script of Ubuntu that looks for the perf of the running kernel.
    _Hint("perf not found for kernel", "install linux-tools-$(uname -r) {there}."),
    _Hint("Operation not permitted", "use sudo {there}."),
)


def no_perf(shell: Shell) -> str:
    """Return the error of a machine without perf."""
    return f"{shell.machine.capitalize()} has no perf: install it {shell.there} ({_INSTALL}). {_BY_NODE}"


def why(shell: Shell, step: str, words: str) -> str:
    """Return what to do, where that is known, then the failure of a step (record, script, or empty).

    The failure is in the words of programs.
    """
    place = f"on {shell.machine}"
    failure = f"perf {step} failed {place}" if step else f"{shell.machine.capitalize()} could not record"
    hint = next((hint.line for hint in _HINTS if hint.part in words), "").format(there=shell.there)
    if not hint:
        return f"{failure}: {words or 'it did not say why'}"
    return f"{hint[0].upper()}{hint[1:]} {failure}: {printable(words, _MOST_WORDS)}"
