"""The column beside the pictures: it stays where it is."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.e2e.explorer import Explorer

NODE = "node18-http.perf.out.gz"
# The top edges of the table and of the findings, in whole pixels.
TOPS = """() => ["who", "findings"].map((id) => Math.round(
  document.querySelector(`[data-testid=${id}]`).getBoundingClientRect().top))"""


def test_it_stays_where_it_is(shared: Explorer) -> None:
    shared.open(NODE)
    expect(shared.id("finding")).not_to_have_count(0)
    expect(shared.id("words-function")).to_have_count(1)
    before = shared.page.evaluate(TOPS)
    shared.id("finding").nth(3).click()
    expect(shared.id("selection-words")).to_have_attribute("data-seconds", "0.4")
    expect(shared.id("words-compare")).to_have_count(1)
    assert shared.page.evaluate(TOPS) == before
    shared.id("clear-selection").click()
    expect(shared.id("words-compare")).to_have_count(0)
    assert shared.page.evaluate(TOPS) == before
