"""Taking a range with the pointer, and the flame graph that follows it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, Request, Response, Route, expect

from tests.e2e.conftest import Watch
from tests.e2e.explorer import Cell, Explorer, containing
from tests.e2e.held import Held
from tests.e2e.raw import cells, raw_samples, within
from tests.e2e.running import EXAMPLES, NODE18, NODE20

pytestmark = pytest.mark.chromium

SAMPLES = raw_samples(EXAMPLES / NODE18)
ROWS = 50
FLAMEGRAPH = "**/flamegraph/?**"


def count(start: float, end: float) -> int:
    return len(within(SAMPLES, start, end))


def test_a_drag_selects_from_cell_to_cell_in_any_direction(explorer: Explorer) -> None:
    explorer.open(NODE18)
    for first, second, start, end in (
        (Cell(21, 5), Cell(21, 40), 21.1, 21.82),
        (Cell(50, 40), Cell(50, 5), 50.1, 50.82),
        (Cell(19, 45), Cell(22, 3), 19.9, 22.08),
        (Cell(41, 3), Cell(39, 45), 39.9, 41.08),
        (Cell(0, 0), Cell(60, 49), 0, 61),
    ):
        explorer.drag(first, second)
        explorer.expect_selected(start, end, count(start, end))
    # It may leave the plot.
    explorer.move(Cell(50, 10))
    explorer.page.mouse.down()
    explorer.page.mouse.move(1390, 700, steps=5)
    explorer.page.mouse.up()
    explorer.expect_selected(50.2, 60.02, count(50.2, 60.02))


def test_two_clicks_select_and_the_pointer_shows_where(explorer: Explorer) -> None:
    """Escape drops a selection under way, and a button the selection."""
    explorer.open(NODE18)
    explorer.click(Cell(45, 5))
    explorer.move(Cell(46, 5))
    expect(explorer.summary).to_have_attribute("data-live", "true")
    explorer.page.keyboard.press("Escape")
    explorer.expect_whole(len(SAMPLES))
    explorer.click(Cell(45, 5))
    explorer.move(Cell(44, 45), steps=4)
    expect(explorer.summary).to_have_attribute("data-live", "true")
    expect(explorer.summary).to_have_attribute("data-samples", str(count(44.9, 45.12)))
    explorer.click(Cell(46, 21))
    explorer.expect_selected(45.1, 46.44, count(45.1, 46.44))
    explorer.move(Cell(10, 10))
    explorer.expect_selected(45.1, 46.44, count(45.1, 46.44))
    explorer.id("clear-selection").click()
    explorer.expect_whole(len(SAMPLES))
    read_cells(explorer)


def read_cells(explorer: Explorer) -> None:
    readout = explorer.id("heatmap-readout")
    counted = cells(SAMPLES, ROWS)
    fullest = Cell(*max(counted, key=lambda cell: counted[cell]))
    for cell in (fullest, Cell(14, 49), Cell(0, 0), Cell(60, 49)):
        explorer.move(cell)
        expect(readout).to_have_attribute("data-second", str(cell.column))
        expect(readout).to_have_attribute("data-millisecond", str(20 * cell.row))
        expect(readout).to_have_attribute("data-count", str(counted[cell]))


def test_the_graph_follows_before_the_button_is_released(alone: Explorer) -> None:
    page = alone.open(NODE18).page
    alone.move(Cell(14, 38))
    page.mouse.down()
    for end, until in ((Cell(14, 49), 15), (Cell(15, 9), 15.2), (Cell(15, 25), 15.52)):
        with page.expect_response(partial(answers_until, until)):
            alone.move(end)
        expect(alone.flame).to_have_attribute("data-samples", str(count(14.76, until)))
        expect(alone.summary).to_have_attribute("data-live", "true")
    address = page.url
    assert "start" not in address
    page.mouse.up()
    alone.expect_selected(14.76, 15.52, count(14.76, 15.52))
    expect(page).to_have_url(containing("start=14.76&end=15.52"))


def asks_until(until: float, request: Request) -> bool:
    return "/flamegraph/" in request.url and end_of(request) == until


def answers_until(until: float, response: Response) -> bool:
    return asks_until(until, response.request)


def end_of(request: Request) -> float:
    return float(parse_qs(urlsplit(request.url).query).get("end", ["0"])[0])


class HeldGraphs(Held):
    """Hold back flame graphs. A slow machine asks for a range in a drag and after it."""

    def __init__(self, page: Page) -> None:
        super().__init__(page, FLAMEGRAPH)

    def after(self, action: Callable[[], None], until: float) -> Route:
        """Run an action that makes the page request a range. Return that request's route."""
        with self.page.expect_request(partial(asks_until, until)):
            action()
        self.page.evaluate("0")
        return next(route for route in self.routes if end_of(route.request) == until)


