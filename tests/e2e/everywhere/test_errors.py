"""An error is shown as a sentence in place of the data, with a next step."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Callable
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest
from playwright.sync_api import Page, Response, expect

from tests.e2e.conftest import Serve, Watch
from tests.e2e.explorer import Cell, Explorer
from tests.e2e.raw import raw_samples, within
from tests.e2e.running import EXAMPLES, NODE18, Server
from tests.support.perf_text import sample, script

pytestmark = pytest.mark.chromium

SAMPLES = raw_samples(EXAMPLES / NODE18)
WHOLE = (EXAMPLES / NODE18).read_bytes()
UNTIMED = script(*[sample(None, "leaf+0x1 (/srv/app)", "main+0x1 (/srv/app)") for _ in range(12)])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "profiles"
    folder.mkdir()
    return folder


def sentence(server: Server, address: str) -> str:
    """Return the server's error sentence."""
    with pytest.raises(HTTPError) as caught:
        urlopen(server.url + address, timeout=30)
    error = json.load(caught.value)["error"]
    assert isinstance(error, str)
    return error


def test_what_cannot_be_read_is_listed_grey_with_the_reason(page: Page, serve: Serve, folder: Path) -> None:
    (folder / "noise.bin").write_bytes(bytes(range(256)) * 9)
    (folder / "empty").write_bytes(b"")
    (folder / "good.perf").write_bytes(UNTIMED)
    page.goto(serve(folder).url)
    rows = page.get_by_test_id("profile-row")
    expect(rows).to_have_count(3)
    expect(page.get_by_test_id("profile-count")).to_have_text("1 profile · 2 other files")
    good = page.locator("[data-filename='good.perf']")
    ink = "element => getComputedStyle(element.querySelector('td bdi')).color"
    for name in ("noise.bin", "empty"):
        row = page.locator(f"[data-filename='{name}']")
        expect(row).to_have_attribute("data-type", "unknown")
        expect(row.get_by_test_id("profile-link")).to_have_count(0)
        assert len(row.get_by_test_id("profile-reason").inner_text()) > 10
        assert row.evaluate(ink) != good.evaluate(ink)
    expect(page.locator("[data-filename='empty']").get_by_test_id("profile-reason")).to_contain_text("empty")


