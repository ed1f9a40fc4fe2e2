"""Everything without a pointer."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.explorer import Explorer
from tests.e2e.raw import raw_samples, within
from tests.e2e.running import EXAMPLES, NODE18, Server

pytestmark = pytest.mark.chromium

SAMPLES = raw_samples(EXAMPLES / NODE18)
# More presses than there are Tab stops.
STOPS = 80
FUNCTION = "rebuildSearchIndex /srv/app/service.js:101"


def expect_range(explorer: Explorer, start: float, end: float) -> None:
    explorer.expect_selected(start, end, len(within(SAMPLES, start, end)))


def press(explorer: Explorer, *keys: str) -> None:
    for key in keys:
        explorer.page.keyboard.press(key)


# Whether the element, or one around it, looks different with the focus; transitions have ended.
LOOKS_FOCUSED = """element => {
  const around = [element, element.parentElement, element.nextElementSibling].filter(Boolean);
  const look = () => {
    const styles = () => around.map((one) => getComputedStyle(one)).map((style) =>
      [style.outline, style.boxShadow, style.borderColor, style.backgroundColor]).join();
    styles();
    document.getAnimations().forEach((animation) => animation.finish());
    return styles();
  };
  const focused = look();
  element.blur();
  const plain = look();
  element.focus();
  return focused !== plain;
}"""


def expect_focus_shown(locator: Locator) -> None:
    expect(locator).to_be_focused()
    assert locator.evaluate(LOOKS_FOCUSED), locator.get_attribute("data-testid")


def test_a_range_is_made_moved_grown_stepped_and_cleared(explorer: Explorer) -> None:
    explorer.open(NODE18)
    explorer.heatmap.focus()
    press(explorer, "ArrowRight")
    expect_range(explorer, 0, 1)
    press(explorer, "ArrowRight", "ArrowRight")
    expect_range(explorer, 2, 3)
    press(explorer, "ArrowUp", "ArrowUp", "ArrowDown")
    expect_range(explorer, 2.02, 3.02)
    press(explorer, "Shift+ArrowRight", "Shift+ArrowUp", "Shift+ArrowUp", "Shift+ArrowDown")
    expect_range(explorer, 2.02, 4.04)
    press(explorer, "Shift+ArrowLeft")
    expect_range(explorer, 2.02, 3.04)
    press(explorer, "]")
    expect_range(explorer, 3.04, 4.06)
    press(explorer, "]", "[", "[")
    expect_range(explorer, 2.02, 3.04)
    press(explorer, "Escape")
    explorer.expect_whole(len(SAMPLES))
    # It stops at both ends, and keeps its length.
    explorer.open(NODE18, start=58, end=60)
    expect_range(explorer, 58, 60)
    explorer.heatmap.focus()
    press(explorer, "]", "]")
    expect_range(explorer, 59, 61)
    explorer.open(NODE18, start=1, end=3)
    expect_range(explorer, 1, 3)
    press(explorer, "[", "[")
    expect_range(explorer, 0, 2)


def test_fields_and_menus_take_their_own_keys(explorer: Explorer) -> None:
    explorer.open(NODE18, start=2, end=4)
    explorer.id("keys-help").focus()
    press(explorer, "Enter")
    expect(explorer.page.get_by_text("step the range by its own length").first).to_be_visible()
    press(explorer, "Escape")
    expect(explorer.page.get_by_text("step the range by its own length").first).to_be_hidden()
    expect_range(explorer, 2, 4)
    explorer.id("theme-menu").click()
    # The menu is open once it has the focus. Keys pressed earlier go to the previously focused element.
    expect(explorer.page.locator("[role=menu] :focus")).to_have_count(1)
    press(explorer, "Escape")
    expect(explorer.id("theme-dark")).to_be_hidden()
    expect_range(explorer, 2, 4)
    search_by_slash(explorer)


def search_by_slash(explorer: Explorer) -> None:
    """Search from the key. Brackets are typed there, and step no range."""
    press(explorer, "/")
    search = explorer.id("search")
    expect_focus_shown(search)
    explorer.page.keyboard.type("emit]")
    expect(explorer.id("search-result")).to_have_attribute("data-matched", "0")
    expect_range(explorer, 2, 4)
    press(explorer, "Backspace")
    matched = [sample for sample in within(SAMPLES, 2, 4) if "emit" in sample.text.lower()]
    expect(explorer.id("search-result")).to_have_attribute("data-matched", str(len(matched)))
    press(explorer, "Escape")
    expect(search).to_have_value("")
    expect(search).not_to_be_focused()
    assert explorer.id("search-result").get_attribute("data-matched") is None
    expect_range(explorer, 2, 4)


def test_the_flame_graph_is_walked_and_zoomed(explorer: Explorer) -> None:
    explorer.open(NODE18, start=14.76, end=15.52, filter="node-v8")
    explorer.flame.focus()
    expect_focus_shown(explorer.flame)
    tooltip = explorer.id("flamegraph-tooltip")
    press(explorer, "ArrowUp")
    expect(tooltip).to_have_attribute("data-name", "node")
    press(explorer, "ArrowUp")
    # The widest callee, beside a narrow one.
    expect(tooltip).to_have_attribute("data-name", "processTimers node:internal/timers:497")
    press(explorer, "ArrowLeft")
    expect(tooltip).not_to_have_attribute("data-name", "processTimers node:internal/timers:497")
    press(explorer, "ArrowRight", "ArrowUp")
    expect(tooltip).to_have_attribute("data-name", FUNCTION)
    press(explorer, "Enter")
    expect(explorer.flame).to_have_attribute("data-zoom", FUNCTION)
    press(explorer, "ArrowDown", "Enter")
    expect(explorer.flame).to_have_attribute("data-zoom", "processTimers node:internal/timers:497")
    # Back in steps: first the zoom, then the range.
    press(explorer, "Escape")
    expect(explorer.flame).to_have_attribute("data-zoom", "")
    expect(explorer.summary).to_have_attribute("data-start", "14.76")
    press(explorer, "Escape")
    explorer.expect_whole(len(SAMPLES))


def test_tab_reaches_everything_and_the_focus_is_seen(explorer: Explorer) -> None:
    page = explorer.open(NODE18, start=2, end=4).page
    wanted = {"home-link", "filter", "search", "keys-help", "theme-menu", "heatmap", "clear-selection"}
    wanted |= {"compare", "export", "settings", "flamegraph"}
    page.locator("body").evaluate(
        "body => { body.tabIndex = -1; body.focus(); body.removeAttribute('tabindex') }"
    )
    reached = set()
    for _ in range(STOPS):
        page.keyboard.press("Tab")
        focused = page.locator(":focus")
        if focused.count() == 0:
            break
        reached.add(focused.get_attribute("data-testid"))
        assert focused.evaluate(LOOKS_FOCUSED), focused.evaluate("element => element.outerHTML")
    assert wanted - reached == set()


def tab_to(page: Page, test_id: str, stops: int) -> Locator:
    """Press Tab until something has the focus, which is seen at every stop on the way."""
    for _ in range(stops):
        page.keyboard.press("Tab")
        focused = page.locator(":focus")
        assert focused.evaluate(LOOKS_FOCUSED), focused.evaluate("element => element.outerHTML")
        if focused.get_attribute("data-testid") == test_id:
            return focused
    raise AssertionError(f"{test_id} is not within {stops} stops")


def choose_filter(explorer: Explorer) -> None:
    press(explorer, "Enter")
    expect(explorer.page.locator('[data-testid="filter-choice"][data-name="none"]')).to_be_focused()
    press(explorer, "Tab", "Tab", "Enter")
    expect(explorer.id("filter")).to_have_attribute("data-value", "node-v8")


def test_from_the_list_to_the_function_without_a_pointer(explorer: Explorer) -> None:
    page = explorer.page
    page.goto(explorer.url)
    expect(page.get_by_test_id("profile-row")).to_have_count(3)
    tab_to(page, "skip", 1)
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("profile-link").first).to_be_focused()
    for _ in range(2):
        link = tab_to(page, "profile-link", 3)
        if link.inner_text() == NODE18:
            break
    page.keyboard.press("Enter")
    explorer.expect_whole(len(SAMPLES))
    expect(explorer.id("profile-name")).to_have_text(NODE18)

    tab_to(page, "skip", 1)
    page.keyboard.press("Enter")
    expect_focus_shown(explorer.heatmap)
    press(explorer, *["ArrowRight"] * 16, "ArrowUp")
    expect_range(explorer, 15.04, 16.04)
    # The text for screen readers: of the range first, then of each frame on the walk.
    said = explorer.id("selection-table")
    expect(said).to_contain_text("15.04 seconds")
    expect(said).to_contain_text(f"{len(within(SAMPLES, 15.04, 16.04))}, ")
    press(explorer, "Shift+Tab")
    for _ in range(STOPS):
        if page.locator(":focus").get_attribute("data-testid") == "filter":
            break
        press(explorer, "Shift+Tab")
    expect_focus_shown(explorer.id("filter"))
    choose_filter(explorer)
    expect(explorer.id("filter-cost")).to_have_attribute("data-moved", re.compile(r"\d"))
    tab_to(page, "flamegraph", STOPS)
    # The stacks of the profile are deeper than the room: they hang from the top.
    expect(explorer.flame).to_have_attribute("data-layout", "icicle")
    press(explorer, "ArrowDown", "ArrowDown", "ArrowDown")
    tooltip = explorer.id("flamegraph-tooltip")
    expect(tooltip).to_have_attribute("data-name", FUNCTION)
    expect(tooltip).to_have_attribute("aria-live", "polite")
    expect(explorer.id("frame-table")).to_contain_text("rebuildSearchIndex")
    press(explorer, "Shift+F10")
    expect(explorer.id("frame-focus")).to_be_focused()
    press(explorer, "ArrowDown", "Enter")
    expect(explorer.id("sandwich")).to_have_attribute("data-name", FUNCTION)
    press(explorer, "Escape")
    expect(explorer.id("sandwich")).to_have_count(0)


def test_the_table_is_walked_and_sorted(explorer: Explorer) -> None:
    page = explorer.open(NODE18, view="both").page
    grid = page.get_by_role("grid")
    grid.focus()
    expect_focus_shown(grid)
    rows = explorer.id("function-row")
    selected = page.locator("[data-testid=function-row][aria-selected=true]")
    names = [row.get_attribute("data-name") for row in rows.all()]
    press(explorer, "ArrowDown", "ArrowDown", "ArrowUp")
    expect(selected).to_have_attribute("data-name", names[1] or "")
    expect(grid).to_have_attribute("aria-activedescendant", selected.get_attribute("id") or "")
    press(explorer, "End")
    expect(selected).to_be_in_viewport(ratio=1)
    expect(grid).to_have_attribute("aria-rowcount", str(int(selected.get_attribute("aria-rowindex") or 0)))
    press(explorer, "Home", "Tab")
    # Its headings are buttons.
    expect_focus_shown(explorer.id("function-sort-self"))
    press(explorer, "Tab", "Enter")
    expect(page.get_by_role("columnheader", name="Total")).to_have_attribute("aria-sort", "descending")
    totals = [int(row.get_attribute("data-total") or 0) for row in rows.all()]
    assert totals == sorted(totals, reverse=True)
    grid.focus()
    press(explorer, "ArrowDown", "Enter")
    expect(explorer.id("sandwich")).to_have_attribute("data-total", str(totals[1]))


@pytest.mark.parametrize("motion", ["reduce", "no-preference"])
def test_a_zoom_moves_only_where_motion_is_wanted(
    new_page: Callable[..., Page], server: Server, motion: str
) -> None:
    page = new_page(reduced_motion=motion)
    explorer = Explorer(page, server.url).open(NODE18, start=14.76, end=15.52, filter="node-v8")
    explorer.flame.focus()
    press(explorer, "ArrowUp", "ArrowUp", "ArrowUp")
    # From here on the page's clock moves only when the test advances it.
    page.clock.install(time=0)
    page.clock.pause_at(1000)
    pictures = [explorer.flame.evaluate("canvas => canvas.toDataURL()")]
    press(explorer, "Enter")
    expect(explorer.flame).to_have_attribute("data-zoom", FUNCTION)
    for milliseconds in (0, 60, 60, 1000, 1000):
        page.clock.run_for(milliseconds)
        pictures.append(explorer.flame.evaluate("canvas => canvas.toDataURL()"))
    before, at_once, early, late, end, after = pictures
    assert end == after != before
    if motion == "reduce":
        assert at_once == early == late == end
    else:
        assert len({before, early, late, end}) == 4


def test_a_bar_that_waits_rests_where_motion_is_unwanted(
    new_page: Callable[..., Page], server: Server
) -> None:
    page = new_page(reduced_motion="reduce")
    page.route("**/heatmap/**", lambda route: None)
    page.goto(f"{server.url}#/explore?file={NODE18}")
    expect(page.get_by_test_id("loading")).to_be_visible()
    moving = "document.getAnimations().filter(one => one.playState === 'running').length"
    # An animation without duration runs until the next frame.
    page.wait_for_function(f"() => {moving} === 0")
    page.emulate_media(reduced_motion="no-preference")
    page.wait_for_function(f"() => {moving} > 0")
    page.unroute_all(behavior="ignoreErrors")
