"""Every screen in a narrow window, down to a telephone's: nothing lies outside of it, and all can be used."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import rested
from tests.e2e.explorer import PAINTED, Cell, Explorer
from tests.e2e.raw import raw_samples, within
from tests.e2e.running import EXAMPLES, NODE18, SYSTEM, Server

pytestmark = pytest.mark.chromium

SAMPLES = raw_samples(EXAMPLES / NODE18)
WIDTHS = (360, 600, 800)
# Usable elements that reach out of the window. Elements only for screen readers are tiny.
OUTSIDE = """() => [...document.querySelectorAll("a, button, input, select, canvas, [role=grid]")]
  .filter((element) => element.checkVisibility({visibilityProperty: true}))
  .map((element) => [element, element.getBoundingClientRect()])
  .filter(([, {left, right, width}]) => width > 1 && (left < 0 || right > window.innerWidth + 0.5))
  .map(([{outerHTML}, {left, right}]) => `${left} to ${right}: ${outerHTML.slice(0, 120)}`)"""
SCROLLS = "document.documentElement.scrollWidth > window.innerWidth"
IS_CUT = """(element) => {
  const text = document.createRange();
  text.selectNodeContents(element);
  return text.getBoundingClientRect().width > element.getBoundingClientRect().width;
}"""
Parameters = dict[str, str | float]
RANGES: Parameters = {"start": 9.76, "end": 10.28}
COMPARED: Parameters = {**RANGES, "compare": "differential", "compareStart": 0, "compareEnd": 4}


@pytest.fixture
def narrow(window: Page, server: Server) -> Page:
    """The kept window, at the list, with the smallest width."""
    narrow_to(window, WIDTHS[0])
    return rested(window, server.url)


def narrow_to(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 740})


def widths(page: Page) -> Iterator[None]:
    """Make the window as narrow as each width in turn, and wait until everything is drawn."""
    for width in WIDTHS:
        narrow_to(page, width)
        page.evaluate(PAINTED)
        yield


def fits(page: Page) -> None:
    assert page.evaluate(OUTSIDE) == []
    assert not page.evaluate(SCROLLS)


def test_the_list_and_its_forms_fit(narrow: Page, server: Server) -> None:
    narrow.goto(server.opened_url)
    explorer = Explorer(narrow, server.url)
    explorer.open(NODE18, start=1, end=2, filter="node-v8", q="rebuildSearchIndex")
    narrow.get_by_test_id("home-link").click()
    expect(narrow.get_by_test_id("recent-profile")).to_have_count(1)
    expect(narrow.get_by_test_id("profile-row")).to_have_count(3)
    for _ in widths(narrow):
        fits(narrow)
        narrow.get_by_test_id("row-menu").first.click()
        expect(narrow.get_by_test_id("download")).to_be_visible()
        fits(narrow)
        narrow.keyboard.press("Escape")
        expect(narrow.get_by_test_id("download")).to_have_count(0)
        # Names are not cut.
        link = narrow.get_by_test_id("profile-link").filter(has_text=NODE18)
        assert link.evaluate("one => one.closest('td').scrollWidth <= one.closest('td').clientWidth")
        link.click(trial=True)
        for way in ("import-ssh", "capture-ssh"):
            expect_form_fits(narrow, way)
    narrow.get_by_test_id("profile-link").filter(has_text=NODE18).click()
    expect(narrow.get_by_test_id("heatmap")).to_be_visible()


def expect_form_fits(page: Page, way: str) -> None:
    page.get_by_test_id(way).click()
    expect(page.get_by_test_id("field-host")).to_be_focused()
    fits(page)
    page.get_by_test_id("start").scroll_into_view_if_needed()
    expect(page.get_by_test_id("start")).to_be_in_viewport()
    page.keyboard.press("Escape")
    expect(page.get_by_test_id("field-host")).to_have_count(0)


SCREENS: dict[str, Parameters] = {
    "selected": {**RANGES, "filter": "node-v8", "q": "rebuildSearchIndex", "comm": "node"},
    "compared": {**COMPARED, "view": "both"},
    "two profiles": {**COMPARED, "compareFile": NODE18, "view": "table"},
    "callers": {"callers": "malloc (/usr/lib/x86_64-linux-gnu/libc.so.6)"},
}


@pytest.mark.parametrize("screen", SCREENS)
def test_the_explorer_fits(narrow: Page, server: Server, screen: str) -> None:
    explorer = Explorer(narrow, server.url)
    query = "&".join(f"{name}={value}" for name, value in SCREENS[screen].items())
    narrow.goto(f"{server.url}#/explore?file={NODE18}&{query}")
    for _ in widths(narrow):
        expect(explorer.id("flamegraph-panel")).to_have_attribute("data-behind", "false")
        expect(explorer.heatmap).to_be_visible()
        fits(narrow)
        for row in explorer.id("function-row").all()[:1]:
            # Users look for the name.
            name = row.locator("bdi").first
            assert name.evaluate("one => one.getBoundingClientRect().width") >= 80


def test_the_pictures_come_first_in_a_low_window(narrow: Page, server: Server) -> None:
    narrow.set_viewport_size({"width": 900, "height": 700})
    explorer = Explorer(narrow, server.url).open(NODE18, **RANGES)
    expect(explorer.id("words-function")).to_have_count(1)
    tops = {name: explorer.id(name).bounding_box() for name in ("heatmap", "flamegraph", "selection-words")}
    heat, graph, words = (box["y"] for box in tops.values() if box is not None)
    assert heat < graph <= 500 < words
    expect(explorer.summary).to_be_in_viewport(ratio=1)


def test_menus_fit(narrow: Page, server: Server) -> None:
    explorer = Explorer(narrow, server.url).open(NODE18, **RANGES)
    shown = narrow.locator(".mantine-Popover-dropdown, .mantine-Menu-dropdown")
    for _ in widths(narrow):
        for opened in ("views", "filter", "compare", "export", "pattern-menu", "keys-help", "theme-menu"):
            explorer.id(opened).click()
            expect(shown.first).to_be_visible()
            fits(narrow)
            narrow.keyboard.press("Escape")
            expect(shown).to_have_count(0)


def test_a_range_is_selected_and_a_frame_opened(narrow: Page, server: Server) -> None:
    explorer = Explorer(narrow, server.url)
    for _ in widths(narrow):
        explorer.open(NODE18, rows=10).expect_whole(len(SAMPLES))
        explorer.heatmap.scroll_into_view_if_needed()
        explorer.drag(Cell(2, 0), Cell(3, 9))
        explorer.expect_selected(2, 4, len(within(SAMPLES, 2, 4)))
        explorer.flame.scroll_into_view_if_needed()
        narrow.mouse.click(*explorer.frame_at(1, 60))
        expect(explorer.id("zoomed")).to_be_visible()
        fits(narrow)


def test_the_name_of_a_profile_comes_before_the_facts_about_it(explorer: Explorer) -> None:
    page = explorer.open(SYSTEM).page
    facts, name = (page.get_by_test_id(f"profile-{one}") for one in ("facts", "name"))
    expect(facts).to_contain_text("example-host")
    assert facts.evaluate(IS_CUT)
    assert not name.evaluate(IS_CUT)