def test_a_truncated_file_says_so_and_opens_when_it_is_whole(page: Page, serve: Serve, folder: Path) -> None:
    (folder / "cut.perf.gz").write_bytes(WHOLE[: len(WHOLE) // 2])
    server = serve(folder)
    page.goto(server.url)
    page.get_by_test_id("profile-link").click()
    report = page.get_by_test_id("parse-report")
    words = report.get_by_text("The compressed file ends early: only what could be read is shown.")
    expect(words).to_be_visible()
    assert (
        0 < int(Explorer(page, server.url).settled().flame.get_attribute("data-samples") or 0) < len(SAMPLES)
    )
    (folder / "cut.perf.gz").write_bytes(WHOLE)
    page.get_by_test_id("reload-profile").click()
    Explorer(page, server.url).expect_whole(len(SAMPLES))
    expect(report).to_have_count(0)


def test_without_times_there_is_a_flame_graph_and_a_word_on_the_heatmap(
    page: Page, serve: Serve, folder: Path
) -> None:
    """The console stays clean, also with a search."""
    (folder / "untimed.perf").write_bytes(UNTIMED)
    server = serve(folder)
    page.goto(server.url)
    page.get_by_test_id("profile-link").click()
    explorer = Explorer(page, server.url).settled()
    expect(explorer.flame).to_have_attribute("data-samples", "12")
    untimed = page.get_by_test_id("untimed")
    expect(untimed).to_have_count(1)
    expect(untimed).to_contain_text(sentence(server, "heatmap/?filename=untimed.perf&type=perf"))
    expect(untimed).to_contain_text("-F")
    # It is no fault: nothing to try again, and no order in time to choose.
    expect(page.get_by_test_id("error")).to_have_count(0)
    expect(explorer.id("view").get_by_role("radio")).to_have_count(3)
    expect(explorer.heatmap).to_have_count(0)
    notice, flame = untimed.bounding_box(), explorer.flame.bounding_box()
    assert notice is not None
    assert flame is not None
    assert notice["y"] + notice["height"] <= flame["y"]
    explorer.id("search").fill("main")
    expect(explorer.flame).to_have_attribute("data-matched", re.compile(r"\d"))
    page.wait_for_load_state("networkidle")


def test_a_server_that_stops_is_missed_and_found_again(
    page: Page, watch: Watch, serve: Serve, folder: Path
) -> None:
    watch.allow("ERR_CONNECTION_REFUSED|ERR_CONNECTION_RESET|ERR_EMPTY_RESPONSE")
    (folder / NODE18).write_bytes(WHOLE)
    server = serve(folder)
    explorer = Explorer(page, server.url).open(NODE18, start=2, end=3)
    # A request that fails shows a notice, which would move the heatmap under the pointer. The page looks for
    # another version of the file from time to time.
    page.wait_for_load_state("networkidle")
    page.route("**/profile/download?*", lambda _: None)
    server.stop()
    explorer.drag(Cell(14, 38), Cell(15, 25))
    error = page.get_by_test_id("error")
    expect(error).to_contain_text("The server does not answer. Is it still running?")
    # The heatmap is in the page already, and still counts.
    samples = len(within(SAMPLES, 14.76, 15.52))
    expect(explorer.summary).to_have_attribute("data-samples", str(samples))
    page.get_by_test_id("error-action").click()
    expect(error).to_contain_text("The server does not answer")
    server.start()
    # The page retries by itself; the retry button is optional.
    explorer.expect_selected(14.76, 15.52, samples)
    expect(error).to_have_count(0)


def test_a_list_that_does_not_come(page: Page, watch: Watch, server: Server) -> None:
    watch.allow("ERR_FAILED")
    page.route("**/profile/", lambda route: route.abort())
    page.goto(server.url)
    expect(page.get_by_test_id("error")).to_contain_text("The server does not answer")
    page.unroute_all()
    page.get_by_test_id("error-action").click()
    expect(page.get_by_test_id("profile-row")).to_have_count(3)


def test_a_list_that_is_old_says_so(page: Page, watch: Watch, server: Server) -> None:
    watch.allow("ERR_FAILED")
    page.goto(server.url)
    expect(page.get_by_test_id("profile-row")).to_have_count(3)
    page.route("**/profile/", lambda route: route.abort())
    page.locator(f"[data-filename='{NODE18}']").get_by_test_id("profile-link").click()
    with page.expect_event("requestfailed"):
        page.get_by_test_id("home-link").click()
    expect(page.get_by_text("The server does not answer")).to_be_visible()


def test_a_file_that_is_gone(page: Page, watch: Watch, serve: Serve, folder: Path) -> None:
    watch.allow("404")
    (folder / "here.perf").write_bytes(UNTIMED)
    (folder / "gone.perf").write_bytes(UNTIMED)
    server = serve(folder)
    page.goto(server.url)
    expect(page.get_by_test_id("profile-row")).to_have_count(2)
    (folder / "gone.perf").unlink()
    page.locator("[data-filename='gone.perf']").get_by_test_id("profile-link").click()
    error = page.get_by_test_id("error")
    expect(error).to_have_count(1)
    expect(error).to_contain_text(sentence(server, "heatmap/?filename=gone.perf&type=perf"))
    page.get_by_test_id("home-link").click()
    expect(page.get_by_test_id("profile-row")).to_have_count(1)


def test_a_range_that_is_not_there_leads_to_the_whole_profile(
    page: Page, watch: Watch, server: Server
) -> None:
    """It is asked for once, and told once."""
    watch.allow("416")
    refused: list[str] = []

    def note(response: Response) -> None:
        if response.status == 416:
            refused.append(response.url)

    page.on("response", note)
    page.goto(f"{server.url}#/explore?file={NODE18}&start=500&end=600")
    error = page.get_by_test_id("error")
    words = sentence(server, f"flamegraph/?filename={NODE18}&start=500&end=600")
    expect(error).to_contain_text(words)
    page.wait_for_load_state("networkidle")
    expect(page.get_by_text(words)).to_have_count(1)
    assert len(refused) == 1
    page.remove_listener("response", note)
    page.get_by_test_id("error-action").click()
    Explorer(page, server.url).expect_whole(len(SAMPLES))


def test_an_answer_cut_off_on_the_way(page: Page, watch: Watch, alone: Explorer) -> None:
    alone.open(NODE18)
    page.route(
        "**/flamegraph/?**", lambda route: route.fulfill(body='{"frames": {', content_type="application/json")
    )
    alone.drag(Cell(30, 0), Cell(31, 49))
    expect(page.get_by_test_id("error")).to_contain_text("cut off")
    page.unroute_all()
    page.get_by_test_id("error-action").click()
    alone.expect_selected(30, 32, len(within(SAMPLES, 30, 32)))


def test_an_empty_directory_shows_how_to_record(
    new_page: Callable[..., Page], serve: Serve, folder: Path
) -> None:
    page = new_page(permissions=["clipboard-read", "clipboard-write"])
    page.goto(serve(folder).url)
    empty = page.get_by_test_id("empty-directory")
    for command in ("perf record -F 99", "perf script", "node --perf-basic-prof"):
        expect(empty).to_contain_text(command)
    # The server's own list of formats and of the commands that make them.
    expect(empty.get_by_test_id("other-formats")).to_contain_text("speedscope JSON")
    expect(empty).to_contain_text("node --cpu-prof")
    item = empty.get_by_role("listitem").first
    item.get_by_role("button").click()
    expect(item.get_by_role("button", name="Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == item.locator("code").inner_text()
    (folder / "first.perf.gz").write_bytes(gzip.compress(UNTIMED))
    page.reload()
    expect(page.get_by_test_id("profile-row")).to_have_count(1)
