"""The whole way of a new user: from the list of profiles to the code that was slow, and back."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.explorer import Cell, Explorer
from tests.e2e.raw import RawSample, cells, having, raw_samples, within
from tests.e2e.running import EXAMPLES, NODE18, NODE20, SYSTEM, Server

pytestmark = pytest.mark.chromium

SAMPLES = raw_samples(EXAMPLES / NODE18)
BURST_FUNCTION = "rebuildSearchIndex"
# 20 ms each.
ROWS = 50
BURST = Cell(14, 38), Cell(15, 25)
START, END = 14.76, 15.52
# As documented: lines of frames with one of these are removed.
NODE_FILTER = (
    " __libc_start", " uv_", " LazyCompile ", " v8::internal::", " node::", " Builtins_", " Builtin:",
    " Stub:", " LoadIC:", " [unknown]", " LoadPolymorphicIC:",
)  # fmt: skip


def filtered_by_hand(samples: list[RawSample]) -> tuple[int, int]:
    """Count samples that a caller gets, and samples that have no frame left."""
    moved = emptied = 0
    for sample in samples:
        dropped = [any(text in line for text in NODE_FILTER) for line in sample.text.split("\n")[1:]]
        emptied += all(dropped)
        moved += dropped[0] and not all(dropped)
    return moved, emptied


def percent(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f} %" if part else "0 %"


def choose_cells_of_20_ms(explorer: Explorer) -> None:
    expect(explorer.heatmap).to_have_attribute("data-rows", "25")
    explorer.look("rows").select_option(str(ROWS))
    explorer.page.keyboard.press("Escape")
    expect(explorer.heatmap).to_have_attribute("data-rows", str(ROWS))


def test_from_the_list_to_the_function_and_back(page: Page, server: Server) -> None:
    burst = within(SAMPLES, START, END)
    culprits = having(burst, BURST_FUNCTION)
    assert len(culprits) > 0.9 * len(burst) > 20

    page.goto(server.url)
    rows = page.get_by_test_id("profile-row")
    expect(rows).to_have_count(3)
    names = [row.get_attribute("data-filename") for row in rows.all()]
    assert names == [NODE20, NODE18, SYSTEM]
    rows.nth(1).get_by_test_id("profile-link").click()

    explorer = Explorer(page, server.url)
    explorer.expect_whole(len(SAMPLES))
    choose_cells_of_20_ms(explorer)
    expect(explorer.heatmap).to_have_attribute("data-samples", str(len(SAMPLES)))
    explorer.drag(*BURST)
    explorer.expect_selected(START, END, len(burst))
    expect(explorer.summary).to_contain_text(
        f"selected {START}–{END} s · {len(burst)} samples · {percent(len(burst), len(SAMPLES))}"
    )

    # Zoom to the process: one of two levels that a filter never takes away.
    page.mouse.click(*explorer.frame_at(1, 50))
    expect(explorer.flame).to_have_attribute("data-zoom", "node")

    moved, emptied = filtered_by_hand(burst)
    explorer.choose_filter("node")
    expect(explorer.id("filter-cost")).to_have_attribute("data-moved", str(moved))
    expect(explorer.id("filter-cost")).to_have_attribute("data-emptied", str(emptied))
    expect(explorer.id("filter-cost")).to_have_text(
        f"Node filter: {percent(moved, len(burst))} of samples moved to a caller, "
        f"{percent(emptied, len(burst))} emptied"
    )
    expect(explorer.flame).to_have_attribute("data-zoom", "node")
    expect(explorer.flame).to_have_attribute("data-zoom-samples", str(len(burst)))

    explorer.id("search").fill(BURST_FUNCTION)
    result = explorer.id("search-result")
    expect(result).to_have_attribute("data-matched", str(len(culprits)))
    expect(result).to_have_text(f"{percent(len(culprits), len(burst))} of selection")
    expect(explorer.flame).to_have_attribute("data-matched", str(len(culprits)))
    # A search also marks the times: all matching cells of the whole profile.
    marked = str(len(cells(having(SAMPLES, BURST_FUNCTION), ROWS)))
    expect(explorer.heatmap).to_have_attribute("data-marked", marked)
    page.wait_for_url(f"**q={BURST_FUNCTION}**")

    before = screen(explorer)
    page.reload()
    expect(explorer.heatmap).to_have_attribute("data-marked", marked)
    expect(result).to_have_attribute("data-matched", str(len(culprits)))
    explorer.expect_selected(START, END, len(burst))
    assert screen(explorer) == before

    go_back_to_the_list(explorer, len(burst))


def screen(explorer: Explorer) -> list[object]:
    """Return the URL, the attributes and the field values that show the page's state."""
    names = ("heatmap", "selection-summary", "flamegraph", "search-result", "filter-cost")
    attributes = (
        "element => Object.fromEntries(Array.from(element.attributes, ({name, value}) => [name, value]))"
    )
    shown: list[object] = [explorer.id(name).evaluate(attributes) for name in names]
    chosen = explorer.id("filter").get_attribute("data-value")
    return [explorer.page.url, *shown, chosen, explorer.id("search").input_value()]


