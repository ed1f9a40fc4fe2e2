"""One piece of long work: what is shown of it, and what its work may tell while it runs."""

from __future__ import annotations

import asyncio
import math
import secrets
import threading
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timezone

QUEUED, RUNNING, DONE, FAILED, CANCELLED = "queued", "running", "done", "failed", "cancelled"
ENDED = frozenset({DONE, FAILED, CANCELLED})


def now() -> datetime:
    """Give the time, in UTC."""
    return datetime.now(timezone.utc)


@dataclass(frozen=True, slots=True)
class JobView:
    """A job at one moment; `details` is what a program needs beside the error, such as the host key."""

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
    details: Mapping[str, object]

    @property
    def over(self) -> bool:
        """Say whether nothing will change any more."""
        return self.state in ENDED


@dataclass(slots=True, eq=False)
class Job:
    """A job as the runner keeps it; `until` is when the present step will be over, by the monotonic clock."""

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
    details: Mapping[str, object] = field(default_factory=dict)
    task: asyncio.Task[None] | None = None
    cancelling: bool = False
    expired: bool = False

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
            details=self.details,
        )


class Progress:
    """What a job's work tells about itself."""

    def __init__(self, job: Job, change: threading.Condition) -> None:
        """`change` guards the job, and wakes those who wait for it."""
        self._job = job
        self._change = change

    def step(self, name: str, seconds: float | None = None) -> None:
        """Begin a step; `seconds` is how long it will take, where that is known."""
        until = None if seconds is None else time.monotonic() + seconds
        self._set(step=name, until=until)

    def expect(self, size: int) -> None:
        """Say how many bytes there will be."""
        self._set(size=size)

    def at(self, done: int) -> None:
        """Say how many bytes have come."""
        self._set(done=done)

    def warn(self, sentence: str) -> None:
        """Add what the user should know although the job goes on."""
        self._set(warnings=(*self._job.warnings, sentence))

    def landed(self, filename: str) -> None:
        """Say that the result is in its place: from here on the job is done, even if somebody cancels it."""
        self._set(filename=filename)

    def _set(self, **values: object) -> None:
        with self._change:
            for name, value in values.items():
                setattr(self._job, name, value)
            self._change.notify_all()


Work = Callable[[Progress], Awaitable[None]]
