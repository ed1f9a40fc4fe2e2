"""Ends a question that takes too long, or whose client has gone, while an engine works on it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic

from flamescope_py.errors import ClientGoneError, FlameScopeError, TooLargeError

# How soon a client that has gone is noticed.
LOOK_SECONDS = 0.1
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


def _too_long(seconds: float) -> TooLargeError:
    return TooLargeError(
        f"The question took more than {seconds:g} s (max_query_seconds): ask about less time or fewer hosts."
    )