def go_back_to_the_list(explorer: Explorer, burst: int) -> None:
    page = explorer.page
    page.go_back()
    expect(explorer.id("filter-cost")).to_have_count(0)
    expect(explorer.flame).to_have_attribute("data-zoom", "node")
    page.go_back()
    expect(explorer.flame).to_have_attribute("data-zoom", "")
    explorer.expect_selected(START, END, burst)
    page.go_back()
    explorer.expect_whole(len(SAMPLES))
    page.go_back()
    expect(page.get_by_test_id("profile-row")).to_have_count(3)
    page.go_forward()
    explorer.expect_whole(len(SAMPLES))


def test_the_zoom_into_the_function_survives_the_filter_that_renames_it(explorer: Explorer) -> None:
    burst = within(SAMPLES, START, END)
    culprits = having(burst, BURST_FUNCTION)
    explorer.open(NODE18, start=START, end=END, filter="node-v8")
    # What the filter costs can be read.
    expect(explorer.id("filter-cost")).to_be_in_viewport(ratio=1)
    # Filtered, the only way there is node > processTimers > rebuildSearchIndex.
    explorer.page.mouse.click(*explorer.frame_at(3, 700))
    expect(explorer.flame).to_have_attribute("data-zoom", f"{BURST_FUNCTION} /srv/app/service.js:101")
    expect(explorer.flame).to_have_attribute("data-zoom-samples", str(len(culprits)))
    explorer.choose_filter("none")
    expect(explorer.flame).to_have_attribute(
        "data-zoom", f"LazyCompile:*{BURST_FUNCTION} /srv/app/service.js:101"
    )
    expect(explorer.flame).to_have_attribute("data-zoom-samples", str(len(culprits)))
    explorer.choose_filter("node-v8")
    expect(explorer.flame).to_have_attribute("data-zoom", f"{BURST_FUNCTION} /srv/app/service.js:101")


def test_the_list_is_sorted_searched_and_filled_in(page: Page, server: Server, alone: Explorer) -> None:
    alone.open(NODE18)
    page.goto(f"{server.url}#/")
    row = page.locator(f"[data-filename='{NODE18}']")
    expect(row.locator("td").nth(4)).to_have_text(f"{len(SAMPLES):,}".replace(",", "\u202f"))
    expect(row.locator("td").nth(3)).to_have_text(f"{(SAMPLES[-1].time - SAMPLES[0].time) / 1e6:.1f} s")
    page.get_by_test_id("sort-size").click()
    rows = page.get_by_test_id("profile-row")
    by_size = sorted((NODE18, NODE20, SYSTEM), key=lambda name: -(EXAMPLES / name).stat().st_size)
    for place, name in enumerate(by_size):
        expect(rows.nth(place)).to_have_attribute("data-filename", name)
    page.get_by_test_id("profile-search").fill("http node")
    expect(rows).to_have_count(2)
    expect(page.get_by_test_id("profile-count")).to_have_attribute("data-count", "2")


def test_idle_samples_are_left_out_and_said(explorer: Explorer) -> None:
    samples = raw_samples(EXAMPLES / SYSTEM)
    # Idle, unless an interrupt found something to do.
    idle = [
        one for one in having(samples, "cpuidle") + having(samples, "safe_halt") if "softirqs" not in one.text
    ]
    busy = set(samples) - set(idle)
    explorer.open(SYSTEM)
    explorer.expect_whole(len(busy))
    expect(explorer.summary).to_contain_text(f"{len(busy)} samples · {len(samples) - len(busy)} idle")