def test_the_newest_range_wins_on_a_slow_network(alone: Explorer) -> None:
    page = alone.open(NODE18).page
    held = HeldGraphs(page)
    alone.move(Cell(30, 0))
    page.mouse.down()
    first = held.after(lambda: alone.move(Cell(30, 10)), 30.22)
    # The pointer rests: the page no longer waits for the first answer.
    second = held.after(lambda: alone.move(Cell(31, 10)), 31.22)
    third = held.after(lambda: alone.move(Cell(32, 10)), 32.22)
    # On release, the page requests all frames of the range, not only the visible ones.
    held.after(page.mouse.up, 32.22)
    last = held.routes[-1]
    assert last is not third
    expect(alone.id("flamegraph-panel")).to_have_attribute("data-behind", "true")
    expect(alone.flame).to_have_attribute("data-samples", str(len(SAMPLES)))
    for route in (last, third, first, second):
        held.answer(route)
    held.release()
    alone.expect_selected(30, 32.22, count(30, 32.22))
    page.unroute_all(behavior="wait")
    keep_an_old_graph(alone)


def keep_an_old_graph(alone: Explorer) -> None:
    """Expect that an old graph stays until the new one is there."""
    page = alone.open(NODE18, start=1, end=2).page
    alone.expect_selected(1, 2, count(1, 2))
    held = HeldGraphs(page)
    held.after(lambda: alone.drag(Cell(30, 0), Cell(31, 49)), 32)
    expect(alone.id("flamegraph-panel")).to_have_attribute("data-behind", "true")
    expect(alone.flame).to_have_attribute("data-samples", str(count(1, 2)))
    # Until then the count comes from the heatmap's cells.
    expect(alone.summary).to_have_attribute("data-samples", str(count(30, 32)))
    held.release()
    alone.expect_selected(30, 32, count(30, 32))


def test_a_drag_asks_for_nothing_twice_and_for_no_more_than_is_shown(alone: Explorer, watch: Watch) -> None:
    alone.open(NODE18)
    before = len(watch.requests)
    alone.drag(Cell(5, 0), Cell(50, 49), steps=60)
    alone.expect_selected(5, 51, count(5, 51))
    asked = [url for url in watch.requests[before:] if "/flamegraph/" in url]
    assert asked
    assert len(asked) == len(set(asked))
    # Only the lanes depend on the selection: their order and their shares.
    heatmaps = [url for url in watch.requests[before:] if "/heatmap/" in url]
    assert all("by=" in url for url in heatmaps)
    assert len(heatmaps) == len(set(heatmaps))
    drag_in_a_comparison(alone, watch)
    ask_between_cells(alone, watch)


def drag_in_a_comparison(alone: Explorer, watch: Watch) -> None:
    """Expect that comparisons are coarse during a drag."""
    ranges = {"start": 1, "end": 2, "compareStart": 3, "compareEnd": 4}
    page = alone.open(NODE18, compare="differential", **ranges).page
    alone.expect_selected(1, 2, count(1, 2))
    alone.move(Cell(30, 0))
    before = len(watch.requests)
    page.mouse.down()
    with page.expect_response(lambda response: "/differential/" in response.url and "end=32" in response.url):
        alone.move(Cell(31, 49))
    expect(alone.id("flamegraph-panel")).to_have_attribute("data-behind", "false")
    expect(alone.flame).to_have_attribute("data-samples", str(count(30, 32)))
    asked = [url for url in watch.requests[before:] if "/differential/" in url or "/flamegraph/" in url]
    assert asked
    assert all("nodes=" in url for url in asked)
    with page.expect_request(lambda asked: "/differential/" in asked.url and "nodes=" not in asked.url):
        page.mouse.up()
    alone.expect_selected(30, 32, count(30, 32))


def ask_between_cells(alone: Explorer, watch: Watch) -> None:
    """Expect that samples between cells are asked for without a tree."""
    alone.open(NODE18, start=1, end=2, compare="differential", compareStart=3.005, compareEnd=4)
    expect(alone.id("compare-summary")).to_have_attribute("data-samples", str(count(3.005, 4)))
    # The other request is that of "What changed". Either may be first.
    expect(alone.id("own-changes")).to_have_attribute("aria-busy", "false")
    asked = [url for url in watch.requests if "/flamegraph/" in url and "start=3.005" in url]
    assert sorted("nodes=2" in url for url in asked) == [False, True]


def test_neighbouring_ranges_add_up(explorer: Explorer) -> None:
    samples = raw_samples(EXAMPLES / NODE20)
    explorer.open(NODE20, start=2, end=7)
    explorer.expect_selected(2, 7, len(within(samples, 2, 7)))
    explorer.open(NODE20, start=7, end=10)
    explorer.expect_selected(7, 10, len(within(samples, 7, 10)))
    explorer.open(NODE20, start=0, end=2)
    explorer.expect_selected(0, 2, len(samples) - len(within(samples, 2, 10)))
