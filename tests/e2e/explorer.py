"""The explorer as a person uses it: cells instead of pixels, and the numbers that the page shows."""

from __future__ import annotations

from typing import NamedTuple
from urllib.parse import quote

from playwright.sync_api import Locator, Page, expect


class Cell(NamedTuple):
    """A cell of the heatmap: its second, and its row from the bottom."""

    column: int
    row: int


class Explorer:
    """The explorer of one page."""

    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        self.url = url

    def open(self, file: str, **parameters: str | float) -> Explorer:
        """Open a profile by its address and wait until everything is drawn."""
        query = "".join(f"&{name}={quote(str(value), safe='')}" for name, value in parameters.items())
        self.page.goto(f"{self.url}#/explore?file={quote(file, safe='')}{query}")
        return self.settled()

    def settled(self) -> Explorer:
        """Wait until the flame graph shows the selection."""
        expect(self.id("flamegraph-panel")).to_have_attribute("data-behind", "false")
        expect(self.flame).to_be_visible()
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
        """What is selected."""
        return self.id("selection-summary")

    def number(self, locator: Locator, name: str) -> float:
        """Read a number from an attribute `data-name`."""
        text = locator.get_attribute(f"data-{name}")
        assert text is not None, name
        return float(text)

    def middle(self, cell: Cell) -> tuple[float, float]:
        """Give the middle of a cell in the window."""
        left, top, height, width_of, height_of = (
            self.number(self.heatmap, name)
            for name in ("plot-left", "plot-top", "plot-height", "cell-width", "cell-height")
        )
        box = self.heatmap.bounding_box()
        assert box is not None
        x = box["x"] + left + (cell.column + 0.5) * width_of
        return x, box["y"] + top + height - (cell.row + 0.5) * height_of

    def move(self, cell: Cell, steps: int = 1) -> None:
        """Move the pointer to a cell."""
        self.page.mouse.move(*self.middle(cell), steps=steps)

    def click(self, cell: Cell) -> None:
        """Click a cell."""
        self.page.mouse.click(*self.middle(cell))

    def drag(self, start: Cell, end: Cell, steps: int = 8) -> None:
        """Press on a cell, move to another, release."""
        self.move(start)
        self.page.mouse.down()
        self.move(end, steps)
        self.page.mouse.up()

    def expect_selected(self, start: float, end: float, samples: int) -> None:
        """Wait until this range is selected and drawn, with as many samples as somebody counted."""
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
        """Give a place in the window: x pixels into the flame graph, in the row of a level."""
        box = self.flame.bounding_box()
        assert box is not None
        height = self.number(self.flame, "row-height")
        down = (level + 0.5) * height
        flame = self.flame.get_attribute("data-layout") == "flame"
        return box["x"] + x, box["y"] + (box["height"] - down if flame else down)


def number_text(number: float) -> str:
    """Write a number as JavaScript does."""
    return str(int(number)) if number == int(number) else repr(number)
