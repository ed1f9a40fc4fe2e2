"""Waiting in a job: with a time limit, or shielded from cancellation.

Before Python 3.12, `asyncio.wait_for` swallows a cancellation that comes while its result is there already.
A host that sends without pause is always in that state, so its job could not be cancelled.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from contextlib import suppress
from typing import Any, TypeVar

Result = TypeVar("Result")
# How long a cancelled task may tidy up.
TIDY_SECONDS = 3.0


async def within(seconds: float, work: Coroutine[Any, Any, Result]) -> Result:
    """Return the result of `work`. A cancellation is passed on. Raises asyncio.TimeoutError."""
    task = asyncio.ensure_future(work)
    try:
        await asyncio.wait([task], timeout=seconds)
    except asyncio.CancelledError:
        await _cancelled(task)
        raise
    if not task.done():
        await _cancelled(task)
        raise asyncio.TimeoutError
    return task.result()


async def to_the_end(work: Coroutine[Any, Any, Result]) -> Result:
    """Return the result of `work`. A cancellation is raised once `work` has ended."""
    task, cancelled = asyncio.ensure_future(work), False
    while not task.done():
        try:
            await asyncio.wait([task])
        except asyncio.CancelledError:  # noqa: PERF203
            cancelled = True
    if cancelled:
        # Retrieved, so that asyncio reports no error that is never seen.
        task.cancelled() or task.exception()
        raise asyncio.CancelledError
    return task.result()


async def _cancelled(task: asyncio.Future[Any]) -> None:
    """Cancel a task and wait for its end, through further cancellations: a dropped one leaves pipes open.

    A task that does not end, as a connection to a silent host, is dropped all the same.
    """
    loop = asyncio.get_running_loop()
    end = loop.time() + TIDY_SECONDS
    while not task.done() and (left := end - loop.time()) > 0:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await asyncio.wait([task], timeout=left)
    if task.done():
        task.cancelled() or task.exception()
