"""The commands of a recording: the one place that knows the options of perf record and perf script."""

from __future__ import annotations

import shlex
from collections.abc import Sequence

from flamescope_py.recording.requests import Recording
from flamescope_py.recording.scripts import CLOCK, FIELDS, LIVE, LIVE_PARTS, LOST
from flamescope_py.recording.scripts.ring import shown_options

_SUDO = "sudo -n"
_PLACE = "$TMPDIR/flamescope.XXXXXXXX"


def record_options(request: Recording, pid: int | None) -> list[str]:
    """Return the options of perf record for a process, or for the whole machine if `pid` is None."""
    options = ["-F", str(request.frequency), "--call-graph", request.call_graph]
    options += ["-a"] if pid is None else ["-p", str(pid)]
    options += ["-e", request.event] if request.event else []
    return options


def arguments(request: Recording, pid: int | None, packed: bool, live: bool = False) -> list[str]:
    """Return the arguments of the recording script."""
    return [
        _SUDO if request.sudo else "",
        "gzip -1 -c" if packed else "cat",
        str(request.seconds),
        "live" if live else "ring" if request.ring else "",
        str(request.ring or 0),
        *record_options(request, pid),
    ]


def shown_commands(request: Recording) -> Sequence[str]:
    """Return the commands that a recording runs, as a person would type them."""
    pid = "PID" if request.pid is None else str(request.pid)
    search = [] if request.pgrep is None else [f"pgrep -f -- {shlex.quote(request.pgrep)}"]
    if request.cpu_prof:
        return [*search, f"kill -USR1 {pid}", "node inspect localhost:9229"]
    sudo = f"{_SUDO} " if request.sudo else ""
    ring = [] if request.ring is None else shown_options(request.ring)
    options = shlex.join(record_options(request, None if request.system else 1) + ring)
    target = options if request.system else options.replace("-p 1", f"-p {pid}")
    data = f"{_PLACE}/perf.data"
    record = f"{sudo}perf record --sample-cpu {CLOCK} {target}"
    wait = f"-- sleep {request.seconds}"
    recording = [f"{record} -o {data} {wait}"]
    if request.live:
        recording = [
            f"{record} {LIVE} {wait} > {data}",
            f"tail -c +1 -f {data} | {LIVE_PARTS} {sudo}perf script -f -i - {FIELDS[0]}",
        ]
    script = (
        f"{sudo}perf script -f --header -i {data if request.ring is None else '$file'} {FIELDS[0]} {LOST}"
    )
    if request.ring is not None:
        script = f"for file in {data}.*; do {script}; done"
    return [*search, *recording, script]
