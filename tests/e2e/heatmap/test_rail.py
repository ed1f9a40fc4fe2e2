"""The column beside the pictures: it stays where it is."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.e2e.explorer import Explorer

NODE = "node18-http.perf.out.gz"
# The top edges of the table and of the findings in the column, in whole pixels. A click may scroll it.
TOPS = """() => ["who", "findings"].map((id) => Math.round(
  document.querySelector(`[data-testid=${id}]`).getBoundingClientRect().top
  + document.querySelector("[data-testid=rail]").scrollTop))"""


def test_it_stays_where_it_is(explorer: Explorer) -> None:
    explorer.open(NODE)
    expect(explorer.id("finding")).not_to_have_count(0)
    expect(explorer.id("words-function")).to_have_count(1)
    expect(explorer.id("who-row")).to_have_count(5)
    before = explorer.page.evaluate(TOPS)
    explorer.id("finding").nth(3).click()
    expect(explorer.id("selection-words")).to_have_attribute("data-seconds", "0.4")
    expect(explorer.id("words-compare")).to_have_count(1)
    assert explorer.page.evaluate(TOPS) == before
    explorer.id("clear-selection").click()
    expect(explorer.id("words-compare")).to_have_count(0)
    assert explorer.page.evaluate(TOPS) == before


def test_a_stretch_without_samples_has_no_words_of_the_one_before(explorer: Explorer) -> None:
    explorer.open(NODE, start=14.76, end=15.52)
    expect(explorer.id("words-function")).to_have_count(1)
    explorer.open(NODE, start=33.08, end=33.12)
    expect(explorer.summary).to_have_attribute("data-samples", "0")
    for words in ("function", "own", "compare", "threads", "cpus", "command"):
        expect(explorer.id(f"words-{words}")).to_have_count(0)
    expect(explorer.id("selection-words")).to_have_text("0.04 s")
