"""Where a way ends, the page shows the next step: idle files, missing files, and stacks beyond the window."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Watch, rested
from tests.e2e.explorer import Explorer, containing
from tests.e2e.running import Server, serving
from tests.support.perf_text import sample, script

pytestmark = pytest.mark.chromium

IDLE, DEEP, STRANGE = "idle.perf", "deep.perf", "strange.perf"
IDLE_SAMPLES, LEVELS = 3, 80


@pytest.fixture(scope="module")
def odd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server of a file that is all idle, and of one with deep stacks."""
    folder = tmp_path_factory.mktemp("odd")
    idle = [
        sample(f"300{number}.5", "default_idle+0x1 ([kernel.kallsyms])", command="swapper", task="0", cpu=0)
        for number in range(IDLE_SAMPLES)
    ]
    (folder / IDLE).write_bytes(script(*idle))
    frames = [f"level{number}+0x1 (/srv/app)" for number in range(LEVELS, 0, -1)]
    (folder / DEEP).write_bytes(script(sample("3000.5", *frames), sample("3001.5", *frames)))
    (folder / STRANGE).write_bytes(script(sample("3000.5", "[unknown] (/srv/blst.node)")))
    with serving(folder, tmp_path_factory.mktemp("cache")) as server:
        yield server


@pytest.fixture
def page(window: Page, odd: Server) -> Page:
    """The kept window, at the list of these files."""
    return rested(window, odd.url)


def test_an_idle_file_offers_to_include_its_samples(page: Page, odd: Server) -> None:
    explorer = Explorer(page, odd.url).open(IDLE)
    offer = explorer.id("include-idle")
    expect(offer).to_have_text(f"Include {IDLE_SAMPLES} idle samples")
    offer.click()
    explorer.expect_whole(IDLE_SAMPLES)
    expect(explorer.heatmap).to_have_attribute("data-samples", str(IDLE_SAMPLES))
    expect(page).to_have_url(containing("idle=include"))
    expect(offer).to_have_count(0)


def test_a_missing_or_damaged_file_leads_to_the_list(page: Page, watch: Watch, odd: Server) -> None:
    watch.allow("404")
    page.goto(f"{odd.url}#/explore?file=nowhere.perf")
    expect(page.get_by_test_id("error")).to_be_visible()
    # Controls of a profile that is not there would do nothing.
    for control in ("filter-bar", "search", "filter"):
        expect(page.get_by_test_id(control)).to_have_count(0)
    page.get_by_test_id("error-list").click()
    expect(page.get_by_test_id("profile-row")).to_have_count(3)
    # So does a damaged one. The list may have been asked for before it is gone, and shows it for a moment.
    watch.allow("415|422")
    (odd.profiles / "damaged.cpuprofile").write_text('{"nodes": [], "samples": [')
    page.goto(f"{odd.url}#/explore?file=damaged.cpuprofile")
    expect(page.get_by_test_id("error")).to_be_visible()
    (odd.profiles / "damaged.cpuprofile").unlink()
    page.get_by_test_id("error-list").click()
    expect(page.get_by_test_id("profile-row")).to_have_count(3)


def test_a_question_mark_opens_the_keys_wherever_the_focus_is(page: Page, odd: Server) -> None:
    explorer = Explorer(page, odd.url).open(DEEP)
    keys = explorer.id("keys")
    for focused, closing in (("flamegraph", "Escape"), ("heatmap", "?")):
        explorer.id(focused).press("?")
        expect(keys).to_be_visible()
        page.keyboard.press(closing)
        expect(keys).to_have_count(0)
    # Text fields take it as a letter.
    explorer.id("search").press("?")
    expect(explorer.id("search")).to_have_value("?")
    expect(keys).to_have_count(0)


def test_filters_that_leave_nothing_are_cleared_where_the_graph_would_be(page: Page, odd: Server) -> None:
    explorer = Explorer(page, odd.url).open(STRANGE, include="nowhere")
    expect(explorer.id("no-samples")).to_contain_text("No sample here passes the filters.")
    explorer.id("show-all").click()
    explorer.expect_whole(1)
    expect(explorer.id("filter-chip")).to_have_count(0)


def test_a_wrong_expression_says_where(page: Page, watch: Watch, odd: Server) -> None:
    explorer = Explorer(page, odd.url).open(STRANGE)
    explorer.id("search").fill("/(foo/")
    fault = explorer.id("search-fault")
    expect(fault).to_have_text("Unterminated group at “(foo”")
    expect(explorer.id("search")).to_have_attribute("aria-invalid", "true")
    explorer.id("search").fill("/(foo)/")
    expect(fault).to_have_count(0)
    # In a link, where the server refuses it.
    watch.allow("400")
    page.goto(f"{odd.url}#/explore?file={STRANGE}&include=a(b")
    expect(page.get_by_test_id("error")).to_contain_text("missing )")
    page.get_by_test_id("error-action").click()
    explorer.expect_whole(1)


def test_levels_beyond_the_window_are_counted(page: Page, odd: Server) -> None:
    for layout in ("flame", "icicle"):
        explorer = Explorer(page, odd.url).open(DEEP, layout=layout)
        expect(explorer.flame).to_have_attribute("data-layout", layout)
        expect_levels(explorer.settled(), layout)


def expect_levels(explorer: Explorer, layout: str) -> None:
    page = explorer.page
    hidden = explorer.id("more-levels")
    expect(hidden).to_be_visible()
    count = explorer.number(hidden, "levels")
    height = explorer.flame.bounding_box()
    assert height is not None
    levels = explorer.number(explorer.flame, "levels")
    row = explorer.number(explorer.flame, "row-height")
    assert abs(count - (levels * row - height["height"]) / row) <= 1
    expect(hidden).to_have_text(f"{count:.0f} more levels · fit")
    # At the tips of the stacks, no frame is hidden.
    page.mouse.move(*explorer.frame_at(0, 200))
    page.mouse.wheel(0, 10_000 if layout == "icicle" else -10_000)
    expect(hidden).to_have_count(0)


def test_an_unresolved_frame_is_shown_by_its_library(page: Page, odd: Server) -> None:
    explorer = Explorer(page, odd.url).open(STRANGE, view="both")
    row = explorer.page.locator("[data-testid=function-row][data-name='[unknown]']")
    expect(row).to_contain_text("[blst.node]")
    page.mouse.move(*explorer.frame_at(2, 100))
    tooltip = explorer.id("flamegraph-tooltip")
    expect(tooltip).to_have_attribute("data-name", "[unknown]")
    expect(tooltip.locator("strong")).to_have_text("[blst.node]")
