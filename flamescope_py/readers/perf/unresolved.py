"""Finds compiled code without names: frames of a process's map, or of anonymous memory, that stay unresolved.

Runtimes that compile while they run (Node, Java, .NET, Python, Ruby, PHP) write the names of their functions
to /tmp/perf-PID.map, if they are asked to at their start. perf names a frame's library by that file even if
there is no such file.
"""

from __future__ import annotations

import re
from typing import NamedTuple

import numpy as np

from flamescope_py.model import Profile

# /tmp/perf-4711.map · //anon and [JIT] tid 4711 of older perfs
_MAP = re.compile(r".{0,100}/perf-\d{1,10}\.map|//anon|\[JIT\] tid \d{1,10}")
_UNRESOLVED = "[unknown]"
_FEWEST_FRAMES = 100
_LEAST_SHARE = 0.2
_MOST_MESSAGES = 3

# By the beginning of a command or a thread's name, and a thread name of Node 20 and newer.
_ADVICE = (
    (("node", "nodejs", "MainThread", "WorkerThread"), "start node with --perf-basic-prof"),
    (
        ("java",),
        "attach a perf map agent, or start java with -XX:+DumpPerfMapAtExit",
    ),
    (("dotnet", ".NET"), "set DOTNET_PerfMapEnabled=1 before the process starts"),
    (("python",), "start python (3.12 or newer) with -X perf"),
    (("ruby",), "start ruby with --yjit-perf=map"),
    (("php",), "set opcache.jit_debug=16 for PHP"),
)
_ANY_ADVICE = (
    "start the process so that it writes this file: node --perf-basic-prof, python -X perf, "
    "DOTNET_PerfMapEnabled=1, a perf map agent for Java"
)


class _Map(NamedTuple):
    frames: int = 0
    unresolved: int = 0


def map_messages(profile: Profile) -> list[str]:
    """Return a sentence for each map in which a fifth of the frames or more lack names, the worst first."""
    found = {
        library: one
        for library, one in _maps(profile).items()
        if one.frames >= _FEWEST_FRAMES and one.unresolved >= _LEAST_SHARE * one.frames
    }
    worst = sorted(found, key=lambda library: -found[library].unresolved)[:_MOST_MESSAGES]
    return [_sentence(profile, library, found[library]) for library in worst]


def _maps(profile: Profile) -> dict[str, _Map]:
    """Count the frames of each map over all samples, and those without a name."""
    frames, tree = profile.frames, profile.tree
    found = filter(_MAP.fullmatch, dict.fromkeys(frames.library))
    number = {library: place for place, library in enumerate(found, 1)}
    if not number:
        return {}
    own = np.bincount(profile.samples.node, minlength=len(tree)).astype(np.int64)
    counts = np.bincount(tree.frame, tree.totals(own), len(frames))
    of_frame = np.array([number.get(library, 0) for library in frames.library])
    unresolved = counts * np.array([name == _UNRESOLVED for name in frames.name])
    sums = [
        np.bincount(of_frame, count, len(number) + 1).astype(np.int64).tolist()
        for count in (counts, unresolved)
    ]
    return {library: _Map(sums[0][place], sums[1][place]) for library, place in number.items()}


def _sentence(profile: Profile, library: str, one: _Map) -> str:
    command = _command(profile, library)
    advice = next((text for names, text in _ADVICE if command.startswith(names)), _ANY_ADVICE)
    share = round(100 * one.unresolved / one.frames)
    return f"{share} % of the frames in {library} are unresolved: {advice}, and record again."


def _command(profile: Profile, library: str) -> str:
    """Return the command of the first node with a frame of this library."""
    tree, frames = profile.tree, profile.frames
    mine = np.array([one == library for one in frames.library])
    node = int(np.flatnonzero(mine[tree.frame])[0])
    while tree.depth[node] > 1:
        node = int(tree.parent[node])
    return frames.name[int(tree.frame[node])]
