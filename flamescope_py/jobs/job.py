"""A background job: its snapshot for clients, and the progress that its work reports."""

from __future__ import annotations

import asyncio
import math
import secrets
import threading
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timezone

QUEUED, RUNNING, DONE, FAILED, CANCELLED = "queued", "running", "done", "failed", "cancelled"
ENDED = frozenset({DONE, FAILED, CANCELLED})


def now() -> datetime:
    """Return the current time in UTC."""
    return datetime.now(timezone.utc)


@dataclass(frozen=True, slots=True)
class JobView:
    """A snapshot of a job. `details` extends the error for programs, for example with the host key."""

    id: str
    kind: str
    source: str
    state: str
    step: str
    done: int
    size: int | None
    seconds_left: int | None
    created: datetime
    started: datetime | None
    ended: datetime | None
    error: str | None
    filename: str | None
    warnings: tuple[str, ...]
    live: str | None
    details: Mapping[str, object]

    @property
    def over(self) -> bool:
        """Return True if the job has ended."""
        return self.state in ENDED


@dataclass(slots=True, eq=False)
class Job:
    """A job in the runner. `until` is the expected end of the current step, on the monotonic clock."""

    kind: str
    source: str
    client: str
    work: Work
    id: str = field(default_factory=lambda: secrets.token_hex(8))
    state: str = QUEUED
    step: str = QUEUED
    done: int = 0
    size: int | None = None
    until: float | None = None
    created: datetime = field(default_factory=now)
    started: datetime | None = None
    ended: datetime | None = None
    error: str | None = None
    filename: str | None = None
    warnings: tuple[str, ...] = ()
    live: str | None = None
    details: Mapping[str, object] = field(default_factory=dict)
    task: asyncio.Task[None] | None = None
    cancelling: bool = False
    expired: bool = False
    finish: Callable[[], None] | None = None

    def view(self) -> JobView:
        """Take a snapshot."""
        left = None if self.until is None else max(0, math.ceil(self.until - time.monotonic()))
        return JobView(
            id=self.id,
            kind=self.kind,
            source=self.source,
            state=self.state,
            step=self.step,
            done=self.done,
            size=self.size,
            seconds_left=left,
            created=self.created,
            started=self.started,
            ended=self.ended,
            error=self.error,
            filename=self.filename,
            warnings=self.warnings,
            live=self.live,
            details=self.details,
        )


class Progress:
    """Reports the progress of a job's work."""

    def __init__(self, job: Job, change: threading.Condition) -> None:
        """`change` guards the job and wakes waiting threads."""
        self._job = job
        self._change = change

    def step(self, name: str, seconds: float | None = None) -> None:
        """Begin a step; `seconds` is its expected duration, if known."""
        until = None if seconds is None else time.monotonic() + seconds
        self._set(step=name, until=until)

    def expect(self, size: int) -> None:
        """Set the expected number of bytes."""
        self._set(size=size)

    def at(self, done: int) -> None:
        """Set the number of received bytes."""
        self._set(done=done)

    def warn(self, sentence: str) -> None:
        """Add a warning for the user; the job goes on."""
        self._set(warnings=(*self._job.warnings, sentence))

    def live(self, filename: str | None) -> None:
        """Record the name under which the file is shown while it arrives."""
        self._set(live=filename)

    def landed(self, filename: str) -> None:
        """Record that the file is in place. From here on the job counts as done, even if it is cancelled."""
        self._set(filename=filename)

    @contextmanager
    def finishing(self, finish: Callable[[], None]) -> Iterator[None]:
        """Within this context, `finish` ends the present step early and keeps what came so far.

        It is called on the loop of the job.
        """
        self._set(finish=finish)
        try:
            yield
        finally:
            self._set(finish=None)

    def _set(self, **values: object) -> None:
        with self._change:
            for name, value in values.items():
                setattr(self._job, name, value)
            self._change.notify_all()


Work = Callable[[Progress], Awaitable[None]]
