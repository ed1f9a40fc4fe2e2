"""Traces on the page: slices in time order with their true times, and the findings about long tasks."""

from __future__ import annotations

import orjson
import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import ServeFiles, rested
from tests.e2e.explorer import Explorer
from tests.e2e.running import Server
from tests.support.traces import ORIGIN, event, whole

FILE = "trace.json"
CALL = {"data": {"functionName": "render", "url": "http://a/app.js", "lineNumber": 18}}
# A task of 128.5 ms at 0.500123 s, most of which `render` takes, and four short ones.
EVENTS = [
    event("M", "thread_name", 0, args={"name": "CrRendererMain"}),
    *(whole("RunTask", at, 7_003) for at in (0, 100_000, 200_000, 900_000)),
    whole("RunTask", 500_123, 128_500),
    whole("FunctionCall", 501_007, 100_041, args=CALL),
    whole("MinorGC", 502_000, 33),
]


# The same in a trace that also has a CPU profile, which begins three seconds later.
CALLS = [{"functionName": name, "url": "", "scriptId": 0} for name in ("(root)", "render")]
NODES = [{"id": 1, "callFrame": CALLS[0]}, {"id": 2, "callFrame": CALLS[1], "parent": 1}]
PROFILE = [
    event("P", "Profile", 3_000_000, id="0x1", args={"data": {"startTime": ORIGIN + 3_000_000}}),
    event(
        *("P", "ProfileChunk", 3_100_000),
        id="0x1",
        args={"data": {"cpuProfile": {"nodes": NODES, "samples": [2] * 100}, "timeDeltas": [10_000] * 100}},
    ),
]
BOTH = [*EVENTS, whole("RunTask", 3_500_000, 9_000), *PROFILE]


@pytest.fixture(scope="module")
def served(serve_files: ServeFiles) -> Server:
    return serve_files({FILE: orjson.dumps(EVENTS), "both.json": orjson.dumps(BOTH)})


@pytest.fixture
def explorer(window: Page, served: Server) -> Explorer:
    return Explorer(rested(window, served.url), served.url)


def test_a_click_on_a_long_task_opens_it_in_time_order(explorer: Explorer) -> None:
    explorer.open(FILE)
    finding = explorer.id("finding").first
    expect(finding).to_have_attribute("data-kind", "long-task")
    expect(finding).to_contain_text(
        "from 0.5001 to 0.6286 s: 128.5 ms, 78.5 ms over the 50 ms of a long task"
    )
    expect(finding.locator("bdi")).to_have_text(["CrRendererMain", "FunctionCall render"])
    finding.click()
    chart = explorer.id("timeline")
    # The task, the call and the collection; the seven stretches of the file are five here.
    expect(chart).to_have_attribute("data-spans", "3")
    expect(chart).to_have_attribute("data-samples", "5")
    expect(chart).to_have_attribute("data-length", "128500")
    expect(finding).to_have_attribute("aria-current", "true")
    # Cells count slices, a graph microseconds: the task without its 9 877 up to the next tick, of 156 512.
    expect(explorer.summary).to_have_attribute("data-samples", "118623")
    expect(explorer.summary).to_contain_text("75.8 %")
    expect(explorer.summary).not_to_contain_text("slices")
    expect(explorer.id("kept")).to_have_count(0)
    tooltip, press = explorer.id("timeline-tooltip"), explorer.page.keyboard.press
    chart.focus()
    press("ArrowDown")
    expect(tooltip).to_have_attribute("data-name", "RunTask")
    expect(tooltip).to_have_attribute("data-length", "128500")
    press("ArrowDown")
    expect(tooltip).to_have_attribute("data-name", "FunctionCall render")
    expect(tooltip).to_have_attribute("data-length", "100041")
    expect(tooltip).to_have_attribute("data-start", "0.501007")
    expect(tooltip).to_contain_text("http://a/app.js:18")
    press("ArrowDown")
    expect(tooltip).to_have_attribute("data-length", "33")


def test_the_other_reading_of_a_file_keeps_tab_and_selection(explorer: Explorer) -> None:
    explorer.open("both.json", type="trace_event", view="both", start="3.25", end="3.75", q="render")
    strip = explorer.id("other-readings")
    expect(strip).to_contain_text(
        "This file also holds a V8 CPU profile with the names of the functions that ran"
    )
    explorer.id("read-as-cpuprofile").click()
    expect(explorer.summary).to_have_attribute("data-start", "0.25")
    expect(explorer.summary).to_have_attribute("data-end", "0.75")
    expect(explorer.id("function-row")).to_have_count(1)
    expect(explorer.id("search")).to_have_value("render")
    explorer.id("read-as-trace_event").click()
    expect(explorer.summary).to_have_attribute("data-start", "3.25")
    expect(explorer.summary).to_have_attribute("data-end", "3.75")
