"""Everything without a pointer."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, expect

from tests.e2e.explorer import Explorer
from tests.e2e.raw import raw_samples, within
from tests.e2e.running import EXAMPLES, NODE18

pytestmark = pytest.mark.chromium

SAMPLES = raw_samples(EXAMPLES / NODE18)
# For what is expected to fail.
SOON = 1000
# More than there are to stop at with Tab.
STOPS = 80


def expect_range(explorer: Explorer, start: float, end: float) -> None:
    explorer.expect_selected(start, end, len(within(SAMPLES, start, end)))


def press(explorer: Explorer, *keys: str) -> None:
    for key in keys:
        explorer.page.keyboard.press(key)


# Whether it, or what stands around it, looks another way with the focus than without; with transitions over.
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


def test_a_range_stops_at_both_ends_and_keeps_its_length(explorer: Explorer) -> None:
    explorer.open(NODE18, start=58, end=60)
    explorer.heatmap.focus()
    press(explorer, "]", "]")
    expect_range(explorer, 59, 61)
    explorer.open(NODE18, start=1, end=3)
    press(explorer, "[", "[")
    expect_range(explorer, 0, 2)


def test_slash_searches_and_brackets_are_typed_there(explorer: Explorer) -> None:
    explorer.open(NODE18, start=2, end=4)
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
    expect(tooltip).to_have_attribute("data-name", "rebuildSearchIndex /srv/app/service.js:101")
    press(explorer, "Enter")
    expect(explorer.flame).to_have_attribute("data-zoom", "rebuildSearchIndex /srv/app/service.js:101")
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
    wanted |= {"rows", "palette", "colour", "flamegraph"}
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


def test_keys_are_listed_until_escape(explorer: Explorer) -> None:
    explorer.open(NODE18, start=2, end=4)
    explorer.id("keys-help").focus()
    press(explorer, "Enter")
    expect(explorer.page.get_by_text("step the range by its own length").first).to_be_visible()
    press(explorer, "Escape")
    expect(explorer.page.get_by_text("step the range by its own length").first).to_be_hidden(timeout=SOON)
    expect_range(explorer, 2, 4)


def test_a_menu_takes_its_own_escape(explorer: Explorer) -> None:
    explorer.open(NODE18, start=2, end=4)
    explorer.id("theme-menu").click()
    expect(explorer.id("theme-dark")).to_be_visible()
    press(explorer, "Escape")
    expect(explorer.id("theme-dark")).to_be_hidden()
    expect_range(explorer, 2, 4)
