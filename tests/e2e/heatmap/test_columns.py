"""Columns of other lengths than a second: they fill the width, and are selected, searched and compared."""

from __future__ import annotations

import random
import re
from typing import NamedTuple

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import ServeFiles, rested
from tests.e2e.explorer import Explorer, containing
from tests.e2e.running import Server
from tests.support.perf_text import sample, script

pytestmark = pytest.mark.chromium

SECONDS, DAYS = 4, 48 * 3600


class Taken(NamedTuple):
    """A sample: microseconds from the profile's first second, and its leaf."""

    at: int
    leaf: str


def taken() -> list[Taken]:
    """Return some samples of every tenth of a second, and a burst from 1.2 to 1.3 s."""
    chance = random.Random(7)
    found = [Taken(chance.randrange(1_000_000 * SECONDS), chance.choice("ab")) for _ in range(300)]
    found += [Taken(1_200_500 + 1000 * n, "burst") for n in range(100)]
    return sorted({0: Taken(0, "a"), **{one.at: one for one in found}}.values())


TAKEN = taken()


def count(start: float, end: float, leaf: str = "") -> int:
    """Count the samples from `start` to `end` by hand, in seconds."""
    return sum(start <= one.at / 1_000_000 < end and one.leaf.startswith(leaf) for one in TAKEN)


@pytest.fixture(scope="module")
def short(serve_files: ServeFiles) -> Server:
    texts = (
        sample(f"{4000 + one.at // 1_000_000}.{one.at % 1_000_000:06}", f"{one.leaf}+0x1 (/srv/app)")
        for one in TAKEN
    )
    sparse = (sample(f"{4000 + second}.5", "a+0x1 (/srv/app)") for second in range(0, DAYS, 300))
    last = sample(f"{4000 + DAYS - 1}.5", "a+0x1 (/srv/app)")
    return serve_files({"short": script(*texts), "days": script(*sparse, last)})


@pytest.fixture
def explorer(window: Page, short: Server) -> Explorer:
    return Explorer(rested(window, short.url), short.url)


def expect_columns(explorer: Explorer, milliseconds: int, columns: int, testid: str = "heatmap") -> None:
    heatmap = explorer.id(testid)
    expect(heatmap).to_have_attribute("data-column-ms", str(milliseconds))
    expect(heatmap).to_have_attribute("data-columns", str(columns))


def test_a_short_profile_fills_the_width(explorer: Explorer) -> None:
    explorer.open("short", columnLength="auto", rows=10, q="burst").expect_whole(len(TAKEN))
    expect_columns(explorer, 100, 40)
    expect(explorer.heatmap).to_have_attribute("data-samples", str(len(TAKEN)))
    width = explorer.number(explorer.heatmap, "plot-width")
    box = explorer.heatmap.bounding_box()
    assert box is not None
    assert width > 0.9 * (box["width"] - explorer.number(explorer.heatmap, "plot-left") - 14)
    expect(explorer.id("heatmap-legend")).to_contain_text("100 ms a column")
    # The burst fills the ten rows of one column.
    expect(explorer.heatmap).to_have_attribute("data-marked", "10")
    explorer.move((1.25, 3))
    expect(explorer.id("heatmap-readout")).to_have_attribute("data-count", str(count(1.23, 1.24)))
    expect(explorer.id("heatmap-readout")).to_have_attribute("data-matches", "10")
    expect(explorer.id("heatmap-readout")).to_contain_text("1.23 s ·")
    explorer.drag((1.15, 5), (1.35, 4))
    explorer.expect_selected(1.15, 1.35, count(1.15, 1.35))
    explorer.heatmap.press("ArrowRight")
    explorer.expect_selected(1.25, 1.45, count(1.25, 1.45))
    explorer.heatmap.press("Shift+ArrowUp")
    explorer.expect_selected(1.25, 1.46, count(1.25, 1.46))
    explorer.page.keyboard.press("]")
    explorer.expect_selected(1.46, 1.67, count(1.46, 1.67))


def test_the_gear_changes_the_length_and_keeps_the_selection(explorer: Explorer) -> None:
    explorer.open("short", columnLength="auto", start=1.2, end=1.3, compare="differential", rest=1)
    expect_columns(explorer, 100, 40)
    for name, milliseconds, columns in (("20ms", 20, 200), ("1s", 1000, 4), ("1min", 60_000, 1)):
        explorer.look("column-length").select_option(name)
        expect_columns(explorer, milliseconds, columns)
        expect(explorer.page).to_have_url(containing(f"columnLength={name}"))
        explorer.expect_selected(1.2, 1.3, count(1.2, 1.3))
    expect(explorer.heatmap).to_have_attribute("data-samples", str(len(TAKEN)))
    explorer.look("column-length").select_option("auto")
    expect_columns(explorer, 100, 40)
    expect(explorer.page).not_to_have_url(containing("columnLength"))


def test_two_days_have_columns_of_a_minute_and_a_part_shorter_ones(explorer: Explorer) -> None:
    explorer.open("days", columnLength="auto")
    expect_columns(explorer, 60_000, DAYS // 60)
    samples = DAYS // 300 + 1
    expect(explorer.heatmap).to_have_attribute("data-samples", str(samples))
    expect(explorer.heatmap).to_have_attribute("data-merge", "5")
    expect(explorer.id("heatmap-legend")).to_contain_text("sum of 5 min a cell")
    explorer.open("days", columnLength="auto", **{"from": 3600, "to": 7200})
    expect_columns(explorer, 10_000, DAYS // 10)
    expect(explorer.heatmap).to_have_attribute("data-estimated", "0")
    expect(explorer.heatmap).to_have_attribute("data-seconds", "3600")
    explorer.drag((4000, 25), (4200, 24))
    # Rows are a fiftieth of ten seconds.
    explorer.expect_selected(4005, 4205, sum(4005 <= second + 0.5 < 4205 for second in range(0, DAYS, 300)))


def test_a_profile_is_compared_in_columns_of_the_same_length(explorer: Explorer) -> None:
    explorer.open("short", columnLength="auto", compare="differential", compareFile="days")
    expect_columns(explorer, 100, 40)
    expect_columns(explorer, 100, 10 * DAYS, "compare-heatmap")
    expect(explorer.id("compare-heatmap")).to_have_attribute("data-samples", re.compile(str(DAYS // 300 + 1)))
