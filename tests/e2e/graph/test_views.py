"""Named views and recent profiles: stored in the browser, carried to another one by a link."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Serve, rested
from tests.e2e.explorer import Explorer, containing
from tests.e2e.raw import having, raw_samples, within
from tests.e2e.running import EXAMPLES, NODE18, SYSTEM, Server, copy_examples

pytestmark = pytest.mark.chromium

SAMPLES = raw_samples(EXAMPLES / NODE18)
BURST = within(SAMPLES, 9.76, 10.28)
NAME = "the burst <b>&</b> ü"
SEARCH = "rebuildSearchIndex"


@pytest.fixture
def page(window: Page, server: Server) -> Page:
    """The kept window, at the list of the examples."""
    return rested(window, server.url)


def save(page: Page, name: str) -> None:
    """Save the view under a name, by keyboard alone."""
    page.get_by_test_id("views").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("view-name")).to_be_focused()
    page.get_by_test_id("view-name").press("Control+a")
    page.keyboard.type(name)
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("views")).to_have_attribute("data-name", name)
    page.keyboard.press("Tab")
    # The keys reach the list, not the selection behind it.
    page.keyboard.press("Escape")
    expect(page.get_by_test_id("views-menu")).to_have_count(0)


def test_a_link_carries_the_view_and_its_name(
    new_page: Callable[..., Page], page: Page, server: Server
) -> None:
    Explorer(page, server.url).open(NODE18, start=9.76, end=10.28, q=SEARCH, layout="icicle")
    save(page, NAME)
    link = page.url
    # Another user's browser, which has no stored views.
    other = new_page(color_scheme="dark")
    other.goto(link)
    explorer = Explorer(other, server.url)
    explorer.expect_selected(9.76, 10.28, len(BURST))
    expect(explorer.id("views")).to_have_text(f"{NAME}▾")
    expect(other).to_have_title(f"{NAME} · {NODE18} · FlameScope")
    expect(explorer.id("search-result")).to_have_attribute("data-matched", str(len(having(BURST, SEARCH))))
    assert other.url == link
    # A changed view loses its name. Back restores it.
    explorer.id("inverted").click()
    expect(explorer.id("views")).to_have_attribute("data-name", "")
    other.go_back()
    expect(explorer.id("views")).to_have_attribute("data-name", NAME)
    # Only a saved view is listed.
    explorer.id("views").click()
    expect(explorer.id("view-item")).to_have_count(0)
    explorer.id("view-save").click()
    expect(explorer.id("view-item")).to_have_attribute("data-name", NAME)


def test_named_views_are_opened_renamed_and_deleted(page: Page, server: Server) -> None:
    explorer = Explorer(page, server.url).open(NODE18, start=9.76, end=10.28)
    save(page, "first")
    explorer.open(NODE18, filter="node-v8", view="both", q=SEARCH)
    save(page, "second")
    explorer.open(SYSTEM)
    explorer.id("views").click()
    item = page.locator('[data-testid="view-item"][data-name="first"]')
    expect(item).to_contain_text("selected 9.76–10.28 s")
    expect(item).to_contain_text(NODE18)
    item.get_by_test_id("view-open").click()
    explorer.expect_selected(9.76, 10.28, len(BURST))
    expect(explorer.id("profile-name")).to_have_text(NODE18)
    explorer.id("views").click()
    item.get_by_test_id("view-rename").click()
    page.keyboard.type("renamed")
    page.keyboard.press("Enter")
    expect(explorer.id("views")).to_have_attribute("data-name", "renamed")
    page.locator('[data-testid="view-item"][data-name="second"]').get_by_test_id("view-delete").click()
    expect(explorer.id("view-undo")).to_be_focused()
    # Kept, as the browser's next start shows.
    page.reload()
    explorer.expect_selected(9.76, 10.28, len(BURST))
    explorer.id("views").click()
    expect(explorer.id("view-item")).to_have_count(1)
    expect(explorer.id("view-item")).to_have_attribute("data-name", "renamed")


def test_damaged_memory_is_no_obstacle(page: Page, server: Server) -> None:
    page.goto(f"{server.url}#/")
    for key in ("flamescope.views", "flamescope.recent"):
        page.evaluate("([key, text]) => localStorage.setItem(key, text)", [key, '[{"file": 7}, null, [], "'])
    page.reload()
    expect(page.get_by_test_id("profile-row")).to_have_count(3)
    expect(page.get_by_test_id("recent")).to_have_count(0)
    explorer = Explorer(page, server.url).open(NODE18)
    save(page, "again")
    explorer.id("home-link").click()
    expect(page.get_by_test_id("recent-profile")).to_have_count(1)


def test_recent_profiles_lead_back_to_where_they_were_left(page: Page, serve: Serve, tmp_path: Path) -> None:
    folder = tmp_path / "profiles"
    server = serve(copy_examples(folder))
    explorer = Explorer(page, server.url).open(SYSTEM)
    explorer.open(NODE18, q=SEARCH)
    explorer.page.goto(f"{server.url}#/")
    rows = page.get_by_test_id("recent-profile")
    expect(rows).to_have_count(2)
    expect(rows.nth(0)).to_have_attribute("data-filename", NODE18)
    expect(rows.nth(0).get_by_test_id("recent-view")).to_have_text(f"search {SEARCH}")
    rows.nth(0).get_by_test_id("recent-link").click()
    explorer.settled()
    matched = len(having(SAMPLES, SEARCH))
    expect(explorer.id("search-result")).to_have_attribute("data-matched", str(matched))
    # A deleted profile is marked and can be removed from the list.
    (folder / SYSTEM).unlink()
    explorer.id("home-link").click()
    gone = page.locator(f'[data-testid="recent-profile"][data-filename="{SYSTEM}"]')
    # The list of a directory that takes long to list, as on a busy machine, may be two seconds old.
    for _ in range(20):
        expect(gone).to_have_count(1)
        if gone.get_attribute("data-gone") == "true":
            break
        page.reload()
    expect(gone).to_have_attribute("data-gone", "true")
    expect(gone.get_by_test_id("recent-link")).to_have_count(0)
    gone.get_by_test_id("recent-forget").click()
    expect(rows).to_have_count(1)


def test_the_filters_say_which_profiles_they_are_for_and_what_they_cost(page: Page, server: Server) -> None:
    explorer = Explorer(page, server.url).open(NODE18, start=9.76, end=10.28)
    explorer.id("filter").click()
    choice = page.locator('[data-testid="filter-choice"][data-name="node-v8"]')
    expect(choice).to_contain_text("Node 16 and newer")
    # Of the filters for Node, the one that knows the names of this recording.
    suits = page.get_by_test_id("filter-choice-suits")
    expect(suits).to_have_text(["Made for profiles such as this one."])
    expect(choice.get_by_test_id("filter-choice-suits")).to_have_count(1)
    cost = choice.get_by_test_id("filter-choice-cost")
    expect(cost).to_have_text(re.compile(r"% of samples moved"))
    told = cost.inner_text()
    choice.click()
    explorer.settled()
    # The same summary as before, of this range.
    expect(explorer.id("filter-cost")).to_have_text(f"V8 internals: {told}")
    expect(page).to_have_url(containing("filter=node-v8"))
    expect(page).to_have_url(containing("start=9.76"))
