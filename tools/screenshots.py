"""Takes the pictures of docs/images from the real server with the example profiles: `make screenshots`.

Every screen in both themes, as WebP, which is a third of a PNG. `make screenshots ONLY="explorer profiles"`.
"""

from __future__ import annotations

import base64
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple

from playwright.sync_api import Browser, Page, expect

from tests.e2e.explorer import Cell, Explorer
from tests.e2e.running import NODE18, NODE20, ROOT, SYSTEM, WINDOW, Server, browsing, copy_examples, serving
from tests.support.installed import PROGRAMS
from tools.captures import fleet as captured_fleet
from tools.captures.whole_machine import write

IMAGES = ROOT / "docs" / "images"
SCHEMES = ("light", "dark")
# The limits of one picture and of all.
MOST_BYTES = 150_000
MOST_BYTES_IN_ALL = 2_200_000
QUALITY = 68
BURST = (Cell(14, 19), Cell(15, 12))
BURST_RANGE = {"start": 14.76, "end": 15.52}
SEARCH = "rebuildSearchIndex"
FILTER = "node-v8"
INCIDENT = "incident.perf.out.gz"


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
    expect(page.get_by_test_id("profile-row")).to_have_count(3)
    page.get_by_test_id("capture-ssh").click()
    page.get_by_test_id("field-host").fill("beacon-7")
    page.get_by_test_id("field-pgrep").fill("lodestar beacon")


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


SCREENS: dict[str, Callable[[Page, Servers], None]] = {
    one.__name__.replace("_", "-"): one
    for one in (
        *(profiles, empty, explorer, whole, table, sandwich, compare, profiles_compared, frame_menu),
        *(filters, keys, capture, error, incident, incident_answer, fleet, fleet_host),
    )
}


def open_page(browser: Browser, scheme: str) -> Page:
    """Open a window with the light or the dark colour scheme."""
    context = browser.new_context(
        viewport={"width": WINDOW[0], "height": WINDOW[1]},
        color_scheme="dark" if scheme == "dark" else "light",
        reduced_motion="reduce",
        timezone_id="UTC",
        locale="en-GB",
    )
    return context.new_page()


def take(page: Page, name: str) -> int:
    """Write one picture and return its size in bytes."""
    page.mouse.move(0, 0)
    page.evaluate("document.fonts.ready.then(() => new Promise(requestAnimationFrame))")
    session = page.context.new_cdp_session(page)
    # Playwright itself writes PNG and JPEG only.
    answer = session.send("Page.captureScreenshot", {"format": "webp", "quality": QUALITY})
    picture = base64.b64decode(answer["data"])
    if len(picture) > MOST_BYTES:
        raise SystemExit(f"{name} would have {len(picture)} bytes, more than {MOST_BYTES}")
    (IMAGES / name).write_bytes(picture)
    print(f"docs/images/{name}: {len(picture) // 1000} kB")
    return len(picture)


def _collected(place: Path) -> Path:
    """Ingest the captures of a fleet, by the command of docs/fleet.md."""
    captured_fleet.write(place / "captures")
    labels = ["--label", "service=web", "--labels-from", r"/(?P<host>[^/]+)/(?P<start>[^/]+)\.perf$"]
    command = ["ingest", str(place / "captures"), "--into", str(place / "fleet"), *labels]
    subprocess.run([sys.executable, "-m", "flamescope_py", *command], check=True)
    return place / "fleet"


def main() -> None:
    """Take all pictures, or those of the named screens."""
    chromium = PROGRAMS["chromium"].find()
    if chromium is None:
        raise SystemExit(PROGRAMS["chromium"].missing)
    IMAGES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as temporary:
        place = Path(temporary)
        (place / "empty").mkdir()
        (place / "incident").mkdir()
        write(place / "incident" / INCIDENT)
        collection = _collected(place)
        with (
            serving(copy_examples(place / "profiles"), place / "cache") as examples,
            serving(place / "empty", place / "other cache") as nothing,
            serving(place / "incident", place / "third cache") as busy,
            serving(place / "empty", place / "fourth cache", "--fleet", str(collection)) as hosts,
            browsing(chromium) as browser,
        ):
            for name in sys.argv[1:] or SCREENS:
                for scheme in SCHEMES:
                    page = open_page(browser, scheme)
                    SCREENS[name](page, Servers(examples, nothing, busy, hosts))
                    take(page, f"{name}-{scheme}.webp")
                    page.context.close()
    total = sum(file.stat().st_size for file in IMAGES.iterdir())
    if total > MOST_BYTES_IN_ALL:
        raise SystemExit(f"docs/images has {total} bytes, more than {MOST_BYTES_IN_ALL}")


if __name__ == "__main__":
    main()
