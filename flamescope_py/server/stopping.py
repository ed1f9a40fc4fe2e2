"""How the server ends: it stops listening at once and finishes running requests, in bounded time.

waitress alone would stop its loop first, and with it the sending of answers that are made already.
"""

from __future__ import annotations

import logging
import signal
from collections.abc import Callable
from time import monotonic
from types import FrameType
from typing import Any

from waitress import wasyncore

logger = logging.getLogger(__name__)

# Called at SIGINT. Return True if that was meant for something else than the server.
Interrupted = Callable[[], bool]
# How often the loop looks whether all is sent.
_STEP_SECONDS = 0.1
_STOP_SECONDS = 5


class Stopping:
    """Runs a waitress server until SIGINT or SIGTERM; a second signal ends it at once."""

    def __init__(
        self,
        server: Any,
        on_stop: Callable[[], object],
        patience: float,
        each_turn: Callable[[], object],
        interrupted: Interrupted,
    ) -> None:
        """`patience` is how many seconds running requests may still take; `each_turn` runs in the loop."""
        self._interrupted = interrupted
        self._server = server
        self._on_stop = on_stop
        self._patience = patience
        self._each_turn = each_turn
        self._asked = self._asked_again = False
        self._deadline = 0.0

    @property
    def seconds_left(self) -> float:
        """The rest of the patience after `run`."""
        return max(0.0, self._deadline - monotonic())

    def run(self) -> None:
        """Answer requests."""
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._signalled)
        whole = False
        try:
            while not self._asked:
                self._loop(self._server.adj.asyncore_loop_timeout)
            self._deadline = monotonic() + self._patience
            self._stop_listening()
            self._on_stop()
            whole = self._drain()
        except SystemExit:
            logger.warning("Stopped by a second signal.")
        self._server.task_dispatcher.shutdown(timeout=_STOP_SECONDS if whole else 0)
        if whole:
            # Else threads still use their connections; the end of the process closes them.
            wasyncore.close_all(self._server._map, ignore_all=True)

    def _signalled(self, number: int, frame: FrameType | None) -> None:
        if number == signal.SIGINT and not self._asked and self._interrupted():
            return
        if self._asked:
            # Python drops an exception that comes while it destroys an object.
            self._asked_again = True
            raise SystemExit(0)
        self._asked = True
        self._server.pull_trigger()

    def _loop(self, seconds: float) -> None:
        wasyncore.loop(timeout=seconds, use_poll=True, map=self._server._map, count=1)
        self._each_turn()

    def _stop_listening(self) -> None:
        # Not its own close(), which would also close the trigger that working threads pull.
        wasyncore.dispatcher.close(self._server)

    def _drain(self) -> bool:
        """Go on until nothing is being answered or sent; False when that takes too long."""
        while busy := self._busy():
            if self._asked_again or not self.seconds_left:
                logger.warning("Stopped while %d requests were still running.", busy)
                return False
            self._loop(_STEP_SECONDS)
        return True

    def _busy(self) -> int:
        """Count connections with a request that has arrived, or is arriving, and is not answered in full."""
        channels = list(self._server.active_channels.values())
        return sum(
            bool(channel.requests or channel.total_outbufs_len or _arriving(channel)) for channel in channels
        )


def _arriving(channel: Any) -> bool:
    """Return True if a request's body is arriving. A head alone may be an idle keep-alive connection."""
    return channel.request is not None and bool(channel.request.headers_finished)
