from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from flamescope_py.store.cache import BoundedCache


def sized(limit: int) -> tuple[BoundedCache[str, bytes], list[bytes]]:
    dropped: list[bytes] = []
    return BoundedCache(limit, len, dropped.append), dropped


def test_a_value_is_made_once() -> None:
    cache, _ = sized(10)
    assert cache.get("a", lambda: b"1") is cache.get("a", lambda: b"2")
    assert cache.peek("a") == b"1"
    assert cache.peek("b") is None


def test_the_least_recently_used_goes_first() -> None:
    cache, dropped = sized(10)
    for name in ("a", "b", "a", "c"):
        cache.get(name, lambda name=name: name.encode() * 4)  # type: ignore[misc]
    assert dropped == [b"bbbb"]
    assert cache.peek("a") == b"aaaa"


def test_the_newest_stays_even_when_it_is_over_the_bound() -> None:
    cache, dropped = sized(10)
    cache.get("small", lambda: b"1")
    cache.get("large", lambda: b"x" * 99)
    assert dropped == [b"1"]
    assert cache.peek("large") is not None
    cache.get("small", lambda: b"1")
    assert cache.peek("large") is None


def test_what_is_unwanted_is_forgotten() -> None:
    cache, dropped = sized(10)
    cache.get("a", lambda: b"1")
    cache.get("b", lambda: b"2")
    cache.discard(lambda key: key == "a")
    assert dropped == [b"1"]
    assert (cache.peek("a"), cache.peek("b")) == (None, b"2")


def test_an_exception_is_not_kept() -> None:
    cache, _ = sized(10)

    def fail() -> bytes:
        raise ValueError

    with pytest.raises(ValueError):  # noqa: PT011
        cache.get("a", fail)
    assert cache.get("a", lambda: b"1") == b"1"


@pytest.mark.parametrize("fails", [False, True])
def test_simultaneous_askers_share_one_making(fails: bool) -> None:
    cache, _ = sized(10)
    started, go_on = threading.Event(), threading.Event()
    makers = []

    def make() -> bytes:
        makers.append(threading.get_ident())
        started.set()
        go_on.wait(60)
        if fails:
            raise ValueError("broken")
        return b"1"

    with ThreadPoolExecutor(8) as pool:
        answers = [pool.submit(cache.get, "a", make) for _ in range(8)]
        started.wait(60)
        go_on.set()
        outcomes = {str(answer.exception()) if fails else answer.result() for answer in answers}
    assert outcomes == {"broken" if fails else b"1"}
    # Callers that came after a failure had to try again.
    assert len(makers) == 1 or fails


def test_dropping_may_use_the_cache_itself() -> None:
    dropped: list[bytes | None] = []
    cache: BoundedCache[str, bytes] = BoundedCache(1, len, lambda value: dropped.append(cache.peek("b")))
    cache.get("a", lambda: b"1")
    cache.get("b", lambda: b"2")
    assert dropped == [b"2"]
