"""Reads perf.data, the file of `perf record`, by running this machine's `perf script` over it.

Its layout changes with every version of perf, so that only perf reads it well. The output of perf goes
straight into the parser of perf script text. This is the one reader that needs a file and a process: the
registry's row names `read_file`, and `source` calls it with a file of the system.

With a hostile file perf may print or wait forever. So a callback of the caller runs several times a second
and may cancel the reading, the output is bounded, and perf ends with its parent.
"""

from __future__ import annotations

import os
import re
import select
import shutil
import signal
import struct
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import cache
from pathlib import Path
from time import sleep
from types import TracebackType
from typing import IO, BinaryIO, Literal

from flamescope_py.errors import BrokenProfileError, TooLargeError
from flamescope_py.model import FrameTable, Profile
from flamescope_py.model.frame import KERNEL
from flamescope_py.readers.perf import reader
from flamescope_py.readers.perf.names import UNNAMED
from flamescope_py.readers.perf.parser import PerfScriptParser

# Written by this byte order and by the other one; perf reads both.
MAGICS = (b"PERFILE2", b"2ELIFREP")
# Of perf_file_header: its size and its features, HEADER_DIR_FORMAT among them.
_HEADER_SIZE = 104
_SIZE, _FEATURES = slice(8, 16), slice(72, 80)
_IS_DIRECTORY = 1 << 24
# perf_event_header: the type, flags and the size of a record; the kernel's types and perf's own.
_RECORD = struct.Struct("=IHH")
_TYPES = {*range(1, 32), *range(64, 96)}
_ENOUGH_RECORDS = 4
_HEAD = 64 << 10
_LITTLE_ENDIAN = b"PERFILE2"
PART_OF_DIRECTORY = (
    "This is one file of a directory that `perf record --threads` wrote, and perf reads them together only: "
    "run `perf script -f -i DIRECTORY > perf.out` where it was recorded, and open perf.out."
)
COMMAND = "perf script -f -i perf.data > perf.out"
UNRESOLVED_KERNEL = f"Kernel frames are unresolved: run `{COMMAND}` where it was recorded, and open perf.out."

CHUNK = 1 << 18
TURN_SECONDS = 0.1
MAX_STDERR = 64 << 10
MAX_MESSAGES = 20
MAX_MESSAGE = 300
# Starts perf without network, with a read-only view, within limits, and ends it with its parent.
_CONFINED = Path(__file__).with_name("confined.py")
# Lines for lost events and switches. perf before 4.20 does not have them all: it ends with its status for a
# wrong usage.
_OTHER_EVENTS = ("--show-lost-events", "--show-switch-events")
_WRONG_USAGE = 129
# Called with the number of bytes read, always 0, because perf does not report it. Raises to cancel.
EachTurn = Callable[[int], None]


