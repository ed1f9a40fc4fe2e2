"""The states of the screen in the documentation: how each is reached on a real server."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import NamedTuple

from playwright.sync_api import FilePayload, Page, expect

from tests.e2e.explorer import Cell, Explorer
from tests.e2e.running import NODE18, NODE20, SYSTEM, Server
from tools.captures import fleet as captured_fleet

BURST = (Cell(14, 19), Cell(15, 12))
BURST_RANGE = {"start": 14.76, "end": 15.52}
SEARCH = "rebuildSearchIndex"
FILTER = "node-v8"
# As the log of a service may have them.
MARKS = "time,end,kind,text\n2.1,,deploy,v4.2\n7.2,8.6,slow,GET /search\n9.4,,deploy,v4.3\n"


class Servers(NamedTuple):
    """Servers of the examples, of an empty directory, of a saturated machine's capture, and of a fleet."""

    examples: Server
    empty: Server
    incident: Server
    fleet: Server


def profiles(page: Page, servers: Servers) -> None:
    """The list, with a recently opened profile."""
    page.goto(servers.examples.opened_url)
    Explorer(page, servers.examples.url).open(NODE18, **BURST_RANGE, filter=FILTER)
    page.get_by_test_id("home-link").click()
    expect(page.get_by_test_id("profile-row")).to_have_count(3)
    expect(page.get_by_test_id("recent-profile")).to_have_count(1)
    expect(page.get_by_test_id("profile-finding")).to_have_count(3)


def empty(page: Page, servers: Servers) -> None:
    """How to record a first profile."""
    page.goto(servers.empty.opened_url)
    expect(page.get_by_test_id("empty-directory")).to_be_visible()


def explorer(page: Page, servers: Servers) -> None:
    """A burst selected, seen through the Node filter."""
    shown = Explorer(page, servers.examples.url).open(NODE18, filter=FILTER, rows=25, q=SEARCH)
    shown.drag(*BURST)
    shown.settled()
    expect(shown.heatmap).to_have_attribute("data-marked", re.compile(r"\d"))


def whole(page: Page, servers: Servers) -> None:
    """A whole machine, nothing selected, with the enhanced palette."""
    Explorer(page, servers.examples.url).open(SYSTEM, palette="enhanced", colour="library")


def table(page: Page, servers: Servers) -> None:
    """The functions beside the graph."""
    Explorer(page, servers.examples.url).open(NODE18, **BURST_RANGE, filter=FILTER, view="both")


def sandwich(page: Page, servers: Servers) -> None:
    """Callers above a function, callees below."""
    address = f"#/explore?file={NODE18}&filter={FILTER}&view=table"
    page.goto(servers.examples.url + address)
    page.locator(f"[data-testid=function-row][data-name^={SEARCH}]").click()
    expect(page.get_by_test_id("sandwich")).to_be_visible()


def compare(page: Page, servers: Servers) -> None:
    """A burst beside the rest of its profile."""
    Explorer(page, servers.examples.url).open(
        NODE18, **BURST_RANGE, filter=FILTER, compare="differential", rest=1
    )


def profiles_compared(page: Page, servers: Servers) -> None:
    """Two profiles, their heatmaps one below the other."""
    shown = Explorer(page, servers.examples.url).open(
        NODE18, filter=FILTER, compare="differential", compareFile=NODE20, difference="safe"
    )
    expect(shown.id("compare-heatmap")).to_be_visible()


def frame_menu(page: Page, servers: Servers) -> None:
    """The menu of a frame."""
    shown = Explorer(page, servers.examples.url).open(NODE18, **BURST_RANGE, filter=FILTER)
    # Lanes and findings come last and move the graph.
    expect(shown.id("finding").first).to_be_visible()
    shown.settled()
    # In a low window the root is below the edge.
    shown.flame.evaluate("canvas => canvas.scrollIntoView({block: 'end'})")
    page.mouse.click(*shown.frame_at(3, 500), button="right")
    expect(shown.id("frame-menu")).to_be_visible()


def filters(page: Page, servers: Servers) -> None:
    """Threads to choose from, with their counts."""
    shown = Explorer(page, servers.examples.url).open(SYSTEM, comm="node", exclude="epoll")
    shown.id("facet-comm").click()
    expect(shown.id("facet-option").first).to_be_visible()


def keys(page: Page, servers: Servers) -> None:
    """The list of keys."""
    shown = Explorer(page, servers.examples.url).open(NODE18, **BURST_RANGE, filter=FILTER)
    shown.id("keys-help").click()
    expect(page.get_by_role("dialog")).to_be_visible()


def capture(page: Page, servers: Servers) -> None:
    """The form that records on another machine."""
    page.goto(servers.examples.opened_url)
    expect(page.get_by_test_id("profile-row").first).to_be_visible()
    page.get_by_test_id("capture-ssh").click()
    page.get_by_test_id("field-host").fill("beacon-7")
    page.get_by_test_id("field-pgrep").fill("lodestar beacon")


def time_order(page: Page, servers: Servers) -> None:
    """A burst in the order of time."""
    start, end = BURST_RANGE.values()
    page.goto(f"{servers.examples.url}#/explore?file={NODE18}&start={start}&end={end}&view=time")
    expect(page.get_by_test_id("timeline")).to_be_visible()
    expect(page.get_by_test_id("finding").first).to_be_visible()


