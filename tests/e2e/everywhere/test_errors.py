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
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Serve, Watch
from tests.e2e.explorer import Explorer
from tests.e2e.raw import raw_samples
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


def test_lines_that_were_skipped_are_counted_and_named(page: Page, serve: Serve, folder: Path) -> None:
    """A file that is cut off is told, too, and opens when it is whole. Then there is nothing to tell."""
    good = [sample(f"{3000 + number}.5", "leaf+0x1 (/srv/app)") for number in range(9)]
    bad = ["this is no event line\n\n", "nor <b>this</b>\n\n"]
    text = script(good[0], bad[0], *good[1:], bad[1])
    lines = text.decode().split("\n")
    (folder / "odd.perf").write_bytes(text)
    (folder / "cut.perf.gz").write_bytes(WHOLE[: len(WHOLE) // 2])
    explorer = Explorer(page, serve(folder).url).open("odd.perf")
    explorer.expect_whole(len(good))
    report = page.get_by_test_id("parse-report")
    expect(report).to_have_attribute("data-skipped", str(len(bad)))
    expect(report.locator("summary")).to_have_text(f"Reading the file: {len(bad)} lines skipped.")
    expect(report.get_by_role("listitem")).to_have_count(0)
    report.locator("summary").click()
    said = report.get_by_role("listitem")
    expect(said).to_have_count(len(bad))
    for place, line in enumerate(one.strip() for one in bad):
        expect(said.nth(place)).to_contain_text(f"line {1 + lines.index(line)}: ")
        expect(said.nth(place)).to_contain_text(line)
    page.get_by_test_id("parse-report-hide").click()
    expect(report).to_have_count(0)
    page.get_by_test_id("home-link").click()
    open_a_cut_file(explorer, folder / "cut.perf.gz")


def open_a_cut_file(explorer: Explorer, file: Path) -> None:
    explorer.page.locator(f"[data-filename='{file.name}']").get_by_test_id("profile-link").click()
    report = explorer.id("parse-report")
    words = report.get_by_text("The compressed file ends early: only what could be read is shown.")
    expect(words).to_be_visible()
    assert 0 < int(explorer.settled().flame.get_attribute("data-samples") or 0) < len(SAMPLES)
    file.write_bytes(WHOLE)
    explorer.id("reload-profile").click()
    explorer.expect_whole(len(SAMPLES))
    expect(report).to_have_count(0)


def test_a_list_that_does_not_come_or_is_old(page: Page, watch: Watch, server: Server) -> None:
    watch.allow("ERR_FAILED")
    page.route("**/profile/", lambda route: route.abort())
    page.goto(server.url)
    expect(page.get_by_test_id("error")).to_contain_text("The server does not answer")
    page.unroute_all()
    page.get_by_test_id("error-action").click()
    expect(page.get_by_test_id("profile-row")).to_have_count(3)
    # The list of before is shown again, with a word on it.
    page.route("**/profile/", lambda route: route.abort())
    page.locator(f"[data-filename='{NODE18}']").get_by_test_id("profile-link").click()
    with page.expect_event("requestfailed"):
        page.get_by_test_id("home-link").click()
    expect(page.get_by_text("The server does not answer")).to_be_visible()


def test_a_file_that_is_gone_and_one_without_times(
    page: Page, watch: Watch, serve: Serve, folder: Path
) -> None:
    watch.allow("404")
    (folder / "untimed.perf").write_bytes(UNTIMED)
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
    page.get_by_test_id("profile-link").click()
    expect_a_word_on_the_heatmap(Explorer(page, server.url).settled(), server)


def expect_a_word_on_the_heatmap(explorer: Explorer, server: Server) -> None:
    """Expect a graph, and a word in place of the heatmap. The console stays clean, also with a search."""
    page = explorer.page
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
