"""Our export in speedscope itself, which is pinned with the front end's packages."""

from __future__ import annotations

import re
from collections import Counter
from itertools import chain
from pathlib import Path

import orjson
import pytest
from playwright.sync_api import Page, Route, expect

from tests.e2e.conftest import NewPage
from tests.e2e.explorer import Explorer
from tests.e2e.raw import leaves, raw_samples, within
from tests.e2e.running import EXAMPLES, NODE18, ROOT

pytestmark = pytest.mark.chromium

PROGRAM = ROOT / "frontend" / "node_modules" / "speedscope" / "dist" / "release"
# No server listens there: the browser gets the program and the export from the test.
ADDRESS = "http://127.0.0.1:1/"
RANGE = (9.76, 10.28)
# A number of samples and its share:  1,234 (5.6%)   0 (<0.01%)
VALUE = re.compile(r"([\d,]+) \(<?[\d.]+%\)")


@pytest.fixture
def explorer(alone: Explorer) -> Explorer:
    """These tests answer for another site."""
    return alone


def opened(page: Page, export: bytes) -> Page:
    """Open an export in speedscope."""

    def answer(route: Route) -> None:
        name = route.request.url.removeprefix(ADDRESS) or "index.html"
        if name == "export.json":
            route.fulfill(body=export, content_type="application/json")
        else:
            route.fulfill(path=PROGRAM / name)

    page.route(f"{ADDRESS}**", answer)
    page.goto(f"{ADDRESS}#profileURL=export.json")
    return page


def rows(page: Page) -> dict[str, list[tuple[int, int]]]:
    """Return the total and the own samples of every row of the sandwich view, by its name."""
    found: dict[str, list[tuple[int, int]]] = {}
    for cells in page.locator("tr:has(td)").evaluate_all(
        "rows => rows.map(row => [...row.cells].map(cell => cell.innerText.trim()))"
    ):
        values = [VALUE.fullmatch(text) for text in cells[:2]]
        total, own = (int(value[1].replace(",", "")) for value in values if value)
        found.setdefault(cells[2], []).append((total, own))
    return found


def test_speedscope_counts_the_samples_of_an_export(explorer: Explorer, new_page: NewPage) -> None:
    samples = within(raw_samples(EXAMPLES / NODE18), *RANGE)
    explorer.open(NODE18, start=RANGE[0], end=RANGE[1])
    explorer.id("export").click()
    with explorer.page.expect_download() as waiting:
        explorer.id("export-speedscope").click()
    # Rows that are not visible are not in the page.
    page = new_page(viewport={"width": 1000, "height": 6000})
    export = Path(waiting.value.path()).read_bytes()
    opened(page, export)
    expect(page).to_have_title(re.compile(rf"^{re.escape(NODE18)}.* - speedscope$"))
    page.get_by_text("Sandwich").click()
    (profile,) = orjson.loads(export)["profiles"]
    expect(page.locator("tr:has(td)")).to_have_count(len(set(chain(*profile["samples"]))))
    found = rows(page)
    own = Counter({name: sum(one for _, one in values) for name, values in found.items()})
    assert +own == leaves(samples)
    assert own.total() == len(samples)
    of_node = sum(sample.text.startswith("node ") for sample in samples)
    assert found["node"] == [(of_node, 0)]
    inside = sum("LazyCompile:*rebuildSearchIndex " in sample.text for sample in samples)
    (name,) = (one for one in found if one.startswith("LazyCompile:*rebuildSearchIndex "))
    assert [total for total, _ in found[name]] == [inside]
