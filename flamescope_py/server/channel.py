"""One connection to a client: its budget, its pace, its errors, its end."""

from __future__ import annotations

import logging
import socket
from collections.abc import Mapping
from time import monotonic
from typing import Any, cast

from waitress.buffers import ReadOnlyFileBasedBuffer
from waitress.channel import ClientDisconnected, HTTPChannel
from waitress.task import ErrorTask

from flamescope_py.errors import BusyError
from flamescope_py.server.buffers import NO_ROOM, Buffers
from flamescope_py.server.parsing import RefusedError
from flamescope_py.web.errors import error_body
from flamescope_py.web.middleware.logs import FIELDS
from flamescope_py.web.respond import JSON

logger = logging.getLogger(__name__)

# Where memory and disk for answers run out, slow readers are given so long instead of idle_seconds.
HURRY_SECONDS = 10
# After an early answer, the rest of a request is discarded: for the first while the peer is silent, for the
# second in total, as far as the sweeper looks.
LINGER_SILENT_SECONDS, LINGER_SECONDS = 5, 15
# Bytes of one read, and reads at a time.
_PIECE, _PIECES = 256 << 10, 32
_BUSY = "Too many answers wait for slow clients (max_buffered_bytes): try again."


class _JsonErrorTask(ErrorTask):
    """Answers requests that never reach the application (malformed or oversized) with our error shape."""

    def execute(self) -> None:
        error, channel = cast(Any, self.request).error, cast(Any, self.channel)
        body = error_body(f"{error.reason}: {error.body}".rstrip(".") + ".")
        self.status = f"{error.code} {error.reason}"
        self.response_headers = [("Content-Type", JSON), *channel.security_headers.items()]
        self.response_headers += getattr(error, "headers", ())
        self.set_close_on_finish()
        self.content_length = len(body)
        self.write(body)
        # The application, which logs requests, never sees this one; a wrong token may be among these.
        fields = {"client": channel.addr[0], "status": error.code}
        logger.warning("refused before it came", extra={FIELDS: fields})


