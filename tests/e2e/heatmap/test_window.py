"""The visible part of a heatmap: wheel and touch, the address, Back, and two heatmaps side by side."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import CDPSession, Locator, Page, expect

from tests.e2e.explorer import PAINTED, Cell, Explorer
from tests.e2e.raw import cells, having, raw_samples, within
from tests.e2e.running import EXAMPLES, NODE18, NODE20, Server

pytestmark = pytest.mark.chromium

SECONDS = 61
LOOKS, LOOK_MS = 200, 100
SAMPLES = raw_samples(EXAMPLES / NODE18)
OTHER = raw_samples(EXAMPLES / NODE20)


@pytest.fixture
def page(explorer: Explorer) -> Page:
    """These tests have a second name for the page."""
    return explorer.page


def shown_window(explorer: Explorer, heatmap: Locator | None = None) -> tuple[float, float]:
    """Return the first second shown and the number of seconds shown."""
    canvas = heatmap or explorer.heatmap
    return explorer.number(canvas, "from"), explorer.number(canvas, "seconds")


def expect_address(page: Page, pattern: str) -> None:
    expect(page).to_have_url(re.compile(pattern))


def zoom_with_wheel(explorer: Explorer, second: int) -> None:
    """Turn the wheel with Ctrl over a second, as a touchpad's pinch does, until the address has its end."""
    before = explorer.heatmap.get_attribute("data-seconds") or ""
    explorer.move(Cell(second, 20))
    explorer.page.keyboard.down("Control")
    for _ in range(8):
        explorer.page.mouse.wheel(0, -20)
    explorer.page.keyboard.up("Control")
    expect(explorer.heatmap).not_to_have_attribute("data-seconds", before)
    explorer.page.evaluate(PAINTED)
    # On a slow machine the wheel seems to rest between two turns, and the address has that, too.
    first, seconds = shown_window(explorer)
    expect_address(explorer.page, rf"from={first:g}&to={first + seconds:g}(&|$)")


def test_one_back_leads_out_of_all_zooming_and_panning(page: Page, explorer: Explorer) -> None:
    explorer.open(NODE18)
    whole = page.url
    zoom_with_wheel(explorer, 30)
    first, seconds = shown_window(explorer)
    assert first < 30 < first + seconds < SECONDS
    zoomed = page.url
    for _ in range(2):
        before = explorer.heatmap.get_attribute("data-from") or ""
        page.mouse.wheel(120, 0)
        expect(explorer.heatmap).not_to_have_attribute("data-from", before)
    # The address has the end of the gesture once the wheel rests.
    expect_address(page, rf"from={shown_window(explorer)[0]:g}&to=")
    panned = page.url
    assert panned != zoomed
    assert shown_window(explorer)[0] > first
    assert shown_window(explorer)[1] == seconds
    page.go_back()
    expect(page).to_have_url(whole)
    expect(explorer.heatmap).to_have_attribute("data-seconds", str(SECONDS))
    page.go_forward()
    expect(page).to_have_url(panned)
    expect(explorer.heatmap).not_to_have_attribute("data-seconds", str(SECONDS))


def test_a_selection_and_a_step_into_it_are_entries_of_their_own(page: Page, explorer: Explorer) -> None:
    explorer.open(NODE18)
    explorer.drag(Cell(20, 0), Cell(23, 49))
    explorer.expect_selected(20, 24, len(within(SAMPLES, 20, 24)))
    explorer.heatmap.press("Enter")
    expect_address(page, "from=19&to=24")
    zoom_with_wheel(explorer, 21)
    expect(explorer.heatmap).to_have_attribute("data-seconds", "4")
    expect(page).not_to_have_url(re.compile("from=19&to=24"))
    page.go_back()
    expect_address(page, "from=19&to=24")
    page.go_back()
    expect(explorer.heatmap).to_have_attribute("data-seconds", str(SECONDS))
    explorer.expect_selected(20, 24, len(within(SAMPLES, 20, 24)))
    page.go_back()
    explorer.expect_whole(len(SAMPLES))


def test_slow_turns_of_the_wheel_add_up(page: Page, explorer: Explorer) -> None:
    """A finger on a touchpad moves by a pixel or two at a time, far less than a column is wide."""
    explorer.open(NODE18, **{"from": 20, "to": 30})
    width = explorer.number(explorer.heatmap, "cell-width")
    explorer.move(Cell(25, 20))
    for _ in range(round(3 * width / 5)):
        page.mouse.wheel(5, 0)
    expect(explorer.heatmap).to_have_attribute("data-from", "23")
    assert shown_window(explorer) == (23, 10)


