"""The fleet's screen: from all hosts to one host's seconds and its stacks, with numbers counted by hand."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.axe import violations
from tests.e2e.conftest import Watch
from tests.e2e.running import Server, serving
from tests.support.fleet import MIDNIGHT, capture, collect

HOUR = 3600
HOSTS = ("host-a", "host-b", "host-c", "<b>host-d</b>")
# Of ten minutes, one sample a second; host-c spends its time elsewhere.
USUAL = ["read"] * 30 + ["parse"] * 20 + ["write"] * 10
ODD = ["rebuild"] * 50 + ["read"] * 10


def _collection(place: Path) -> None:
    for number, host in enumerate(HOSTS):
        for minute in (0, 30):
            leaves = ODD if host == "host-c" else USUAL
            data = capture(MIDNIGHT + 60 * minute + number, *leaves, step=0.5)
            collect(place, data, f"host={host}", "service=web", "version=1", name=f"{host}-{minute}.perf")


@pytest.fixture(scope="module")
def fleet_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("fleet")
    _collection(folder / "fleet")
    (folder / "profiles").mkdir()
    with serving(folder / "profiles", folder / "cache", "--fleet", str(folder / "fleet")) as server:
        yield server


def opened(page: Page, server: Server, query: str = "") -> None:
    page.goto(f"{server.url}#/fleet{query}")
    expect(page.get_by_test_id("fleet-view")).to_be_visible()


def names(page: Page) -> list[str]:
    return [row.get_attribute("data-row") or "" for row in page.get_by_test_id("fleet-row").all()]


def test_from_the_list_by_all_hosts_to_the_function_of_one(page: Page, fleet_server: Server) -> None:
    page.goto(fleet_server.url)
    page.get_by_test_id("fleet-link").click()
    expect(page.get_by_test_id("fleet-view")).to_be_visible()
    expect(page.get_by_test_id("fleet-row")).to_have_count(len(HOSTS))
    assert set(names(page)) == set(HOSTS)
    matrix = page.get_by_test_id("fleet-matrix")
    assert matrix.get_attribute("data-rows") == "4"
    expect(page.get_by_test_id("fleet-flame")).to_have_attribute("data-samples", str(4 * 2 * 60))
    # Who is unusual, and in what.
    odd = page.get_by_test_id("fleet-unusual-row").first
    expect(odd).to_have_attribute("data-name", "rebuild")
    assert (odd.get_attribute("data-row"), odd.inner_text()[:12]) == ("host-c", "host-c spend")
    assert violations(page) == []
    odd.click()
    expect(page.get_by_test_id("fleet-row")).to_have_count(1)
    expect(page.get_by_test_id("fleet-matched")).to_have_text("100 samples matched")
    # All its samples are within an hour, but the cut is not bounded yet.
    page.get_by_test_id("fleet-from").fill("2020-11-02T00:00")
    page.get_by_test_id("fleet-to").fill("2020-11-02T00:10")
    expect(page.get_by_test_id("fleet-flame")).to_have_attribute("data-samples", "60")
    heatmap = page.get_by_test_id("fleet-heatmap")
    expect(heatmap).to_have_attribute("data-samples", "60")
    # The samples are 0.5 s apart and begin at second 2, so that the first ten columns hold 16.
    box = heatmap.bounding_box()
    assert box is not None
    left, top, width, height, columns = (
        float(heatmap.get_attribute(f"data-{name}") or "0")
        for name in ("plot-left", "plot-top", "plot-width", "plot-height", "columns")
    )
    cell = width / columns
    page.mouse.move(box["x"] + left + 0.5 * cell, box["y"] + top + height - 2)
    page.mouse.down()
    page.mouse.move(box["x"] + left + 9.5 * cell, box["y"] + top + 2, steps=5)
    page.mouse.up()
    expect(page.get_by_test_id("fleet-flame")).to_have_attribute("data-samples", "16")
    page.get_by_test_id("fleet-clear-range").click()
    expect(page.get_by_test_id("fleet-flame")).to_have_attribute("data-samples", "60")
    page.go_back()
    expect(page.get_by_test_id("fleet-flame")).to_have_attribute("data-samples", "16")


def expect_who_ran(page: Page) -> None:
    row = page.get_by_test_id("fleet-row").first
    expect(row).to_have_attribute("data-row", "host-c")
    expect(row).to_have_attribute("data-total", "100")
    expect(page.get_by_test_id("fleet-row")).to_have_count(4)
    totals = [one.get_attribute("data-total") for one in page.get_by_test_id("fleet-row").all()]
    assert totals == ["100", "0", "0", "0"]
    page.get_by_test_id("fleet-by").get_by_text("Services").click()
    expect(page.get_by_test_id("fleet-row")).to_have_count(1)
    page.get_by_test_id("fleet-row").click()
    expect(page.get_by_test_id("fleet-row")).to_have_count(4)
    expect(page.get_by_test_id("fleet-chosen")).to_have_text("web×")


def test_a_drag_over_the_matrix_selects_rows_and_time_and_who_ran_a_function(
    page: Page, fleet_server: Server
) -> None:
    opened(page, fleet_server)
    expect(page.get_by_test_id("fleet-row")).to_have_count(4)
    drag_over_the_matrix(page)
    opened(page, fleet_server, "?ran=rebuild")
    expect_who_ran(page)


def drag_over_the_matrix(page: Page) -> None:
    last_two = names(page)[2:]
    box = page.get_by_test_id("fleet-matrix").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 2, box["y"] + 4)
    expect(page.get_by_test_id("fleet-readout")).to_contain_text("2020-11-02 00:00")
    page.mouse.move(box["x"] + 2, box["y"] + 40)
    page.mouse.down()
    page.mouse.move(box["x"] + 6, box["y"] + 60, steps=3)
    page.mouse.up()
    # The pointer rests where the next matrix has no row.
    expect(page.get_by_test_id("fleet-row")).to_have_count(2)
    expect(page.get_by_test_id("fleet-readout")).to_contain_text("Drag over rows")
    assert set(names(page)) == set(last_two)
    expect(page.get_by_test_id("fleet-heatmap")).to_be_visible()
    page.get_by_test_id("fleet-compare").click()
    # Nothing was recorded a week before.
    expect(page.get_by_test_id("fleet-flame")).to_have_attribute("data-compared", "true")


def test_a_server_without_a_collection_answers_with_an_error(
    page: Page, server: Server, watch: Watch
) -> None:
    watch.allow("404")
    page.goto(f"{server.url}#/fleet")
    expect(page.get_by_text("The fleet cannot be shown")).to_be_visible()
