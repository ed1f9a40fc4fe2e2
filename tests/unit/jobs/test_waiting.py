"""Waiting within a time, and to the end: cancellations are neither swallowed nor too early."""

from __future__ import annotations

import asyncio

import pytest

from flamescope_py.jobs.waiting import to_the_end, within


async def value() -> int:
    return 7


async def failing() -> None:
    raise KeyError


async def forever() -> None:
    await asyncio.Event().wait()


def test_the_result_and_the_error_go_through() -> None:
    assert asyncio.run(within(10, value())) == 7
    assert asyncio.run(to_the_end(value())) == 7
    for waiting in (within(10, failing()), to_the_end(failing())):
        with pytest.raises(KeyError):
            asyncio.run(waiting)


def test_what_takes_too_long_is_cancelled() -> None:
    ended = []

    async def work() -> None:
        try:
            await forever()
        finally:
            ended.append(True)

    with pytest.raises(asyncio.TimeoutError):
        asyncio.run(within(0.01, work()))
    assert ended == [True]


def test_a_cancellation_that_comes_with_the_result_is_not_swallowed() -> None:
    """As with a host that sends without pause: the next piece has always arrived already."""

    async def scenario() -> None:
        loop, piece = asyncio.get_running_loop(), asyncio.Event()

        async def reading() -> None:
            while True:
                await within(10, piece.wait())

        task = loop.create_task(reading())
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        piece.set()
        for _ in range(20):
            await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(scenario())


@pytest.mark.parametrize("turns", range(8))
def test_a_cancellation_at_any_turn_ends_a_reading(turns: int) -> None:
    async def scenario() -> None:
        async def reading() -> None:
            while True:
                await within(10, value())

        task = asyncio.ensure_future(reading())
        for _ in range(turns):
            await asyncio.sleep(0)
        task.cancel()
        done, _ = await asyncio.wait([task], timeout=60)
        assert done
        assert task.cancelled()

    asyncio.run(scenario())


def test_tidying_up_ends_whatever_is_cancelled_meanwhile() -> None:
    steps: list[str] = []

    async def scenario() -> None:
        may_end = asyncio.Event()

        async def tidying() -> None:
            steps.append("begun")
            await may_end.wait()
            steps.append("ended")

        task = asyncio.ensure_future(to_the_end(tidying()))
        for _ in range(3):
            await asyncio.sleep(0)
            task.cancel()
        may_end.set()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(scenario())
    assert steps == ["begun", "ended"]
