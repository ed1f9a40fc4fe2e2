"""The flame graph as it opens: runs as one box, deep stacks from the top, and all levels in one window."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import rested
from tests.e2e.explorer import Explorer, containing
from tests.e2e.raw import raw_samples
from tests.e2e.running import EXAMPLES, NODE18, SYSTEM, Server

BURST = {"start": 9.76, "end": 10.28}


@pytest.fixture
def page(window: Page) -> Page:
    return window


def opened(page: Page, server: Server, file: str, **parameters: Any) -> Explorer:
    return Explorer(rested(page, server.url), server.url).open(
        file, **{"runs": "collapsed", "layout": "auto", **parameters}
    )


def test_stacks_deeper_than_the_room_hang_from_the_top_or_fit(page: Page, server: Server) -> None:
    deep = opened(page, server, NODE18, runs="all")
    expect(deep.flame).to_have_attribute("data-layout", "icicle")
    levels, row = deep.number(deep.flame, "levels"), deep.number(deep.flame, "row-height")
    box = deep.flame.bounding_box()
    assert box is not None
    assert levels * row > box["height"]
    # A range of it stays as it is, packages have few levels.
    deep.open(NODE18, layout="auto", start=30, end=30.5)
    expect(deep.flame).to_have_attribute("data-layout", "icicle")
    deep.open(NODE18, layout="auto", flavor="nodejs-packages")
    expect(deep.flame).to_have_attribute("data-layout", "flame")
    deep.open(NODE18, layout="auto")
    expect(deep.flame).to_have_attribute("data-layout", "icicle")
    fit_all_levels(deep.settled())


def test_runs_are_one_box_until_a_click(page: Page, server: Server) -> None:
    explorer = opened(page, server, NODE18)
    levels = explorer.number(explorer.flame, "levels")
    samples = explorer.number(explorer.flame, "samples")
    page.mouse.move(*explorer.frame_at(2, 60))
    tooltip = explorer.id("flamegraph-tooltip")
    expect(tooltip).to_have_attribute("data-name", "__libc_start_call_main")
    run = int(explorer.number(tooltip, "run"))
    assert run >= 3
    expect(tooltip).to_contain_text(f"the first of {run} frames")
    page.mouse.down()
    page.mouse.up()
    page.mouse.move(*explorer.frame_at(3, 60))
    expect(tooltip).to_have_attribute("data-name", "node::Start")
    expect(explorer.flame).to_have_attribute("data-zoom", "")
    assert explorer.number(explorer.flame, "samples") == samples
    explorer.open(NODE18)
    assert explorer.number(explorer.flame, "levels") > levels + 20


def fit_all_levels(explorer: Explorer) -> None:
    """Fit all levels into the window."""
    page = explorer.page
    expect(explorer.id("more-levels")).to_be_visible()
    explorer.id("fit").click()
    expect(explorer.id("more-levels")).to_have_count(0)
    box = explorer.flame.bounding_box()
    assert box is not None
    row = explorer.number(explorer.flame, "row-height")
    assert 3 < row < 18
    assert explorer.number(explorer.flame, "levels") * row <= box["height"]
    expect(page).to_have_url(containing("fit=1"))
    page.mouse.move(*explorer.frame_at(1, 60))
    expect(explorer.id("flamegraph-tooltip")).to_have_attribute("data-name", "node")


def test_half_of_the_window_is_for_the_graph(page: Page, server: Server) -> None:
    page.set_viewport_size({"width": 1400, "height": 900})
    explorer = opened(page, server, NODE18, **BURST)
    assert graph_height(explorer) >= 430
    for other in ({"rest": 1}, {"compareFile": SYSTEM}):
        assert graph_height(opened(page, server, NODE18, **BURST, compare="differential", **other)) >= 390


def graph_height(explorer: Explorer) -> float:
    box = explorer.page.get_by_label("Why", exact=True).bounding_box()
    assert box is not None
    return box["height"]


def test_a_comparison_lists_both_sides_by_the_change_of_self(page: Page, server: Server) -> None:
    explorer = Explorer(page, server.url)
    query = f"file={NODE18}&start=9.76&end=10.28&compare=differential&rest=1&view=table&filter=node-v8"
    page.goto(f"{server.url}#/explore?{query}")
    rows = explorer.id("function-row")
    expect(rows.first).to_have_attribute("data-name", "rebuildSearchIndex /srv/app/service.js:101")
    changes = [explorer.number(row.get_by_test_id("function-change"), "change") for row in rows.all()]
    assert changes == sorted(changes, reverse=True)
    cells = [cell.inner_text() for cell in rows.first.get_by_role("gridcell").all()]
    change, _, self_a, self_b = (float(text.removesuffix(" %").replace("+", "")) for text in cells[:4])
    assert change == pytest.approx(self_a - self_b, abs=0.11)
    assert len(cells) == 7
    expect(rows.first).to_contain_text("jit")


def test_a_node_profile_offers_to_hide_v8(page: Page, server: Server) -> None:
    explorer = opened(page, server, NODE18)
    offer = explorer.id("hide-v8")
    expect(offer).to_have_attribute("data-filter", "node-v8")
    words = offer.text_content() or ""
    share = words.split("(")[1].split(" ")[0]
    offer.click()
    cost = explorer.id("filter-cost")
    expect(cost).to_be_visible()
    moved, samples = explorer.number(cost, "moved"), explorer.number(explorer.flame, "samples")
    assert f"{100 * moved / samples:.1f}" == share
    # The words and the number stay.
    expect(offer).to_have_attribute("aria-pressed", "true")
    expect(offer).to_have_text(f"✓ {words}")
    expect(cost).to_contain_text(f"{share} % of samples moved")
    expect(page).to_have_url(containing("filter=node-v8"))
    offer.click()
    expect(cost).to_have_count(0)
    expect(offer).to_have_attribute("aria-pressed", "false")


def test_a_chosen_function_survives_a_filter_that_renames_or_hides_it(page: Page, server: Server) -> None:
    recorded, renamed = (
        f"{prefix}rebuildSearchIndex /srv/app/service.js:101" for prefix in ("LazyCompile:*", "")
    )
    explorer = Explorer(rested(page, server.url), server.url)
    page.goto(f"{server.url}#/explore?file={NODE18}&view=table")
    page.locator(f'[data-testid=function-row][data-name="{recorded}"]').click()
    chosen = explorer.id("sandwich")
    expect(chosen).to_have_attribute("data-name", recorded)
    # One sample is of another tier, which the filter takes for the same function.
    texts = [one.text for one in raw_samples(EXAMPLES / NODE18)]
    of_tier, of_all = (sum(name in text for text in texts) for name in (recorded, renamed))
    assert of_all > of_tier > 300
    expect(chosen).to_have_attribute("data-total", str(of_tier))
    explorer.choose_filter("node-v8")
    expect(chosen).to_have_attribute("data-name", renamed)
    expect(chosen).to_have_attribute("data-total", str(of_all))
    page.locator(f'[data-testid=function-row][data-name="{renamed}"]').click()
    explorer.choose_filter("none")
    expect(chosen).to_have_attribute("data-name", recorded)
    # Hidden is told apart from missing.
    page.goto(
        f"{server.url}#/explore?file={NODE18}&filter=node-v8&callers=node%3A%3AStart%20%28%2Fopt%2Fnode18%2Fbin%2Fnode%29"
    )
    expect(explorer.id("sandwich-empty")).to_contain_text("It may be among the hidden frames.")
    explorer.id("sandwich-unfiltered").click()
    expect(explorer.id("sandwich-empty")).to_have_count(0)
