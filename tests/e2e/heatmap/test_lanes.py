"""Lanes, busy CPUs, the table beside them and the menus: every number is counted from the text."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable

import pytest
from playwright.sync_api import Locator, Request, expect

from tests.e2e import axe
from tests.e2e.explorer import Cell, Explorer, containing
from tests.e2e.raw import RawSample, raw_samples, within
from tests.e2e.running import EXAMPLES, NODE18, SYSTEM

pytestmark = pytest.mark.chromium

# The header of the recording: nrcpus online, and sample_freq of cpu-clock.
CPUS, HERTZ = 2, 49
NAMES = "all => all.map((one) => one.querySelector('bdi').textContent)"
START, END = 5, 8


def idle(sample: RawSample) -> bool:
    """Recognise the idle samples of this recording, unless an interrupt found something to do."""
    return ("cpuidle" in sample.text or "safe_halt" in sample.text) and "softirqs" not in sample.text


SAMPLES = [one for one in raw_samples(EXAMPLES / SYSTEM) if not idle(one)]
SELECTED = within(SAMPLES, START, END)
REST = [one for one in SAMPLES if one not in set(SELECTED)]


# node    1234/1240 [001]  1390.247198:   20408163 cpu-clock:ppp:
def commands(samples: Iterable[RawSample]) -> Counter[str]:
    """Count samples by command."""
    return Counter(re.split(r"\s+\d+/?\d* ", one.text)[0].strip() for one in samples)


def threads(samples: Iterable[RawSample]) -> Counter[str]:
    """Count samples by thread."""
    found = (re.search(r"\s(?:\d+/)?(\d+)\s+(?:\[\d+\]\s+)?[\d.]+: ", one.text) for one in samples)
    return Counter(match[1] for match in found if match)


def cpus(samples: Iterable[RawSample]) -> Counter[str]:
    """Count samples by CPU."""
    found = (re.search(r" \[(\d+)\] ", one.text) for one in samples)
    return Counter(str(int(match[1])) for match in found if match)


def points(value: str) -> float:
    """Return the change of a command's share from the rest, in percentage points."""
    own, rest = commands(SELECTED), commands(REST)
    return 100 * (own[value] / len(SELECTED) - rest[value] / len(REST))


def shown(rows: Locator, name: str = "samples") -> list[tuple[str, int]]:
    """Return values and numbers of lanes or rows."""
    attributes = f"all => all.map(({{dataset}}) => [dataset.value, Number(dataset.{name})])"
    return [(value, int(number)) for value, number in rows.evaluate_all(attributes)]


def test_lanes_show_each_command_and_its_part_of_the_selection(explorer: Explorer) -> None:
    explorer.open(SYSTEM, start=START, end=END)
    lanes = explorer.id("lanes")
    expect(lanes).to_have_attribute("data-count", str(len(commands(SAMPLES))))
    expect(lanes).to_have_attribute("data-samples", str(len(SELECTED)))
    first = explorer.id("lane").first
    expect(first).to_have_attribute("data-value", commands(SELECTED).most_common(1)[0][0])
    whole, selected = commands(SAMPLES), commands(SELECTED)
    for value, samples in shown(explorer.id("lane")):
        assert samples == selected[value]
    assert dict(shown(explorer.id("lane"), "whole")).items() <= whole.items()
    for lane in explorer.id("lane").all():
        value = lane.get_attribute("data-value") or ""
        assert float(lane.get_attribute("data-change") or "nan") == pytest.approx(points(value), abs=1e-4)
    explorer.id("lanes-sort").select_option("whole")
    expect(first).to_have_attribute("data-value", whole.most_common(1)[0][0])
    expect(explorer.page).to_have_url(containing("sort=whole"))
    explorer.id("lanes-sort").select_option("change")
    expect(first).to_have_attribute("data-value", max(whole, key=points))


def test_lanes_are_of_threads_and_cpus_too(explorer: Explorer) -> None:
    explorer.open(SYSTEM, start=START, end=END)
    expect_busy_cpus(explorer)
    expect_lanes(explorer, "thread", threads)
    expect_lanes(explorer, "cpu", cpus)


