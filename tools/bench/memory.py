"""The peak memory of a process and all its children, sampled from outside while it runs.

Proportional set size where the kernel has it: pages that processes share (the interpreter, a pool's
inherited pages) count once. Sampling costs time, so that a run is measured for memory or for time.
"""

from __future__ import annotations

import subprocess
import threading
from pathlib import Path

import psutil

INTERVAL = 0.02


def peak_bytes(process: subprocess.Popen[bytes]) -> int:
    """Watch a process until it ends. Return the largest sum over it and its descendants."""
    peak = 0
    ended = threading.Event()
    while process.poll() is None:
        peak = max(peak, tree_bytes(process.pid))
        ended.wait(INTERVAL)
    return peak


def tree_bytes(pid: int) -> int:
    """Return the current memory of a process and its descendants. Ended processes count 0."""
    try:
        root = psutil.Process(pid)
        pids = [pid, *(child.pid for child in root.children(recursive=True))]
    except psutil.NoSuchProcess:
        return 0
    return sum(map(_bytes_of, pids))


def _bytes_of(pid: int) -> int:
    try:
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) << 10
        return 0
    except OSError:
        return _resident(pid)


def _resident(pid: int) -> int:
    try:
        return int(psutil.Process(pid).memory_info().rss)
    except psutil.Error:
        return 0
