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
    # A second click shows the other time.
    first.click()
    expect(explorer.summary).to_have_attribute("data-start", re.compile(r"^9[01]"))
