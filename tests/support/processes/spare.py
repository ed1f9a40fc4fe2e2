"""A fork of a fork of the zygote, made before there are threads: the fork server of its processes that read.

multiprocessing would start an interpreter, which imports what the fork has imported already.
"""

from __future__ import annotations

import json
import os
import socket
import sys
from collections.abc import Sequence
from multiprocessing import util
from types import ModuleType
from typing import Any

LONGEST = 1 << 20
MOST_FILES = 16


def hold_ready() -> None:
    """Fork a process that waits until multiprocessing starts a fork server, and becomes that one."""
    ours, theirs = socket.socketpair()
    pid = os.fork()
    if pid == 0:
        ours.close()
        _wait(theirs)
    theirs.close()
    owner, start = os.getpid(), util.spawnv_passfds

    def spawnv_passfds(path: bytes, args: Sequence[Any], passfds: Sequence[int]) -> int:
        """Start an interpreter, or let the waiting process take its place."""
        code = str(args[-1])
        # Another fork server comes after one that was killed, or in a process that this one forked.
        if "multiprocessing.forkserver" not in code or os.getpid() != owner or ours.fileno() < 0:
            return start(path, args, passfds)
        with ours:
            asked = json.dumps({"code": code, "files": list(passfds)}).encode()
            socket.send_fds(ours, [asked], list(passfds))
        return pid

    util.spawnv_passfds = spawnv_passfds


def _wait(control: socket.socket) -> None:
    """Run the code that multiprocessing would give an interpreter, with its descriptors in their places."""
    try:
        text, received, _, _ = socket.recv_fds(control, LONGEST, MOST_FILES)
        control.close()
        if text:
            asked = json.loads(text)
            _place(received, asked["files"])
            main = sys.modules["__main__"] = ModuleType("__main__")
            exec(asked["code"], vars(main))
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(0)


def _place(received: Sequence[int], wanted: Sequence[int]) -> None:
    """Give descriptors the numbers that the code names."""
    above = max([*received, *wanted]) + 1
    for number, file in enumerate(received):
        os.dup2(file, above + number)
        os.close(file)
    for number, file in enumerate(wanted):
        os.dup2(above + number, file)
        os.close(above + number)
