"""A process that makes and tries the inputs of one kind, until it is ended or has tried as many as it should.

The current input lies in memory that the parent shares, so that it is known after a crash.
"""

from __future__ import annotations

import faulthandler
import logging
import os
import random
import resource
import shutil
import signal
import tempfile
import traceback
from mmap import mmap
from pathlib import Path
from time import monotonic
from typing import NamedTuple

from tools.fuzz.kinds import make_kind

# Memory that an input may take beyond the memory that the process has when it is ready.
MEMORY_BYTES = 1 << 30
MOST_INPUT = 1 << 20


class Slot(NamedTuple):
    """Shared memory: inputs tried and taken, when the current one began, its bytes, and the fault."""

    numbers: mmap
    input: mmap
    words: mmap

    @classmethod
    def make(cls) -> Slot:
        """Share memory with children that are forked from now on."""
        return cls(mmap(-1, 4096), mmap(-1, MOST_INPUT + 8), mmap(-1, 1 << 16))

    def set(self, place: int, value: int) -> None:
        """Set a number."""
        self.numbers[8 * place : 8 * place + 8] = value.to_bytes(8, "little")

    def get(self, place: int) -> int:
        """Return a number."""
        return int.from_bytes(self.numbers[8 * place : 8 * place + 8], "little")

    def keep(self, data: bytes) -> None:
        """Keep the current input."""
        self.input[:8] = len(data).to_bytes(8, "little")
        self.input[8 : 8 + len(data)] = data

    def kept(self) -> bytes:
        """Return the current input."""
        return self.input[8 : 8 + int.from_bytes(self.input[:8], "little")]

    def tell(self, text: str) -> None:
        """Keep the fault, its end if it is long."""
        data = text.encode("utf-8", "replace")[-(len(self.words) - 1) :]
        self.words[: len(data) + 1] = data + b"\0"

    def told(self) -> str:
        """Return the fault."""
        return self.words[:].partition(b"\0")[0].decode("utf-8", "replace")


TRIED, TAKEN, BEGAN = range(3)


def run(kind_name: str, seed: int, most: int, slot: Slot) -> None:
    """Try inputs, then end this process with status 0, or with 1 at the first finding."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, _stop)
    logging.disable(logging.ERROR)
    faulthandler.disable()
    folder = Path(tempfile.mkdtemp(prefix="flamescope-fuzz-"))
    kind = None
    status = 0
    try:
        kind = make_kind(kind_name, random.Random(seed), folder)
        _bound_memory()
        parent = os.getppid()
        while slot.get(TRIED) < most and os.getppid() == parent:
            data = kind.make()[:MOST_INPUT]
            slot.keep(data)
            slot.set(BEGAN, int(monotonic() * 1000))
            taken = kind.check(data)
            slot.set(BEGAN, 0)
            slot.set(TRIED, slot.get(TRIED) + 1)
            slot.set(TAKEN, slot.get(TAKEN) + taken)
    except _Stopped:
        slot.set(BEGAN, 0)
    except BaseException:  # noqa: BLE001  whatever it is, it is a finding
        slot.tell(traceback.format_exc())
        status = 1
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    try:
        if kind is not None:
            kind.close()
    except BaseException:  # noqa: BLE001  a server that is gone, or has logged a bug
        slot.tell(f"{slot.told()}\nat the end: {traceback.format_exc()}")
        status = 1
    shutil.rmtree(folder, ignore_errors=True)
    os._exit(status)


class _Stopped(BaseException):
    """The parent's time is over."""


def _stop(number: int, frame: object) -> None:
    signal.signal(number, signal.SIG_IGN)
    raise _Stopped


def _bound_memory() -> None:
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    most = pages * resource.getpagesize() + MEMORY_BYTES
    resource.setrlimit(resource.RLIMIT_AS, (most, most))
