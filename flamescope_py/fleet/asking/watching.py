"""Ends a question that takes too long, or whose client has gone, while an engine works on it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, wait
from contextlib import contextmanager
from time import monotonic
from typing import TypeVar

from flamescope_py.errors import BusyError, ClientGoneError, FlameScopeError, TooLargeError

T = TypeVar("T")
# How soon a client that has gone is noticed.
LOOK_SECONDS = 0.1
# How long an interrupted question may take to end.
GRACE_SECONDS = 2.0
IN_USE = "The fleet's engine is still at work on other questions: ask again."
GONE = "The client has closed its connection: the question was cancelled."


def stays() -> bool:
    """Return False, as a client that never goes."""
    return False


@contextmanager
def watched(interrupt: Callable[[], object], seconds: float, gone: Callable[[], bool]) -> Iterator[None]:
    """Interrupt the body after so many seconds, or as soon as `gone` returns True.

    `interrupt` makes the body raise; it is called from another thread, again and again until the body ends,
    because an engine forgets an interrupt that comes before its work. Raises TooLargeError or ClientGoneError
    in place of the body's exception.
    """
    if gone():
        raise ClientGoneError(GONE)
    done = threading.Event()
    reasons: list[FlameScopeError] = []

    def watch() -> None:
        end = monotonic() + seconds
        while not done.wait(min(LOOK_SECONDS, seconds)):
            if not reasons and gone():
                reasons.append(ClientGoneError(GONE))
            if not reasons and monotonic() >= end:
                reasons.append(_too_long(seconds))
            if reasons:
                interrupt()

    thread = threading.Thread(target=watch, name="watch", daemon=True)
    thread.start()
    try:
        yield
    except Exception as error:
        if reasons:
            raise reasons[0] from error
        raise
    finally:
        done.set()
        thread.join()


def in_turn(
    lock: threading.Lock,
    work: Callable[[], T],
    interrupt: Callable[[], object],
    seconds: float,
    gone: Callable[[], bool],
) -> T:
    """Return the result of work that needs a lock, in a thread of its own.

    `interrupt` asks for its end after so many seconds, or as soon as `gone` returns True. Work that does not
    end then is left alone and keeps the lock. Raises TooLargeError, ClientGoneError, BusyError if the lock is
    not free in time, and what the work raises.
    """
    end = monotonic() + seconds
    while not lock.acquire(timeout=min(LOOK_SECONDS, seconds)):
        if gone():
            raise ClientGoneError(GONE)
        if monotonic() >= end:
            raise BusyError(IN_USE, retry_after=5)
    future: Future[T] = Future()
    threading.Thread(target=_finish, args=(future, work, lock), name="question", daemon=True).start()
    end = monotonic() + seconds
    while not wait([future], LOOK_SECONDS).done:
        if gone() or monotonic() >= end:
            reason = ClientGoneError(GONE) if gone() else _too_long(seconds)
            # A server that is stuck does not answer this either.
            threading.Thread(target=interrupt, name="interrupt", daemon=True).start()
            wait([future], GRACE_SECONDS)
            raise reason
    return future.result()


def _finish(future: Future[T], work: Callable[[], T], lock: threading.Lock) -> None:
    try:
        result = work()
    except BaseException as error:  # noqa: BLE001  it is raised where the result is wanted
        lock.release()
        future.set_exception(error)
    else:
        lock.release()
        future.set_result(result)


def _too_long(seconds: float) -> TooLargeError:
    return TooLargeError(
        f"The question took more than {seconds:g} s (max_query_seconds): ask about less time or fewer hosts."
    )
