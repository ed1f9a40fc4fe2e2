"""The list of profiles: whole rows to click, other files, and nothing that moves."""

from __future__ import annotations

import json
from collections.abc import Iterator
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.explorer import Explorer
from tests.e2e.running import EXAMPLES, NODE18, NODE20, Server, copy_examples, serving

pytestmark = pytest.mark.chromium

LONG = "beacon-node-" + "very-long-" * 18 + "2026-11-22.perf.gz"
CUT_CPUPROFILE = b'{"nodes": [{"id": 1, "callFrame": {"functionName": "(root)"}}], "samples": [1'
# The x positions of the headings and the height of the rows.
LEFTS = "all => all.map(one => Math.round(one.getBoundingClientRect().left))"
CUT = "all => all.filter(one => one.scrollWidth > one.clientWidth).map(one => one.textContent)"
HEIGHTS = "all => [...new Set(all.map(one => one.getBoundingClientRect().height))]"


def row_of(page: Page, name: str) -> Locator:
    return page.locator(f'[data-testid="profile-row"][data-filename="{name}"]')


def samples_of(page: Page, name: str) -> Locator:
    return row_of(page, name).locator("td").nth(5)


@pytest.fixture(scope="module")
def mixed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Serve profiles, one with a long name and one that is cut, and two files that are no profiles."""
    place = tmp_path_factory.mktemp("mixed")
    folder = copy_examples(place / "profiles")
    whole = (EXAMPLES / NODE18).read_bytes()
    (folder / LONG).write_bytes(whole)
    (folder / "cut.json").write_bytes(CUT_CPUPROFILE)
    (folder / "README.md").write_bytes(b"# Notes\n")
    (folder / "empty").write_bytes(b"")
    with serving(folder, place / "cache") as server:
        yield server


def test_a_row_opens_in_a_tab_and_here_and_its_text_is_selected(page: Page, server: Server) -> None:
    page.goto(server.url)
    with page.context.expect_page() as opened:
        samples_of(page, NODE18).click(button="middle")
    tab = opened.value
    expect(tab.get_by_test_id("profile-name")).to_have_text(NODE18)
    tab.close()
    expect(page.get_by_test_id("profile-row")).to_have_count(3)
    time = row_of(page, NODE18).locator("time")
    box = time.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 1, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] - 1, box["y"] + box["height"] / 2, steps=4)
    page.mouse.up()
    assert len(page.evaluate("getSelection().toString()")) > 8
    expect(page.get_by_test_id("profile-row")).to_have_count(3)
    samples_of(page, NODE18).click()
    expect(page.get_by_test_id("profile-name")).to_have_text(NODE18)
    page.go_back()
    expect(page.get_by_test_id("profile-row")).to_have_count(3)


def test_buttons_rows_and_columns_stay_where_they_are(page: Page, mixed: Server) -> None:
    """What could not be read is marked, and what is no profile comes last, in grey, with the reason."""
    with pytest.raises(HTTPError, match="422"):
        urlopen(f"{mixed.url}heatmap/?filename=cut.json&type=cpuprofile", timeout=60)
    page.goto(mixed.url)
    rows, headings = page.get_by_test_id("profile-row"), page.locator("thead th")
    expect(rows).to_have_count(7)
    upload, lefts = page.get_by_test_id("upload").bounding_box(), headings.evaluate_all(LEFTS)
    assert len(rows.evaluate_all(HEIGHTS)) == 1
    long = row_of(page, LONG)
    assert long.get_by_test_id("profile-link").evaluate("one => one.innerText") == LONG
    expect_other_files(page)
    page.get_by_test_id("profile-search").fill("node18")
    expect(rows).to_have_count(1)
    assert headings.evaluate_all(LEFTS) == lefts
    Explorer(page, mixed.url).open(NODE20).id("home-link").click()
    expect(page.get_by_test_id("recent-profile")).to_have_count(1)
    assert page.get_by_test_id("upload").bounding_box() == upload
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def expect_other_files(page: Page) -> None:
    expect(row_of(page, "cut.json").get_by_test_id("profile-error")).to_contain_text("could not be read")
    expect(page.get_by_test_id("profile-error")).to_have_count(1)
    page.get_by_test_id("sort-name").click()
    last = page.get_by_test_id("profile-row").last
    expect(last).to_have_attribute("data-filename", "README.md")
    expect(page.get_by_test_id("profile-others")).to_contain_text("2 other files")
    expect(page.get_by_test_id("profile-count")).to_have_text("5 profiles · 2 other files")
    ink = "element => getComputedStyle(element.querySelector('td bdi')).color"
    for name in ("README.md", "empty"):
        row = row_of(page, name)
        expect(row).to_have_attribute("data-type", "unknown")
        expect(row.get_by_test_id("profile-link")).to_have_count(0)
        assert len(row.get_by_test_id("profile-reason").inner_text()) > 10
        assert row.evaluate(ink) != row_of(page, NODE18).evaluate(ink)
    expect(row_of(page, "empty").get_by_test_id("profile-reason")).to_contain_text("empty")


def test_the_list_in_windows_of_several_widths(page: Page, mixed: Server) -> None:
    """Reasons are read whole, names get the room of the other columns, and menus are in reach."""
    page.goto(mixed.url)
    for width in (1200, 1400):
        page.set_viewport_size({"width": width, "height": 700})
        expect_a_whole_reason(page)
    for width in (360, 800, 900):
        page.set_viewport_size({"width": width, "height": 740})
        table = page.get_by_test_id("profile-table").bounding_box()
        name = row_of(page, LONG).locator("td").nth(1).bounding_box()
        assert table is not None
        assert name is not None
        # The name gets the width left by the other columns.
        assert name["width"] > table["width"] * 0.3
        assert row_of(page, NODE18).locator("td").evaluate_all(CUT) == []
        row_of(page, "README.md").get_by_test_id("row-menu").click()
        perf = page.get_by_test_id("open-as-perf")
        expect(perf).to_be_in_viewport(ratio=1)
        assert perf.get_attribute("href") == "#/explore?file=README.md&type=perf"
        page.keyboard.press("Escape")
        expect(perf).to_have_count(0)
    expect_a_whole_reason(page)
    # Without the token of the start, one line tells what to do.
    expect(page.get_by_test_id("not-offered")).to_have_text("SSH and recording need the printed address.")
    search, upload = (page.get_by_test_id(name).bounding_box() for name in ("profile-search", "upload"))
    assert search is not None
    assert upload is not None
    assert upload["y"] < search["y"] + search["height"] / 2 < upload["y"] + upload["height"]
    expect_types_of_the_server(page, mixed)


def expect_a_whole_reason(page: Page) -> None:
    row = row_of(page, "README.md")
    reason = row.get_by_test_id("profile-reason")
    expect(reason).to_contain_text("see the list of formats in the README.")
    end = reason.evaluate("(element) => element.getBoundingClientRect().right")
    assert end <= reason.evaluate("(element) => element.parentElement.getBoundingClientRect().right")
    modified = row.locator("time").bounding_box()
    assert modified is not None
    assert end < modified["x"]


def expect_types_of_the_server(page: Page, server: Server) -> None:
    with urlopen(f"{server.url}format/", timeout=60) as answer:
        types = {one["type"]: one["title"] for one in reversed(json.load(answer))}
    assert "speedscope" in types
    row_of(page, "README.md").get_by_test_id("row-menu").click()
    for name, title in types.items():
        expect(page.get_by_test_id(f"open-as-{name}")).to_have_text(title)
    expect(page.locator("[data-testid^='open-as-']")).to_have_count(len(types))
    page.keyboard.press("Escape")
    expect(page.get_by_test_id("open-as-perf")).to_have_count(0)
    # The file's own type is left out.
    row_of(page, NODE18).get_by_test_id("row-menu").click()
    expect(page.get_by_test_id("open-as-speedscope")).to_be_visible()
    expect(page.get_by_test_id("open-as-perf")).to_have_count(0)
