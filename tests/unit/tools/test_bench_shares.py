"""Shares of time: foreign functions count for their caller, our own for themselves."""

from __future__ import annotations

import pytest

from flamescope_py.readers.perf import reader as perf
from tests.support.perf_text import sample
from tools.bench.shares import OURS, REST, largest, own_times, shares

OUTER, INNER = (f"{OURS}/readers/a.py", 1, "outer"), (f"{OURS}/readers/b.py", 2, "inner")
FOREIGN = ("~", 0, "<built-in>")
STATS = {
    OUTER: (1, 1, 1.0, 10.0, {}),
    INNER: (2, 2, 3.0, 4.0, {OUTER: (2, 2, 3.0, 4.0)}),
    FOREIGN: (9, 9, 6.0, 6.0, {OUTER: (8, 8, 5.0, 5.0), INNER: (1, 1, 1.0, 1.0)}),
}


def test_own_times_leave_out_what_is_called_of_ours() -> None:
    assert own_times(STATS) == {"readers.a.outer": 6.0, "readers.b.inner": 4.0}


def test_small_shares_stand_as_one() -> None:
    found = largest({"a": 70.0, "b": 29.2, "c": 0.5, "d": 0.3})
    assert list(found) == ["a", "b", REST]
    assert found["a"] == pytest.approx(0.7)
    assert found[REST] == pytest.approx(0.008)


def test_the_shares_of_a_real_reading_add_up() -> None:
    text = "".join(sample(f"10.{row:06}", "f (/x)") for row in range(2000)).encode()
    found = shares(lambda: perf.read([text]))
    assert sum(found.values()) == pytest.approx(1)
    assert any(name.startswith("readers.perf.") for name in found)
