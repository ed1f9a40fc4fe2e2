"""The flame graph under the pointer: a frame's tooltip and the effect of a click."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import ServeFiles, rested
from tests.e2e.explorer import Explorer
from tests.e2e.raw import having, leaves, raw_samples
from tests.e2e.running import EXAMPLES, NODE18, WINDOW
from tests.support.perf_text import sample, script

pytestmark = pytest.mark.chromium

MAIN = "main+0x1 (/srv/app)"
KERNEL = "do_page_fault+0x9 ([kernel.kallsyms])"
THIN = 160
# The first second: main with alpha 500, beta 300 (200 of them in the kernel), 160 thin ones, 40 self.
STACKS = [
    *[("alpha+0x1 (/srv/app)", MAIN)] * 500,
    *[("beta+0x1 (/srv/lib.so)", MAIN)] * 100,
    *[(KERNEL, "beta+0x2 (/srv/lib.so)", MAIN)] * 200,
    *[(f"thin_{number:03}+0x1 (/srv/app)", MAIN) for number in range(THIN)],
    *[(MAIN,)] * 40,
]
LEVELS = 80


def time(second: int, number: int) -> str:
    return f"{second}.{number:06}"


@pytest.fixture(scope="module")
def url(serve_files: ServeFiles) -> str:
    """Serve `shapes`, and `deep`: eighty frames above each other, more than the window is high."""
    first = [sample(time(3000, 1000 * at), *frames, command="shop") for at, frames in enumerate(STACKS)]
    third = [sample(time(3002, 1000 * at), MAIN, command="shop") for at in range(len(STACKS))]
    tall = [f"level{number}+0x1 (/srv/app)" for number in range(LEVELS, 0, -1)]
    deep = script(*[sample(time(3000, 1000 * at), *tall) for at in range(9)])
    return serve_files({"shapes": script(*first, *third), "deep": deep}).url


@pytest.fixture
def shapes(window: Page, url: str) -> Explorer:
    return Explorer(rested(window, url), url).open("shapes", start=0, end=1)


def hover(explorer: Explorer, level: int, share: float) -> None:
    """Put the pointer on a level, at a share of the graph's width."""
    box = explorer.flame.bounding_box()
    assert box is not None
    explorer.page.mouse.move(*explorer.frame_at(level, share * box["width"]))


def click(explorer: Explorer, level: int, share: float) -> None:
    hover(explorer, level, share)
    explorer.page.mouse.down()
    explorer.page.mouse.up()


def expect_zoom(explorer: Explorer, name: str, samples: int) -> None:
    expect(explorer.flame).to_have_attribute("data-zoom", name)
    expect(explorer.flame).to_have_attribute("data-zoom-samples", str(samples))


def test_a_frame_says_what_it_is(shapes: Explorer) -> None:
    for layout in ("icicle", "flame"):
        expect_frames(shapes, layout)
    expect_thin_frames(shapes)
    expect_nothing_where_nothing_is(shapes)


def expect_frames(shapes: Explorer, layout: str) -> None:
    shapes.look("layout").get_by_text(layout.capitalize()).click()
    shapes.page.keyboard.press("Escape")
    expect(shapes.id("layout")).to_have_count(0)
    expect(shapes.flame).to_have_attribute("data-layout", layout)
    tooltip = shapes.id("flamegraph-tooltip")
    for level, share, name, own, total in (
        (0, 0.5, "root", 0, 1000),
        (1, 0.5, "shop", 0, 1000),
        (2, 0.99, "main", 40, 1000),
        (3, 0.25, "alpha", 500, 500),
        (3, 0.65, "beta", 100, 300),
        (4, 0.6, "do_page_fault", 200, 200),
    ):
        hover(shapes, level, share)
        for attribute, value in {"name": name, "self": own, "total": total, "merged": 1}.items():
            expect(tooltip).to_have_attribute(f"data-{attribute}", str(value))
        shown = f"{total:,}".replace(",", "\u202f")
        selected, whole = total / 10, total / 20
        # At 1000 Hz a sample stands for a millisecond.
        times = (
            f"{total} ms" if total < 1000 else "1.00 s",
            {0: "", 40: " (40.0 ms)"}.get(own, f" ({own} ms)"),
        )
        expect(tooltip).to_contain_text(f"{shown} samples ({times[0]}) · {own} own{times[1]}")
        expect(tooltip).to_contain_text(
            f"{percent(selected)} of the selection · {percent(whole)} of the profile"
        )


