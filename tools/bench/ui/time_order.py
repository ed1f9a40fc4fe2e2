"""The stack chart of 5 s of a thread at 997 Hz: the time to the screen, and how evenly it moves."""

from __future__ import annotations

import math

from playwright.sync_api import Page

from tools.bench.ui.browser import GRAPH_PAINTED, TIME_ORDER_PAINTED, BenchPage
from tools.bench.ui.gestures import Box, ticks

# Samples of 5 s at 997 Hz.
SAMPLES = 4985
CLICKED = "clicked"
# Closer by this much, a drag has somewhere to go.
CLOSER = 4
_CLICK = """([name]) => document.addEventListener("click", (event) => {
  bench.marks.push({ name, at: event.timeStamp });
}, { capture: true, once: true })"""


def opened(page: BenchPage, file: str) -> float:
    """Open a range of SAMPLES in its flame graph, then its time order.

    Return the milliseconds from the click to the painted chart.
    """
    page.open(file)
    heatmap = page.page.get_by_test_id("heatmap")
    columns, samples = (float(heatmap.get_attribute(f"data-{name}") or 0) for name in ("columns", "samples"))
    start = math.floor(columns / 3)
    end = min(start + max(1, round(SAMPLES / samples * columns)), int(columns))
    page.page.goto(f"{page.page.url}&start={start}&end={end}")
    page.wait_for_mark(GRAPH_PAINTED)
    page.settle()
    page.forget()
    page.page.evaluate(_CLICK, [CLICKED])
    page.page.get_by_text("Time order").click()
    page.wait_for_mark(TIME_ORDER_PAINTED)
    return float(page.marks(TIME_ORDER_PAINTED)[0]["at"]) - float(page.marks(CLICKED)[0]["at"])


def pan(page: Page, seconds: float) -> None:
    """Go closer, then drag along the time and back."""
    found = page.get_by_test_id("timeline").bounding_box()
    assert found is not None, "no stack chart"
    box = Box(found["x"], found["y"], found["width"], found["height"])
    for _ in range(CLOSER):
        page.keyboard.press("+")
    page.mouse.move(*box.at(0.5, 0.5))
    page.mouse.down()
    for share in ticks(seconds):
        page.mouse.move(*box.at(0.5 + 0.4 * math.sin(6 * math.pi * share), 0.5 + 0.1 * math.sin(20 * share)))
    page.mouse.up()


def focus(page: BenchPage) -> None:
    """Give the chart the keyboard."""
    page.page.get_by_test_id("timeline").focus()
