"""The incident of a saturated machine: what happened, who, on which CPU, in how many threads, doing what?"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.e2e import axe
from tests.e2e.explorer import Explorer
from tests.e2e.raw import leaves, raw_samples, within
from tests.e2e.running import Server
from tools.captures.whole_machine import write

pytestmark = pytest.mark.chromium
EXAMPLES = Path(__file__).resolve().parents[3] / "examples"

NAME = "incident.perf.out.gz"


@pytest.fixture(scope="module")
def incident(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The capture that is made for this question."""
    folder = tmp_path_factory.mktemp("incident")
    write(folder / NAME)
    return folder


def test_two_actions_answer_what_happened(
    page: Page, serve: Callable[[Path], Server], incident: Path
) -> None:
    explorer = Explorer(page, serve(incident).url).open(NAME)
    first = explorer.id("finding").first
    expect(first).to_contain_text("compactor")
    # The first action: the command, the time and the function.
    first.click()
    expect(explorer.id("filter-chip")).to_have_attribute("data-value", "compactor")
    expect(first).to_have_attribute("aria-current", "true")
    start, end = (explorer.number(explorer.summary, edge) for edge in ("start", "end"))
    assert 52 <= start < 53 < end <= 54.1
    own = [
        one
        for one in within(raw_samples(incident / NAME), start, end)
        if re.match(r"\s*compactor\s", one.text)
    ]
    explorer.expect_selected(start, end, len(own))
    expect(explorer.id("words-function")).to_have_attribute("data-value", leaves(own).most_common(1)[0][0])
    # One thread or many, and on which CPU, stand in the words of the selection.
    own_threads = Counter(re.findall(r"\d+/(\d+) ", one.text)[0] for one in own)
    own_cpus = Counter(str(int(re.findall(r"\[(\d+)\]", one.text)[0])) for one in own)
    assert len(own_threads) == len(own_cpus) == 1
    expect(explorer.id("words-threads")).to_have_text(f"one thread, {next(iter(own_threads))}")
    expect(explorer.id("words-cpus")).to_have_text(f"CPU {next(iter(own_cpus))}")
    expect(explorer.id("words-busy")).to_have_attribute("data-busy", re.compile(r"^0\.[23]"))
    expect(explorer.id("words-command")).to_have_count(1)
    # Both of its ranges are marked.
    expect(explorer.heatmap).to_have_attribute("data-found", "2")
    # The tables have the same.
    explorer.id("who-by").get_by_text("Thread", exact=True).click()
    rows = explorer.id("who-row").and_(page.locator(":not([data-samples='0'])"))
    threads = Counter(re.findall(r"\d+/(\d+) ", one.text)[0] for one in own)
    expect(rows).to_have_count(len(threads))
    expect(rows.first).to_have_attribute("data-value", threads.most_common(1)[0][0])
    explorer.id("who-by").get_by_text("CPU", exact=True).click()
    cpus = Counter(str(int(re.findall(r"\[(\d+)\]", one.text)[0])) for one in own)
    expect(rows).to_have_count(len(cpus))
    expect(rows.first).to_have_attribute("data-value", cpus.most_common(1)[0][0])
    axe.expect_usable(page)
    explorer.id("finding").nth(1).hover()
    expect(explorer.heatmap).to_have_attribute(
        "data-found", explorer.id("finding").nth(1).get_attribute("data-ranges") or ""
    )
    expect_next_ranges(explorer)


def expect_next_ranges(explorer: Explorer) -> None:
    """Go to the other range by a second click, and by the buttons below the sentence, which stay in place."""
    tools = explorer.id("findings").get_by_role("listitem").first
    place, on = tools.get_by_test_id("finding-place"), tools.get_by_test_id("finding-next")
    expect(place).to_have_text("1 of 2")
    box = on.bounding_box()
    tools.get_by_test_id("finding").click()
    expect(explorer.summary).to_have_attribute("data-start", re.compile(r"^9[01]"))
    expect(place).to_have_text("2 of 2")
    on.press("Enter")
    expect(place).to_have_text("1 of 2")
    tools.get_by_test_id("finding-previous").press("Enter")
    expect(place).to_have_text("2 of 2")
    expect(explorer.summary).to_have_attribute("data-start", re.compile(r"^9[01]"))
    assert on.bounding_box() == box


def test_a_burst_leads_to_its_function(explorer: Explorer) -> None:
    """The range is that of the function, the words name it first, and one click outlines it."""
    explorer.open("node20-http.perf.out.gz")
    burst = explorer.id("findings").get_by_role("listitem").first
    expect(burst).to_contain_text("% of the samples in them (0% elsewhere) are in rebuildSearchIndex.")
    burst.get_by_test_id("finding").click()
    expect(explorer.summary).to_have_attribute("data-start", re.compile(r"^7\.09"))
    samples = raw_samples(EXAMPLES / "node20-http.perf.out.gz")
    start, end = (explorer.number(explorer.summary, edge) for edge in ("start", "end"))
    inside = within(samples, start, end)
    found = [one for one in inside if "rebuildSearchIndex" in one.text]
    assert len(found) > 0.85 * len(inside)
    words = explorer.id("selection-words")
    own = explorer.id("words-own")
    expect(own).to_have_attribute("data-value", re.compile("rebuildSearchIndex"))
    share = 100 * len(found) / len(inside)
    expect(words).to_contain_text(re.compile(rf"own code: JS:\*rebuildS\S* {share:.1f} %"))
    order = [one.get_attribute("data-testid") for one in words.get_by_role("button").all()]
    assert order.index("words-own") < order.index("words-compare") < order.index("words-function")
    burst.get_by_test_id("finding-search").click()
    named = [one for one in inside if "rebuildSearchIndex /srv/app/service.js:101:28" in one.text]
    expect(explorer.flame).to_have_attribute("data-matched", str(len(named)))
