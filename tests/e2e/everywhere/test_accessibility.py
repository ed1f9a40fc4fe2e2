"""Every screen in both themes, checked by axe. Screens behind several steps have their own tests."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.e2e import axe
from tests.e2e.conftest import Serve, Watch
from tests.e2e.explorer import Explorer
from tests.e2e.running import NODE18, NODE20, Server, copy_examples, serving
from tests.support.perf_text import sample, script

pytestmark = pytest.mark.chromium

BURST: dict[str, str | float] = {"start": 14.76, "end": 15.52}
PAGE = 200
# What shows a graph, a table or callers, and the words on colours of a heatmap.
GRAPH = "[data-testid=flamegraph-panel], [data-testid=heatmap-legend]"
DROPDOWN = ":is(.mantine-Popover-dropdown, .mantine-Menu-dropdown)"
GARBAGE = b"neither an event line\nnor a frame\n\n"
SKIPPED = (
    script(*(sample(f"3000.{number:06d}", "leaf+0x1 (/srv/app)", command="a") for number in range(40)))
    + GARBAGE
    + script(sample("3004.5", "leaf+0x1 (/srv/app)", command="b", cpu=1, event="cpu-clock"))
)


@pytest.fixture(scope="module")
def odd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Serve a directory with folders, unreadable files and files that are read in part."""
    folder = tmp_path_factory.mktemp("odd")
    copy_examples(folder / "team a" / "node")
    (folder / "noise.bin").write_bytes(bytes(range(256)) * 9)
    (folder / "skipped.perf").write_bytes(SKIPPED)
    with serving(folder, tmp_path_factory.mktemp("cache")) as server:
        yield server


def in_explorer(explorer: Explorer, query: str, shown: str) -> None:
    """Lead to a screen of the explorer in place, and wait until a part of it is there."""
    explorer.go(f"?file={NODE18}{query}")
    panel = explorer.id("flamegraph-panel")
    expect(panel.get_by_test_id(shown)).to_be_visible()
    expect(panel).to_have_attribute("data-behind", "false")


def open_menus(page: Page, *menus: str) -> None:
    """Open one menu of a checked page after the other, by its steps, and check it with its button."""
    for steps in menus:
        for step in steps.split():
            page.get_by_test_id(step).first.click()
        expect(page.locator(DROPDOWN).first).to_be_visible()
        axe.expect_usable(page, f"{DROPDOWN}, [aria-expanded=true]")
        page.keyboard.press("Escape")
        expect(page.locator(DROPDOWN)).to_have_count(0)


def frame_menu(explorer: Explorer) -> None:
    explorer.page.mouse.click(*explorer.frame_at(2, 600), button="right")
    expect(explorer.id("frame-menu")).to_be_visible()
    axe.expect_usable(explorer.page, DROPDOWN)


def legend_colours(page: Page) -> list[str]:
    """Return the colours of the kinds of frames, of which there are several."""
    dots = page.get_by_test_id("colour-legend").locator("span[style]")
    found = dots.evaluate_all("(dots) => dots.map((dot) => getComputedStyle(dot).backgroundColor)")
    assert len(set(found)) > 2
    return [str(colour) for colour in found]


def hovered_frame(explorer: Explorer) -> None:
    explorer.page.mouse.move(*explorer.frame_at(2, 600))
    expect(explorer.id("flamegraph-tooltip")).to_be_visible()


def test_the_list(page: Page, odd: Server) -> None:
    page.goto(odd.opened_url)
    expect(page.get_by_test_id("profile-row")).to_have_count(5)
    axe.expect_usable(page)
    opened = page.locator("[role=menu], [role=dialog]")
    for steps in (
        ["row-menu"],
        ["row-menu", "delete"],
        ["theme-menu"],
        ["import-ssh", "start"],
        ["capture-ssh", "start"],
    ):
        for step in steps:
            page.get_by_test_id(step).first.click()
            # Dialogs come with scripts of their own, and take the focus when they are there.
            kind = "menu" if step.endswith("-menu") else "dialog"
            expect(page.locator(f"[role={kind}]")).to_be_visible()
            page.wait_for_function("(kind) => document.activeElement.closest(`[role=${kind}]`)", arg=kind)
            # The row's menu is the first of all.
            if steps != ["row-menu", "delete"] or step == "delete":
                axe.expect_usable(page, f"[role={kind}], [aria-expanded=true]")
        page.keyboard.press("Escape")
        expect(opened).to_have_count(0)
    # A search that finds nothing.
    page.get_by_test_id("profile-search").fill("nothing like that")
    expect(page.get_by_test_id("profile-count")).to_have_attribute("data-count", "0")
    axe.expect_usable(page)


def test_a_list_of_several_pages(page: Page, serve: Serve, tmp_path: Path) -> None:
    folder = tmp_path / "profiles"
    folder.mkdir()
    for number in range(PAGE + 1):
        (folder / f"{number}.folded").write_bytes(b"main;leaf 1\n")
    page.goto(serve(folder).url)
    page.get_by_role("button", name="Next page").click()
    expect(page.get_by_test_id("profile-row")).to_have_count(1)
    # Of one row, because axe takes seconds for a full page of them.
    axe.expect_usable(page, "main")
    page.get_by_role("button", name="Page 1").click()
    expect(page.get_by_test_id("profile-row")).to_have_count(PAGE)


def test_what_was_looked_at_last(explorer: Explorer) -> None:
    explorer.open(NODE18, **BURST)
    explorer.id("home-link").click()
    expect(explorer.id("recent-profile")).to_have_count(1)
    # The way past the header is seen where it has the focus.
    explorer.id("skip").focus()
    axe.expect_usable(explorer.page)