def percent(value: float) -> str:
    return "100 %" if value == 100 else f"{value:.1f} %"


def expect_thin_frames(shapes: Explorer) -> None:
    """Expect one box for all frames too thin to see, with their number."""
    hover(shapes, 3, 0.88)
    tooltip = shapes.id("flamegraph-tooltip")
    expect(tooltip).to_have_attribute("data-merged", str(THIN))
    expect(tooltip).to_have_attribute("data-total", str(THIN))
    expect(tooltip).to_contain_text(f"{THIN} frames too thin to show")
    expect(tooltip).to_contain_text("16.0 % of the selection · 8.0 % of the profile")


def expect_nothing_where_nothing_is(shapes: Explorer) -> None:
    hover(shapes, 3, 0.25)
    expect(shapes.id("flamegraph-tooltip")).to_be_visible()
    hover(shapes, 3, 0.98)
    expect(shapes.id("flamegraph-tooltip")).to_have_count(0)
    hover(shapes, 3, 0.25)
    expect(shapes.id("flamegraph-tooltip")).to_be_visible()
    shapes.page.mouse.move(5, 5)
    expect(shapes.id("flamegraph-tooltip")).to_have_count(0)


def test_a_click_zooms_and_escape_reset_and_back_lead_out(shapes: Explorer) -> None:
    click(shapes, 3, 0.65)
    expect_zoom(shapes, "beta", 300)
    expect(shapes.id("zoomed")).to_have_text("beta")
    # The outline grows with the frame that was clicked.
    outline = shapes.id("frame-outline")
    expect(outline).to_be_visible()
    box, whole = outline.bounding_box(), shapes.flame.bounding_box()
    assert box is not None
    assert whole is not None
    assert box["width"] > 0.99 * whole["width"]
    # The frame has the whole width now, and its callers too.
    hover(shapes, 4, 0.6)
    expect(shapes.id("flamegraph-tooltip")).to_have_attribute("data-total", "200")
    click(shapes, 2, 0.1)
    expect_zoom(shapes, "main", 1000)
    shapes.page.go_back()
    expect_zoom(shapes, "beta", 300)
    shapes.page.keyboard.press("Escape")
    expect_zoom(shapes, "", 1000)
    click(shapes, 3, 0.2)
    expect_zoom(shapes, "alpha", 500)
    shapes.page.reload()
    expect_zoom(shapes, "alpha", 500)
    shapes.id("reset-zoom").click()
    expect_zoom(shapes, "", 1000)
    expect(shapes.id("reset-zoom")).to_have_count(0)
    expect(shapes.summary).to_have_attribute("data-start", "0")


def test_new_in_b_has_the_counts_of_b(shapes: Explorer) -> None:
    # A is the third second, all of it main itself. Only B, the first one, has alpha, beta and thin ones.
    sides: dict[str, str | float] = {
        "compare": "elided",
        "compareFile": "shapes",
        "compareStart": 0,
        "compareEnd": 1,
    }
    shapes.open("shapes", start=2, end=3, **sides)
    expect(shapes.flame).to_have_attribute("data-samples", "1000")
    expect(shapes.flame).to_have_attribute("data-zoom-samples", "960")
    tooltip = shapes.id("flamegraph-tooltip")
    for share, name, own, total in ((0.25, "alpha", 500, 500), (0.6, "beta", 100, 300)):
        hover(shapes, 3, share)
        for attribute, value in {"name": name, "self": own, "total": total}.items():
            expect(tooltip).to_have_attribute(f"data-{attribute}", str(value))


def test_a_small_picture_of_the_whole_frames_the_part_that_is_shown(shapes: Explorer) -> None:
    expect(shapes.flame).to_have_attribute("data-zoom", "")
    expect(shapes.id("minimap")).to_have_count(0)
    click(shapes, 3, 0.65)
    expect_zoom(shapes, "beta", 300)
    picture, part = shapes.id("minimap-canvas"), shapes.id("minimap-part")
    expect(picture).to_have_attribute("aria-label", "The whole graph: 30.0 % of it is shown")
    box, frame = picture.bounding_box(), part.bounding_box()
    assert box is not None
    assert frame is not None
    # beta is behind alpha, which has the first half, and on two of five levels, the highest.
    shown = [(frame["x"] - box["x"]) / box["width"], frame["width"] / box["width"]]
    assert shown == pytest.approx([0.5, 0.3], abs=0.02)
    assert frame["height"] / box["height"] == pytest.approx(2 / 5, abs=0.05)
    assert frame["y"] == pytest.approx(box["y"], abs=1)
    # alpha is beside it, and the root below both.
    picture.click(position={"x": 0.25 * box["width"], "y": 0.3 * box["height"]})
    expect_zoom(shapes, "alpha", 500)
    picture.click(position={"x": 0.9 * box["width"], "y": 0.95 * box["height"]})
    expect_zoom(shapes, "", 1000)
    expect(shapes.id("minimap")).to_have_count(0)


