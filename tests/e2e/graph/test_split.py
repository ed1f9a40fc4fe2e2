"""The edge between heatmap and flame graph: more room for either, kept by the browser."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.e2e import axe
from tests.e2e.explorer import Cell, Explorer
from tests.e2e.raw import raw_samples, within
from tests.e2e.running import EXAMPLES, NODE18, NODE20

pytestmark = pytest.mark.chromium

SAMPLES = raw_samples(EXAMPLES / NODE18)
# The graph's least height in a window of 900 pixels while two heatmaps are shown.
ENOUGH = 400
# Of a plot with lanes below it, in that window with 50 rows.
USUAL = 100
HALF = 420


def heights(explorer: Explorer) -> tuple[float, float]:
    """Return the heights of the heatmap's plot and of the flame graph."""
    box = explorer.flame.bounding_box()
    assert box is not None
    return explorer.number(explorer.heatmap, "plot-height"), box["height"]


def pull(explorer: Explorer, down: float) -> None:
    """Drag the edge, once everything has its place."""
    explorer.settled()
    edge = explorer.id("split-bar")
    edge.hover()
    box = edge.bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    explorer.page.mouse.down()
    explorer.page.mouse.move(x, y + down, steps=5)
    explorer.page.mouse.up()


def test_the_edge_is_dragged_and_stays_where_it_was_left(explorer: Explorer) -> None:
    edge = explorer.open(NODE18, rows=50).id("split-bar")
    plot, graph = heights(explorer)
    assert plot == USUAL
    pull(explorer, 100)
    expect(edge).to_have_attribute("data-height", "200")
    higher, smaller = heights(explorer)
    assert higher == 200
    assert smaller <= graph - 60
    # A click hits the right cell even if rows are very low.
    explorer.drag(Cell(5, 0), Cell(6, 49))
    explorer.expect_selected(5, 7, len(within(SAMPLES, 5, 7)))
    explorer.page.reload()
    explorer.settled()
    assert heights(explorer)[0] == 200
    pull(explorer, 100)
    expect(edge).to_have_attribute("data-height", "300")
    assert heights(explorer)[0] == 300
    edge.dblclick()
    expect(edge).to_have_attribute("data-height", str(USUAL))


def test_the_graph_keeps_half_of_the_window(explorer: Explorer) -> None:
    explorer.open(NODE18, start=5, end=7, filter="none")
    expect(explorer.id("lane").first).to_be_visible()
    panel = explorer.id("flamegraph-panel").bounding_box()
    assert panel is not None
    assert panel["height"] >= HALF
    # Without lanes, the heatmap takes their room and not the graph's.
    plot = heights(explorer)[0]
    explorer.id("lanes-fold").click()
    expect(explorer.id("lanes")).to_have_count(0)
    assert heights(explorer)[0] > plot
    panel = explorer.id("flamegraph-panel").bounding_box()
    assert panel is not None
    assert panel["height"] >= HALF


def test_the_heatmap_is_hidden_by_key_and_shown_again(explorer: Explorer) -> None:
    edge = explorer.open(NODE18, start=5, end=7, rows=50).id("split-bar")
    graph = heights(explorer)[1]
    edge.press("ArrowDown")
    expect(edge).to_have_attribute("aria-valuenow", str(USUAL + 25))
    edge.press("Enter")
    expect(edge).to_have_attribute("aria-valuetext", "hidden")
    expect(explorer.heatmap).to_have_count(0)
    expect(explorer.id("heatmap-hidden")).to_contain_text("selected 5.00–7.00 s")
    box = explorer.flame.bounding_box()
    assert box is not None
    assert box["height"] > graph + 200
    axe.expect_usable(explorer.page)
    # The range is still stepped, and the graph follows.
    explorer.page.keyboard.press("]")
    expect(explorer.flame).to_have_attribute("data-samples", str(len(within(SAMPLES, 7, 9))))
    explorer.id("show-heatmap").click()
    explorer.expect_selected(7, 9, len(within(SAMPLES, 7, 9)))
    expect(edge).to_have_attribute("data-height", str(USUAL))
    edge.press("Home")
    expect(explorer.heatmap).to_have_count(0)
    explorer.page.mouse.click(*explorer.frame_at(1, 100), button="right")
    explorer.id("frame-when").click()
    expect(explorer.heatmap).to_have_attribute("data-marked", re.compile(r"\d"))
    pull(explorer, -90)
    expect(explorer.heatmap).to_have_count(0)
    pull(explorer, 200)
    expect(edge).to_have_attribute("data-height", "200")


def test_two_heatmaps_leave_room_for_the_graph(explorer: Explorer) -> None:
    sides = {"start": 9.76, "end": 10.28, "compareStart": 2, "compareEnd": 4.3}
    explorer.open(NODE18, rows=25, compare="differential", compareFile=NODE20, **sides)
    expect(explorer.id("compare-heatmap")).to_be_visible()
    for scheme in reversed(axe.SCHEMES):
        explorer.page.emulate_media(color_scheme=scheme)
        expect(explorer.page.locator("html")).to_have_attribute("data-mantine-color-scheme", scheme)
        explorer.settled()
        assert heights(explorer)[1] > ENOUGH
    pull(explorer, 140)
    expect(explorer.id("split-bar")).to_have_attribute("data-height", "150")
    assert explorer.number(explorer.id("compare-heatmap"), "plot-height") == 150
    explorer.id("split-bar").press("Enter")
    expect(explorer.id("compare-heatmap")).to_have_count(0)
    axe.expect_usable(explorer.page)
    # A single heatmap keeps its last height.
    explorer.id("compare-stop").click()
    explorer.settled()
    expect(explorer.id("split-bar")).to_have_attribute("data-height", str(USUAL))
