"""The measurements of the screen: opening, dragging, zooming, panning, memory and the size of the page."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import NamedTuple

from playwright.sync_api import Browser, Page

from tests.e2e.running import Server, serving
from tools.bench import machine
from tools.bench.inputs import Recipe
from tools.bench.rows import MEGABYTES, MILLISECONDS, Row, Unit
from tools.bench.runner import Bench
from tools.bench.steps.asking import LARGE
from tools.bench.ui import gestures, strips, time_order
from tools.bench.ui.browser import (
    GRAPH_PAINTED,
    HEATMAP_PAINTED,
    LANES_PAINTED,
    RANGE_ASKED,
    TIME_ORDER_PAINTED,
    WINDOW,
    BenchPage,
    chromium,
    first_screen_kilobytes,
    new_page,
)
from tools.bench.ui.times import Frames, follow_times, frames, percentile

KILOBYTES = Unit("kB", 0)
FRAMES = Unit("frames/s", 0, more=True)
BUNDLE_TARGET, FRAME_TARGET, LANES_TARGET, TIME_ORDER_TARGET = 250.0, 50.0, 80.0, 150.0
SECONDS, QUICK_SECONDS = 5.0, 1.0
# With fewer, the gesture has not reached its canvas.
LEAST_PAINTED = 2
# In a window of 900 pixels the stacks of the Node service are shown whole, and nothing scrolls.
SHORT_WINDOW = 600
# A server that has just started is still starting its reading processes, and a new window its own: opened at
# once in the second, a profile that the server knows took longer than an unknown one in the first.
STARTING_MS = 1500
BUNDLE = "scripts and styles of the first screen, gzip"
STRIPS, STRIPS_TARGET = "list of 200 files of 0.3 MB, first visit: navigation to all strips", 3000.0
AFTER_RESTART = "navigation to heatmap painted, server restarted"
OPEN_ALREADY = "navigation to heatmap painted, profile open in the server"
DRAG_MEDIAN, DRAG_SLOW = "drag: pointer move to graph painted, median", "the same, 95th percentile"
LANES_MEDIAN, LANES_SLOW = "drag: pointer move to lanes painted, median", "lanes, 95th percentile"
TIME_ORDER = "time order of 5 s at 997 Hz: click to painted"
MEMORY_OPEN, MEMORY_AFTER = "JavaScript heap, opened", "JavaScript heap, after all of this"


class Gesture(NamedTuple):
    """A gesture of some seconds, and the canvas that it must repaint.

    `zoomed`: a part of the heatmap is shown meanwhile. `height`: CSS pixels of the window.
    """

    name: str
    run: Callable[[Page, float], None]
    paints: str
    zoomed: bool = False
    height: int = WINDOW[1]


GESTURES = (
    Gesture("heatmap: zooming", gestures.zoom_heatmap, HEATMAP_PAINTED),
    Gesture("heatmap: panning", gestures.pan_heatmap, HEATMAP_PAINTED, zoomed=True),
    Gesture("flame graph: scrolling", gestures.scroll_flames, GRAPH_PAINTED, height=SHORT_WINDOW),
    Gesture("flame graph: zooming", gestures.zoom_flames, GRAPH_PAINTED),
)
PANNING = Gesture("time order: panning", time_order.pan, TIME_ORDER_PAINTED)


@dataclass(frozen=True, slots=True)
class Screen:
    """A profile on the screen: its file, the place of its index and its target."""

    recipe: Recipe
    name: str
    drag_target: float | None = None
    suffix: str = ""


def measured(bench: Bench, chosen: Sequence[str]) -> Iterator[Row]:
    """Measure the page's size, then the chosen profiles."""
    with chromium() as browser:
        for number, screen in enumerate(SCREENS[name](bench) for name in chosen):
            bench.measured(f"all_cores{screen.suffix.replace('-', '_')}", screen.recipe, screen.suffix)
            if number == 0:
                with _server(bench, screen) as server:
                    sizes = [first_screen_kilobytes(browser, server.url)]
                yield Row("Page", BUNDLE, KILOBYTES, sizes, BUNDLE_TARGET)
                visits = [strips.first_visit(browser, bench.folder) for _ in range(min(bench.runs, 3))]
                yield Row("Page", STRIPS, MILLISECONDS, visits, STRIPS_TARGET)
            yield from _screen(bench, browser, screen)


def typical(bench: Bench) -> Screen:
    """53 000 samples of a Node service."""
    recipe = bench.input("typical", 80)
    return Screen(recipe, f"{recipe.name}: 53 000 samples", drag_target=35.0)


def large(bench: Bench) -> Screen:
    """5 million samples on the tree of `many`, as an index."""
    recipe = bench.input("many", 80)
    return Screen(recipe, f"5 million samples on the tree of {recipe.name}", drag_target=150.0, suffix=LARGE)


def host(bench: Bench) -> Screen:
    """A whole host: 365 000 nodes."""
    recipe = bench.input("machine", 259)
    return Screen(recipe, f"{recipe.name}: 365 000 nodes")