def test_an_empty_directory(page: Page, serve: Serve, tmp_path: Path) -> None:
    (tmp_path / "profiles").mkdir()
    page.goto(serve(tmp_path / "profiles").url)
    expect(page.get_by_test_id("empty-directory")).to_be_visible()
    axe.expect_usable(page)


def test_a_profile_and_its_menus(explorer: Explorer) -> None:
    page = explorer.open(NODE18).page
    axe.expect_usable(page)
    # A contrast theme of the system leaves the colours of the data.
    colours = legend_colours(page)
    page.emulate_media(forced_colors="active")
    assert legend_colours(page) == colours
    page.emulate_media(forced_colors="none")
    explorer.open(NODE18, **BURST, filter="node", q="re", comm="node", exclude="nothing")
    hovered_frame(explorer)
    axe.expect_usable(page)
    page.mouse.move(0, 0)
    # Three screens with colours of their own for the heatmap and the graph.
    explorer.open(NODE18, **BURST, palette="enhanced", colour="library", rows=25)
    axe.expect_usable(page, GRAPH)
    open_menus(page, "facet-tid")
    explorer.open(NODE18, **BURST, palette="safe", colour="name", layout="icicle")
    axe.expect_usable(page, GRAPH)
    open_menus(page, "pattern-menu")
    inverted: dict[str, str | float] = {"colour": "tier", "inverted": 1, "from": 10, "to": 20}
    explorer.open(NODE18, **BURST, **inverted)
    axe.expect_usable(page, "main")
    open_menus(page, "keys-help")
    explorer.open(NODE18, **BURST, name="the burst")
    open_menus(page, "export", "compare", "filter", "settings", "views view-save")
    frame_menu(explorer)


def test_a_table_beside_the_graph_and_in_its_place(explorer: Explorer) -> None:
    page = explorer.open(NODE18, **BURST, view="both", q="re").page
    axe.expect_usable(page)
    explorer.open(NODE18, **BURST, view="both")
    explorer.id("function-row").nth(3).click()
    expect(explorer.id("flamegraph-panel").locator("[data-testid=sandwich]")).to_be_visible()
    axe.expect_usable(page, GRAPH)
    in_explorer(explorer, "&view=table", "function-table")
    axe.expect_usable(page, GRAPH)
    in_explorer(explorer, "&view=table&q=nothing-like-that", "function-table")
    expect(explorer.id("function-row")).to_have_count(0)
    axe.expect_usable(page, "main")
    in_explorer(explorer, "&callers=nothing", "sandwich-empty")
    axe.expect_usable(page, GRAPH)


def test_comparisons(explorer: Explorer) -> None:
    page = explorer.open(NODE18, **BURST, compare="differential", rest=1).page
    hovered_frame(explorer)
    axe.expect_usable(page)
    page.mouse.move(0, 0)
    explorer.open(NODE18, **BURST, compare="elided", compareFile=NODE20, difference="safe")
    axe.expect_usable(page, "main")
    explorer.open(NODE18, **BURST, compare="differential", compareStart=1, compareEnd=2, flip=1)
    axe.expect_usable(page, "main")
    frame_menu(explorer)
    page.keyboard.press("Escape")
    expect(explorer.id("frame-menu")).to_have_count(0)
    in_explorer(explorer, "&compare=differential&rest=1", "notice")
    axe.expect_usable(page, "main")


def test_time_order(explorer: Explorer) -> None:
    page = explorer.page
    page.goto(f"{explorer.url}#/explore?file={NODE20}&start=2&end=3.5&view=time&q=re")
    expect(explorer.id("timeline")).to_be_visible()
    axe.expect_usable(page)
    open_menus(page, "settings")
    explorer.id("timeline").focus()
    page.keyboard.press("ArrowDown")
    expect(explorer.id("timeline-tooltip")).to_be_visible()
    axe.expect_usable(page, "[data-testid=flamegraph-panel], [data-testid=timeline-tooltip]")
    page.keyboard.press("Shift+F10")
    expect(explorer.id("frame-menu")).to_be_visible()
    axe.expect_usable(page, DROPDOWN)


def test_what_could_not_be_read(page: Page, odd: Server) -> None:
    Explorer(page, odd.url).open("skipped.perf")
    report = page.get_by_test_id("parse-report")
    report.locator("summary").click()
    expect(report.get_by_role("listitem").first).to_be_visible()
    axe.expect_usable(page, "main")


def test_what_cannot_be_shown(page: Page, watch: Watch, server: Server) -> None:
    watch.allow("404|416")
    page.goto(f"{server.url}#/explore?file=nothing")
    expect(page.get_by_test_id("error")).to_be_visible()
    axe.expect_usable(page)
    page.goto(f"{server.url}#/explore?file={NODE18}&start=500&end=600")
    expect(page.get_by_test_id("error")).to_contain_text("The range is not in the profile")
    axe.expect_usable(page, "main")


def test_axe_finds_what_is_wrong(page: Page, server: Server) -> None:
    """A judge that is never heard to complain may be deaf."""
    page.goto(server.url)
    expect(page.get_by_test_id("profile-row")).to_have_count(3)
    page.evaluate("""document.querySelector("main").insertAdjacentHTML("beforeend",
      '<button id="mute"></button><p style="color: #777; background: #888">hardly</p>')""")
    found = "\n".join(axe.violations(page))
    assert "critical button-name: #mute" in found
    assert "serious color-contrast" in found
