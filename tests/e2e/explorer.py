"""The explorer as a person uses it: cells instead of pixels, and the numbers that the page shows."""

from __future__ import annotations

import re
from typing import NamedTuple
from urllib.parse import quote

from playwright.sync_api import Locator, Page, expect

# One round trip each, since a test needs hundreds. A column may be a part of a second, or several seconds.
MIDDLE = """(canvas, [second, row]) => {
  const {x, y} = canvas.getBoundingClientRect();
  const at = {};
  for (const [name, text] of Object.entries(canvas.dataset)) at[name] = Number(text);
  const column = Math.floor(((second - at.from) * 1000) / at.columnMs / at.merge);
  return [x + at.plotLeft + (column + 0.5) * at.cellWidth,
          y + at.plotTop + at.plotHeight - (row + 0.5) * at.cellHeight];
}"""
# The frame after a change measures elements, the one after that paints what follows from it.
PAINTED = """() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done())))"""
ROW = """(canvas, level) => {
  const {x, top, bottom} = canvas.getBoundingClientRect();
  const down = (level + 0.5) * Number(canvas.dataset.rowHeight);
  return [x, canvas.dataset.layout === "flame" ? bottom - down : top + down];
}"""


def containing(text: str) -> re.Pattern[str]:
    """Return a pattern of the addresses with a text. The address follows a click later."""
    return re.compile(re.escape(text))


class Cell(NamedTuple):
    """A cell of the heatmap: its second, and its row from the bottom."""

    column: int
    row: int


# A second, with its fraction where columns are shorter, and a row.
Place = tuple[float, int]


class Explorer:
    """The explorer of one page."""

    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        self.url = url

    def open(self, file: str, **parameters: str | float) -> Explorer:
        """Open a profile by its address and wait until everything is drawn.

        By default columns are of a second, cells of 20 ms, the graph grows upwards and every frame has its
        box.
        """
        values = {"rows": 50, "columnLength": "1s", "layout": "flame", "runs": "all", **parameters}
        query = "".join(f"&{name}={quote(str(value), safe='')}" for name, value in values.items())
        return self.go(f"?file={quote(file, safe='')}{query}").settled()

    def go(self, query: str) -> Explorer:
        """Lead to an address of the explorer, and wait until the open page has begun to show it."""
        self.page.goto(f"{self.url}#/explore{query}")
        self.page.evaluate(PAINTED)
        return self

    def settled(self) -> Explorer:
        """Wait until the flame graph shows the selection and everything has its place."""
        expect(self.page.get_by_role("main")).to_have_attribute("aria-busy", "false")
        expect(self.id("flamegraph-panel")).to_have_attribute("data-behind", "false")
        expect(self.flame).to_be_visible()
        self.page.evaluate(PAINTED)
        return self

    def id(self, test_id: str) -> Locator:
        """Find by test id."""
        return self.page.get_by_test_id(test_id)

    @property
    def heatmap(self) -> Locator:
        """The canvas of the heatmap that takes the pointer."""
        return self.id("heatmap")

    @property
    def flame(self) -> Locator:
        """The canvas of the flame graph."""
        return self.id("flamegraph")

    @property
    def summary(self) -> Locator:
        """The summary of the selection."""
        return self.id("selection-summary")

    def look(self, name: str) -> Locator:
        """Open the gear, if it is closed, and find one of its controls."""
        control = self.id(name)
        if control.count() == 0:
            self.id("settings").click()
        return control

    def choose_filter(self, name: str) -> None:
        """Choose a frame filter from its menu, or "none"."""
        self.id("filter").click()
        self.page.locator(f'[data-testid="filter-choice"][data-name="{name}"]').click()

    def number(self, locator: Locator, name: str) -> float:
        """Read a number from an attribute `data-name`."""
        text = locator.get_attribute(f"data-{name}")
        assert text is not None, name
        return float(text)

    def middle(self, cell: Place) -> tuple[float, float]:
        """Return the middle of a cell in the window."""
        x, y = self.heatmap.evaluate(MIDDLE, [*cell])
        return x, y

    def move(self, cell: Place, steps: int = 1) -> None:
        """Move the pointer to a cell."""
        self.page.mouse.move(*self.middle(cell), steps=steps)

    def click(self, cell: Place) -> None:
        """Click a cell."""
        self.page.mouse.click(*self.middle(cell))

    def drag(self, start: Place, end: Place, steps: int = 4) -> None:
        """Press on a cell, move to another, release."""
        self.move(start)
        self.page.mouse.down()
        self.move(end, steps)
        self.page.mouse.up()

    def expect_selected(self, start: float, end: float, samples: int) -> None:
        """Wait until this range is selected and drawn with this number of samples."""
        expect(self.summary).to_have_attribute("data-start", number_text(start))
        expect(self.summary).to_have_attribute("data-end", number_text(end))
        expect(self.summary).to_have_attribute("data-live", "false")
        self.settled()
        expect(self.summary).to_have_attribute("data-samples", str(samples))
        expect(self.flame).to_have_attribute("data-samples", str(samples))

    def expect_whole(self, samples: int) -> None:
        """Wait until nothing is selected and the whole profile is drawn."""
        self.settled()
        assert self.summary.get_attribute("data-start") is None
        expect(self.flame).to_have_attribute("data-samples", str(samples))

    def frame_at(self, level: int, x: float) -> tuple[float, float]:
        """Return a point of the window: x pixels into the flame graph, in the row of a level."""
        left, y = self.flame.evaluate(ROW, level)
        return left + x, y


def number_text(number: float) -> str:
    """Format a number as JavaScript does."""
    return str(int(number)) if number == int(number) else repr(number)
