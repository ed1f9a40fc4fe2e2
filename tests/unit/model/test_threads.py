"""Threads in order: as Python sorts them, whatever their numbers."""

from __future__ import annotations

import numpy as np
from hypothesis import example, given
from hypothesis import strategies as st

from flamescope_py.model.profile import Labels
from flamescope_py.model.threads import ThreadTable

NUMBER = st.integers(-1, 4) | st.integers(-(2**63), 2**63 - 1)
THREAD = st.tuples(
    NUMBER, NUMBER, st.sampled_from(["a", "b", ""]), st.sampled_from([(), (("pod", "x"),), (("pod", "y"),)])
)
FAR = (-(2**63), 2**63 - 1, "a", ())


@given(st.lists(THREAD, min_size=1, max_size=12), st.integers(1, 2**12 - 1))
@example([FAR, (5, 5, "b", ()), FAR], 7)
def test_threads_are_sorted_and_equal_ones_joined(
    rows: list[tuple[int, int, str, Labels]], used: int
) -> None:
    one, other = ThreadTable(), ThreadTable()
    half = len(rows) // 2
    first = np.array([one.intern(*row) for row in rows[:half]], np.int64)
    second = np.array([other.intern(*row) for row in rows[half:]], np.int64)
    placed = np.concatenate([first, one.merge(other)[second]])
    chosen = np.array([bool(used >> number & 1) for number in range(len(rows))])
    threads, place, labels = one.ordered(placed[chosen])
    expected = sorted({row for row, wanted in zip(rows, chosen.tolist(), strict=True) if wanted})
    assert [tuple(thread) for thread in threads] == [row[:3] for row in expected]
    assert list(labels or [()] * len(threads)) == [row[3] for row in expected]
    assert [expected[place[row]] for row in placed[chosen].tolist()] == [
        row for row, wanted in zip(rows, chosen.tolist(), strict=True) if wanted
    ]
