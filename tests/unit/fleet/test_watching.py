from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from flamescope_py.errors import BusyError, ClientGoneError, TooLargeError
from flamescope_py.fleet.asking import watching
from flamescope_py.fleet.asking.watching import in_turn, stays


def nothing() -> None:
    """Interrupt nothing."""


def test_work_in_turn_has_its_result_and_its_error() -> None:
    lock = threading.Lock()
    assert in_turn(lock, lambda: 3, nothing, 60, stays) == 3
    with pytest.raises(ZeroDivisionError):
        in_turn(lock, lambda: 1 // 0, nothing, 60, stays)
    assert not lock.locked()


@pytest.mark.parametrize(
    ("seconds", "gone", "error"), [(0.01, stays, TooLargeError), (60, lambda: True, ClientGoneError)]
)
def test_work_that_is_interrupted_frees_its_turn(
    seconds: float, gone: Callable[[], bool], error: type[Exception]
) -> None:
    lock, asked = threading.Lock(), threading.Event()
    with pytest.raises(error):
        in_turn(lock, asked.wait, asked.set, seconds, gone)
    assert in_turn(lock, lambda: 3, nothing, 60, stays) == 3


def test_work_that_does_not_end_keeps_its_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watching, "GRACE_SECONDS", 0.01)
    lock, end = threading.Lock(), threading.Event()
    with pytest.raises(TooLargeError, match="max_query_seconds"):
        in_turn(lock, end.wait, nothing, 0.01, stays)
    with pytest.raises(BusyError, match="still at work"):
        in_turn(lock, lambda: 3, nothing, 0.01, stays)
    with pytest.raises(ClientGoneError):
        in_turn(lock, lambda: 3, nothing, 60, lambda: True)
    end.set()
    assert in_turn(lock, lambda: 3, nothing, 60, stays) == 3