def zoomed(page: Page, servers: Servers) -> None:
    """One function over the whole width, and where it is in the whole graph."""
    shown = Explorer(page, servers.examples.url).open(NODE18, **BURST_RANGE, filter=FILTER)
    shown.flame.focus()
    for key in (*["ArrowUp"] * 6, "Enter"):
        page.keyboard.press(key)
    expect(shown.id("minimap")).to_be_visible()
    shown.settled()


def marks(page: Page, servers: Servers) -> None:
    """Events of another program over the heatmap, and a note on a range."""
    with page.expect_response(re.compile("/notes/")) as notes:
        shown = Explorer(page, servers.examples.url).open(NODE20, start=7, end=9)
    expect(shown.id("finding").first).to_be_visible()
    if shown.id("events-legend").count() == 0:
        shown.id("events").click()
        with page.expect_file_chooser() as chooser:
            shown.id("events-add").click()
        file = FilePayload(name="deploys.csv", mimeType="text/csv", buffer=MARKS.encode())
        chooser.value.set_files(file)
        expect(shown.id("events-row")).to_be_visible()
        page.keyboard.press("Escape")
        expect(shown.id("events-legend")).to_be_visible()
    if notes.value.json()["notes"] == []:
        shown.id("note-add").click()
        shown.id("note-text").fill("The index is rebuilt: requests wait.")
        shown.id("note-who").fill("Ada")
        shown.id("note-save").click()
    expect(shown.id("note")).to_have_count(1)


def exports(page: Page, servers: Servers) -> None:
    """What can be saved of a view."""
    shown = Explorer(page, servers.examples.url).open(NODE18, **BURST_RANGE, filter=FILTER)
    shown.id("export").click()
    expect(shown.id("export-html")).to_be_visible()


def transfer(page: Page, servers: Servers) -> None:
    """An import that failed, with the reason and what to do."""
    capture(page, servers)
    page.get_by_test_id("field-host").fill("127.0.0.1:1")
    page.get_by_test_id("start").click()
    expect(page.get_by_test_id("job-error")).to_be_visible()


def error(page: Page, servers: Servers) -> None:
    """A range outside the profile, with the way back."""
    page.goto(f"{servers.examples.url}#/explore?file={NODE20}&start=500&end=600")
    expect(page.get_by_test_id("error")).to_be_visible()


def incident(page: Page, servers: Servers) -> None:
    """A saturated machine as it opens: red everywhere, lanes, and findings beside it."""
    page.goto(servers.incident.url)
    page.get_by_test_id("profile-row").click()
    Explorer(page, servers.incident.url).settled()
    expect(page.get_by_test_id("finding").first).to_contain_text("compactor")
    expect(page.get_by_test_id("words-threads")).to_be_visible()
    page.wait_for_load_state("networkidle")


def incident_answer(page: Page, servers: Servers) -> None:
    """The same after a click on the first finding: when, who, one thread on which CPU, doing what."""
    incident(page, servers)
    page.get_by_test_id("finding").first.click()
    expect(page.get_by_test_id("words-threads")).to_contain_text("one thread")
    expect(page.get_by_test_id("words-compare")).to_be_visible()
    page.wait_for_load_state("networkidle")


def fleet(page: Page, servers: Servers) -> None:
    """A dozen hosts in an hour; one differs."""
    page.goto(f"{servers.fleet.url}#/fleet")
    expect(page.get_by_test_id("fleet-row")).to_have_count(len(captured_fleet.HOSTS))
    expect(page.get_by_test_id("fleet-unusual-row").first).to_contain_text(captured_fleet.ODD_FUNCTION)
    page.wait_for_load_state("networkidle")


def fleet_host(page: Page, servers: Servers) -> None:
    """A minute of the host that differs: bursts, and the function in them."""
    fleet(page, servers)
    page.get_by_test_id("fleet-unusual-row").first.click()
    expect(page.get_by_test_id("fleet-row")).to_have_count(1)
    minute = captured_fleet.START + timedelta(minutes=captured_fleet.ODD_FROM)
    page.get_by_test_id("fleet-from").fill(f"{minute:%Y-%m-%dT%H:%M}")
    page.get_by_test_id("fleet-to").fill(f"{minute + timedelta(minutes=1):%Y-%m-%dT%H:%M}")
    expect(page.get_by_test_id("fleet-heatmap")).to_have_attribute("data-columns", "60")
    expect(page.get_by_test_id("fleet-matrix")).to_have_attribute("data-columns", "1")
    expect(page.get_by_test_id("fleet-unusual")).to_contain_text("From three hosts on")


# Those that leave something on the server come last.
SCREENS: dict[str, Callable[[Page, Servers], None]] = {
    one.__name__.replace("_", "-"): one
    for one in (
        *(profiles, empty, explorer, whole, table, sandwich, time_order, zoomed, compare, profiles_compared),
        *(frame_menu, filters, exports, keys, error, incident, incident_answer, fleet, fleet_host),
        *(capture, marks, transfer),
    )
}
