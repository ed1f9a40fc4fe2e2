"""Processes that are forked from one which has imported their modules, and that end with their parent."""

from __future__ import annotations

import multiprocessing
import os
import signal
import tempfile
import threading
from collections.abc import Iterable
from multiprocessing import connection, forkserver, resource_tracker, util
from multiprocessing.context import ForkServerContext
from multiprocessing.process import parent_process

# An address of a socket has 107 bytes, of which multiprocessing needs these for its own part.
_LONGEST_FOLDER = 107 - len("/pymp-12345678/listener-12345678")
_SHORT_FOLDER = "/tmp"  # noqa: S108  multiprocessing makes a private folder in it


def forked_processes(modules: Iterable[str]) -> ForkServerContext:
    """Return a context whose processes are forked from one that has imported modules.

    There is one such process for all contexts. It imports the modules that were named last before it started.
    """
    _shorten_addresses()
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(list(modules))
    return context


def start_importing() -> None:
    """Start the process that others are forked from: it imports while this one does something else.

    Ctrl-C in a terminal interrupts none of its imports: it and its forks block SIGINT.
    """
    # Its start would unblock the signal.
    resource_tracker.ensure_running()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        forkserver.ensure_running()
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def end_with_parent() -> None:
    """End this process with its parent, however that ends. A fork holds all that the parent would close."""
    parent = parent_process()
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent.sentinel,), daemon=True).start()


def _end_with(sentinel: int) -> None:
    connection.wait([sentinel])
    os._exit(1)


def _shorten_addresses() -> None:
    """Choose another folder for sockets if their addresses would be too long in that of temporary files."""
    try:
        folder = tempfile.gettempdir()
    except FileNotFoundError:
        # There is none. A start of a process tells that.
        return
    if len(os.fsencode(folder)) <= _LONGEST_FOLDER:
        return
    before, tempfile.tempdir = tempfile.tempdir, _SHORT_FOLDER
    try:
        # It remembers the folder that it makes.
        util.get_temp_dir()
    finally:
        tempfile.tempdir = before
