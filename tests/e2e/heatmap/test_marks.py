"""Marks from elsewhere over heatmap and lanes, and the time of day on the axis."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import FilePayload, Locator, Page, expect

from tests.e2e import axe
from tests.e2e.explorer import Cell, Explorer, containing
from tests.e2e.running import EXAMPLES, NODE18, SYSTEM, Server, serving
from tests.support.perf_text import sample, script

pytestmark = pytest.mark.chromium

RECORDED = "marked.perf"
HOSTILE = "<img src=x onerror=window.__pwned=1>"
TABLE = f"""time,end,kind,text
3,,deploy,v4.2
5,8,slow,GET /search
9.5,,deploy,{HOSTILE}
500,,deploy,late
soon,,deploy,never
"""


@pytest.fixture(scope="module")
def marked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server of two examples, and of a recording with records of its own."""
    folder = tmp_path_factory.mktemp("marked")
    for name in (SYSTEM, NODE18):
        (folder / name).write_bytes((EXAMPLES / name).read_bytes())
    (folder / RECORDED).write_bytes(recorded())
    with serving(folder, tmp_path_factory.mktemp("cache")) as running:
        yield running


@pytest.fixture
def server(marked: Server) -> Iterator[Server]:
    """That server, whose folder has no other files after a test."""
    kept = set(marked.profiles.glob("[!.]*"))
    yield marked
    for added in set(marked.profiles.glob("[!.]*")) - kept:
        added.unlink()


def recorded() -> bytes:
    """A recording with a loss, and with two switches away from its thread."""
    samples = [sample(f"{10 + n / 10:.6f}", "work ([app])", command="app", task="7/7") for n in range(60)]
    lines = [
        "app 7/7 [000] 11.500000: PERF_RECORD_LOST lost 13\n\n",
        "app 7/7 [000] 13.010000: PERF_RECORD_SWITCH OUT preempt\n\n",
        "app 7/7 [000] 13.410000: PERF_RECORD_SWITCH IN\n\n",
        "app 7/7 [000] 14.510000: PERF_RECORD_SWITCH OUT\n\n",
        "app 7/7 [000] 14.910000: PERF_RECORD_SWITCH IN\n\n",
    ]
    return script(*samples) + "".join(lines).encode()


def add(page: Page, name: str, text: str) -> None:
    page.get_by_test_id("events").click()
    with page.expect_file_chooser() as chooser:
        page.get_by_test_id("events-add").click()
    chooser.value.set_files(FilePayload(name=name, mimeType="text/csv", buffer=text.encode()))


def series(page: Page) -> dict[str, int]:
    rows: Locator = page.get_by_test_id("events-legend").locator("li")
    expect(rows.first).to_be_visible()
    return {
        row.get_attribute("data-series") or "": int(row.get_attribute("data-count") or -1)
        for row in rows.all()
    }


def test_a_file_is_added_drawn_read_and_removed(page: Page, server: Server) -> None:
    folder = server.profiles
    explorer = Explorer(page, server.url).open(SYSTEM, rows=10)
    expect(explorer.id("events-legend")).to_have_count(0)
    add(page, "deploys.csv", TABLE)
    row = explorer.id("events-row")
    expect(row).to_have_attribute("data-marks", "3")
    expect(row).to_contain_text("1 outside of the profile · 1 row skipped (row 6: 'soon' is no time)")
    assert (folder / f"{SYSTEM}.marks.deploys.csv").read_text() == TABLE
    axe.expect_usable(page)
    page.keyboard.press("Escape")
    assert series(page) == {"deploy": 2, "slow": 1}
    # Over the heatmap and over the lanes.
    expect(explorer.id("marks-layer")).to_have_count(2)
    explorer.move(Cell(6, 3))
    expect(explorer.id("readout-marks")).to_have_text("slow GET /search")
    explorer.move(Cell(3, 3))
    expect(explorer.id("readout-marks")).to_have_text("deploy v4.2")
    explorer.move(Cell(4, 3))
    expect(explorer.id("readout-marks")).to_have_count(0)
    explorer.move(Cell(9, 3))
    expect(explorer.id("readout-marks")).to_have_text(f"deploy {HOSTILE}")
    assert page.evaluate("typeof window.__pwned") == "undefined"
    # Lines and bands do not take the pointer.
    explorer.drag(Cell(5, 0), Cell(7, 9))
    expect(explorer.summary).to_have_attribute("data-start", "5")
    explorer.id("events").click()
    explorer.id("events-remove").click()
    expect(explorer.id("events-row")).to_have_count(0)
    expect(explorer.id("events-legend")).to_have_count(0)
    assert not (folder / f"{SYSTEM}.marks.deploys.csv").exists()


