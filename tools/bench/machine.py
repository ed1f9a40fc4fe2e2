"""The machine that a table was measured on: its hardware and software, not its name."""

from __future__ import annotations

import os
import platform
import re
import sys
import time
from pathlib import Path

import psutil

BUSY_PERCENT = 10


def description() -> str:
    """Return processor, cores, memory, kernel and Python in one line."""
    memory = psutil.virtual_memory().total / 2**30
    release = re.match(r"[\d.]+", platform.release())
    parts = [
        _processor(),
        f"{os.cpu_count()} cores",
        f"{memory:.0f} GiB memory",
        f"{platform.system()} {release.group() if release else ''}".strip(),
        f"{platform.python_implementation()} {platform.python_version()}",
    ]
    if not getattr(sys, "_is_gil_enabled", lambda: True)():
        parts[-1] += " without the GIL"
    return ", ".join(parts)


def _processor() -> str:
    """Return the kernel's name of the processor."""
    try:
        text = Path("/proc/cpuinfo").read_text()
    except OSError:
        text = ""
    found = re.search(r"^model name\s*:\s*(.+)$", text, re.MULTILINE)
    return found.group(1).strip() if found else platform.machine()


def busy() -> float:
    """Return the load average of the last minute per core. Above 1, the measurements are disturbed."""
    return os.getloadavg()[0] / (os.cpu_count() or 1)


def wait_until_quiet(patience: float) -> None:
    """Wait until the processors are idle, at most `patience` seconds."""
    end = time.monotonic() + patience
    while time.monotonic() < end and psutil.cpu_percent(interval=0.3) > BUSY_PERCENT:
        pass
