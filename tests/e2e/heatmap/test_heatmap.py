"""The heatmap as a picture: each cell has the colour of its count, in every palette and theme."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Serve
from tests.e2e.explorer import Cell, Explorer, containing
from tests.e2e.raw import cells, raw_samples, within
from tests.e2e.running import EXAMPLES, NODE18, NODE20, Server
from tests.support.perf_text import sample, script

pytestmark = pytest.mark.chromium

SAMPLES = raw_samples(EXAMPLES / NODE18)
COLUMNS = 61
Colour = tuple[int, int, int]
WHITE = (255, 255, 255)
DARKEST_RED = (0xD4, 0x0A, 0x16)

# The colours of the middles of all cells, column by column, each from the bottom.
READ_CELLS = """(overlay, [columns, rows]) => {
  const canvas = overlay.parentElement.querySelector("canvas");
  const data = {};
  for (const [name, text] of Object.entries(overlay.dataset)) data[name] = Number(text);
  const scale = canvas.width / canvas.clientWidth;
  const {data: bytes} = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  const found = [];
  for (let column = 0; column < columns; column += 1) {
    for (let row = 0; row < rows; row += 1) {
      const x = Math.floor((data.plotLeft + (column + 0.5) * data.cellWidth) * scale);
      const y = Math.floor((data.plotTop + data.plotHeight - (row + 0.5) * data.cellHeight) * scale);
      const at = 4 * (y * canvas.width + x);
      found.push([bytes[at], bytes[at + 1], bytes[at + 2]]);
    }
  }
  return found;
}"""


# All colours of some cells of a column, from one row to before another.
READ_BLOCK = """(overlay, [column, from, to]) => {
  const canvas = overlay.parentElement.querySelector("canvas");
  const data = {};
  for (const [name, text] of Object.entries(overlay.dataset)) data[name] = Number(text);
  const scale = canvas.width / canvas.clientWidth;
  const [x, width] = [(data.plotLeft + column * data.cellWidth) * scale, data.cellWidth * scale];
  const bottom = data.plotTop + data.plotHeight;
  const [y, height] = [(bottom - to * data.cellHeight) * scale, (to - from) * data.cellHeight * scale];
  const {data: bytes} = canvas.getContext("2d").getImageData(x, y, width, height);
  return Array.from({length: bytes.length / 4}, (_, at) => [...bytes.slice(4 * at, 4 * at + 3)]);
}"""


def colours_by_count(explorer: Explorer, rows: int) -> dict[int, set[Colour]]:
    """Collect the colours that recorded cells with equal counts, made by hand, have."""
    expect(explorer.heatmap).to_have_attribute("data-rows", str(rows))
    counted = cells(SAMPLES, rows)
    first, last = min(counted), max(counted)
    found: dict[int, set[Colour]] = {}
    colours = explorer.heatmap.evaluate(READ_CELLS, [COLUMNS, rows])
    for place, (red, green, blue) in enumerate(colours):
        if first <= divmod(place, rows) <= last:
            found.setdefault(counted[divmod(place, rows)], set()).add((red, green, blue))
    return found


def expect_one_colour_a_count(found: dict[int, set[Colour]], maximum: int) -> dict[int, Colour]:
    assert max(found) == maximum
    assert {count: len(colours) for count, colours in found.items()} == dict.fromkeys(found, 1)
    by_count = {count: next(iter(colours)) for count, colours in sorted(found.items())}
    assert len(set(by_count.values())) == len(by_count)
    return by_count


def light(colour: Colour) -> float:
    return 0.2126 * colour[0] + 0.7152 * colour[1] + 0.0722 * colour[2]


def test_cells_outside_of_the_recording_are_not_shown_as_idle(explorer: Explorer) -> None:
    explorer.open(NODE18)
    counted = cells(SAMPLES, 50)
    (second, row), last = min(counted), max(counted)
    readout = explorer.id("heatmap-readout")
    for place, was_recorded in ((row, True), (row - 1, False), (0, False)):
        explorer.move((second, place))
        expect(readout).to_have_attribute("data-unrecorded", str(not was_recorded).lower())
        expect(readout).to_contain_text("sample" if was_recorded else "not recorded")
    assert last < (COLUMNS - 1, 49)
    explorer.move((COLUMNS - 1, 49))
    expect(readout).to_contain_text("not recorded")
    # In light colours nothing else than a line of the hatching is grey.
    hatched = set(map(tuple, explorer.heatmap.evaluate(READ_BLOCK, [second, 0, row])))
    assert len(hatched) > 1
    assert all(max(colour) - min(colour) < 16 for colour in hatched)


def test_more_samples_are_redder_and_a_range_keeps_its_time(explorer: Explorer) -> None:
    explorer.open(NODE18, start=14.76, end=15.52)
    samples = len(within(SAMPLES, 14.76, 15.52))
    for rows in (10, 100, 25, 50):
        explorer.look("rows").select_option(str(rows))
        expect(explorer.heatmap).to_have_attribute("data-rows", str(rows))
        explorer.expect_selected(14.76, 15.52, samples)
        maximum = max(cells(SAMPLES, rows).values())
        expect(explorer.heatmap).to_have_attribute("data-maxvalue", str(maximum))
        expect(explorer.id("heatmap-legend")).to_have_attribute("data-max", str(maximum))
        colours = expect_one_colour_a_count(colours_by_count(explorer, rows), maximum)
        assert colours[0] == WHITE
        assert colours[maximum] == DARKEST_RED
        lightness = [light(colour) for colour in colours.values()]
        assert lightness == sorted(lightness, reverse=True)


def test_palettes(explorer: Explorer) -> None:
    explorer.open(NODE18, rows=25)
    seen = {tuple(expect_palette(explorer, "red"))}
    explorer.look("palette").select_option("enhanced")
    white, one, two, *more = expect_palette(explorer, "enhanced")
    assert white == WHITE
    assert all(blue > red for red, _, blue in (one, two))
    assert all(red > blue for red, _, blue in more)
    explorer.look("palette").select_option("safe")
    safe = expect_palette(explorer, "safe")
    assert [light(colour) for colour in safe] == sorted(map(light, safe), reverse=True)
    expect(explorer.page).to_have_url(containing("palette=safe"))
    seen |= {tuple(safe), (white, one, two, *more)}
    assert len(seen) == 3


def expect_palette(explorer: Explorer, name: str) -> list[Colour]:
    expect(explorer.heatmap).to_have_attribute("data-palette", name)
    maximum = max(cells(SAMPLES, 25).values())
    return list(expect_one_colour_a_count(colours_by_count(explorer, 25), maximum).values())


def choose_theme(page: Page, name: str) -> None:
    page.get_by_test_id("theme-menu").click()
    page.get_by_test_id(f"theme-{name}").click()


def test_the_dark_theme_is_dark_and_stays(page: Page, server: Server, alone: Explorer) -> None:
    alone.open(NODE18, rows=25)
    scheme = page.locator("html")
    expect(scheme).to_have_attribute("data-mantine-color-scheme", "light")
    choose_theme(page, "dark")
    expect(scheme).to_have_attribute("data-mantine-color-scheme", "dark")
    maximum = max(cells(SAMPLES, 25).values())
    colours = expect_one_colour_a_count(colours_by_count(alone, 25), maximum)
    assert light(colours[0]) < 40
    assert [light(colour) for colour in colours.values()] == sorted(map(light, colours.values()))
    background = page.evaluate("getComputedStyle(document.body).backgroundColor.match(/\\d+/g).map(Number)")
    assert max(background[:3]) < 60
    page.reload()
    expect(scheme).to_have_attribute("data-mantine-color-scheme", "dark")
    other = page.context.new_page()
    other.goto(server.url)
    expect(other.locator("html")).to_have_attribute("data-mantine-color-scheme", "dark")
    # Personal, so not in a link.
    expect(page).not_to_have_url(containing("dark"))


def test_without_a_choice_the_system_decides(new_page: Callable[..., Page], server: Server) -> None:
    page = new_page(color_scheme="dark")
    Explorer(page, server.url).open(NODE20)
    scheme = page.locator("html")
    expect(scheme).to_have_attribute("data-mantine-color-scheme", "dark")
    page.emulate_media(color_scheme="light")
    expect(scheme).to_have_attribute("data-mantine-color-scheme", "light")


def test_an_hour_fits_and_can_be_selected(page: Page, serve: Serve, tmp_path: Path) -> None:
    """More seconds than there is room for columns: one sample a second, and a burst in second 1800."""
    folder = tmp_path / "profiles"
    folder.mkdir()
    times = [1000 * second for second in range(3600)] + [1_800_000 + 2 * number for number in range(1, 400)]
    text = script(
        *[sample(f"{4000 + ms // 1000}.{ms % 1000:03}500", "f+0x1 (/srv/app)") for ms in sorted(times)]
    )
    (folder / "hour").write_bytes(text)
    explorer = Explorer(page, serve(folder).url).open("hour")
    explorer.expect_whole(len(times))
    expect(explorer.heatmap).to_have_attribute("data-columns", "3600")
    explorer.drag(Cell(1790, 0), Cell(1810, 49))
    expect(explorer.summary).to_have_attribute("data-start", re.compile(r"^\d"))
    expect(explorer.summary).to_have_attribute("data-live", "false")
    start, end = (explorer.number(explorer.summary, edge) for edge in ("start", "end"))
    merge = explorer.number(explorer.heatmap, "merge")
    assert 1790 - merge < start <= 1790
    assert 1810 - merge < end <= 1810 + merge
    explorer.expect_selected(start, end, sum(start <= (ms + 0.5) / 1000 < end for ms in times))