@cache
def why_not_confined() -> str:
    """Return why perf cannot be kept from the network and from writing on this machine, or nothing."""
    command = [sys.executable, "-IS", str(_CONFINED), "--check"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.stdout if done.returncode == 0 else "its starter failed"


def recognises(head: bytes) -> bool:
    """Return True if a head is one of perf.data, or of a file that belongs to one."""
    return head.startswith(MAGICS) or is_part_of_directory(head)


def is_part_of_directory(head: bytes) -> bool:
    """Return True for a file of a directory that `perf record --threads` wrote.

    Its `data` has a header with that feature bit. `data.0` and the others contain only records.
    """
    if head.startswith(MAGICS):
        order: Literal["little", "big"] = "little" if head.startswith(_LITTLE_ENDIAN) else "big"
        size, features = (int.from_bytes(head[part], order) for part in (_SIZE, _FEATURES))
        return size == _HEADER_SIZE and bool(features & _IS_DIRECTORY)
    place, records = 0, 0
    while place + _RECORD.size <= len(head) and records < _ENOUGH_RECORDS:
        kind, _, size = _RECORD.unpack_from(head, place)
        if kind not in _TYPES or size < _RECORD.size or size % 8:
            return False
        place, records = place + size, records + 1
    return records == _ENOUGH_RECORDS


def read_file(file: BinaryIO, each_turn: EachTurn, most: int) -> Profile:
    """Read perf.data from a file of the system, calling `each_turn` several times a second.

    Raises BrokenProfileError, always with the command to run by hand, when there is no perf, when the file
    is one of several, when perf cannot read it, and when it finds no sample. Raises TooLargeError when perf
    prints more than `most` bytes. Exceptions of `each_turn` are passed on.
    """
    if is_part_of_directory(os.pread(file.fileno(), _HEAD, 0)):
        raise BrokenProfileError(PART_OF_DIRECTORY)
    program = shutil.which("perf")
    if program is None:
        raise BrokenProfileError(
            f"Reading perf.data takes perf, which this server does not have: run `{COMMAND}` where the file "
            "was recorded, and open perf.out."
        )
    parser, running = _printed(program, file, _OTHER_EVENTS, each_turn, most)
    if running.status == _WRONG_USAGE:
        parser, running = _printed(program, file, (), each_turn, most)
    builder = parser.finish()
    if not builder.report.samples:
        said = next(iter(running.messages), "it says nothing")
        raise BrokenProfileError(
            f"perf script finds no sample in this perf.data ({said}): run `{COMMAND}` where it was recorded, "
            "and open perf.out."
        )
    if running.status:
        builder.report.messages.append(f"perf script stopped with status {running.status}.")
    builder.report.messages.extend(running.messages)
    profile = reader.finish(builder)
    if _is_from_another_kernel(profile.frames):
        profile.report.messages.insert(0, UNRESOLVED_KERNEL)
    return profile


def _printed(
    program: str, file: BinaryIO, options: tuple[str, ...], each_turn: EachTurn, most: int
) -> tuple[PerfScriptParser, _PerfScript]:
    """Run perf and parse its output. Raises as `read_file`."""
    parser = PerfScriptParser()
    with _PerfScript(program, file, options) as running:
        printed = 0
        for chunk in running.output(each_turn):
            printed += len(chunk)
            if printed > most:
                raise TooLargeError(
                    f"perf script prints more than {most} bytes of this perf.data "
                    "(max_decompressed_bytes): record for a shorter time."
                )
            parser.feed(chunk)
    return parser, running


def _is_from_another_kernel(frames: FrameTable) -> bool:
    """Return True if there are kernel frames and not one of them has a name.

    perf resolves them only by the symbols of a kernel of the recording's build id.
    """
    kernel = {name for name, kind in zip(frames.name, frames.kind, strict=True) if kind == KERNEL}
    return kernel == {UNNAMED}


class _PerfScript:
    """A running `perf script`: `output` while inside, `status` and `messages` behind it.

    perf and its children end with the `with`, and if the process inside it is killed.
    """

    def __init__(self, program: str, file: BinaryIO, options: tuple[str, ...]) -> None:
        number = file.fileno()
        self._path = f"/proc/self/fd/{number}"  # never the name, which could look like an option
        self._process = subprocess.Popen(
            [
                *(sys.executable, "-IS", str(_CONFINED), str(os.getpid()), str(os.fstat(number).st_size)),
                # addr2line, which names inlined functions, would read the files that a recording names.
                *(program, "script", "-f", "-i", self._path, "--no-inline", *options),
            ],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            bufsize=0,
            pass_fds=(number,),
            start_new_session=True,
            cwd="/",
            # Reading a file must not ask the network for symbols.
            env={**os.environ, "LC_ALL": "C", "DEBUGINFOD_URLS": ""},
        )
        # Ends perf's children where this process is killed: its end of the pipe is closed then.
        self._watcher = subprocess.Popen(
            ["/bin/sh", "-c", 'read -r _; kill -9 "-$0"', str(self._process.pid)],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            cwd="/",
        )
        self.status = 0
        self.messages: list[str] = []
        self._said = b""
        self._listener = threading.Thread(target=self._listen, daemon=True)

    def __enter__(self) -> _PerfScript:
        self._listener.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        # Not waited for yet, so that no other process can have its number, which is its group's.
        self._watcher.kill()
        self._watcher.wait()
        assert self._watcher.stdin is not None  # noqa: S101  it was asked for
        self._watcher.stdin.close()
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._printed().close()
        self.status = self._process.wait()
        self._listener.join()
        self.messages = self._told()

    def output(self, each_turn: EachTurn) -> Iterator[bytes]:
        """Yield perf's output until perf has ended."""
        stream, poll = self._printed(), select.poll()
        poll.register(stream, select.POLLIN)
        while True:
            each_turn(0)
            if not poll.poll(1000 * TURN_SECONDS):
                continue
            chunk = stream.read(CHUNK)
            if not chunk:
                break
            yield chunk
        # It may have closed its output, and go on.
        while not self._has_ended():
            each_turn(0)
            sleep(TURN_SECONDS / 10)

    def _printed(self) -> IO[bytes]:
        assert self._process.stdout is not None  # noqa: S101  it was asked for
        return self._process.stdout

    def _has_ended(self) -> bool:
        how = os.WEXITED | os.WNOHANG | os.WNOWAIT
        return os.waitid(os.P_PID, self._process.pid, how) is not None

    def _listen(self) -> None:
        """Read all of perf's standard error and keep the beginning."""
        assert self._process.stderr is not None  # noqa: S101  it was asked for
        with self._process.stderr as stream:
            while chunk := stream.read(CHUNK):
                self._said += chunk[: MAX_STDERR - len(self._said)]

    def _told(self) -> list[str]:
        """Return the first lines of perf's standard error, without paths of this machine."""
        text = self._said.decode("utf-8", "replace").replace(self._path, "perf.data")
        lines = [re.sub(r"(?<!\S)/\S*/", "", line).strip() for line in text.splitlines()]
        return [line[:MAX_MESSAGE] for line in lines if line][:MAX_MESSAGES]
