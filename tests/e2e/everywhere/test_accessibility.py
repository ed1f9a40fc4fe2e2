"""Every screen in both themes, checked by axe. Screens behind several steps have their own tests."""

from __future__ import annotations

from collections.abc import Callable, Iterator
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


def click(*test_ids: str) -> Callable[[Page], None]:
    """Click one thing after the other."""

    def go(page: Page) -> None:
        for test_id in test_ids:
            page.get_by_test_id(test_id).first.click()

    return go


def frame_menu(page: Page) -> None:
    explorer = Explorer(page, "")
    page.mouse.click(*explorer.frame_at(2, 600), button="right")
    expect(page.get_by_test_id("frame-menu")).to_be_visible()


def hovered_frame(page: Page) -> None:
    page.mouse.move(*Explorer(page, "").frame_at(2, 600))
    expect(page.get_by_test_id("flamegraph-tooltip")).to_be_visible()


def sandwich(page: Page) -> None:
    page.get_by_test_id("function-row").nth(3).click()
    expect(page.get_by_test_id("sandwich")).to_be_visible()


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
            axe.expect_usable(page)
        page.keyboard.press("Escape")
        expect(opened).to_have_count(0)


def test_a_list_of_several_pages(page: Page, serve: Serve, tmp_path: Path) -> None:
    folder = tmp_path / "profiles"
    folder.mkdir()
    for number in range(PAGE + 1):
        (folder / f"{number}.folded").write_bytes(b"main;leaf 1\n")
    page.goto(serve(folder).url)
    page.get_by_role("button", name="Next page").click()
    expect(page.get_by_test_id("profile-row")).to_have_count(1)
    # Of one row, because axe takes seconds for a full page of them.
    axe.expect_usable(page)
    page.get_by_role("button", name="Page 1").click()
    expect(page.get_by_test_id("profile-row")).to_have_count(PAGE)


def test_a_search_that_finds_nothing(page: Page, server: Server) -> None:
    page.goto(server.url)
    page.get_by_test_id("profile-search").fill("nothing like that")
    expect(page.get_by_test_id("profile-count")).to_have_attribute("data-count", "0")
    axe.expect_usable(page)


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


@pytest.mark.parametrize(
    ("parameters", "steps"),
    [
        ({}, click()),
        (BURST | {"filter": "node", "q": "re", "comm": "node", "exclude": "nothing"}, hovered_frame),
        (BURST | {"palette": "enhanced", "colour": "library", "rows": 25}, click("facet-tid")),
        (BURST | {"palette": "safe", "colour": "name", "layout": "icicle"}, click("pattern-menu")),
        (BURST | {"colour": "tier", "inverted": 1, "from": 10, "to": 20}, click("keys-help")),
        (BURST, click("export")),
        (BURST, click("compare")),
        (BURST, click("filter")),
        (BURST, click("settings")),
        (BURST | {"name": "the burst"}, click("views", "view-save")),
        (BURST, frame_menu),
        (BURST | {"view": "both", "q": "re"}, click()),
        (BURST | {"view": "both"}, sandwich),
        (BURST | {"compare": "differential", "rest": 1}, hovered_frame),
        (BURST | {"compare": "elided", "compareFile": NODE20, "difference": "safe"}, click()),
        (BURST | {"compare": "differential", "compareStart": 1, "compareEnd": 2, "flip": 1}, frame_menu),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, dict) else "",
)
def test_the_explorer(
    explorer: Explorer, parameters: dict[str, str | float], steps: Callable[[Page], None]
) -> None:
    explorer.open(NODE18, **parameters)
    steps(explorer.page)
    axe.expect_usable(explorer.page)


@pytest.mark.parametrize(
    ("parameters", "shown"),
    [
        ("&view=table", "function-table"),
        ("&view=table&q=nothing-like-that", "function-table"),
        ("&callers=nothing", "sandwich-empty"),
        ("&compare=differential&rest=1", "notice"),
    ],
)
def test_the_explorer_without_a_graph(explorer: Explorer, parameters: str, shown: str) -> None:
    explorer.page.goto(f"{explorer.url}#/explore?file={NODE18}{parameters}")
    expect(explorer.id(shown)).to_be_visible()
    axe.expect_usable(explorer.page)


def span(page: Page) -> None:
    page.get_by_test_id("timeline").focus()
    page.keyboard.press("ArrowDown")
    expect(page.get_by_test_id("timeline-tooltip")).to_be_visible()


def span_menu(page: Page) -> None:
    span(page)
    page.keyboard.press("Shift+F10")
    expect(page.get_by_test_id("frame-menu")).to_be_visible()


@pytest.mark.parametrize("steps", [click(), click("settings"), span, span_menu])
def test_time_order(explorer: Explorer, steps: Callable[[Page], None]) -> None:
    explorer.page.goto(f"{explorer.url}#/explore?file={NODE20}&start=2&end=3.5&view=time&q=re")
    expect(explorer.id("timeline")).to_be_visible()
    steps(explorer.page)
    axe.expect_usable(explorer.page)


def test_what_could_not_be_read(page: Page, odd: Server) -> None:
    Explorer(page, odd.url).open("skipped.perf")
    report = page.get_by_test_id("parse-report")
    report.locator("summary").click()
    expect(report.get_by_role("listitem").first).to_be_visible()
    axe.expect_usable(page)


@pytest.mark.parametrize("query", ["file=nothing", f"file={NODE18}&start=500&end=600"])
def test_what_cannot_be_shown(page: Page, watch: Watch, server: Server, query: str) -> None:
    watch.allow("404|416")
    page.goto(f"{server.url}#/explore?{query}")
    expect(page.get_by_test_id("error")).to_be_visible()
    axe.expect_usable(page)


def test_axe_finds_what_is_wrong(page: Page, server: Server) -> None:
    """A judge that is never heard to complain may be deaf."""
    page.goto(server.url)
    expect(page.get_by_test_id("profile-row")).to_have_count(3)
    page.evaluate("""document.querySelector("main").insertAdjacentHTML("beforeend",
      '<button id="mute"></button><p style="color: #777; background: #888">hardly</p>')""")
    found = "\n".join(axe.violations(page))
    assert "critical button-name: #mute" in found
    assert "serious color-contrast" in found
