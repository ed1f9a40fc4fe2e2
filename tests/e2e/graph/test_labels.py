"""Labels of samples in the menu, the table of who was busy and the lanes. All numbers are counted here."""

from __future__ import annotations

import gzip
from collections import Counter

import pytest
from playwright.sync_api import Page, expect

from flamescope_py.protobuf import number, text, varint
from tests.e2e.conftest import ServeFiles, rested
from tests.e2e.explorer import Explorer
from tests.e2e.running import Server

pytestmark = pytest.mark.chromium

FILE = "labels.pb.gz"
START = 1_700_000_000
STRINGS = ["", "samples", "count", "work", "end_timestamp_ns", "endpoint", "host"]
STRINGS += ["/cart", "/<b>pay</b>", "web-1"]
END, ENDPOINT, HOST, CART, PAY, WEB = range(4, 10)
# The second of each sample, and its endpoint: none in the last ones.
SAMPLES = [
    *((second, CART) for second in range(20) for _ in range(3)),
    *((second, PAY) for second in range(10) for _ in range(2)),
    *((second, 0) for second in range(15, 20)),
]
NAMES = {CART: STRINGS[CART], PAY: STRINGS[PAY], 0: ""}
SELECTED = (0, 5)


def label(key: int, value: int, stamp: int = 0) -> bytes:
    return text(3, number(1, key) + (number(3, stamp) if stamp else number(2, value)))


def profile() -> bytes:
    parts = [text(1, number(1, 1) + number(2, 2)), text(5, number(1, 1) + number(2, 3))]
    parts.append(text(4, number(1, 1) + text(4, number(1, 1))))
    for row, (second, endpoint) in enumerate(SAMPLES):
        stamp = (START + second) * 10**9 + row * 10**6
        labels = label(END, 0, stamp) + label(HOST, WEB) + (label(ENDPOINT, endpoint) if endpoint else b"")
        parts.append(text(2, text(1, varint(1)) + text(2, varint(1)) + labels))
    parts += [text(6, one.encode()) for one in STRINGS]
    return gzip.compress(b"".join(parts))


def endpoints(start: int = 0, end: int = 20) -> Counter[str]:
    return Counter(NAMES[endpoint] for second, endpoint in SAMPLES if start <= second < end)


@pytest.fixture(scope="module")
def labelled(serve_files: ServeFiles) -> Server:
    return serve_files({FILE: profile()})


@pytest.fixture
def explorer(window: Page, labelled: Server) -> Explorer:
    return Explorer(rested(window, labelled.url), labelled.url)


def test_the_menu_counts_the_samples_of_the_selection(explorer: Explorer) -> None:
    start, end = SELECTED
    explorer.open(FILE, start=start, end=end)
    counts = endpoints(start, end)
    explorer.id("facet-label").click()
    options = explorer.id("facet-option")
    for value in (CART, PAY):
        option = explorer.page.locator(f'[data-testid="facet-option"][data-value="endpoint={NAMES[value]}"]')
        expect(option).to_have_attribute("data-count", str(counts[NAMES[value]]))
    host = explorer.page.locator('[data-testid="facet-option"][data-value="host=web-1"]')
    expect(host).to_have_attribute("data-count", str(counts.total()))
    without = explorer.page.locator('[data-testid="facet-option"][data-value="endpoint="]')
    expect(without).to_have_attribute("data-count", str(counts[""]))
    expect(without).to_contain_text("(no endpoint)")
    expect(options).to_have_count(4)
    # A choice of one endpoint leaves the other's count as it is.
    explorer.page.locator(f'[data-value="endpoint={NAMES[CART]}"]').click()
    expect(explorer.id("filter-chip")).to_have_attribute("data-value", f"endpoint={NAMES[CART]}")
    expect(explorer.flame).to_have_attribute("data-samples", str(counts[NAMES[CART]]))
    pay = explorer.page.locator(f'[data-testid="facet-option"][data-value="endpoint={NAMES[PAY]}"]')
    expect(pay).to_have_attribute("data-count", str(counts[NAMES[PAY]]))


def test_the_table_and_the_lanes_are_by_a_label(explorer: Explorer) -> None:
    explorer.open(FILE, fold="open", lanes="label:endpoint")
    counts = endpoints()
    lanes = explorer.id("lanes")
    expect(lanes).to_have_attribute("data-by", "label:endpoint")
    expect(lanes).to_have_attribute("data-count", str(len(counts)))
    for value, samples in counts.items():
        lane = explorer.page.locator(f'[data-testid="lane"][data-value="{value}"]')
        expect(lane).to_have_attribute("data-samples", str(samples))
    assert explorer.id("lanes-by").locator("option").all_inner_texts()[-1:] == ["endpoint"]
    # The table beside the heatmap takes the property of the lanes, until another one is chosen.
    expect(explorer.id("who")).to_have_attribute("data-by", "label:endpoint")
    explorer.id("who-more").click()
    explorer.id("who-label:host").click()
    expect(explorer.id("who")).to_have_attribute("data-by", "label:host")
    row = explorer.page.locator('[data-testid="who-row"][data-value="web-1"]')
    expect(row).to_have_attribute("data-samples", str(counts.total()))
    # A lane's name filters by its label, and the samples without one are a lane, too.
    explorer.page.locator('[data-testid="lane"][data-value=""]').click()
    expect(explorer.id("filter-chip")).to_have_attribute("data-value", "endpoint=")
    expect(explorer.flame).to_have_attribute("data-samples", str(counts[""]))
    explorer.page.locator(f'[data-testid="lane"][data-value="{NAMES[PAY]}"]').click()
    expect(explorer.flame).to_have_attribute("data-samples", str(counts[""] + counts[NAMES[PAY]]))
    expect(lanes).to_have_attribute("data-count", str(len(counts)))
    assert "lanes=label" in explorer.page.url
