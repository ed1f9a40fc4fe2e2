"""A comparison tells how much each side has, and stays in the table and in the callers' view."""

from __future__ import annotations

from urllib.parse import urljoin

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import ServeFiles, rested
from tests.e2e.explorer import Explorer
from tests.e2e.running import Server
from tests.support.perf_text import sample, script

OLD, NEW = "checkout-service/release-2026-11-28.perf", "checkout-service/release-2026-11-29.perf"
# A part of render is another function.
SPLIT = "checkout-service/release-2026-11-30.perf"
MAIN = "main (/srv/app)"


BEFORE, AFTER = "search/release-41.perf", "search/release-42.perf"


def blocks(task: str, *counts: tuple[int, tuple[str, ...]]) -> list[str]:
    """Write samples of a thread, 10 ms apart in one second, so many of each stack."""
    stacks = [stack for count, stack in counts for _ in range(count)]
    return [
        sample(f"{10 + n // 100}.{n % 100:02}0000", *stack, MAIN, command="app", task=task)
        for n, stack in enumerate(stacks)
    ]


def text(**functions: int) -> bytes:
    """Write samples of one thread, so many of each function."""
    counts = [(count, (f"{name} (/srv/app)",)) for name, count in functions.items()]
    return script(*blocks("1/1", *counts))


def release(own: int, below: int) -> bytes:
    """Write a second with 90 samples of rebuild, and so many of rank and of score, which it calls."""
    rank = ("rank (/srv/app)", "find (/srv/app)")
    second = blocks("1/2", (own, rank), (below, ("score (/srv/app)", *rank)))
    return script(*blocks("1/1", (90, ("rebuild (/srv/app)",)), (10, ())), *second)


@pytest.fixture(scope="module")
def served(serve_files: ServeFiles) -> Server:
    return serve_files(
        {
            OLD: text(render=40, parse=10),
            NEW: text(render=60, parse=8),
            SPLIT: text(render=20, parse=10, cache=20),
            BEFORE: release(10, 10),
            AFTER: release(30, 40),
        }
    )


@pytest.fixture
def explorer(window: Page, served: Server) -> Explorer:
    return Explorer(rested(window, served.url), served.url)


def saved_picture(explorer: Explorer) -> str:
    """Return the SVG that the menu saves."""
    explorer.id("export").click()
    address = explorer.id("export-svg").get_attribute("href") or ""
    explorer.page.keyboard.press("Escape")
    return explorer.page.request.get(urljoin(explorer.url, address)).text()


def test_sizes_names_changes_and_callers(explorer: Explorer) -> None:
    explorer.open(OLD, compare="differential", compareFile=NEW, view="both", base="share")
    expect(explorer.id("compare-words")).to_have_text(
        "A release-2026-11-28.perf, whole profile, compared with B release-2026-11-29.perf, whole profile"
    )
    sizes = explorer.id("compare-sizes")
    expect(sizes).to_have_attribute("data-a", "50")
    expect(sizes).to_have_attribute("data-b", "68")
    # 50 samples in 0.49 s, 68 in 0.67 s: as many a second.
    expect(sizes).to_contain_text("A has")
    for key, title in (("change", "Self change"), ("totalChange", "Total change")):
        expect(explorer.id(f"function-sort-{key}")).to_contain_text(title)
    explorer.id("function-sort-totalChange").click()
    # render: 40 of 50 and 60 of 68 samples, parse: 10 of 50 and 8 of 68.
    row = explorer.page.locator("[data-testid=function-row][data-name=parse]")
    expect(row.get_by_test_id("function-change")).to_have_text("+8.2")
    expect(row.get_by_test_id("function-total-change")).to_have_text("+8.2")
    row.click()
    head = explorer.id("sandwich")
    expect(head).to_contain_text("total A 20.0 % · B 11.8 % · +8.2 points")
    expect(explorer.id("compare-bar")).to_be_visible()
    callers = explorer.id("callers-graph")
    callers.focus()
    explorer.page.keyboard.press("ArrowUp")
    expect(explorer.id("flamegraph-tooltip")).to_contain_text("A 20.0 % · B 11.8 % · +8.2 points in A")
    # 10 and 8 samples of 10 ms, in 0.49 and 0.67 s.
    explorer.id("compare-base").select_option("second")
    expect(row.get_by_test_id("function-total-change")).to_have_text("+84.7 ms")
    expect(head).to_contain_text("total A 204 ms · B 119 ms · +84.7 ms, self A 204 ms")
    expect(head).to_contain_text("CPU time per second of recording")
    # The picture has the measure that is shown.
    assert "<title>+84.7 ms parse: 10 samples, 20.00%</title>" in saved_picture(explorer)
    explorer.id("compare-base").select_option("share")
    assert "<title>+8.2 parse: 10 samples, 20.00%</title>" in saved_picture(explorer)
    # 50 samples in 0.5 s and 25 in 0.25 s.
    part = {"start": "0", "end": "0.5", "compareStart": "0", "compareEnd": "0.25"}
    explorer.open(OLD, compare="differential", compareFile=NEW, **part)
    expect(sizes).to_have_attribute("data-b", "25")
    whole = "A 50 samples in 0.49 s, 1.02 CPUs busy · B 25 samples in 0.25 s, 1.00 CPUs busy"
    expect(sizes).to_have_attribute("title", whole)
    # Each of the two heatmaps has a summary of its own.
    expect(sizes).not_to_contain_text("A 50")
    explorer.open(OLD, compare="differential", rest=1, start="0", end="0.5")
    expect(sizes).to_contain_text("A 50 samples in 0.49 s, 1.02 CPUs busy · B ")