def test_a_link_shows_the_same_window(
    page: Page, new_page: Callable[..., Page], server: Server, explorer: Explorer
) -> None:
    explorer.open(NODE18)
    zoom_with_wheel(explorer, 40)
    other = Explorer(new_page(), server.url)
    other.page.goto(page.url)
    other.settled()
    assert shown_window(other) == shown_window(explorer)
    first, seconds = shown_window(other)
    other.id("select-shown").click()
    other.expect_selected(first, first + seconds, len(within(SAMPLES, first, first + seconds)))
    expect(other.id("select-shown")).to_be_disabled()


class Fingers:
    """Two fingers on a canvas, through the browser's own input."""

    def __init__(self, page: Page, canvas: Locator) -> None:
        self._session: CDPSession = page.context.new_cdp_session(page)
        box = canvas.bounding_box()
        assert box is not None
        self._left, self._top = box["x"], box["y"]

    def send(self, kind: str, *places: tuple[float, float]) -> None:
        points = [
            {"x": self._left + x, "y": self._top + y, "id": number} for number, (x, y) in enumerate(places)
        ]
        self._session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    def pinch(self, start: tuple[float, float], end: tuple[float, float], y: float = 100) -> None:
        """Move two fingers sideways from two places to two others, then lift one after the other."""
        self.send("touchStart", (start[0], y))
        self.send("touchStart", (start[0], y), (start[1], y))
        for step in range(1, 11):
            at = [one + (other - one) * step / 10 for one, other in zip(start, end, strict=True)]
            self.send("touchMove", (at[0], y), (at[1], y))
        self.send("touchEnd", (end[0], y))
        self.send("touchEnd")


@pytest.fixture
def touched(new_page: Callable[..., Page], server: Server) -> Explorer:
    return Explorer(new_page(has_touch=True), server.url).open(NODE18)


def places(explorer: Explorer, *seconds: float) -> list[float]:
    """Return the x positions on the canvas where these seconds begin."""
    left, width = (explorer.number(explorer.heatmap, name) for name in ("plot-left", "cell-width"))
    first = explorer.number(explorer.heatmap, "from")
    return [left + (second - first) * width for second in seconds]


def expect_under(
    explorer: Explorer, seconds: tuple[float, float], fingers: tuple[float, float], before: str
) -> None:
    """Wait for another address; two seconds are under two fingers then, as near as whole columns allow."""
    expect(explorer.page).not_to_have_url(before)
    # On a slow machine the fingers seem to rest on their way, and the address has that, too.
    for _ in range(LOOKS):
        width = explorer.number(explorer.heatmap, "cell-width")
        apart = [abs(at - finger) for at, finger in zip(places(explorer, *seconds), fingers, strict=True)]
        if max(apart) <= 1.5 * width:
            return
        explorer.page.wait_for_timeout(LOOK_MS)
    raise AssertionError(f"{apart} pixels apart, with columns of {width}")


def test_two_fingers_keep_hold_of_their_seconds(touched: Explorer) -> None:
    fingers = Fingers(touched.page, touched.heatmap)
    one, other = places(touched, 20.5, 40.5)
    left, right = places(touched, 0, 61)
    width = right - left
    apart = left + width / 10, right - width / 10
    before = touched.page.url
    fingers.pinch((one, other), apart)
    expect_under(touched, (20.5, 40.5), apart, before)
    _, seconds = shown_window(touched)
    assert 24 <= seconds <= 26
    # Both fingers the same way: along the time, at the same width.
    one, other = places(touched, 25, 35)
    along = one + width / 5, other + width / 5
    before = touched.page.url
    fingers.pinch((one, other), along)
    expect_under(touched, (25, 35), along, before)
    assert abs(shown_window(touched)[1] - seconds) <= 1
    fingers.pinch(apart, (left + 0.45 * width, right - 0.45 * width))
    expect(touched.heatmap).to_have_attribute("data-seconds", str(SECONDS))
    expect(touched.page).not_to_have_url(re.compile("from="))
    # None of it was a selection.
    touched.expect_whole(len(SAMPLES))