def test_thin_frames_are_made_wider_and_a_range_may_have_none(shapes: Explorer) -> None:
    click(shapes, 3, 0.88)
    expect(shapes.flame).not_to_have_attribute("data-zoom", "")
    name = shapes.flame.get_attribute("data-zoom")
    assert name not in {"shop", "main"}
    shapes.open("shapes", start=1, end=2)
    expect(shapes.id("no-samples")).to_be_visible()
    shapes.expect_selected(1, 2, 0)


def test_deep_stacks_scroll_and_the_tooltip_stays_in_the_window(window: Page, url: str) -> None:
    page = window
    explorer = Explorer(rested(page, url), url).open("deep")
    expect(explorer.flame).to_have_attribute("data-levels", str(LEVELS + 2))
    box = explorer.flame.bounding_box()
    assert box is not None
    left, right = box["x"] + 1, box["x"] + box["width"] - 1
    top, bottom = box["y"] + 1, min(box["y"] + box["height"], WINDOW[1]) - 1
    for x, y in ((left, bottom), (right, bottom), (left, top), (right, top)):
        page.mouse.move(x, y)
        expect_inside(page)
    explorer.page.mouse.wheel(0, -10_000)
    page.wait_for_function("""() => {
      const canvas = document.querySelector("[data-testid=flamegraph]");
      const scroller = canvas.closest("[data-layout]:not(canvas)");
      return Math.abs(scroller.scrollTop) + scroller.clientHeight >= scroller.scrollHeight - 1;
    }""")
    page.mouse.move(right - 100, top + 5)
    expect(explorer.id("flamegraph-tooltip")).to_have_attribute("data-name", f"level{LEVELS}")
    expect_inside(page)


def expect_inside(page: Page) -> None:
    tooltip = page.get_by_test_id("flamegraph-tooltip")
    expect(tooltip).to_be_in_viewport(ratio=1)


def test_colours_say_what_they_mean(shapes: Explorer) -> None:
    legend = shapes.id("colour-legend").get_by_role("listitem")
    expect(legend).to_have_text(["your code", "kernel"])
    red, _, blue = pixel(shapes, 3, 0.25)
    assert red > blue
    red, _, blue = pixel(shapes, 4, 0.52)
    assert blue > red
    by_kind = pixel(shapes, 3, 0.25)
    shapes.look("colour").select_option("library")
    expect(legend).to_have_text(["app", "[kernel.kallsyms]", "lib.so"])
    by_library = pixel(shapes, 3, 0.25)
    shapes.look("colour").select_option("name")
    expect(legend).to_have_count(0)
    shapes.look("colour").select_option("tier")
    expect(legend).to_have_text(["not JavaScript"])
    assert len({by_kind, by_library, pixel(shapes, 3, 0.25)}) == 3


def pixel(explorer: Explorer, level: int, share: float) -> tuple[int, int, int]:
    """Read a colour off the picture; past the frame's name."""
    height = explorer.number(explorer.flame, "row-height")
    red, green, blue = explorer.flame.evaluate(
        """(canvas, [level, share, height]) => {
          const scale = canvas.width / canvas.clientWidth;
          const y = (canvas.clientHeight - (level + 0.5) * height) * scale;
          const {data} = canvas.getContext("2d").getImageData(share * canvas.width, y, 1, 1);
          return Array.from(data.slice(0, 3));
        }""",
        [level, share, height],
    )
    return red, green, blue


def test_tiers_of_javascript_and_the_table_for_screen_readers(explorer: Explorer) -> None:
    samples = raw_samples(EXAMPLES / NODE18)
    explorer.open(NODE18, colour="tier")
    expect(explorer.id("colour-legend")).to_contain_text("TurboFan")
    assert having(samples, "LazyCompile:*")
    table = explorer.id("frame-table").locator("tbody tr")
    # One row per frame and library, the busiest leaf first.
    name, own = leaves(samples).most_common(1)[0]
    expect(table.first).to_contain_text(name)
    expect(table.first.locator("td").nth(2)).to_have_text(str(own))
