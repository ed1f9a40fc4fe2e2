"""The flame graph in all its forms: flame and icicle, callers below or above, every colouring, a search."""

from __future__ import annotations

from itertools import product

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import ServeFiles, rested
from tests.e2e.explorer import Explorer
from tests.support.perf_text import sample, script

pytestmark = pytest.mark.chromium

MAIN = "main+0x1 (/srv/app)"
THIN = 160
DEEP = 80
# main: alpha 600, beta 200 (all in gamma), 160 thin ones, 40 self.
STACKS = [
    *[("alpha+0x1 (/srv/app)", MAIN)] * 600,
    *[("gamma+0x1 (/srv/lib.so)", "beta+0x1 (/srv/lib.so)", MAIN)] * 200,
    *[(f"thin_{number:03}+0x1 (/srv/app)", MAIN) for number in range(THIN)],
    *[(MAIN,)] * 40,
]
Form = dict[str, str | float]
FORMS = list(product(["flame", "icicle"], [False, True]))
# Away from the root, and back to it.
KEYS = {"flame": ("ArrowUp", "ArrowDown"), "icicle": ("ArrowDown", "ArrowUp")}


@pytest.fixture(scope="module")
def url(serve_files: ServeFiles) -> str:
    lines = [sample(f"3000.{at:06}", *frames, command="shop") for at, frames in enumerate(STACKS)]
    tall = [f"level{number}+0x1 (/srv/app)" for number in range(DEEP, 0, -1)]
    deep = script(*[sample(f"3000.{at:06}", *tall) for at in range(9)])
    return serve_files({"forms": script(*lines), "tall": deep}).url


@pytest.fixture
def graph(window: Page, url: str) -> Explorer:
    return Explorer(rested(window, url), url)


def opened(explorer: Explorer, file: str, layout: str, inverted: bool = False) -> Explorer:
    """Open a file in a form, or change the form in place."""
    explorer.open(file, layout=layout, **({"inverted": 1} if inverted else {}))
    expect(explorer.flame).to_have_attribute("data-layout", layout)
    expect(explorer.flame).to_have_attribute("data-zoom", "")
    return explorer.settled()


def press(explorer: Explorer, *keys: str) -> None:
    for key in keys:
        explorer.page.keyboard.press(key)


def expect_at(explorer: Explorer, name: str) -> None:
    expect(explorer.id("flamegraph-tooltip")).to_have_attribute("data-name", name)


def test_every_form_is_walked_zoomed_and_left_by_keyboard(graph: Explorer) -> None:
    for layout, inverted in FORMS:
        walk(opened(graph, "forms", layout, inverted), layout, inverted)


def walk(explorer: Explorer, layout: str, inverted: bool) -> None:
    away, back = KEYS[layout]
    explorer.flame.focus()
    # Inverted, leaves are at the root, by name: alpha, gamma, main, thin ones.
    way = ["alpha", "main", "shop"] if inverted else ["shop", "main", "alpha"]
    for name in way:
        press(explorer, away)
        expect_at(explorer, name)
    press(explorer, *([back] * (len(way) - 1)))
    expect_at(explorer, way[0])
    if not inverted:
        press(explorer, away, away)
    press(explorer, "ArrowRight")
    expect_at(explorer, "gamma" if inverted else "beta")
    press(explorer, "ArrowLeft")
    expect_at(explorer, "alpha")
    # Its neighbours are out of view, also while the zoom moves.
    press(explorer, "Enter", "ArrowRight")
    expect(explorer.flame).to_have_attribute("data-zoom", "alpha")
    expect_at(explorer, "alpha")
    press(explorer, "ArrowRight")
    expect_at(explorer, "alpha")
    press(explorer, "Shift+F10")
    expect(explorer.id("frame-menu")).to_have_attribute("data-name", "alpha")
    press(explorer, "Escape")
    expect(explorer.id("frame-menu")).to_have_count(0)
    press(explorer, "Escape")
    expect(explorer.flame).to_have_attribute("data-zoom", "")


def test_thin_frames_are_one_step_and_one_choice(graph: Explorer) -> None:
    for layout, inverted in FORMS:
        choose_thin_frames(opened(graph, "forms", layout, inverted), layout, inverted)


def choose_thin_frames(explorer: Explorer, layout: str, inverted: bool) -> None:
    tooltip = explorer.id("flamegraph-tooltip")
    explorer.flame.focus()
    press(explorer, *([KEYS[layout][0]] * (1 if inverted else 3)))
    # Past beta, or gamma and main, to all of them at once, and no further.
    press(explorer, *(["ArrowRight"] * (3 if inverted else 2)))
    expect(tooltip).to_have_attribute("data-merged", str(THIN))
    expect(tooltip).to_contain_text(f"{THIN} frames too thin to show")
    press(explorer, "ArrowRight")
    expect(tooltip).to_have_attribute("data-merged", str(THIN))
    press(explorer, "ArrowLeft")
    expect_at(explorer, "main" if inverted else "beta")
    press(explorer, "ArrowRight", "Enter")
    expect(explorer.flame).not_to_have_attribute("data-zoom", "")
    zoomed = explorer.flame.get_attribute("data-zoom") or ""
    assert zoomed.startswith("thin_")


def test_every_form_has_its_menu_by_mouse(graph: Explorer) -> None:
    for layout, inverted in FORMS:
        use_the_menu(opened(graph, "forms", layout, inverted), inverted)


