"""A day on one screen: columns of minutes when it is all shown, columns of seconds when zoomed in."""

from __future__ import annotations

import random
import re
from collections import Counter
from typing import NamedTuple

import pytest
from playwright.sync_api import Page, Response, expect

from tests.e2e.conftest import NewPage, ServeFiles, rested
from tests.e2e.explorer import Cell, Explorer
from tests.e2e.running import Server
from tests.support.perf_text import sample, script

pytestmark = [pytest.mark.chromium, pytest.mark.slow]

DAY = 86_400
NOON = 43_200
ROWS = 50
# Seconds per column of a day: as drawn on a screen of 1400 pixels, and as sent by the server.
SHOWN, SENT = 120, 60


class Moment(NamedTuple):
    """A sample: milliseconds from the profile's first second, and its leaf."""

    ms: int
    leaf: str


def moments() -> list[Moment]:
    """One sample in every second, a job every ten minutes, and a burst of five seconds at noon."""
    chance = random.Random(7)
    found = [Moment(1000 * second + chance.randrange(1000), "work") for second in range(DAY)]
    found += [Moment(1000 * second + 200 + 2 * n, "job") for second in range(0, DAY, 600) for n in range(20)]
    found += [
        Moment(1000 * second + 500 + 3 * n, "burst") for second in range(NOON, NOON + 5) for n in range(100)
    ]
    return sorted(found)


MOMENTS = moments()