def test_a_broken_file_says_why_and_marks_come_from_elsewhere(page: Page, server: Server) -> None:
    folder = server.profiles
    (folder / f"{SYSTEM}.marks.csv").write_text("when,what\nnow,x\n")
    (folder / "gc.log").write_text(
        "[7:0x5f0]     5000 ms: Mark-Compact 9.2 (12.0) -> 8.1 (12.0) MB, 1500.50 / 0.00 ms  task\n"
    )
    explorer = Explorer(page, server.url).open(SYSTEM, marks="gc.log")
    assert series(page) == {"garbage collection": 1}
    explorer.id("events").click()
    broken = page.locator(f"[data-testid=events-row][data-name='{SYSTEM}.marks.csv']")
    expect(broken).to_contain_text("Marks need a column named time")
    # One that the address names is only taken out of the address.
    page.get_by_label("Remove gc.log").click()
    expect(explorer.id("events-legend")).to_have_count(0)
    expect(page).not_to_have_url(containing("marks="))
    assert (folder / "gc.log").exists()
    expect_own_marks(explorer)


def test_the_axis_has_the_time_of_day_where_the_start_is_known(page: Page, server: Server) -> None:
    explorer = Explorer(page, server.url).open(NODE18)
    # Neither header nor samples tell it.
    explorer.look("began")
    expect(explorer.id("clock")).to_have_count(0)
    explorer.id("began").fill("yesterday")
    expect(page.get_by_text("A date and a time, as")).to_be_visible()
    explorer.id("began").fill("2026-01-05T23:59:50Z")
    explorer.id("began").press("Enter")
    expect(explorer.id("clock")).to_have_value("utc")
    expect(explorer.heatmap).to_have_attribute("data-zone", "utc")
    page.keyboard.press("Escape")
    explorer.move(Cell(15, 3))
    expect(explorer.id("heatmap-readout")).to_contain_text("00:00:05")
    expect(page).to_have_url(containing("began=1767657590"))
    page.reload()
    expect(explorer.heatmap).to_have_attribute("data-zone", "utc")
    # A header tells the recorder's clock.
    explorer.open(SYSTEM)
    expect(explorer.id("profile-name")).to_have_text(SYSTEM)
    explorer.settled()
    explorer.look("clock").select_option("utc")
    page.keyboard.press("Escape")
    explorer.move(Cell(2, 3))
    expect(explorer.id("heatmap-readout")).to_have_text(re.compile(r"^\d\d:\d\d:\d\d · "))


def expect_own_marks(explorer: Explorer) -> None:
    """Expect that losses and switches of perf are marks by themselves."""
    page = explorer.page
    page.keyboard.press("Escape")
    explorer.open(RECORDED, rows=10)
    expect(page.locator("[data-series=losses]")).to_be_visible()
    assert series(page) == {"losses": 1, "off CPU": 1, "preempted": 1}
    expect(explorer.id("marks-layer").first).to_have_attribute("data-marks", "3")
    for column, row, words in (
        (1, 5, "losses 13 events"),
        (3, 2, "preempted app 7"),
        (4, 7, "off CPU app 7"),
    ):
        explorer.move(Cell(column, row))
        expect(explorer.id("readout-marks")).to_contain_text(words)
    explorer.move(Cell(2, 3))
    expect(explorer.id("readout-marks")).to_have_count(0)
