"""Buttons stay in place under the pointer while it passes over the heatmap."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.e2e.explorer import Cell, Explorer, containing
from tests.e2e.running import NODE20

pytestmark = pytest.mark.chromium

BUTTONS = ("compare", "export", "filter", "views")
PICTURES = ("heatmap", "lanes", "flamegraph", "heatmap-legend")
Place = tuple[float, float]


@pytest.fixture
def explorer(alone: Explorer) -> Explorer:
    """These tests change the size of the window, and wait for the requests of a page that loads."""
    return alone


def places(explorer: Explorer) -> dict[str, Place]:
    boxes = {name: explorer.id(name).bounding_box() for name in BUTTONS}
    return {name: (box["x"], box["y"]) for name, box in boxes.items() if box is not None}


def picture_boxes(explorer: Explorer) -> dict[str, object]:
    boxes: dict[str, object] = {name: explorer.id(name).bounding_box() for name in PICTURES}
    assert all(boxes.values())
    return boxes


def test_nothing_moves_while_one_looks_searches_and_drags(explorer: Explorer) -> None:
    explorer.open(NODE20)
    # The profile's facets load last, and with them the menus.
    explorer.page.wait_for_load_state("networkidle")
    for width, height in ((1400, 900), (1280, 720), (900, 700)):
        explorer.page.set_viewport_size({"width": width, "height": height})
        explorer.open(NODE20)
        expect(explorer.id("play")).to_have_count(0)
        expect(explorer.id("marks-legend")).to_have_count(0)
        expect_nothing_moves(explorer.settled(), height)


def expect_nothing_moves(explorer: Explorer, height: int) -> None:
    readout = explorer.id("heatmap-readout")
    before, pictures = places(explorer), picture_boxes(explorer)
    assert set(before) == set(BUTTONS)

    explorer.move(Cell(2, 30))
    expect(readout).to_have_attribute("data-second", "2")
    assert places(explorer) == before
    explorer.page.mouse.move(5, height - 5)
    legend = explorer.id("marks-legend")
    explorer.id("search").fill("rebuildSearchIndex")
    expect(legend).to_be_visible()
    expect(legend).to_contain_text("cells with matches")
    assert picture_boxes(explorer) == pictures
    explorer.move(Cell(2, 31))
    expect(legend).to_have_text("matches")
    expect(readout).to_contain_text("match")
    assert places(explorer) == before
    assert picture_boxes(explorer) == pictures
    explorer.drag(Cell(2, 5), Cell(2, 40))
    expect(explorer.id("play")).to_be_visible()
    assert places(explorer) == before
    explorer.page.mouse.move(5, height - 5)
    expect(readout).to_be_empty()
    assert places(explorer) == before


def test_controls_stay_when_a_click_filters(explorer: Explorer) -> None:
    explorer.page.set_viewport_size({"width": 1400, "height": 900})
    explorer.open(NODE20)
    expect(explorer.id("hide-v8")).to_be_visible()
    explorer.page.wait_for_load_state("networkidle")
    names = ("filter", "hide-v8", "facet-tid", "pattern-menu", "heatmap")

    def places_now() -> dict[str, Place]:
        found = {name: explorer.id(name).bounding_box() for name in names}
        return {name: (box["x"] + box["width"], box["y"]) for name, box in found.items() if box is not None}

    before = places_now()
    assert set(before) == set(names)
    explorer.page.locator("[data-testid=finding][data-kind=unusual]").click()
    chips = explorer.id("filter-chip")
    expect(chips).to_have_count(1)
    explorer.settled()
    assert places_now() == before
    # More than there is room for: they scroll.
    for text in ("uv_run", "node::Start", "start_thread", "epoll_wait"):
        explorer.id("pattern-menu").click()
        explorer.id("pattern-text").fill(text)
        explorer.page.keyboard.press("Enter")
        expect(chips.last).to_have_attribute("data-value", containing(text))
        explorer.page.keyboard.press("Escape")
    expect(chips).to_have_count(5)
    explorer.settled()
    assert places_now() == before
    explorer.id("clear-filters").click()
    expect(chips).to_have_count(0)
    explorer.settled()
    assert places_now() == before
