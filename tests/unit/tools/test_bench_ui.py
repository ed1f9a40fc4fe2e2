"""The arithmetic of `make bench-ui` against numbers made by hand."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools.bench.report import write_between
from tools.bench.ui.times import Frames, Mark, follow_times, frames, percentile

# Four ranges of a drag, and the time of each request.
A, B, C, D = ((0.0, end) for end in (1.0, 2.0, 3.0, 4.0))
ASKED = [Mark(10, A), Mark(20, B), Mark(30, C), Mark(40, D)]


def test_each_range_takes_until_its_own_graph() -> None:
    painted = [Mark(15, A), Mark(27, B), Mark(39, C), Mark(51, D)]
    assert follow_times(ASKED, painted) == [5, 7, 9, 11]


def test_a_range_that_was_skipped_takes_until_a_later_one() -> None:
    assert follow_times(ASKED, [Mark(15, A), Mark(60, D)]) == [5, 40, 30, 20]


def test_a_graph_of_an_old_range_does_not_answer_a_new_one() -> None:
    assert follow_times(ASKED, [Mark(35, A), Mark(45, B), Mark(70, D)]) == [25, 25, 40, 30]


def test_a_graph_seen_before_the_range_was_asked_for_does_not_count() -> None:
    assert follow_times([Mark(10, A), Mark(20, B), Mark(30, A)], [Mark(25, A), Mark(50, A)]) == [15, 30, 20]


def test_moves_inside_a_cell_and_repeated_paintings_change_nothing() -> None:
    asked = [Mark(10, A), Mark(12, A), Mark(20, B)]
    assert follow_times(asked, [Mark(14, A), Mark(16, A), Mark(24, B), Mark(90, B)]) == [4, 4]


def test_a_range_that_was_never_painted_is_an_error() -> None:
    with pytest.raises(ValueError, match="never painted"):
        follow_times(ASKED, [Mark(50, C)])


def test_percentiles_lie_between_their_neighbours() -> None:
    times = [10.0, 20.0, 30.0, 40.0, 50.0]
    assert percentile(times, 50) == 30
    assert percentile(times, 95) == pytest.approx(48)
    assert percentile([7.0], 95) == 7


def test_frames_by_their_longest_gap() -> None:
    assert frames([0, 10, 20, 70, 80]) == Frames(per_second=50, longest=50)
    with pytest.raises(ValueError, match="two frames"):
        frames([5])


def test_each_benchmark_writes_between_its_own_marks(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(
        "a\n<!-- one begins -->\nold\n<!-- one ends -->\nb\n<!-- two begins -->\nold\n<!-- two ends -->\nc\n"
    )
    write_between(page, "new", "two")
    text = page.read_text()
    assert text.startswith("a\n<!-- one begins -->\nold\n<!-- one ends -->\nb\n<!-- two begins -->\n\nnew")
    assert text.endswith("<!-- two ends -->\nc\n")
    write_between(page, "alone", "three")
    assert page.read_text() == "alone"
