"""Exported pages, opened from a file without a network: their numbers, their tools, and hostile names."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from flamescope_py.commands.main import main
from tests.e2e.axe import violations
from tests.e2e.everywhere.test_hostile import FRAMES, profile
from tests.e2e.explorer import Explorer
from tests.e2e.raw import having, raw_samples, within
from tests.e2e.running import EXAMPLES, NODE18, SYSTEM, WINDOW

pytestmark = pytest.mark.chromium

RANGE = (9.76, 10.28)
MAX_BYTES = 2_000_000


@contextmanager
def offline(browser: Browser, file: Path, scheme: str = "light") -> Iterator[Page]:
    """Open a file without a network. At the end, nothing else may have been requested or refused."""
    size = {"width": WINDOW[0], "height": WINDOW[1]}
    context = browser.new_context(viewport=size, offline=True, color_scheme=scheme)  # type: ignore[arg-type]
    context.set_default_timeout(30_000)
    asked: list[str] = []
    problems: list[str] = []
    context.on("request", lambda request: asked.append(request.url))
    context.on("console", lambda message: problems.append(message.text))
    context.on("weberror", lambda error: problems.append(str(error.error)))
    page = context.new_page()
    page.goto(file.as_uri())
    expect(page.get_by_test_id("flamegraph")).to_be_visible()
    yield page
    assert (asked, problems) == ([file.as_uri()], [])
    context.close()


def test_a_view_is_saved_as_a_page_that_works_offline(
    explorer: Explorer, browser: Browser, tmp_path: Path
) -> None:
    explorer.open(NODE18, start=RANGE[0], end=RANGE[1], palette="safe")
    explorer.id("export").click()
    with explorer.page.expect_download() as waiting:
        explorer.id("export-html").click()
    assert waiting.value.suggested_filename == f"{NODE18}.9.76-10.28s.html"
    file = tmp_path / "report.html"
    waiting.value.save_as(file)
    assert file.stat().st_size < MAX_BYTES
    samples = raw_samples(EXAMPLES / NODE18)
    selected = str(len(within(samples, *RANGE)))
    with offline(browser, file) as page:
        report, flame = page.get_by_test_id("report"), page.get_by_test_id("flamegraph")
        expect(report).to_have_attribute("data-samples", selected)
        expect(flame).to_have_attribute("data-samples", selected)
        expect(page.get_by_test_id("heatmap")).to_have_attribute("data-samples", str(len(samples)))
        expect(page.get_by_test_id("heatmap")).to_have_attribute("data-palette", "safe")
        expect(page.get_by_test_id("report-lanes")).to_have_attribute("data-count", "5")
        # Another graph, and a search in it.
        page.get_by_test_id("report-graph").nth(1).click()
        expect(flame).to_have_attribute("data-samples", str(len(samples)))
        page.get_by_test_id("report-search").fill("rebuildSearchIndex")
        matched = len(having(samples, "rebuildSearchIndex"))
        expect(flame).to_have_attribute("data-matched", str(matched))
        page.get_by_test_id("report-finding").first.click()
        expect(report).to_have_attribute("data-shown", "finding")
        assert violations(page) == []


def test_the_command_writes_the_same_page(browser: Browser, tmp_path: Path) -> None:
    file = tmp_path / "system.html"
    main([*("export", str(EXAMPLES / SYSTEM)), *("--to", "html", "-o", str(file))], standalone_mode=False)
    assert file.stat().st_size < MAX_BYTES
    with offline(browser, file, "dark") as page:
        expect(page.get_by_test_id("report-lanes")).to_have_attribute("data-count", "7")
        expect(page.locator('[data-testid="report-who"][data-by="comm"] tr')).to_have_count(7)
        assert violations(page) == []


def test_hostile_names_are_text_in_the_file(browser: Browser, tmp_path: Path) -> None:
    source, file = tmp_path / "<img src=x onerror=window.__pwned=1>.perf", tmp_path / "report.html"
    source.write_bytes(profile())
    main([*("export", str(source)), *("--to", "html", "-o", str(file))], standalone_mode=False)
    with offline(browser, file) as page:
        expect(page.locator("h1")).to_have_text(source.name)
        expect(page.get_by_test_id("heatmap")).to_have_attribute("data-samples", str(9 * len(FRAMES)))
        rows = page.get_by_test_id("report-who")
        expect(rows.filter(has_text=FRAMES[0])).not_to_have_count(0)
        assert page.evaluate("window.__pwned") is None
        assert page.locator("img, svg, main script, b").count() == 0
