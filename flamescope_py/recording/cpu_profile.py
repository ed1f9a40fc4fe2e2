"""Record a Node process that runs already, with V8's own profiler, through its inspector.

For machines where perf is missing or refused, and for processes without a perf map. Each thread has a
.cpuprofile. V8 samples JavaScript and does not see native stacks.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import msgspec
from msgspec import Raw, Struct

from flamescope_py.errors import RemoteError
from flamescope_py.incoming import names, receiving
from flamescope_py.incoming.landing import Landing
from flamescope_py.jobs.job import Progress
from flamescope_py.jobs.waiting import to_the_end, within
from flamescope_py.recording import inspector, node_process
from flamescope_py.recording.inspector import MAIN, Session
from flamescope_py.recording.node_process import Opened
from flamescope_py.recording.processes import find
from flamescope_py.recording.requests import Recording
from flamescope_py.recording.shell import Shell

MOST_THREADS = 64
_LEAVE_SECONDS = 10
_BEGIN_SECONDS = 10
_MOST_PROFILE = 256 << 20
# Closing waits for debuggers to go, and Node 18 may crash if one is there. So it happens a second after the
# session has ended. A failure in it would be an error of the program, hence the try. `require` is known only
# while the expression runs.
CLOSE = """((inspector) => {
  setTimeout(() => { try { inspector.close(); } catch { } }, 1000).unref();
})(require("inspector"))"""
_GONE = (
    "The process, or the connection to it, ended before the recording did. V8 keeps a profile in the "
    "process, so nothing is left of it."
)


class _Stopped(Struct):
    profile: Raw


# Made at import: of two threads that decode into a new type at once, one may see it half made.
_STOPPED = msgspec.json.Decoder(_Stopped)


async def record(shell: Shell, request: Recording, landing: Landing, progress: Progress) -> None:
    """Record as a request asks. Raises FlameScopeError."""
    process = await find(shell, request)
    target = await node_process.opened(shell, process.pid)
    async with _session(shell, process.pid, target, _bound(landing), progress) as session:
        threads = _Threads(session, request.frequency)
        try:
            await threads.start()
            finish = asyncio.Event()
            progress.step("recording", request.seconds)
            with progress.finishing(finish.set):
                await _either(finish, session.over, request.seconds)
            if session.over.done():
                raise RemoteError(_GONE)
            progress.step("reading")
            profiles = await threads.stop()
        finally:
            await to_the_end(threads.drop())
    await _land(profiles, request, landing, progress)


async def _land(profiles: Sequence[bytes], request: Recording, landing: Landing, progress: Progress) -> None:
    """Land the profiles of threads. That of the main thread is the last, with which the job is done."""
    others = []
    for number, profile in reversed(list(enumerate(profiles))):
        with landing.receive() as arriving:
            arriving.write(profile)
            progress.at(arriving.size)
            wish = request.wish._replace(name=names.of_thread(request.wish.name, number))
            if number:
                others.append(await to_the_end(asyncio.to_thread(arriving.land, wish)))
            else:
                if others:
                    progress.warn(
                        f"Worker threads have profiles of their own: {', '.join(reversed(others))}."
                    )
                await receiving.land(arriving, wish, progress)


def _bound(landing: Landing) -> int:
    """The most bytes of a profile, which comes as one message."""
    return min(_MOST_PROFILE, landing.bounds.max_bytes)


async def _either(finish: asyncio.Event, over: asyncio.Future[None], seconds: float) -> None:
    """Wait until a recording is finished, its session is over, or its time is up."""
    finished = asyncio.ensure_future(finish.wait())
    try:
        both: list[asyncio.Future[Any]] = [finished, over]
        await asyncio.wait(both, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    finally:
        finished.cancel()


class _Threads:
    """V8's profilers of the main thread and of the workers."""

    def __init__(self, session: Session, frequency: int) -> None:
        self._session = session
        self._microseconds = max(1, round(1e6 / frequency))
        self._workers: list[tuple[str, asyncio.Task[None]]] = []

    async def start(self) -> None:
        """Start all, also of workers that begin later. Raises RemoteError."""
        self._session.on_worker = self._attached
        await self._session.call("NodeWorker.enable", waitForDebuggerOnStart=False)
        await self._begin(MAIN)
        if self._workers:
            await asyncio.wait([begun for _, begun in self._workers], timeout=_BEGIN_SECONDS)

    async def drop(self) -> None:
        """Let go of workers that did not begin."""
        for _, begun in self._workers:
            begun.cancel()
            await asyncio.wait([begun])
            begun.cancelled() or begun.exception()

    def _attached(self, worker: str) -> None:
        if len(self._workers) < MOST_THREADS - 1:
            self._workers.append((worker, asyncio.ensure_future(self._begin(worker))))

    async def _begin(self, thread: str) -> None:
        await self._session.call("Profiler.enable", thread)
        await self._session.call("Profiler.setSamplingInterval", thread, interval=self._microseconds)
        await self._session.call("Profiler.start", thread)

    async def stop(self) -> list[bytes]:
        """Return the profiles, that of the main thread first. Raises RemoteError.

        A worker that has ended meanwhile takes its profile along.
        """
        self._session.on_worker = lambda worker: None
        profiles = [await self._profile(MAIN)]
        for worker, begun in self._workers:
            await asyncio.wait([begun])
            if begun.cancelled() or begun.exception() is not None:
                continue
            profiles.append(await self._profile(worker))
        return profiles

    async def _profile(self, thread: str) -> bytes:
        answer = await self._session.call("Profiler.stop", thread)
        try:
            return bytes(_STOPPED.decode(answer).profile)
        except ValueError as error:  # of msgspec, or text that is no UTF-8
            raise RemoteError("Node's inspector sent no profile.") from error


@asynccontextmanager
async def _session(
    shell: Shell, pid: int, target: Opened, max_bytes: int, progress: Progress
) -> AsyncIterator[Session]:
    """Talk to an inspector. It is closed afterwards if it was opened for this."""
    host, port = node_process.address(target.socket)
    try:
        session = await _connected(shell, host, port, max_bytes)
        try:
            if await session.value("process.pid") != target.pid:
                raise RemoteError(f"Port {port} belongs to another process than {pid}: try again.")
            if not node_process.is_loopback(host):
                raise RemoteError(f"The inspector of process {pid} listens on {host}, beyond this machine.")
            yield session
        finally:
            await to_the_end(_leave(session, target))
    finally:
        if target.ours and not await to_the_end(node_process.is_closed(shell, pid, target.socket)):
            progress.warn(f"The inspector of process {pid} is still open on its port {port}.")


async def _connected(shell: Shell, host: str, port: int, max_bytes: int) -> Session:
    """Return an open session. Raises RemoteError."""
    asked = await shell.connect(host, port)
    try:
        path = await inspector.address_of(asked)
    finally:
        await asked.close()
    session = Session(await shell.connect(host, port), path, max_bytes)
    try:
        await session.open()
    except BaseException:
        await to_the_end(session.close())
        raise
    return session


async def _leave(session: Session, target: Opened) -> None:
    """End a session, and let an inspector of ours be closed after it."""
    try:
        if target.ours and not session.over.done():
            await within(_LEAVE_SECONDS, session.value(CLOSE))
    except (RemoteError, asyncio.TimeoutError):
        # The warning about an open inspector tells it.
        return
    finally:
        await session.close()