def test_one_finger_selects_and_a_second_one_lets_go_of_it(touched: Explorer) -> None:
    fingers = Fingers(touched.page, touched.heatmap)
    top, height = (touched.number(touched.heatmap, name) for name in ("plot-top", "cell-height"))
    up, down = top + 1.5 * height, top + 48.5 * height
    one, other = (place + 3 for place in places(touched, 20, 22))
    fingers.send("touchStart", (one, down))
    fingers.send("touchMove", (other, up))
    expect(touched.summary).to_have_attribute("data-live", "true")
    fingers.send("touchEnd")
    edges = 20 + 1 / 50, 22 + 49 / 50
    touched.expect_selected(*edges, len(within(SAMPLES, *edges)))
    fingers.send("touchStart", (one - 100, down))
    fingers.send("touchMove", (one - 50, up))
    expect(touched.summary).to_have_attribute("data-live", "true")
    fingers.send("touchStart", (one - 50, up), (other + 100, up))
    expect(touched.summary).to_have_attribute("data-live", "false")
    fingers.send("touchEnd", (one - 50, up))
    fingers.send("touchEnd")
    touched.expect_selected(*edges, len(within(SAMPLES, *edges)))


def test_two_fingers_open_a_frame_and_close_it(touched: Explorer) -> None:
    fingers = Fingers(touched.page, touched.flame)
    flame = touched.flame
    box = flame.bounding_box()
    assert box is not None
    level = box["height"] - 1.5 * touched.number(flame, "row-height")
    middle = box["width"] / 2
    fingers.pinch((middle - 40, middle + 40), (middle - 120, middle + 120), level)
    expect(flame).to_have_attribute("data-zoom", "node")
    fingers.pinch((middle - 120, middle + 120), (middle - 40, middle + 40), level)
    expect(flame).to_have_attribute("data-zoom", "")


def test_the_other_profile_is_searched_selected_and_zoomed_like_this_one(
    page: Page, new_page: Callable[..., Page], server: Server, explorer: Explorer
) -> None:
    explorer.open(NODE18, compare="differential", compareFile=NODE20, q="Scavenge")
    other = explorer.id("compare-heatmap")
    mine, theirs = (cells(having(samples, "Scavenge"), 50) for samples in (SAMPLES, OTHER))
    expect(explorer.heatmap).to_have_attribute("data-marked", str(len(mine)))
    expect(other).to_have_attribute("data-marked", str(len(theirs)))
    expect(explorer.id("marks-legend")).to_have_count(2)
    # Cells of two low heatmaps have no room for a frame.
    expect(explorer.id("marks-legend").first).to_have_attribute("data-framed", "false")
    # Its readout counts its own samples.
    (second, row), found = max(theirs.items(), key=lambda item: item[1])
    left, top, height, width, tall = (
        explorer.number(other, name)
        for name in ("plot-left", "plot-top", "plot-height", "cell-width", "cell-height")
    )
    other.hover(position={"x": left + (second + 0.5) * width, "y": top + height - (row + 0.5) * tall})
    readout = explorer.id("heatmap-readout").nth(1)
    expect(readout).to_have_attribute("data-matches", str(found))
    expect(readout).to_have_attribute("data-count", str(cells(OTHER, 50)[second, row]))
    other.press("ArrowRight")
    other.press("ArrowRight")
    other.press("Shift+ArrowRight")
    summary = explorer.id("compare-summary")
    expect(summary).to_have_attribute("data-start", "1")
    expect(summary).to_have_attribute("data-end", "3")
    expect(summary).to_have_attribute("data-samples", str(len(within(OTHER, 1, 3))))
    other.press("Enter")
    expect_address(page, r"compareFrom=\d+&compareTo=\d+")
    shown = shown_window(explorer, other)
    assert shown[1] < 10
    assert shown_window(explorer) == (0, SECONDS)
    copy = Explorer(new_page(), server.url)
    copy.page.goto(page.url)
    copy.settled()
    assert shown_window(copy, copy.id("compare-heatmap")) == shown
    expect(copy.id("compare-summary")).to_have_attribute("data-samples", str(len(within(OTHER, 1, 3))))
    other.press("Backspace")
    expect(other).to_have_attribute("data-seconds", re.compile("^1[01]$"))
    page.go_back()
    expect_address(page, r"compareFrom=")
