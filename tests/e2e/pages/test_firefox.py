"""The main way in stock Firefox: open, drag, search, hide, zoom."""

from __future__ import annotations

from pathlib import Path

from tests.e2e.bidi import Window, firefox_window
from tests.e2e.explorer import MIDDLE, ROW
from tests.e2e.raw import having, raw_samples, within
from tests.e2e.running import EXAMPLES, NODE18, WINDOW, copy_examples, serving

FUNCTION = "rebuildSearchIndex"


def cell(window: Window, second: int, row: int) -> tuple[float, float]:
    """Return the middle of a cell of the heatmap, in the window."""
    return window.point(f"({MIDDLE})(one('heatmap'), [{second}, {row}])")


def frame(window: Window, level: int) -> tuple[float, float]:
    """Return a point of the flame graph in the row of a level, in the window."""
    x, y = window.point(f"({ROW})(one('flamegraph'), {level})")
    return x + 50, y


def test_the_main_way_works_in_firefox(firefox: str, tmp_path: Path) -> None:
    samples = raw_samples(EXAMPLES / NODE18)
    profiles, own = copy_examples(tmp_path / "profiles"), tmp_path / "firefox"
    own.mkdir()
    with serving(profiles, tmp_path / "cache") as server, firefox_window(firefox, own) as window:
        window.open(server.url, *WINDOW)
        window.expect("profile-strip", "aria-label", "Activity over time")
        window.open(f"{server.url}#/explore?file={NODE18}", *WINDOW)
        window.expect("flamegraph", "data-samples", str(len(samples)))
        # 25 rows of 40 ms: from 14.76 to 15.52 s.
        window.expect("heatmap", "data-rows", "25")
        window.settle()
        window.drag([cell(window, 14, 19), cell(window, 15, 3), cell(window, 15, 12)])
        burst = within(samples, 14.76, 15.52)
        window.expect("selection-summary", "data-start", "14.76")
        window.expect("selection-summary", "data-end", "15.52")
        window.expect("flamegraph", "data-samples", str(len(burst)))
        window.value("one('search').focus()")
        window.type(FUNCTION)
        window.expect("flamegraph", "data-matched", str(len(having(burst, FUNCTION))))
        nodes = int(window.attribute("flamegraph", "data-nodes") or 0)
        window.click("hide-v8")
        window.expect("filter", "data-value", "node-v8")
        window.expect("flamegraph", "data-samples", str(len(burst)))
        window.drag([frame(window, 1)])
        window.expect("flamegraph", "data-zoom", "node")
        assert 0 < int(window.attribute("flamegraph", "data-nodes") or 0) < nodes
        assert window.errors == []