def use_the_menu(explorer: Explorer, inverted: bool) -> None:
    window = explorer.page
    level = 1 if inverted else 3
    window.mouse.click(*explorer.frame_at(level, 200), button="right")
    menu = explorer.id("frame-menu")
    expect(menu).to_have_attribute("data-name", "alpha")
    expect(explorer.id("flamegraph-tooltip")).to_have_count(0)
    expect(menu).to_be_in_viewport(ratio=1)
    explorer.id("frame-drop").click()
    explorer.settled()
    # Its samples now count for its caller.
    expect(explorer.id("frame-table")).not_to_contain_text("alpha")
    expect(explorer.flame).to_have_attribute("data-samples", str(len(STACKS)))
    window.go_back()
    explorer.settled()
    window.mouse.click(*explorer.frame_at(level, 200), button="right")
    explorer.id("frame-callers").click()
    expect(explorer.id("sandwich")).to_have_attribute("data-name", "alpha")


def test_deep_stacks_scroll_away_from_the_root(graph: Explorer) -> None:
    for layout in KEYS:
        scroll_away(opened(graph, "tall", layout), layout)


def scroll_away(explorer: Explorer, layout: str) -> None:
    window = explorer.page
    box = explorer.flame.bounding_box()
    assert box is not None
    middle = box["x"] + box["width"] / 3, box["y"] + box["height"] / 2
    window.mouse.move(*middle)
    window.mouse.wheel(0, -10_000 if layout == "flame" else 10_000)
    far = box["y"] + 8 if layout == "flame" else box["y"] + box["height"] - 8
    window.mouse.move(middle[0], far)
    expect_at(explorer, f"level{DEEP}")
    window.mouse.wheel(0, 10_000 if layout == "flame" else -10_000)
    window.mouse.move(*explorer.frame_at(0, 100))
    expect_at(explorer, "root")
    # The walk takes the view along.
    explorer.flame.focus()
    press(explorer, *([KEYS[layout][0]] * (DEEP + 1)))
    expect_at(explorer, f"level{DEEP}")
    expect(explorer.id("flamegraph-tooltip")).to_be_in_viewport(ratio=1)


def test_the_tooltip_stays_in_the_window_at_every_edge(graph: Explorer) -> None:
    for size, layout in product([(1280, 720), (1920, 1080)], KEYS):
        graph.page.set_viewport_size({"width": size[0], "height": size[1]})
        opened(graph, "tall", layout)
        # As high as the window allows.
        graph.id("split-bar").press("Home")
        visit_edges(graph.settled())


def visit_edges(explorer: Explorer) -> None:
    window = explorer.page
    box = explorer.flame.bounding_box()
    assert box is not None
    xs = [box["x"] + 1, box["x"] + box["width"] / 3, box["x"] + box["width"] - 1]
    ys = [box["y"] + 2, box["y"] + box["height"] / 2, box["y"] + box["height"] - 3]
    tooltip = explorer.id("flamegraph-tooltip")
    for x, y in product(xs, ys):
        window.mouse.move(x, y)
        expect(tooltip).to_be_visible()
        expect(tooltip).to_be_in_viewport(ratio=1)
        place = tooltip.bounding_box()
        assert place is not None
        # Nor does it cover the frame it describes.
        covers_x = place["x"] <= x <= place["x"] + place["width"]
        covers_y = place["y"] <= y <= place["y"] + place["height"]
        assert not (covers_x and covers_y), (x, y, place)


def test_a_search_is_seen_in_every_colouring(graph: Explorer) -> None:
    for layout, inverted in FORMS:
        search_in_colours(graph, layout, inverted)


def search_in_colours(explorer: Explorer, layout: str, inverted: bool) -> None:
    found, other = (1, 3) if inverted else (3, 2)
    colours = set()
    for mode in ("kind", "library", "name", "tier"):
        form: Form = {"layout": layout, "colour": mode} | ({"inverted": 1} if inverted else {})
        explorer.open("forms", **form)
        expect(explorer.flame).not_to_have_attribute("data-matched", "600")
        expect(explorer.flame).to_have_attribute("data-layout", layout)
        plain = colour_at(explorer, found)
        explorer.open("forms", **form, q="alpha")
        expect(explorer.flame).to_have_attribute("data-matched", "600")
        assert colour_at(explorer, found) != plain
        colours.add(colour_at(explorer, found))
        assert colour_at(explorer, other) not in colours
    explorer.open("forms", **form, q="alpha", start=0, end=0.5, compare="differential", rest=1)
    expect(explorer.id("compare-bar")).to_have_attribute("data-kind", "differential")
    # Every match has the same colour, whatever the other parameters.
    colours.add(colour_at(explorer, found))
    assert len(colours) == 1


def colour_at(explorer: Explorer, level: int) -> tuple[int, ...]:
    """Read a colour off the picture in alpha's column, past the names of frames."""
    explorer.settled()
    found: list[int] = explorer.flame.evaluate(
        """(canvas, level) => {
          const {rowHeight, layout} = canvas.dataset;
          const down = (level + 0.5) * Number(rowHeight);
          const y = layout === "flame" ? canvas.clientHeight - down : down;
          const scale = canvas.width / canvas.clientWidth;
          const {data} = canvas.getContext("2d").getImageData(0.5 * canvas.width, y * scale, 1, 1);
          return Array.from(data.slice(0, 3));
        }""",
        level,
    )
    return tuple(found)
