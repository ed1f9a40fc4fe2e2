"""What is drawn stays in its place while the rest of a profile arrives."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import NewPage
from tests.e2e.explorer import PAINTED, Explorer
from tests.e2e.held import Held
from tests.e2e.running import NODE18, NODE20, SYSTEM, Server

pytestmark = pytest.mark.chromium

COMPARED = {"compare": "differential", "compareFile": NODE20}
# The browser's measure: the part of the window that moved, times how far, for each frame.
WATCH = """() => {
  window.shifts = [];
  const keep = (list) => window.shifts.push(...list.getEntries().filter((one) => !one.hadRecentInput));
  new PerformanceObserver(keep).observe({type: "layout-shift", buffered: true});
}"""
MOST = 0.05
FACTS = "**/profile/info?*"
# A picture that did not wait would be drawn in the first of these frames.
FRAMES = 10


@pytest.mark.parametrize(
    ("file", "parameters"),
    [(NODE20, {}), (SYSTEM, {}), (NODE18, COMPARED)],
    ids=["node", "system", "comparison"],
)
def test_late_facts_about_a_profile_move_nothing(
    new_page: NewPage, server: Server, file: str, parameters: dict[str, str]
) -> None:
    page = new_page()
    page.add_init_script(f"({WATCH})()")
    late = Held(page, FACTS)

    with (
        page.expect_response(lambda response: "/heatmap/?" in response.url) as heatmap,
        page.expect_response(lambda response: "/flamegraph/?" in response.url) as flame,
    ):
        query = "".join(f"&{name}={value}" for name, value in parameters.items())
        page.goto(f"{server.url}#/explore?file={file}{query}")
    for answer in (heatmap, flame):
        answer.value.finished()
    # The explorer's scripts may come later than the answers.
    expect(page.get_by_test_id("loading")).to_be_visible()
    for _ in range(FRAMES):
        page.evaluate(PAINTED)
    assert late.routes
    late.release()
    Explorer(page, server.url).settled()
    page.wait_for_load_state("networkidle")
    page.evaluate(PAINTED)
    assert page.evaluate("window.shifts.reduce((sum, {value}) => sum + value, 0)") < MOST
