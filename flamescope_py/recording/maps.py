"""Whether perf will know the names of functions that a runtime compiles, and how to make it so.

Runtimes write the names of such functions to /tmp/perf-PID.map (tools/perf/Documentation/jit-interface.txt
of Linux), if they are started so.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Literal

NODE_OPTIONS = ("--perf-basic-prof", "--interpreted-frames-native-stack")

MapState = Literal["named", "absent", "empty", "nameless", "foreign", "unreadable", "hidden"]

# nodejs  node18  java  python3.12  php-fpm8.2  ruby3.1
_RUNTIMES = (
    ("node", re.compile(r"node(?:js)?\d*|iojs")),
    ("java", re.compile(r"java")),
    ("dotnet", re.compile(r"dotnet")),
    ("python", re.compile(r"python[\d.]*|pypy[\d.]*")),
    ("ruby", re.compile(r"j?ruby[\d.]*")),
    ("php", re.compile(r"php(?:-fpm|-cgi)?[\d.]*")),
)
_TITLES = {
    "node": "Node",
    "java": "Java",
    "dotnet": ".NET",
    "python": "Python",
    "ruby": "Ruby",
    "php": "PHP",
}
# Which functions have no name without a map, and the option to add to the command line.
_ADVICE: Mapping[str, tuple[str, str]] = {
    "node": ("JavaScript functions", f"start it as node {' '.join(NODE_OPTIONS)} …"),
    "java": (
        "compiled methods",
        (
            "run jcmd PID Compiler.perfmap before the recording ends (Java 17 and later), and start it with "
            "-XX:+PreserveFramePointer."
        ),
    ),
    "dotnet": ("compiled methods", "start it with DOTNET_PerfMapEnabled=1 in its environment."),
    "python": ("Python functions", "start it as python -X perf … (Python 3.12 and later)."),
    "ruby": (
        "functions that YJIT compiled",
        "start it as ruby --yjit --yjit-perf=map … (Ruby 3.3 and later).",
    ),
    "php": (
        "functions that its JIT compiled",
        "start it with -d opcache.jit_debug=0x10, which makes the JIT write a perf map.",
    ),
}
_UNREAD: Mapping[str, MapState] = {"absent": "absent", "hidden": "hidden", "unreadable": "unreadable"}
# Ruby and PHP interpret by default, and their interpreters' own functions have names.
_QUIET_WITHOUT_MAP = frozenset({"ruby", "php"})


def runtime_of(program: str) -> str | None:
    """Return the runtime that a program is, by its file name."""
    return next((name for name, pattern in _RUNTIMES if pattern.fullmatch(program)), None)


def map_of(text: str, uid: str, runtime: str | None) -> MapState:
    """Read how the script describes a map: absent, hidden, unreadable, or OWNER:SIZE:NAMED."""
    if text in _UNREAD:
        return _UNREAD[text]
    owner, _, rest = text.partition(":")
    size, _, named = rest.partition(":")
    if size == "0":
        return "empty"
    # perf ignores it, and another process with the same number may have left it.
    if owner not in {uid, "0", ""}:
        return "foreign"
    return "nameless" if runtime == "node" and named != "yes" else "named"


def warning_of(runtime: str | None, state: MapState, pid: int) -> str | None:
    """Return what a user should know before a recording of a process, or None if names will be there."""
    if runtime is None or state == "named":
        return None
    functions, advice = _ADVICE[runtime]
    if state == "absent" and runtime in _QUIET_WITHOUT_MAP:
        fault = f"The {_TITLES[runtime]} process {_FAULTS[state]}"
        return f"{fault}: {functions}, if there are any, will be shown as addresses. For names, {advice}"
    may = "may" if state in {"nameless", "hidden"} else "will"
    fault = _FAULTS[state].format(pid=pid)
    return f"The {_TITLES[runtime]} process {fault}, so {functions} {may} be shown as addresses: {advice}"


_FAULTS: Mapping[MapState, str] = {
    "absent": "runs without a perf map",
    "empty": "has an empty perf map, perf-{pid}.map",
    "nameless": "has a perf map without the name of a JavaScript function, perf-{pid}.map",
    "foreign": "has a perf map that belongs to another user, perf-{pid}.map",
    "unreadable": "has a perf map that this account may not read, perf-{pid}.map",
    "hidden": "runs in a container whose perf map this account may not see",
}