class Channel(HTTPChannel):
    """One connection."""

    error_task_class = _JsonErrorTask
    # Set for each server, on a class of its own.
    buffers: Buffers
    security_headers: Mapping[str, str]
    health: frozenset[str]
    _active = 0.0
    _head: tuple[object, float] = (None, 0.0)
    _unsent = _held = _sent = 0
    # When the peer's rates were last looked at, and how much it had read or sent then.
    _rated: tuple[float, int] | None = None
    _arriving: tuple[object, float, int] | None = None
    # Whether a request was refused, and when the refusal was sent whole.
    _refused = False
    _lingers_since: float | None = None

    def __init__(self, *arguments: Any, **more: Any) -> None:
        """Wait for the first request."""
        super().__init__(*arguments, **more)
        self.waiting_since = monotonic()

    @property
    def last_activity(self) -> float:
        """When bytes came or went, in seconds of the monotonic clock."""
        return self._active

    @last_activity.setter
    def last_activity(self, time_of_day: float) -> None:
        self._active = monotonic()

    @property
    def total_outbufs_len(self) -> int:
        """Bytes to send. Every change is counted in the budget, except for files on disk."""
        return self._unsent

    @total_outbufs_len.setter
    def total_outbufs_len(self, size: int) -> None:
        self._sent += max(0, self._unsent - size)
        self._unsent = size
        outbufs = cast(Any, self).outbufs if size else ()
        held = sum(one.__len__() for one in outbufs if not isinstance(one, ReadOnlyFileBasedBuffer))
        self.buffers.change(held - self._held)
        self._held = held

    def service(self) -> None:
        """Answer a request, or ask the client to retry later if nothing more can be buffered."""
        request = cast(Any, self).requests[0]
        if not request.error and not self.is_health(request) and self.buffers.exceeded():
            # As long as a thread may wait for its peer, large answers come through as well.
            if self.buffers.begin_wait():
                self.buffers.end_wait()
            else:
                request.error = RefusedError(BusyError(_BUSY, retry_after=5))
        self._refused = bool(request.error)
        super().service()
        self.waiting_since = monotonic()

    def handle_write(self) -> None:
        """Send. After a refusal, close the sending half only: more of the request may be on its way.

        Closing a socket with unread bytes resets the connection, by which a client may lose the answer
        (RFC 9112, 9.6).
        """
        me: Any = self
        # A thread sets close_when_flushed under this lock.
        with me.requests_lock:
            refusing = self._refused and me.close_when_flushed
            if refusing:
                me.close_when_flushed = False
            super().handle_write()
        if not refusing or not me.connected:
            return
        if me.total_outbufs_len:
            me.close_when_flushed = True
            return
        self._linger()

    def _linger(self) -> None:
        me: Any = self
        self._lingers_since = monotonic()
        if me.request is not None:
            # Bytes behind the refused head, which looked like another request.
            me.request.close()
            me.request = None
        try:
            me.socket.shutdown(socket.SHUT_WR)
        except OSError:
            # The peer is gone.
            self.handle_close()

    def readable(self) -> bool:
        """Return True if bytes are wanted, be it to throw them away."""
        return self._lingers_since is not None or super().readable()

    def handle_read(self) -> None:
        """Take bytes of a request, or throw them away after a refusal."""
        if self._lingers_since is None:
            super().handle_read()
            return
        ended = False
        try:
            # wasyncore closes a connection that the peer has half closed after one call, read or not.
            for _ in range(_PIECES):
                ended = not cast(Any, self).socket.recv(_PIECE)
                if ended:
                    break
        except BlockingIOError:
            pass
        except OSError:
            ended = True
        self._active = monotonic()
        if ended:
            self.handle_close()

    # The stubs have None.
    def check_client_disconnected(self) -> bool:  # type: ignore[override]
        """Return True once the peer has closed the connection or its sending half; for threads that answer.

        Until a request is answered, the loop reads nothing that would tell it.
        """
        me: Any = self
        if not me.connected:
            return True
        try:
            return not me.socket.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT)
        except BlockingIOError:
            return False
        except OSError:
            return True

    def is_waiting(self) -> bool:
        """Return True if it waits for a request, whose head may be arriving."""
        me: Any = self
        busy = me.requests or me.total_outbufs_len
        return not busy and (me.request is None or not me.request.headers_finished)

    def is_health(self, request: Any) -> bool:
        """Return True for a request that the loop may answer itself: it does next to nothing."""
        return not request.error and request.command in {"GET", "HEAD"} and request.path in self.health

    def write_soon(self, data: Any) -> int:
        """Buffer a piece of an answer. Raises ClientDisconnected."""
        try:
            written: int = super().write_soon(data)
        except OSError as error:
            if error.errno not in NO_ROOM:
                raise
            self._give_up("the disk of the temporary directory is full")
        return written

    def _flush_outbufs_below_high_watermark(self) -> None:
        """Send without blocking. waitress would wait for any peer here."""
        me: Any = self
        if me.total_outbufs_len <= me.adj.outbuf_high_watermark:
            return
        with me.outbuf_lock:
            _, failed = me._flush_exception(me._flush_some, do_close=False)
            if failed or not self.buffers.exceeded():
                return
            if not self.buffers.begin_wait():
                self._give_up("it reads slowly and max_buffered_bytes is reached")
            try:
                while me.connected and me.total_outbufs_len > me.adj.outbuf_high_watermark:
                    me.server.pull_trigger()
                    me.outbuf_lock.wait()
            finally:
                self.buffers.end_wait()

    def _give_up(self, reason: str) -> None:
        """Cut an answer off. The loop closes the connection."""
        me: Any = self
        logger.warning("An answer was cut off: %s.", reason, extra={FIELDS: {"client": me.addr[0]}})
        me.will_close = True
        me.server.pull_trigger()
        raise ClientDisconnected

    def handle_close(self) -> None:
        """Close it, and let go of a body that was under way."""
        me: Any = self
        if me.request is not None:
            me.request.close()
        super().handle_close()

    def is_stuck(self, now: float, seconds: float, least_rate: float) -> bool:
        """Return True if the peer is silent or at one head for so long, below the least rate, or lingers."""
        me: Any = self
        if self._lingers_since is not None:
            silent = now - self._active >= min(seconds, LINGER_SILENT_SECONDS)
            return silent or now - self._lingers_since >= LINGER_SECONDS
        if now - self._active >= seconds:
            # With a request, a thread works for it, unless it waits for the peer to read.
            return not me.requests or me.total_outbufs_len > me.adj.outbuf_high_watermark
        if me.request is None or me.request.headers_finished:
            self._head = (None, 0.0)
        elif self._head[0] is not me.request:
            self._head = (me.request, now)
        elif now - self._head[1] >= seconds:
            return True
        return self._reads_slowly(now, seconds, least_rate) or self._sends_slowly(now, seconds, least_rate)

    def _reads_slowly(self, now: float, seconds: float, least_rate: float) -> bool:
        if not self._unsent:
            self._rated = None
            return False
        if self._rated is None:
            self._rated = (now, self._sent)
        since, sent = self._rated
        span = min(seconds, HURRY_SECONDS) if self.buffers.exceeded() else seconds
        if now - since < span:
            return False
        self._rated = (now, self._sent)
        return self._sent - sent < least_rate * (now - since)

    def _sends_slowly(self, now: float, seconds: float, least_rate: float) -> bool:
        """Return True if a body arrives too slowly. While a request is answered, none is read."""
        me: Any = self
        request = me.request
        if me.requests or request is None or not request.headers_finished:
            self._arriving = None
            return False
        if self._arriving is None or self._arriving[0] is not request:
            self._arriving = (request, now, request.body_bytes_received)
        _, since, size = self._arriving
        if now - since < seconds:
            return False
        self._arriving = (request, now, request.body_bytes_received)
        return bool(request.body_bytes_received - size < least_rate * (now - since))
