"""Queries are admitted by their estimate, per request, per client and for all costly ones together."""

from __future__ import annotations

import math
import os
import threading
from contextlib import ExitStack

import pytest

from flamescope_py.errors import BusyError, TooLargeError, TooManyRequestsError
from flamescope_py.service import admission
from flamescope_py.service.admission import Admission, AdmissionBounds


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Many cores, so that no query waits for a turn."""
    monkeypatch.setattr(os, "cpu_count", lambda: 64)
    return Clock()


def limited(clock: Clock, **bounds: float) -> Admission:
    usual = AdmissionBounds(request=60, client=10, percent=100, threads=1024)
    return Admission(usual._replace(**bounds), clock)  # type: ignore[arg-type]


def hold(stack: ExitStack, one: Admission, client: str, seconds: float) -> None:
    stack.enter_context(one.spend(client, seconds))


def test_a_query_that_takes_too_long_is_refused_before_it_works(clock: Clock) -> None:
    one = limited(clock)
    with pytest.raises(TooLargeError, match="max_query_seconds"), one.spend("10.0.0.1", 61):
        raise AssertionError("it runs")
    assert one.refused() == {"request": 1, "client": 0, "busy": 0}


def test_a_client_has_a_bucket_of_its_own_that_fills_again(clock: Clock) -> None:
    one = limited(clock)
    with ExitStack() as stack:
        hold(stack, one, "10.0.0.1", 8)
        with pytest.raises(TooManyRequestsError, match="max_client_seconds") as refused:
            hold(stack, one, "10.0.0.1", 5)
        assert refused.value.retry_after == 3
        hold(stack, one, "10.0.0.2", 8)
        clock.now += 3
        hold(stack, one, "10.0.0.1", 5)
    assert one.refused()["client"] == 1


def test_what_a_query_did_not_need_is_put_back(clock: Clock) -> None:
    """Answers from a cache are nearly free, however much was estimated."""
    one = limited(clock)
    for _ in range(100):
        with one.spend("10.0.0.1", 9):
            pass


def test_a_query_that_fails_is_put_back_too(clock: Clock) -> None:
    one = limited(clock)
    for _ in range(3):
        with pytest.raises(KeyError), one.spend("10.0.0.1", 9):
            raise KeyError


def test_one_query_beyond_the_bucket_runs_when_it_is_full(clock: Clock) -> None:
    one = limited(clock, client=2)
    with ExitStack() as stack:
        hold(stack, one, "10.0.0.1", 30)
        with pytest.raises(TooManyRequestsError) as refused:
            hold(stack, one, "10.0.0.1", 0.05)
        assert refused.value.retry_after == 29


def test_addresses_of_one_subscriber_share_a_bucket(clock: Clock) -> None:
    one = limited(clock)
    with ExitStack() as stack:
        hold(stack, one, "2001:db8::1", 8)
        with pytest.raises(TooManyRequestsError):
            hold(stack, one, "2001:db8::ffff:2", 8)
        hold(stack, one, "2001:db8:0:1::1", 1)


def test_loopback_has_all_cores(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    """Users of the machine and those behind a proxy that is not trusted share it."""
    monkeypatch.setattr(os, "cpu_count", lambda: 4)
    one = limited(clock)
    with ExitStack() as stack:
        for address in ("127.0.0.1", "::1"):
            hold(stack, one, address, 5)
        with pytest.raises(TooManyRequestsError) as refused:
            hold(stack, one, "127.0.0.9", 8)
        assert refused.value.retry_after == 2


def test_clients_are_bounded(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(admission, "MAX_CLIENTS", 10)
    one = limited(clock)
    with ExitStack() as stack:
        hold(stack, one, "10.0.1.1", 10)
        for number in range(10):
            with pytest.raises(TooManyRequestsError):
                hold(stack, one, "10.0.1.1", 1)
            hold(stack, one, f"10.0.0.{number}", 1)
        # The tenth client after it has taken its place.
        hold(stack, one, "10.0.1.1", 1)


def test_costly_queries_run_a_few_at_a_time(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    """A client has half of the turns, and cheap queries need none."""
    monkeypatch.setattr(admission, "WAIT_SECONDS", 0.05)
    one = limited(clock, client=math.inf, threads=16)
    with ExitStack() as stack:
        hold(stack, one, "10.0.0.1", 1)
        hold(stack, one, "10.0.0.1", 1)
        with pytest.raises(BusyError):
            hold(stack, one, "10.0.0.1", 1)
        hold(stack, one, "10.0.0.2", 1)
        hold(stack, one, "10.0.0.3", 1)
        assert one.costly == 4
        with pytest.raises(BusyError):
            hold(stack, one, "10.0.0.4", 1)
        for _ in range(50):
            hold(stack, one, "10.0.0.4", 0.01)
    assert one.costly == 0
    assert one.refused()["busy"] == 2


def test_a_costly_query_waits_for_its_turn(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: 1)
    monkeypatch.setattr(admission, "WAIT_SECONDS", 60)
    one, ran = limited(clock, client=math.inf), threading.Event()

    def run() -> None:
        with one.spend("10.0.0.3", 1):
            ran.set()

    waiting = threading.Thread(target=run)
    with ExitStack() as stack:
        hold(stack, one, "10.0.0.1", 1)
        waiting.start()
        assert not ran.wait(0.1)
    assert ran.wait(60)
    waiting.join()


def test_users_of_this_machine_have_buckets_of_their_own(clock: Clock) -> None:
    one, own, other = limited(clock), os.getuid(), os.getuid() + 1
    with ExitStack() as stack:
        stack.enter_context(one.spend("127.0.0.1", 8, other))
        with pytest.raises(TooManyRequestsError):
            stack.enter_context(one.spend("::1", 8, other))
        stack.enter_context(one.spend("127.0.0.1", 8, own))
        with pytest.raises(TooManyRequestsError):
            stack.enter_context(one.spend("127.0.0.1", 8))
        stack.enter_context(one.spend("127.0.0.1", 8, other + 1))


def test_only_loopback_has_users(clock: Clock) -> None:
    one = limited(clock)
    with ExitStack() as stack:
        stack.enter_context(one.spend("10.0.0.1", 8, 1))
        with pytest.raises(TooManyRequestsError):
            stack.enter_context(one.spend("10.0.0.1", 8, 2))
