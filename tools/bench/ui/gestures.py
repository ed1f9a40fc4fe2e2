"""Gestures on the two canvases, as real input events, sixty a second."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

from playwright.sync_api import Page

EVENTS_PER_SECOND = 60
WHEEL = 120
# Pixels of a scroll a sixtieth of a second: a step of WHEEL passes a graph of 20 levels in two frames.
SCROLL = 4
# Pixels of an empty margin that a drag keeps from the edges of the plot.
MARGIN = 6


class Box(NamedTuple):
    """A rectangle in the window, in CSS pixels."""

    left: float
    top: float
    width: float
    height: float

    def at(self, across: float, down: float) -> tuple[float, float]:
        """Return the point at two shares of the size, each from 0 to 1."""
        return self.left + across * self.width, self.top + down * self.height


def plot(page: Page) -> Box:
    """Return the place of the heatmap's cells."""
    place = """(canvas) => {
      const { x, y } = canvas.getBoundingClientRect();
      const { plotLeft, plotTop, plotWidth, plotHeight } = canvas.dataset;
      return [x + Number(plotLeft), y + Number(plotTop), Number(plotWidth), Number(plotHeight)];
    }"""
    left, top, width, height = page.get_by_test_id("heatmap").evaluate(place)
    return Box(left + MARGIN, top + MARGIN, width - 2 * MARGIN, height - 2 * MARGIN)


def flame(page: Page) -> Box:
    """Return the place of the flame graph."""
    found = page.get_by_test_id("flamegraph").bounding_box()
    assert found is not None, "no flame graph"
    return Box(found["x"], found["y"], found["width"], found["height"])


def ticks(seconds: float) -> Iterator[float]:
    """Yield the share of the time, sixty times a second. Late ticks are left out, as by a real device."""
    start = time.perf_counter()
    for step in range(1, round(EVENTS_PER_SECOND * seconds) + 1):
        due = step / EVENTS_PER_SECOND
        passed = time.perf_counter() - start
        if passed > due + 1 / EVENTS_PER_SECOND:
            continue
        time.sleep(max(due - passed, 0))
        yield due / seconds


@contextmanager
def dragging(page: Page, seconds: float) -> Iterator[None]:
    """Drag over the heatmap, out to the right and half of the way back, up and down meanwhile.

    The button is let go when the context ends.
    """
    box = plot(page)
    page.mouse.move(*box.at(0.1, 0.5))
    page.mouse.down()
    for share in ticks(seconds):
        across = 0.1 + 0.8 * math.sin(0.75 * math.pi * share)
        page.mouse.move(*box.at(across, 0.5 + 0.4 * math.sin(20 * share)))
    yield
    page.mouse.up()


def zoom_heatmap(page: Page, seconds: float) -> None:
    """Zoom in with Ctrl and the wheel, and out again."""
    page.mouse.move(*plot(page).at(0.4, 0.5))
    page.keyboard.down("Control")
    for share in ticks(seconds):
        page.mouse.wheel(0, -WHEEL if share < 0.5 else WHEEL)
    page.keyboard.up("Control")


def pan_heatmap(page: Page, seconds: float) -> None:
    """Pan with Shift and the wheel, there and back."""
    page.mouse.move(*plot(page).at(0.4, 0.5))
    page.keyboard.down("Shift")
    for share in ticks(seconds):
        page.mouse.wheel(0, WHEEL if share < 0.5 else -WHEEL)
    page.keyboard.up("Shift")


def scroll_flames(page: Page, seconds: float) -> None:
    """Scroll the flame graph away from its root and back."""
    away = -1 if _root_below(page) else 1
    page.mouse.move(*flame(page).at(0.5, 0.5))
    for share in ticks(seconds):
        page.mouse.wheel(0, SCROLL * away * (1 if share < 0.5 else -1))


def zoom_flames(page: Page, seconds: float) -> None:
    """Click frames near the root, one after the other, and go back with Escape after each."""
    box, root_below = flame(page), _root_below(page)
    end = time.perf_counter() + seconds
    step = 0
    while time.perf_counter() < end:
        step += 1
        from_root = (40 + 18 * (step % 8)) / box.height
        down = 1 - from_root if root_below else from_root
        page.mouse.click(*box.at(0.2 + 0.6 * (step * 0.382 % 1), down))
        page.wait_for_timeout(300)
        page.keyboard.press("Escape")
        page.wait_for_timeout(300)


def _root_below(page: Page) -> bool:
    """Return True for a flame graph, False for an icicle, whose root is at the top."""
    return page.get_by_test_id("flamegraph").get_attribute("data-layout") == "flame"
