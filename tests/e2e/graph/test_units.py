"""Units of values: the event of a file with several, slices and times of a trace, and the file's type."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import ServeFiles, Watch, rested
from tests.e2e.explorer import Explorer, containing
from tests.e2e.running import ROOT, Server
from tests.support.perf_text import sample, script

pytestmark = pytest.mark.chromium

DATA = ROOT / "tests" / "data"
EVENTS = "two events.perf"
CYCLES, FAULTS = 30, 10
FILES = {
    "node.cpuprofile.gz": DATA / "cpuprofile" / "node20.cpuprofile.gz",
    "devtools.json.gz": DATA / "trace_event" / "chromium.json.gz",
    "trace.json.gz": DATA / "trace_event" / "node20.json.gz",
    "stack.nflxprofile": DATA / "nflxprofile" / "stack.nflxprofile",
}


def two_events() -> bytes:
    """A recording whose first second has cycles alone, and whose second has both."""
    times = [f"{3000 + number * 0.05:.6f}" for number in range(CYCLES)]
    cycles = [sample(time, "work+0x1 (app)", event="cycles") for time in times]
    times = [f"3001.{500 + number}000" for number in range(FAULTS)]
    faults = [sample(time, "fault+0x1 (app)", event="page-faults") for time in times]
    return script(*cycles, *faults)


@pytest.fixture(scope="module")
def mixed(serve_files: ServeFiles) -> Server:
    """A server of formats that count something else than samples of one event."""
    return serve_files({EVENTS: two_events(), **{name: file.read_bytes() for name, file in FILES.items()}})


def choose(explorer: Explorer, event: str) -> None:
    explorer.id("facet-event").click()
    explorer.page.locator(f"[data-testid=facet-option][data-value={event}]").get_by_role("radio").click()


def test_a_file_of_several_events_opens_with_one(page: Page, watch: Watch, mixed: Server) -> None:
    explorer = Explorer(page, mixed.url).open(EVENTS)
    explorer.expect_whole(CYCLES)
    switch = explorer.id("facet-event")
    expect(switch).to_have_text(re.compile("Event: cycles"))
    expect(explorer.heatmap).to_have_attribute("data-samples", str(CYCLES))
    choose(explorer, "page-faults")
    explorer.expect_whole(FAULTS)
    expect(explorer.heatmap).to_have_attribute("data-samples", str(FAULTS))
    expect(page).to_have_url(containing("event=page-faults"))
    # The event switch shows the event, so no filter chip does.
    expect(explorer.id("filter-chip")).to_have_count(0)
    choose(explorer, "all")
    explorer.expect_whole(CYCLES + FAULTS)
    expect(switch).to_have_attribute("data-event", "all")
    choose(explorer, "cycles")
    explorer.expect_whole(CYCLES)
    expect(page).not_to_have_url(containing("event="))
    explorer.id("facet-event").click()
    pictures = [url for url in watch.requests if re.search(r"/(heatmap|flamegraph)/\?", url)]
    assert pictures
    assert all("event=" in url for url in pictures)


def test_times_are_never_called_samples(window: Page, mixed: Server) -> None:
    explorer = Explorer(rested(window, mixed.url), mixed.url).open("trace.json.gz")
    expect(explorer.summary).to_contain_text(re.compile(r"\d+ slices"))
    expect(explorer.id("heatmap-legend")).to_contain_text("slices in a cell")
    window.mouse.move(*explorer.frame_at(1, 30))
    expect(explorer.id("flamegraph-tooltip")).to_contain_text(re.compile(r"\d (s|ms|µs)"))
    explorer.id("view").get_by_text("Both").click()
    expect(explorer.id("function-row").first).to_contain_text(re.compile(r"\d (s|ms|µs)"))
    for place in ("heatmap", "flamegraph-panel"):
        found = explorer.id(place)
        text = (found.text_content() or "") + (explorer.flame.get_attribute("aria-label") or "")
        assert "sample" not in text
    assert "sample" not in (explorer.id("frame-table").text_content() or "")


def test_a_link_without_a_type_opens_what_the_file_is(window: Page, mixed: Server) -> None:
    explorer = Explorer(rested(window, mixed.url), mixed.url)
    for name in (EVENTS, *FILES):
        explorer.open(name)
        expect(explorer.id("profile-name")).to_have_text(name)
        assert explorer.number(explorer.settled().flame, "samples") > 0
        assert "type=" not in window.url
        expect(explorer.id("error")).to_have_count(0)


def test_a_trace_opens_as_the_cpu_profile_that_it_carries_and_offers_its_slices(
    window: Page, mixed: Server
) -> None:
    explorer = Explorer(rested(window, mixed.url), mixed.url).open("devtools.json.gz")
    samples = explorer.number(explorer.heatmap, "samples")
    expect(explorer.summary).to_contain_text("samples")
    explorer.id("read-as-trace_event").click()
    expect(explorer.id("read-as-cpuprofile")).to_be_visible()
    explorer.settled()
    assert "type=trace_event" in window.url
    assert explorer.number(explorer.heatmap, "samples") != samples
    explorer.id("read-as-cpuprofile").click()
    expect(explorer.heatmap).to_have_attribute("data-samples", f"{samples:.0f}")


def test_frames_without_kinds_are_not_grey(window: Page, mixed: Server) -> None:
    explorer = Explorer(rested(window, mixed.url), mixed.url).open("node.cpuprofile.gz")
    expect(explorer.look("colour")).to_have_value("auto")
    colours = explorer.id("flamegraph").evaluate(
        """(canvas) => {
          const {width, height} = canvas;
          const {data} = canvas.getContext("2d").getImageData(0, 0, width, height);
          let coloured = 0, painted = 0;
          for (let at = 0; at < data.length; at += 4) {
            if (data[at + 3] === 0) continue;
            painted += 1;
            const channels = data.slice(at, at + 3);
            if (Math.max(...channels) - Math.min(...channels) > 20) coloured += 1;
          }
          return [coloured, painted];
        }"""
    )
    coloured, painted = colours
    assert painted > 0
    assert coloured > painted / 2
