"""The list of profiles: whole rows to click, keys, and nothing that moves."""

from __future__ import annotations

import json
from collections.abc import Iterator
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.conftest import NewPage
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
    """Serve profiles, one with a long name and one that is cut, and a file that is no profile."""
    place = tmp_path_factory.mktemp("mixed")
    folder = copy_examples(place / "profiles")
    whole = (EXAMPLES / NODE18).read_bytes()
    (folder / LONG).write_bytes(whole)
    (folder / "cut.json").write_bytes(CUT_CPUPROFILE)
    (folder / "README.md").write_bytes(b"# Notes\n")
    with serving(folder, place / "cache") as server:
        yield server


def test_a_row_opens_by_a_click_anywhere(page: Page, server: Server) -> None:
    page.goto(server.url)
    for modifiers, button in ((["Control"], "left"), ([], "middle")):
        with page.context.expect_page() as opened:
            samples_of(page, NODE18).click(modifiers=modifiers, button=button)  # type: ignore[arg-type]
        tab = opened.value
        expect(tab.get_by_test_id("profile-name")).to_have_text(NODE18)
        tab.close()
    expect(page.get_by_test_id("profile-row")).to_have_count(3)
    samples_of(page, NODE18).click()
    expect(page.get_by_test_id("profile-name")).to_have_text(NODE18)
    page.go_back()
    expect(page.get_by_test_id("profile-row")).to_have_count(3)


def test_text_is_selected_and_menus_are_used_without_opening_the_row(page: Page, server: Server) -> None:
    page.goto(server.url)
    time = row_of(page, NODE18).locator("time")
    box = time.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 1, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] - 1, box["y"] + box["height"] / 2, steps=4)
    page.mouse.up()
    assert len(page.evaluate("getSelection().toString()")) > 8
    row_of(page, NODE18).get_by_test_id("row-menu").click()
    page.get_by_text("Open as", exact=True).click()
    page.keyboard.press("Escape")
    expect(page.get_by_test_id("profile-row")).to_have_count(3)


def test_keys_lead_to_the_search_into_the_list_and_to_the_only_one_found(page: Page, server: Server) -> None:
    page.goto(server.url)
    expect(page.get_by_test_id("profile-row")).to_have_count(3)
    page.keyboard.press("/")
    search = page.get_by_test_id("profile-search")
    expect(search).to_be_focused()
    page.keyboard.press("ArrowDown")
    links = page.get_by_test_id("profile-link")
    expect(links.nth(0)).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(links.nth(1)).to_be_focused()
    page.keyboard.press("/")
    page.keyboard.type("node18")
    expect(page.get_by_test_id("profile-row")).to_have_count(1)
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("profile-name")).to_have_text(NODE18)


def test_buttons_rows_and_columns_stay_where_they_are(page: Page, mixed: Server) -> None:
    page.goto(mixed.url)
    rows, headings = page.get_by_test_id("profile-row"), page.locator("thead th")
    expect(rows).to_have_count(6)
    upload, lefts = page.get_by_test_id("upload").bounding_box(), headings.evaluate_all(LEFTS)
    assert len(rows.evaluate_all(HEIGHTS)) == 1
    long = row_of(page, LONG)
    assert long.get_by_test_id("profile-link").evaluate("one => one.innerText") == LONG
    page.get_by_test_id("profile-search").fill("node18")
    expect(rows).to_have_count(1)
    assert headings.evaluate_all(LEFTS) == lefts
    Explorer(page, mixed.url).open(NODE20).id("home-link").click()
    expect(page.get_by_test_id("recent-profile")).to_have_count(1)
    assert page.get_by_test_id("upload").bounding_box() == upload
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_a_file_that_failed_is_marked_and_what_is_no_profile_comes_last(page: Page, mixed: Server) -> None:
    with pytest.raises(HTTPError, match="422"):
        urlopen(f"{mixed.url}heatmap/?filename=cut.json&type=cpuprofile", timeout=60)
    page.goto(mixed.url)
    expect(row_of(page, "cut.json").get_by_test_id("profile-error")).to_contain_text("could not be read")
    expect(page.get_by_test_id("profile-error")).to_have_count(1)
    page.get_by_test_id("sort-name").click()
    expect(page.get_by_test_id("profile-row").last).to_have_attribute("data-filename", "README.md")
    expect(page.get_by_test_id("profile-others")).to_contain_text("1 other file")


@pytest.mark.parametrize("width", [360, 800, 900])
def test_open_as_is_reached_in_a_narrow_window(page: Page, mixed: Server, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 740})
    page.goto(mixed.url)
    table = page.get_by_test_id("profile-table").bounding_box()
    name = row_of(page, LONG).locator("td").nth(1).bounding_box()
    assert table is not None
    assert name is not None
    # The name gets the width left by the other columns.
    assert name["width"] > table["width"] * 0.3
    assert row_of(page, NODE18).locator("td").evaluate_all(CUT) == []
    row_of(page, "README.md").get_by_test_id("row-menu").click()
    expect(page.get_by_test_id("open-as-perf")).to_be_in_viewport(ratio=1)
    assert page.get_by_test_id("open-as-perf").get_attribute("href") == "#/explore?file=README.md&type=perf"


def test_open_as_offers_every_type_of_the_server(page: Page, mixed: Server) -> None:
    with urlopen(f"{mixed.url}format/", timeout=60) as answer:
        types = {one["type"]: one["title"] for one in reversed(json.load(answer))}
    assert "speedscope" in types
    page.goto(mixed.url)
    row_of(page, "README.md").get_by_test_id("row-menu").click()
    for name, title in types.items():
        expect(page.get_by_test_id(f"open-as-{name}")).to_have_text(title)
    expect(page.locator("[data-testid^='open-as-']")).to_have_count(len(types))
    # The file's own type is left out. The page is new, so that the first menu is gone for certain.
    page.reload()
    row_of(page, NODE18).get_by_test_id("row-menu").click()
    expect(page.get_by_test_id("open-as-speedscope")).to_be_visible()
    expect(page.get_by_test_id("open-as-perf")).to_have_count(0)


def test_without_the_token_of_the_start_one_line_tells_what_to_do(new_page: NewPage, server: Server) -> None:
    page = new_page(viewport={"width": 900, "height": 700})
    page.goto(server.url)
    expect(page.get_by_test_id("not-offered")).to_have_text("SSH and recording need the printed address.")
    expect(page.get_by_test_id("profile-row")).to_have_count(3)
    search, upload = (page.get_by_test_id(name).bounding_box() for name in ("profile-search", "upload"))
    assert search is not None
    assert upload is not None
    assert upload["y"] < search["y"] + search["height"] / 2 < upload["y"] + upload["height"]


@pytest.mark.parametrize("width", [900, 1200, 1400])
def test_the_reason_why_a_file_is_no_profile_is_read_whole(
    new_page: NewPage, mixed: Server, width: int
) -> None:
    page = new_page(viewport={"width": width, "height": 700})
    page.goto(mixed.url)
    reason = page.get_by_test_id("profile-reason")
    expect(reason).to_contain_text("see the list of formats in the README.")
    end = reason.evaluate("(element) => element.getBoundingClientRect().right")
    assert end <= reason.evaluate("(element) => element.parentElement.getBoundingClientRect().right")
    modified = row_of(page, "README.md").locator("time").bounding_box()
    assert modified is not None
    assert end < modified["x"]
