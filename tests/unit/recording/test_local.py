"""The shell of this machine."""

from __future__ import annotations

import asyncio

import psutil
import pytest

from flamescope_py.recording.local import Local


@pytest.mark.parametrize("turns", range(6))
def test_a_start_that_is_cancelled_leaves_nothing_open(turns: int) -> None:
    async def start() -> None:
        before = psutil.Process().num_fds()
        task = asyncio.ensure_future(Local().channel("exec sleep 60"))
        for _ in range(turns):
            await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert psutil.Process().num_fds() == before

    asyncio.run(start())