SCREENS: Mapping[str, Callable[[Bench], Screen]] = {
    screen.__name__: screen for screen in (typical, large, host)
}


def _screen(bench: Bench, browser: Browser, screen: Screen) -> Iterator[Row]:
    """Measure one profile several times."""
    found: dict[str, list[float]] = defaultdict(list)
    for _ in range(min(bench.runs, 3)):
        machine.wait_until_quiet(bench.patience)
        with _server(bench, screen) as server:
            _visit(bench, browser, server, screen, found)
    rows: list[tuple[str, Unit, float | None]] = [
        (AFTER_RESTART, MILLISECONDS, None),
        (OPEN_ALREADY, MILLISECONDS, None),
        (DRAG_MEDIAN, MILLISECONDS, screen.drag_target),
        (DRAG_SLOW, MILLISECONDS, None),
    ]
    if LANES_MEDIAN in found:
        rows += [(LANES_MEDIAN, MILLISECONDS, LANES_TARGET), (LANES_SLOW, MILLISECONDS, None)]
    for gesture in GESTURES:
        rows.append((gesture.name, FRAMES, None))
        rows.append((_longest(gesture), MILLISECONDS, FRAME_TARGET))
    rows += [(TIME_ORDER, MILLISECONDS, TIME_ORDER_TARGET), (PANNING.name, FRAMES, None)]
    rows.append((_longest(PANNING), MILLISECONDS, FRAME_TARGET))
    rows += [(MEMORY_OPEN, MEGABYTES, None), (MEMORY_AFTER, MEGABYTES, None)]
    for name, unit, target in rows:
        yield Row(screen.name, name, unit, found[name], target)


def _longest(gesture: Gesture) -> str:
    return f"{gesture.name}, longest frame"


def _visit(
    bench: Bench, browser: Browser, server: Server, screen: Screen, found: dict[str, list[float]]
) -> None:
    """Open a profile in two windows, and do everything in the second."""
    file, seconds = screen.recipe.file_name, QUICK_SECONDS if bench.quick else SECONDS
    with new_page(browser, server.url) as first:
        first.page.wait_for_timeout(STARTING_MS)
        found[AFTER_RESTART].append(first.open(file))
    with new_page(browser, server.url) as page:
        page.page.wait_for_timeout(STARTING_MS)
        found[OPEN_ALREADY].append(page.open(file))
        found[MEMORY_OPEN].append(page.memory())
        times, of_lanes = _dragged(page, seconds)
        found[DRAG_MEDIAN].append(percentile(times, 50))
        found[DRAG_SLOW].append(percentile(times, 95))
        if of_lanes:
            found[LANES_MEDIAN].append(percentile(of_lanes, 50))
            found[LANES_SLOW].append(percentile(of_lanes, 95))
        for gesture in GESTURES:
            page.resize(gesture.height)
            page.open(file, zoomed=gesture.zoomed)
            seen = _gone_through(page, gesture, seconds)
            found[gesture.name].append(seen.per_second)
            found[_longest(gesture)].append(seen.longest)
        page.resize(WINDOW[1])
        found[TIME_ORDER].append(time_order.opened(page, file))
        time_order.focus(page)
        seen = _gone_through(page, PANNING, seconds)
        found[PANNING.name].append(seen.per_second)
        found[_longest(PANNING)].append(seen.longest)
        found[MEMORY_AFTER].append(page.memory())


def _gone_through(page: BenchPage, gesture: Gesture, seconds: float) -> Frames:
    """Run a gesture. Raise RuntimeError if the page painted nothing, since that is never slow."""
    page.forget()
    page.count_frames()
    gesture.run(page.page, seconds)
    seen = frames(page.counted_frames())
    page.settle()
    painted = len(page.marks(gesture.paints))
    if painted < LEAST_PAINTED:
        raise RuntimeError(f"{gesture.name}: painted {painted} times in {seconds:g} s")
    return seen


def _dragged(page: BenchPage, seconds: float) -> tuple[list[float], list[float]]:
    """Drag for some seconds. Return the milliseconds from each requested range to its painted graph.

    Also return those to its painted lanes, none where the profile has no lanes.
    """
    lanes: list[float] = []
    page.forget()
    # Wait for the graph of the last move: releasing the button would request another one.
    with gestures.dragging(page.page, seconds):
        page.settle()
        times = follow_times(page.ranges(RANGE_ASKED), page.ranges(GRAPH_PAINTED))
        if page.has_lanes():
            page.settle_lanes()
            lanes = follow_times(page.ranges(RANGE_ASKED), page.ranges(LANES_PAINTED))
    page.settle()
    return times, lanes


@contextmanager
def _server(bench: Bench, screen: Screen) -> Iterator[Server]:
    cache = bench.cache(screen.recipe, screen.suffix)
    with serving(bench.folder, cache, "--log-requests", "false") as server:
        yield server
