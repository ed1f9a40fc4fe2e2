"""A frame's actions, by keyboard and over plain http, and the focus afterwards."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import NewPage, Serve
from tests.e2e.explorer import Explorer
from tests.e2e.running import NODE18, Server

pytestmark = pytest.mark.chromium

# As on an instance that is reached by plain http.
NO_CLIPBOARD = "delete Navigator.prototype.clipboard"
WALK = ["ArrowUp"] * 2


def walked(explorer: Explorer, **parameters: str) -> str:
    """Walk to a frame by keyboard and open its menu. Return its name."""
    explorer.open(NODE18, filter="node-v8", **parameters)
    explorer.flame.focus()
    for key in WALK:
        explorer.page.keyboard.press(key)
    explorer.page.keyboard.press("Shift+F10")
    menu = explorer.id("frame-menu")
    expect(menu).to_be_visible()
    name = menu.get_attribute("data-name")
    assert name
    return name


def test_the_walk_goes_on_behind_the_menu(explorer: Explorer) -> None:
    name = walked(explorer)
    explorer.page.keyboard.press("Escape")
    expect(explorer.id("frame-menu")).to_have_count(0)
    expect(explorer.flame).to_be_focused()
    # From the previous frame, any number of times.
    for _ in range(2):
        explorer.page.keyboard.press("ContextMenu")
        expect(explorer.id("frame-menu")).to_have_attribute("data-name", name)
        explorer.page.keyboard.press("Escape")
        expect(explorer.flame).to_be_focused()
    explorer.page.keyboard.press("Enter")
    expect(explorer.flame).to_have_attribute("data-zoom", name)
    explorer.page.keyboard.press("Shift+F10")
    expect(explorer.id("frame-menu")).to_have_attribute("data-name", name)


def test_focus_stays_at_the_graph_after_a_choice(explorer: Explorer) -> None:
    for item in ("focus", "search", "when", "include", "exclude", "drop"):
        walked(explorer)
        before = explorer.page.url
        explorer.id(f"frame-{item}").press("Enter")
        expect(explorer.id("frame-menu")).to_have_count(0)
        expect(explorer.flame).to_be_focused()
        expect(explorer.page).not_to_have_url(before)


def test_a_name_is_copied(new_page: NewPage, server: Server) -> None:
    alone = Explorer(new_page(permissions=["clipboard-read", "clipboard-write"]), server.url)
    name = walked(alone)
    alone.id("frame-copy").click()
    # The menu closes before the browser has taken the text.
    alone.page.wait_for_function("async (name) => (await navigator.clipboard.readText()) === name", arg=name)
    expect(alone.id("frame-menu")).to_have_count(0)
    pasted(alone, name)


def test_a_link_and_a_name_are_copied_over_plain_http(new_page: NewPage, server: Server) -> None:
    alone = Explorer(new_page(), server.url)
    alone.page.add_init_script(NO_CLIPBOARD)
    alone.open(NODE18, start=1, end=2)
    link = alone.page.url
    alone.id("export").click()
    alone.id("export-link").click()
    expect(alone.id("export-link")).to_have_text("Link copied")
    alone.page.keyboard.press("Escape")
    pasted(alone, link)
    name = walked(alone)
    alone.id("frame-copy").click()
    expect(alone.id("frame-menu")).to_have_count(0)
    pasted(alone, name)


def pasted(explorer: Explorer, text: str) -> None:
    """Expect this text in the clipboard, as a person sees it."""
    search = explorer.id("search")
    search.fill("")
    search.focus()
    explorer.page.keyboard.press("Control+v")
    expect(search).to_have_value(text)


def test_a_command_is_copied_over_plain_http(new_page: NewPage, serve: Serve, tmp_path: Path) -> None:
    page = new_page()
    page.add_init_script(NO_CLIPBOARD)
    (tmp_path / "profiles").mkdir()
    page.goto(serve(tmp_path / "profiles").url)
    page.get_by_test_id("copy-command").first.click()
    expect(page.get_by_test_id("copy-command").first).to_have_attribute("data-copied", "true")
