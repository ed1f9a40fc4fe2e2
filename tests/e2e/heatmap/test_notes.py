"""Notes: written on a selection, drawn as a mark, opened again, exported and removed."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.axe import violations
from tests.e2e.conftest import Serve
from tests.e2e.explorer import Explorer
from tests.e2e.running import EXAMPLES, NODE18

pytestmark = pytest.mark.chromium

TEXT = "the rebuild of 10:00 <img src=x onerror=window.__pwned=1>\n\u202eagain"


def test_a_note_is_kept_drawn_and_exported(page: Page, serve: Serve, tmp_path: Path) -> None:
    folder = tmp_path / "profiles"
    folder.mkdir()
    shutil.copy(EXAMPLES / NODE18, folder)
    page.set_viewport_size({"width": 900, "height": 700})
    explorer = Explorer(page, serve(folder).url).open(NODE18, start=9.76, end=10.28)
    # Findings that come later move what is below them.
    expect(explorer.id("finding").first).to_be_visible()
    explorer.id("note-add").click()
    save = explorer.id("note-save")
    expect(save).to_be_in_viewport(ratio=1)
    # Its word is whole.
    assert save.locator("span").last.evaluate("word => word.scrollWidth <= word.clientWidth")
    explorer.id("note-text").fill(TEXT)
    explorer.id("note-who").fill("Ada")
    assert violations(page) == []
    explorer.id("note-save").click()
    note = explorer.id("note")
    expect(note).to_have_attribute("data-start", "9.76")
    expect(note).to_contain_text("<img src=x")
    expect(explorer.id("marks-layer").first).to_have_attribute("data-marks", "1")
    expect(page.locator('[data-testid="events-legend"] [data-series="notes"]')).to_have_attribute(
        "data-count", "1"
    )
    # Another visit: the note leads back to its view.
    explorer.open(NODE18)
    explorer.id("note-open").click()
    expect(explorer.summary).to_have_attribute("data-start", "9.76")
    explorer.settled()
    explorer.id("export").click()
    with page.expect_download() as waiting:
        explorer.id("export-html").click()
    saved = Path(waiting.value.path()).read_text()
    assert "the rebuild of 10:00 \\u003cimg" in saved
    explorer.id("note-remove").click()
    expect(note).to_have_count(0)
    assert page.evaluate("window.__pwned") is None
    assert list(folder.rglob("*notes*")) == []
