"""Results of reading processes, which cross in files of memory instead of a pipe.

A pipe holds 64 KiB. A process that is killed while it sends more leaves half a message, and the executor
would wait for the other half for ever, since it keeps an end of the pipe itself. So the server makes a file
for each call, the process writes its result there, and the pipe carries a message that is written whole or
not at all.

Columns lie in the file as they do in memory (pickle protocol 5, out-of-band buffers). The server maps those
of parts, which it joins at once, and copies the others once.
"""

from __future__ import annotations

import ctypes
import gc
import mmap
import os
import pickle
import tempfile
from collections.abc import Callable
from traceback import format_exception
from typing import Any, BinaryIO

import numpy as np

# A file begins with its token, then the numbers of bytes of the pickled object and of each buffer.
_TOKEN_BYTES = 16
_NUMBER = np.dtype("<u8")
# Of every buffer, for any element of an array.
_ALIGNMENT = 64
# A process that held more than this for its result returns it to the system. It keeps less for its next
# reading, since touching fresh memory costs time.
_MOST_KEPT = 16 << 20


class WorkerError(Exception):
    """The traceback of an error in a reading process: the cause of that error in the server."""


class ResultFile:
    """A file for the result of one call, without a name."""

    def __init__(self) -> None:
        """Make the file. Raises OSError."""
        self._file = _memory_file()
        self._token = os.urandom(_TOKEN_BYTES)
        self._file.write(self._token)

    @property
    def address(self) -> tuple[str, bytes]:
        """Where a process of the same user finds the file while it is open, and how it knows the file."""
        return f"/proc/{os.getpid()}/fd/{self._file.fileno()}", self._token

    def load(self, mapped: bool) -> Any:
        """Return the result of the call, which must have ended, or raise its error.

        `mapped`: arrays stay in the file, which lives as long as they do. They may be changed.
        """
        content = memoryview(mmap.mmap(self._file.fileno(), 0, access=mmap.ACCESS_COPY))
        count, at = _number(content, _TOKEN_BYTES), _TOKEN_BYTES + _NUMBER.itemsize
        sizes = np.frombuffer(content, _NUMBER, count, at).tolist()
        at = _aligned(at + count * _NUMBER.itemsize)
        parts = []
        for size in sizes:
            part = content[at : at + size]
            parts.append(part if mapped else bytearray(part))
            at = _aligned(at + size)
        failed, result = pickle.loads(parts[0], buffers=parts[1:])  # noqa: S301  # of our own process
        if failed:
            error, trace = result
            raise error from WorkerError(f"\n{trace}")
        return result

    def close(self) -> None:
        """Release the file."""
        self._file.close()


def answer(address: tuple[str, bytes], call: Callable[..., object], *arguments: object) -> None:
    """Run a call in a reading process, and write its result or its error to the file at an address."""
    try:
        outcome: tuple[bool, object] = (False, call(*arguments))
    except Exception as error:  # noqa: BLE001  # raised in the server
        outcome = (True, (error, "".join(format_exception(error))))
    stored = _store(address, outcome)
    del outcome
    if stored > _MOST_KEPT:
        _return_memory()


def _return_memory() -> None:
    """Return free memory to the system, where the C library can: the server joins large results meanwhile."""
    gc.collect()
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)


def _store(address: tuple[str, bytes], outcome: object) -> int:
    """Write an outcome to the file at an address. Return its number of bytes."""
    buffers: list[pickle.PickleBuffer] = []
    pickled = pickle.dumps(outcome, protocol=5, buffer_callback=buffers.append)
    parts = [memoryview(pickled), *(buffer.raw() for buffer in buffers)]
    path, token = address
    # The server may have given the call up and closed the file. Its number may be that of any other file now.
    with os.fdopen(os.open(path, os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC), "r+b") as file:
        if file.read(_TOKEN_BYTES) != token:
            raise FileNotFoundError("The reading was given up.")
        file.seek(_TOKEN_BYTES)
        file.write(np.array([len(parts), *(part.nbytes for part in parts)], _NUMBER).tobytes())
        for part in parts:
            file.seek(_aligned(file.tell()))
            file.write(part)
        return file.tell()


def _memory_file() -> BinaryIO:
    """Make a file without a name, in memory where the system has that."""
    # Absent from a Python that was built for a C library before 2.27.
    create = getattr(os, "memfd_create", None)
    if create is not None:
        return os.fdopen(create("flamescope-result", os.MFD_CLOEXEC), "r+b", buffering=0)
    return tempfile.TemporaryFile(buffering=0)


def _number(content: memoryview, at: int) -> int:
    return int(np.frombuffer(content, _NUMBER, 1, at)[0])


def _aligned(place: int) -> int:
    return -(-place // _ALIGNMENT) * _ALIGNMENT