def expect_busy_cpus(explorer: Explorer) -> None:
    """Expect samples by frequency and time."""
    busy = len(SELECTED) / HERTZ / (END - START)
    words = explorer.id("words-busy")
    expect(words).to_have_text(f"{busy:.2f} of {CPUS} CPUs busy")
    expect(explorer.id("busy-line")).to_have_attribute("data-top", str(CPUS))
    fullest = max(Counter(one.time // 1_000_000 for one in SAMPLES).values())
    expect(explorer.id("busy-line")).to_have_attribute(
        "aria-label", f"Busy CPUs by time, at most {fullest / HERTZ:.2f} of {CPUS} CPUs"
    )


def expect_lanes(explorer: Explorer, by: str, count: Callable[[Iterable[RawSample]], Counter[str]]) -> None:
    explorer.id("lanes-by").select_option(by)
    expect(explorer.id("lanes")).to_have_attribute("data-by", by)
    expect(explorer.id("lanes")).to_have_attribute("data-count", str(len(count(SAMPLES))))
    selected = count(SELECTED)
    assert all(samples == selected[value] for value, samples in shown(explorer.id("lane")))
    # The table beside them is of the same property.
    expect(explorer.id("who")).to_have_attribute("data-by", by)
    assert all(samples == selected[value] for value, samples in shown(explorer.id("who-row")))


def test_a_click_on_a_name_filters_and_a_second_one_adds(explorer: Explorer) -> None:
    explorer.open(SYSTEM)
    names = [name for name, _ in commands(SAMPLES).most_common(2)]
    lane = explorer.page.locator("[data-testid=lane]")
    first, second = (lane.and_(explorer.page.locator(f"[data-value='{name}']")) for name in names)
    first.click()
    explorer.expect_whole(commands(SAMPLES)[names[0]])
    expect(first).to_have_attribute("aria-pressed", "true")
    # The other lanes stay, with their own numbers.
    expect(second).to_have_attribute("data-samples", str(commands(SAMPLES)[names[1]]))
    second.click()
    explorer.expect_whole(sum(commands(SAMPLES)[name] for name in names))
    first.click()
    second.click()
    explorer.expect_whole(len(SAMPLES))


def test_a_drag_on_a_lane_selects_that_time_and_that_lane(explorer: Explorer) -> None:
    explorer.open(SYSTEM, rows=10)
    canvas = explorer.id("lanes-canvas")
    box = canvas.bounding_box()
    assert box is not None
    left, width, height = (
        explorer.number(canvas, name) for name in ("plot-left", "cell-width", "lane-height")
    )
    lane = explorer.id("lane").nth(1)
    name = lane.get_attribute("data-value") or ""
    y = box["y"] + 1.5 * height
    mouse = explorer.page.mouse
    mouse.move(box["x"] + left + 4.5 * width, y)
    mouse.down()
    mouse.move(box["x"] + left + 12.5 * width, y, steps=5)
    alone = commands(within(SAMPLES, 4, 13))[name]
    # The graph follows with that lane alone.
    expect(explorer.flame).to_have_attribute("data-samples", str(alone))
    mouse.up()
    explorer.expect_selected(4, 13, alone)
    expect(explorer.id("filter-chip")).to_have_attribute("data-value", name)
    # One step of the history.
    explorer.page.go_back()
    explorer.expect_whole(len(SAMPLES))


def test_lanes_and_table_follow_a_drag_with_the_answers_of_its_graph(explorer: Explorer) -> None:
    explorer.open(SYSTEM, rows=10)
    explorer.move(Cell(START, 0))
    # The words about the whole profile are the last to be asked for.
    expect(explorer.id("words-function")).to_be_visible()
    moves: list[str] = []

    def note(request: Request) -> None:
        # Parts of the page are fetched when it is idle.
        if "/flamegraph/" in request.url or "/breakdown/" in request.url:
            moves.append(request.url)

    explorer.page.on("request", note)
    explorer.page.mouse.down()
    explorer.move(Cell(END - 1, 9), steps=5)
    expect(explorer.id("lanes")).to_have_attribute("data-samples", str(len(SELECTED)))
    expect(explorer.summary).to_have_attribute("data-live", "true")
    selected = commands(SELECTED)
    assert all(samples == selected[value] for value, samples in shown(explorer.id("who-row")))
    expect(explorer.flame).to_have_attribute("data-samples", str(len(SELECTED)))
    explorer.page.remove_listener("request", note)
    assert moves
    assert all("/flamegraph/?" in url and "&by=comm&" in url for url in moves)
    assert len(set(moves)) == len(moves)
    explorer.page.mouse.up()
    explorer.expect_selected(START, END, len(SELECTED))


def test_another_table_than_the_lanes_follows_by_itself(explorer: Explorer) -> None:
    explorer.open(SYSTEM, rows=10, who="cpu")
    explorer.move(Cell(START, 0))
    explorer.page.mouse.down()
    explorer.move(Cell(END - 1, 9), steps=5)
    expect(explorer.id("lanes")).to_have_attribute("data-samples", str(len(SELECTED)))
    expect(explorer.id("who-rows")).to_have_attribute("data-samples", str(len(SELECTED)))
    assert dict(shown(explorer.id("who-row"))) == cpus(SELECTED)
    explorer.page.mouse.up()
    explorer.expect_selected(START, END, len(SELECTED))


def test_lanes_are_used_by_keyboard_alone(explorer: Explorer) -> None:
    explorer.open(SYSTEM, start=START, end=END)
    lanes = explorer.id("lane")
    lanes.first.focus()
    explorer.page.keyboard.press("ArrowDown")
    expect(lanes.nth(1)).to_be_focused()
    explorer.page.keyboard.press("Enter")
    expect(lanes.nth(1)).to_have_attribute("aria-pressed", "true")
    explorer.page.keyboard.press("End")
    expect(explorer.page.locator("[data-testid=lane]:focus")).to_have_attribute(
        "data-index", str(len(commands(SAMPLES)) - 1)
    )
    edge = explorer.id("lanes-edge")
    height = edge.get_attribute("data-height") or ""
    edge.press("ArrowUp")
    expect(edge).not_to_have_attribute("data-height", height)
    assert explorer.number(edge, "height") < float(height)
    explorer.id("lanes-fold").press("Enter")
    expect(explorer.id("lanes")).to_have_count(0)
    expect(explorer.page).to_have_url(containing("fold=folded"))
    axe.expect_usable(explorer.page)


def expect_menu_of_commands(explorer: Explorer) -> None:
    """Expect the numbers of the selection in the menu."""
    selected, whole = commands(SELECTED), commands(SAMPLES)
    explorer.id("facet-comm").click()
    options = explorer.id("facet-option")
    expect(options.first).to_have_attribute("data-count", re.compile(r"\d"))
    counted = [
        (option.get_attribute("data-value"), int(option.get_attribute("data-count") or -1))
        for option in options.all()
    ]
    assert {str(name) for name, _ in counted} >= set(whole)
    assert all(count == selected[str(name)] for name, count in counted)
    assert [count for _, count in counted] == sorted((count for _, count in counted), reverse=True)
    empty = options.and_(explorer.page.locator("[data-empty=true]"))
    assert empty.count() == sum(count == 0 for _, count in counted) > 0
    explorer.page.keyboard.press("Escape")
    expect(options).to_have_count(0)


def test_menu_and_words_count_the_selection_and_lead_on(explorer: Explorer) -> None:
    explorer.open(SYSTEM, start=START, end=END)
    expect_menu_of_commands(explorer)
    leaders = commands(SELECTED).most_common(3)
    links = explorer.id("words-command")
    expect(links).to_have_count(3)
    assert [link.get_attribute("data-value") for link in links.all()] == [name for name, _ in leaders]
    name, samples = leaders[0]
    expect(explorer.id("selection-words")).to_contain_text(f"{name} {100 * samples / len(SELECTED):.1f} %")
    links.first.click()
    explorer.expect_selected(START, END, samples)
    links.first.click()
    explorer.expect_selected(START, END, len(SELECTED))
    function = explorer.id("words-function")
    searched = function.get_attribute("data-value") or ""
    function.click()
    expect(explorer.id("search")).to_have_value(searched)
    explorer.id("words-compare").click()
    expect(explorer.id("compare-bar")).to_have_attribute("data-rest", "true")


def test_colours_mean_busy_cpus_shares_and_the_dominant_lane(explorer: Explorer) -> None:
    explorer.open(SYSTEM, start=START, end=END, rows=10)
    heat = explorer.id("heat")
    heat.select_option("busy")
    expect(explorer.heatmap).to_have_attribute("data-heat", "busy")
    expect(explorer.id("heat-legend")).to_have_attribute("data-max", str(CPUS))
    heat.select_option("dominant")
    expect(explorer.heatmap).to_have_attribute("data-heat", "dominant")
    first = explorer.id("heat-legend").locator("li").first
    expect(first).to_have_attribute("data-value", commands(SAMPLES).most_common(1)[0][0])
    explorer.id("lane").first.click()
    heat.select_option("share")
    name = commands(SELECTED).most_common(1)[0][0]
    expect(explorer.id("heat-legend")).to_contain_text(f"of the cell is {name}")
    expect(explorer.page).to_have_url(containing("heat=share"))
    explorer.page.reload()
    expect(explorer.heatmap).to_have_attribute("data-heat", "share")


def test_one_command_with_several_threads_has_lanes_of_threads(explorer: Explorer) -> None:
    explorer.open(NODE18)
    expect(explorer.id("lanes")).to_have_attribute("data-by", "thread")
    counted = threads(raw_samples(EXAMPLES / NODE18))
    expect(explorer.id("lanes")).to_have_attribute("data-count", str(len(counted)))
    assert all(samples == counted[value] for value, samples in shown(explorer.id("lane")))
    # A role that only one thread has needs no number, and its last word and spaces stay.
    names, listed = (explorer.id(one).evaluate_all(NAMES) for one in ("lane", "who-row"))
    assert sorted(listed) == ["Node main thread", *(f"V8 platform worker {one}" for one in range(1, 5))]
    assert set(names) <= set(listed)
    spaces = "all => all.map((one) => getComputedStyle(one).whiteSpaceCollapse)"
    parts = explorer.page.locator("[data-testid=lane] bdi span, [data-testid=who-row] bdi span")
    assert set(parts.evaluate_all(spaces)) == {"preserve"}
