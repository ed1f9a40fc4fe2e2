"""Time order: the order in which code ran, with numbers counted from the text that is shown."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.conftest import Serve, ServeFiles, rested
from tests.e2e.explorer import Explorer, containing
from tests.e2e.running import Server
from tests.support.perf_text import sample, script

HERE, THERE = "here ([app])", "there ([app])"
MAIN = "main ([app])"
# Thread 1: five samples of here, five of there, a gap, and two of here, 10 ms apart. Thread 2: three samples.
TEXT = script(
    *(sample(f"10.{n:02}0000", HERE, MAIN, command="app", task="1/1") for n in range(10, 15)),
    *(sample(f"10.{n:02}0000", THERE, MAIN, command="app", task="1/1") for n in range(15, 20)),
    *(sample(f"10.{n:02}0000", HERE, MAIN, command="app", task="1/1") for n in (60, 61)),
    *(
        sample(f"10.{n:02}5000", "<img src=x onerror=alert(1)> ([app])", command="app", task="1/2")
        for n in (10, 11, 12)
    ),
)
MICRO = 1_000_000


@pytest.fixture(scope="module")
def served(serve_files: ServeFiles) -> Server:
    return serve_files({"app.perf": TEXT})


@pytest.fixture
def chart(window: Page, served: Server) -> Explorer:
    """The time order of the text's one second."""
    found = Explorer(rested(window, served.url), served.url)
    window.goto(f"{found.url}#/explore?file=app.perf&view=time")
    expect(found.id("timeline")).to_have_attribute("data-samples", "15")
    return found


def canvas(chart: Explorer) -> Locator:
    return chart.id("timeline")


def point(chart: Explorer, row: int, microseconds: float) -> tuple[float, float]:
    """Return a point of the window: a time in a row of the chart, which is not scrolled."""
    place = canvas(chart)
    box = place.bounding_box()
    assert box is not None
    share = (microseconds - chart.number(place, "from")) / chart.number(place, "length")
    return box["x"] + share * box["width"], box["y"] + (row + 0.5) * chart.number(place, "row-height")


def hover(chart: Explorer, row: int, microseconds: float) -> Locator:
    chart.page.mouse.move(*point(chart, row, microseconds))
    return chart.id("timeline-tooltip")


def expect_span(tooltip: Locator, name: str, start: float, length: int, samples: int) -> None:
    expect(tooltip).to_have_attribute("data-name", name)
    expect(tooltip).to_have_attribute("data-length", str(length))
    expect(tooltip).to_have_attribute("data-samples", str(samples))
    assert float(tooltip.get_attribute("data-start") or "nan") == pytest.approx(start)


def test_spans_are_those_of_the_text_and_are_found(chart: Explorer) -> None:
    place = canvas(chart)
    # Thread 1: app, main and here, there; after the gap app, main, here. Thread 2: app and one frame.
    expect(place).to_have_attribute("data-spans", "9")
    expect(place).to_have_attribute("data-threads", "2")
    # Rows: the name of the thread, app, main, here and there.
    expect_span(hover(chart, 3, 120_000), "here", 0.1, 50_000, 5)
    expect_span(hover(chart, 3, 170_000), "there", 0.15, 50_000, 5)
    expect_span(hover(chart, 2, 150_000), "main", 0.1, 100_000, 10)
    expect_span(hover(chart, 3, 610_000), "here", 0.6, 20_000, 2)
    chart.page.mouse.move(*point(chart, 3, 400_000))
    expect(chart.id("timeline-tooltip")).to_have_count(0)
    # Names are text.
    expect_span(hover(chart, 6, 120_000), "<img src=x onerror=alert(1)>", 0.105, 30_000, 3)
    # A search marks frames.
    chart.id("search").fill("there")
    expect(chart.id("search-result")).to_have_attribute("data-matched", "5")
    expect(place).to_have_attribute("data-matched", "1")


def test_a_click_shows_a_span_alone_and_escape_goes_back(chart: Explorer) -> None:
    place = canvas(chart)
    chart.page.mouse.click(*point(chart, 3, 170_000))
    expect(place).to_have_attribute("data-length", "50000")
    expect(place).to_have_attribute("data-from", "150000")
    expect(chart.id("reset-zoom")).to_be_visible()
    expect(chart.page).to_have_url(containing("stretchFrom=0.15&stretchTo=0.2"))
    chart.page.reload()
    expect(place).to_have_attribute("data-length", "50000")
    chart.page.keyboard.press("Escape")
    expect(place).to_have_attribute("data-length", str(MICRO))
    chart.page.go_back()
    expect(place).to_have_attribute("data-length", "50000")
    chart.id("reset-zoom").click()
    expect(place).to_have_attribute("data-length", str(MICRO))