def count(start: float, end: float, row: int | None = None, leaf: str = "") -> int:
    """Count samples in seconds, of one row from the bottom, with a leaf, by hand."""
    return sum(
        start <= one.ms / 1000 < end
        and (row is None or one.ms % 1000 * ROWS // 1000 == row)
        and one.leaf.startswith(leaf)
        for one in MOMENTS
    )


@pytest.fixture(scope="module")
def day(serve_files: ServeFiles) -> Server:
    text = script(
        *(sample(f"{4000 + ms // 1000}.{ms % 1000:03}500", f"{leaf}+0x1 (/srv/app)") for ms, leaf in MOMENTS)
    )
    return serve_files({"day": text})


@pytest.fixture
def explorer(window: Page, day: Server) -> Explorer:
    return Explorer(rested(window, day.url), day.url)


def shown(explorer: Explorer) -> tuple[float, float, float]:
    """Return the visible part of the profile, once no column of it is estimated any more."""
    expect(explorer.heatmap).to_have_attribute("data-estimated", "0")
    first, seconds, merge = (explorer.number(explorer.heatmap, name) for name in ("from", "seconds", "merge"))
    return first, seconds, merge


def read(explorer: Explorer, cell: Cell) -> int:
    """Point at a cell and read its count."""
    explorer.move(cell)
    expect(explorer.id("heatmap-readout")).to_have_attribute("data-count", re.compile(r"\d"))
    return int(explorer.number(explorer.id("heatmap-readout"), "count"))


def test_a_day_is_small_on_the_wire_and_whole_on_the_screen(new_page: NewPage, day: Server) -> None:
    page = new_page()
    explorer = Explorer(page, day.url)
    answers: list[Response] = []
    page.on("response", lambda one: answers.append(one) if "/heatmap/" in one.url else None)
    explorer.open("day").expect_whole(len(MOMENTS))
    assert shown(explorer) == (0, DAY, SHOWN)
    assert [len(answer.body()) < 300_000 for answer in answers] == [True]
    expect(explorer.heatmap).to_have_attribute("data-columns", str(DAY))
    expect(explorer.heatmap).to_have_attribute("data-samples", str(len(MOMENTS)))
    expect(explorer.id("heatmap-legend")).to_have_attribute("data-merge", str(SHOWN))
    highest = max(count(NOON, NOON + SHOWN, row) for row in range(ROWS))
    expect(explorer.id("heatmap-legend")).to_have_attribute("data-max", str(highest))
    for cell in (Cell(NOON, 30), Cell(0, 10), Cell(DAY - 1, 49), Cell(12_345, 7)):
        first = cell.column // SHOWN * SHOWN
        assert read(explorer, cell) == count(first, first + SHOWN, cell.row)
    explorer.move(Cell(NOON, 30))
    expect(explorer.id("heatmap-readout")).to_contain_text("12:00:00–12:02:00, 2 min per column · 600 ms")
    explorer.id("merge").select_option("max")
    expect(explorer.heatmap).to_have_attribute("data-estimated", "0")
    explorer.move(Cell(NOON, 31))
    in_a_second = max(count(second, second + 1, 31) for second in range(NOON, NOON + SHOWN))
    expect(explorer.id("heatmap-readout")).to_have_attribute("data-count", str(in_a_second))
    expect(explorer.id("heatmap-readout")).to_contain_text("at most")


def test_columns_are_selected_whole_and_opened_to_seconds(window: Page, explorer: Explorer) -> None:
    explorer.open("day")
    explorer.drag(Cell(NOON - 100, 20), Cell(NOON + 200, 5))
    start, end = NOON - SHOWN, NOON + 2 * SHOWN
    explorer.expect_selected(start, end, count(start, end))
    expect(explorer.summary).to_contain_text("selected 11:58:00.00–12:04:00.00")
    explorer.heatmap.press("Enter")
    first, seconds, merge = shown(explorer)
    assert merge == 1
    assert first <= start < end <= first + seconds < end + 100
    assert read(explorer, Cell(NOON + 2, 30)) == count(NOON + 2, NOON + 3, 30)
    expect(explorer.id("heatmap-readout")).to_contain_text("12:00:02 · 600 ms")
    # Of all the day's seconds, not only of those shown, so that a colour means the same at every zoom.
    cells = Counter((one.ms // 1000, one.ms % 1000 * ROWS // 1000) for one in MOMENTS)
    expect(explorer.id("heatmap-legend")).to_have_attribute("data-max", str(max(cells.values())))
    # Now parts of seconds can be selected. The page itself counts their samples during the drag.
    explorer.move(Cell(NOON, 25))
    window.mouse.down()
    explorer.move(Cell(NOON + 4, 39))
    expect(explorer.summary).to_have_attribute("data-live", "true")
    expect(explorer.summary).to_have_attribute("data-samples", str(count(NOON + 0.5, NOON + 4.8)))
    window.mouse.up()
    explorer.expect_selected(NOON + 0.5, NOON + 4.8, count(NOON + 0.5, NOON + 4.8))
    expect(explorer.id("frame-table")).to_contain_text("burst")


def test_the_end_of_a_profile_that_fills_no_column_can_be_selected(explorer: Explorer) -> None:
    explorer.open("day", **{"from": 100, "to": 50_030})
    _, _, merge = shown(explorer)
    assert merge == 60
    explorer.id("overview").press("End")
    expect(explorer.id("overview")).to_have_attribute("data-to", str(DAY))
    explorer.drag(Cell(DAY - 200, 20), Cell(DAY - 1, 5))
    start = (DAY - 200) // 60 * 60
    explorer.expect_selected(start, DAY, count(start, DAY))


def test_keys_move_by_what_is_shown_together_and_the_window_follows(explorer: Explorer) -> None:
    explorer.open("day")
    heatmap = explorer.heatmap
    heatmap.press("ArrowRight")
    explorer.expect_selected(0, SHOWN, count(0, SHOWN))
    heatmap.press("ArrowRight")
    heatmap.press("Shift+ArrowUp")
    explorer.expect_selected(SHOWN, 3 * SHOWN, count(SHOWN, 3 * SHOWN))
    heatmap.press("Enter")
    first, seconds, merge = shown(explorer)
    assert (merge, first <= SHOWN, first + seconds >= 3 * SHOWN) == (1, True, True)
    heatmap.press("]")
    explorer.expect_selected(3 * SHOWN, 5 * SHOWN, count(3 * SHOWN, 5 * SHOWN))
    first, seconds, _ = shown(explorer)
    assert first <= 3 * SHOWN < 5 * SHOWN <= first + seconds
    heatmap.press("ArrowDown")
    explorer.expect_selected(3 * SHOWN - 0.02, 5 * SHOWN - 0.02, count(3 * SHOWN - 0.02, 5 * SHOWN - 0.02))
    explorer.page.keyboard.press("Escape")
    explorer.id("overview").press("Home")
    expect(explorer.id("overview")).to_have_attribute("data-from", "0")


def test_play_goes_by_what_is_selected_to_the_end_and_stops_there(explorer: Explorer) -> None:
    length = 2 * SHOWN
    explorer.open("day")
    explorer.drag(Cell(DAY - 5 * SHOWN, 3), Cell(DAY - 4 * SHOWN, 40))
    explorer.expect_selected(DAY - 5 * SHOWN, DAY - 3 * SHOWN, count(DAY - 5 * SHOWN, DAY - 3 * SHOWN))
    play = explorer.id("play")
    play.click()
    expect(play).to_have_attribute("data-playing", "true")
    # The first step moves by its whole length, the second only to the end, where playing stops.
    expect(explorer.summary).to_have_attribute("data-start", str(DAY - 3 * SHOWN))
    expect(explorer.summary).to_have_attribute("data-start", str(DAY - length))
    expect(play).to_have_attribute("data-playing", "false")
    explorer.expect_selected(DAY - length, DAY, count(DAY - length, DAY))
    explorer.id("step-back").click()
    explorer.expect_selected(DAY - 2 * length, DAY - length, count(DAY - 2 * length, DAY - length))
    # All steps together are one entry of the history.
    explorer.page.go_back()
    explorer.expect_whole(len(MOMENTS))


def test_what_is_played_stays_in_view_and_is_paused_where_it_is(explorer: Explorer) -> None:
    part, start = 21_600, 21_360
    explorer.open("day", start=start, end=start + SHOWN, **{"from": 0, "to": part})
    _, seconds, merge = shown(explorer)
    assert seconds == part
    assert merge > 1
    explorer.id("play").click()
    expect(explorer.summary).to_have_attribute("data-start", str(part))
    expect(explorer.id("overview")).not_to_have_attribute("data-to", str(part))
    assert explorer.number(explorer.id("overview"), "to") >= part + SHOWN
    explorer.id("play").click()
    expect(explorer.id("play")).to_have_attribute("data-playing", "false")
    paused = explorer.number(explorer.summary, "start")
    assert paused % SHOWN == 0
    _, seconds, still = shown(explorer)
    assert (seconds, still) == (part, merge)
    explorer.expect_selected(paused, paused + SHOWN, count(paused, paused + SHOWN))
    explorer.id("step-on").click()
    explorer.expect_selected(paused + SHOWN, paused + 2 * SHOWN, count(paused + SHOWN, paused + 2 * SHOWN))


def test_views_of_a_long_profile_are_told_in_its_time(window: Page, explorer: Explorer) -> None:
    explorer.open("day", start=NOON, end=NOON + 5)
    explorer.id("views").click()
    explorer.id("view-name").fill("noon")
    explorer.id("view-save").click()
    expect(explorer.id("view-open")).to_contain_text("selected 12:00:00.00–12:00:05.00")
    window.keyboard.press("Escape")
    explorer.open("day", start=12, end=13)
    explorer.id("home-link").click()
    expect(explorer.id("recent-view")).to_have_text("selected 0:12.00–0:13.00")


def test_a_search_marks_what_it_finds_at_every_width(explorer: Explorer) -> None:
    explorer.open("day", q="job")
    sent = {(one.ms // 1000 // SENT, one.ms % 1000 * ROWS // 1000) for one in MOMENTS if one.leaf == "job"}
    expect(explorer.heatmap).to_have_attribute("data-marked", str(len(sent)))
    explorer.move(Cell(600, 10))
    readout = explorer.id("heatmap-readout")
    expect(readout).to_have_attribute("data-matches", str(count(600, 720, 10, "job")))
    explorer.open("day", q="job", **{"from": 500, "to": 800})
    assert shown(explorer) == (500, 300, 1)
    explorer.move(Cell(600, 10))
    expect(readout).to_have_attribute("data-matches", str(count(600, 601, 10, "job")))
    explorer.move(Cell(601, 10))
    expect(readout).to_have_attribute("data-matches", "0")


def test_narrow_windows_join_more(new_page: NewPage, day: Server) -> None:
    explorer = Explorer(new_page(viewport={"width": 500, "height": 900}), day.url).open("day")
    _, seconds, merge = shown(explorer)
    assert (seconds, merge) == (DAY, 600)
    assert read(explorer, Cell(NOON, 30)) == count(NOON, NOON + 600, 30)
