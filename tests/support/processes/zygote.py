"""A process that has imported the program, and forks for every start of it, which takes most of a start away.

A fork runs `flamescope_py` as `python -m flamescope_py` does, with its own arguments, variables and streams,
and ends as an interpreter ends. Its parent waits for it and reports how it ended. Tests use it by `starting`.
"""

from __future__ import annotations

import gc
import json
import os
import runpy
import signal
import socket
import sys
import threading
import time
from importlib import import_module
from pathlib import Path
from typing import NoReturn

from tests.support.processes.spare import hold_ready

# What a server imports, at its start and with its first requests.
MODULES = (
    "flamescope_py.commands.main",
    "flamescope_py.commands.serve",
    "flamescope_py.server.running",
    "flamescope_py.web.app",
    "flamescope_py.readers.registry",
    "multiprocessing.forkserver",
    "multiprocessing.resource_tracker",
    "multiprocessing.popen_forkserver",
    "concurrent.futures.process",
)
LONGEST_REQUEST = 1 << 20


def serve(control: socket.socket) -> list[str]:
    """Fork for every request, until the tests end. Return the arguments, in a fork."""
    before = set(os.environ)
    for module in MODULES:
        import_module(module)
    import_module("flamescope_py.readers.registry").warm()
    # A variable that the program sets for the processes it starts.
    own = {name: value for name, value in os.environ.items() if name not in before}
    _expect_no_thread()
    gc.collect()
    gc.freeze()
    interrupted = signal.signal(signal.SIGINT, signal.SIG_IGN)
    children: set[int] = set()
    while True:
        text, files, _, _ = socket.recv_fds(control, LONGEST_REQUEST, 3)
        if not text:
            os._exit(0)
        children = {one for one in children if os.waitpid(one, os.WNOHANG)[0] == 0}
        if parent := os.fork():
            children.add(parent)
            for file in files:
                os.close(file)
            continue
        control.close()
        *streams, report = files
        pid = os.fork()
        if pid:
            _wait(pid, streams, report)
        signal.signal(signal.SIGINT, interrupted)
        os.close(report)
        return _become(json.loads(text), streams, own)


def _expect_no_thread() -> None:
    """Expect that nothing but this thread may hold a lock, which a fork would keep for ever.

    jemalloc's own thread holds none while it forks: it returns memory to the system, and no more than that.
    """
    names = [task.read_text().strip() for task in Path("/proc/self/task").glob("*/comm")]
    assert threading.active_count() == len(names) - names.count("jemalloc_bg_thd") == 1, names


def _wait(pid: int, streams: list[int], report: int) -> NoReturn:
    """Report the pid, and how its process ended."""
    for file in streams:
        os.close(file)
    os.close(1)
    os.close(2)
    try:
        os.write(report, b"%d\n" % pid)
        _, status = os.waitpid(pid, 0)
        os.write(report, b"%d\n" % os.waitstatus_to_exitcode(status))
    finally:
        os._exit(0)


def _become(asked: dict[str, object], streams: list[int], own: dict[str, str]) -> list[str]:
    """Take over what was asked for, and return the arguments."""
    for number, file in enumerate(streams, 1):
        os.dup2(file, number)
        os.close(file)
    # The one of the zygote knows whether its own file can seek.
    sys.stdout = os.fdopen(1, "w", closefd=False)
    arguments, variables = asked["arguments"], asked["variables"]
    assert isinstance(arguments, list)
    assert isinstance(variables, dict)
    os.environ.clear()
    os.environ.update(own | variables)
    time.tzset()
    # Of several processes each has a fork server of its own.
    if "--processes" not in arguments:
        hold_ready()
    return arguments


if __name__ == "__main__":
    arguments = serve(socket.socket(fileno=int(sys.argv[1])))
    sys.argv[1:] = arguments
    runpy.run_module("flamescope_py", run_name="__main__", alter_sys=True)
