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


def test_three_actions_answer_what_happened(
    page: Page, serve: Callable[[Path], Server], incident: Path
) -> None:
    explorer = Explorer(page, serve(incident).url).open(NAME)
    first = explorer.id("finding").first
    expect(first).to_contain_text("compactor")
    # The first action: what, when, and what it was doing.
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
    # The second: one thread or many.
    explorer.id("who-by").get_by_text("Thread", exact=True).click()
    rows = explorer.id("who-row").and_(page.locator(":not([data-samples='0'])"))
    threads = Counter(re.findall(r"\d+/(\d+) ", one.text)[0] for one in own)
    expect(rows).to_have_count(len(threads))
    expect(rows.first).to_have_attribute("data-value", threads.most_common(1)[0][0])
    # The third: on which CPU.
    explorer.id("who-by").get_by_text("CPU", exact=True).click()
    cpus = Counter(str(int(re.findall(r"\[(\d+)\]", one.text)[0])) for one in own)
    expect(rows).to_have_count(len(cpus))
    expect(rows.first).to_have_attribute("data-value", cpus.most_common(1)[0][0])
    axe.expect_usable(page)
    # A second click shows the other time.
    first.click()
    expect(explorer.summary).to_have_attribute("data-start", re.compile(r"^9[01]"))