def test_the_wheel_goes_closer_and_a_drag_moves_along(chart: Explorer) -> None:
    place = canvas(chart)
    chart.page.mouse.move(*point(chart, 3, 150_000))
    chart.page.keyboard.down("Control")
    chart.page.mouse.wheel(0, -400)
    chart.page.keyboard.up("Control")
    expect(chart.id("reset-zoom")).to_be_visible()
    length = chart.number(place, "length")
    assert length < MICRO / 2
    x, y = point(chart, 3, 150_000)
    chart.page.mouse.down()
    chart.page.mouse.move(x - 100, y, steps=4)
    chart.page.mouse.up()
    box = place.bounding_box()
    assert box is not None
    assert chart.number(place, "length") == length
    # The time that was under the pointer is there again.
    under = chart.number(place, "from") + (x - 100 - box["x"]) / box["width"] * length
    assert under == pytest.approx(150_000, abs=length / box["width"])


def test_a_drag_over_a_range_goes_there(chart: Explorer) -> None:
    place, mouse = canvas(chart), chart.page.mouse
    # While all is shown, anywhere.
    mouse.move(*point(chart, 3, 100_000))
    mouse.down()
    mouse.move(*point(chart, 4, 300_000), steps=4)
    expect(chart.id("timeline-chosen")).to_be_visible()
    mouse.up()
    expect(chart.id("timeline-chosen")).to_be_hidden()
    expect(chart.id("reset-zoom")).to_be_visible()
    expect(chart.page).to_have_url(containing("stretchFrom="))
    # To a pixel or two, of a thousand.
    expect(place).to_have_attribute("data-from", re.compile(r"^(98|99|100|101)\d{3}$"))
    expect(place).to_have_attribute("data-length", re.compile(r"^(198|199|200|201)\d{3}$"))
    # Closer, on the axis.
    left, right = (point(chart, 0, at)[0] for at in (150_000, 200_000))
    box = chart.id("timeline-axis").bounding_box()
    assert box is not None
    mouse.move(right, box["y"] + 8)
    mouse.down()
    mouse.move(left, box["y"] + 8, steps=4)
    mouse.up()
    expect(place).to_have_attribute("data-length", re.compile(r"^(49|50|51)\d{3}$"))


def test_the_keyboard_alone_walks_zooms_and_opens_the_menu(chart: Explorer) -> None:
    place, tooltip, press = canvas(chart), chart.id("timeline-tooltip"), chart.page.keyboard.press
    place.focus()
    press("ArrowDown")
    expect(tooltip).to_have_attribute("data-name", "app")
    press("ArrowDown")
    expect(tooltip).to_have_attribute("data-name", "main")
    press("ArrowDown")
    expect_span(tooltip, "here", 0.1, 50_000, 5)
    press("ArrowRight")
    expect_span(tooltip, "there", 0.15, 50_000, 5)
    press("ArrowDown")
    expect(tooltip).to_have_attribute("data-samples", "3")
    press("ArrowUp")
    expect_span(tooltip, "app", 0.1, 100_000, 10)
    press("Enter")
    expect(place).to_have_attribute("data-length", "100000")
    press("-")
    expect(place).to_have_attribute("data-length", "200000")
    press("Shift+ArrowRight")
    expect(place).to_have_attribute("data-from", "100000")
    press("Backspace")
    expect(place).to_have_attribute("data-length", str(MICRO))
    press("Shift+F10")
    expect(chart.id("frame-menu")).to_have_attribute("data-name", "app")


def test_the_menu_filters_and_selects_the_time_of_a_span(chart: Explorer) -> None:
    chart.page.mouse.click(*point(chart, 3, 120_000), button="right")
    chart.id("frame-include").click()
    expect(canvas(chart)).to_have_attribute("data-samples", "7")
    chart.page.goto(f"{chart.url}#/explore?file=app.perf&view=time&drop=%20main%20")
    expect(canvas(chart)).to_have_attribute("data-spans", "7")
    chart.page.goto(f"{chart.url}#/explore?file=app.perf&view=time")
    expect(canvas(chart)).to_have_attribute("data-spans", "9")
    chart.page.mouse.click(*point(chart, 3, 170_000), button="right")
    chart.id("frame-select").click()
    expect(canvas(chart)).to_have_attribute("data-samples", "5")
    expect(chart.summary).to_have_attribute("data-samples", "5")
    expect(chart.summary).to_have_attribute("data-start", "0.15")
    expect(chart.summary).to_have_attribute("data-end", "0.2")


def test_a_range_with_too_many_samples_says_what_fits(page: Page, serve: Serve, tmp_path: Path) -> None:
    folder = tmp_path / "profiles"
    folder.mkdir()
    blocks = (
        sample(f"{10 + n // 1000}.{n % 1000:03}000", HERE, command="app", task="1/1") for n in range(20_001)
    )
    (folder / "long.perf").write_bytes(script(*blocks))
    chart = Explorer(page, serve(folder).url)
    page.watch.allow("413")  # type: ignore[attr-defined]
    page.goto(f"{chart.url}#/explore?file=long.perf&view=time")
    refused = chart.id("timeline-too-long")
    expect(refused).to_contain_text("20001 samples")
    expect(refused).to_contain_text("select some 20 s")
    page.goto(f"{chart.url}#/explore?file=long.perf&view=time&start=1&end=3")
    expect(canvas(chart)).to_have_attribute("data-samples", "2000")
    page.goto(f"{chart.url}#/explore?file=long.perf&view=time")
    chart.id("timeline-too-long-action").click()
    expect(chart.flame).to_have_attribute("data-samples", "20001")