def test_the_functions_that_changed_come_before_the_table(explorer: Explorer) -> None:
    explorer.open(OLD, compare="differential", compareFile=SPLIT, view="both", base="share")
    changes = explorer.id("own-change")
    expect(changes).to_have_count(2)
    # render has 40 of 50 samples and then 20, cache none and then 20.
    for name, before, after, words in (
        ("cache", "0", "40", "cache takes 0 % of A, 40.0 % of B: +40.0 points in B"),
        ("render", "80", "40", "render takes 80.0 % of A, 40.0 % of B: +40.0 points in A"),
    ):
        row = explorer.page.locator(f"[data-testid=own-change][data-name={name}]")
        expect(row).to_have_attribute("data-a", before)
        expect(row).to_have_attribute("data-b", after)
        expect(row).to_have_text(words)
    # A has no such function: the click shows the graph of B.
    explorer.page.locator("[data-testid=own-change][data-name=cache]").click()
    expect(explorer.id("compare-bar")).to_have_attribute("data-flip", "true")
    expect(explorer.id("search")).to_have_value("cache")
    row = explorer.id("function-row")
    expect(row).to_have_attribute("data-name", "cache")
    expect(row).to_have_attribute("data-self", "20")
    # Both sides have a name of their own, and the empty one leads to the other.
    explorer.id("search-clear").click()
    explorer.id("compare-kind").get_by_text("Only in A").click()
    expect(explorer.id("no-samples")).to_contain_text("A has no stacks of its own.")
    explorer.id("other-side").click()
    expect(explorer.id("no-samples")).to_have_count(0)
    expect(row.filter(has_text="cache")).to_have_attribute("data-self", "20")
    expect(explorer.id("compare-kind").get_by_role("radio", name="Only in B")).to_be_checked()


def test_two_profiles_are_compared_by_amounts(explorer: Explorer) -> None:
    explorer.open(BEFORE, compare="differential", compareFile=AFTER, view="both")
    expect(explorer.id("compare-base")).to_have_value("second")
    expect(explorer.id("own-changes")).to_contain_text("CPU time per second of recording")
    # rebuild takes as long as before. Of 0.99 s, rank and score take 0.2 s and then 0.7 s.
    changes = explorer.id("own-change")
    expect(changes).to_have_count(1)
    expect(changes).to_have_text("rank takes 202 ms in A, 707 ms in B: +505 ms in B, mostly in score")
    explorer.id("compare-base").select_option("share")
    expect(changes).to_have_count(2)
    expect(changes.nth(1)).to_have_text("rebuild takes 75.0 % of A, 52.9 % of B: +22.1 points in A")
    assert "base=share" in explorer.page.url
    explorer.id("compare-base").select_option("second")
    # The click shows the function, in the graph and in the table of the side that has more.
    changes.click()
    graph = explorer.id("flamegraph")
    expect(graph).to_have_attribute("data-zoom", "rank")
    expect(graph).to_have_attribute("data-zoom-samples", "70")
    row = explorer.page.locator("[data-testid=function-row][data-name=rank]")
    expect(row.get_by_test_id("function-total-change")).to_have_text("+505 ms")
    expect(row).to_be_in_viewport()
    expect(changes).to_have_count(1)
    # One step back is the whole graph.
    explorer.page.go_back()
    expect(graph).to_have_attribute("data-zoom", "")
    expect(explorer.id("search")).to_have_value("")
