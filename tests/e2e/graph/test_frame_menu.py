"""A frame's actions, by keyboard and over plain http, and the focus afterwards."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Serve
from tests.e2e.explorer import Explorer
from tests.e2e.running import NODE18

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


def test_the_walk_goes_on_behind_the_menu(shared: Explorer) -> None:
    name = walked(shared)
    shared.page.keyboard.press("Escape")
    expect(shared.id("frame-menu")).to_have_count(0)
    expect(shared.flame).to_be_focused()
    # From the previous frame, any number of times.
    for _ in range(2):
        shared.page.keyboard.press("ContextMenu")
        expect(shared.id("frame-menu")).to_have_attribute("data-name", name)
        shared.page.keyboard.press("Escape")
        expect(shared.flame).to_be_focused()
    shared.page.keyboard.press("Enter")
    expect(shared.flame).to_have_attribute("data-zoom", name)
    shared.page.keyboard.press("Shift+F10")
    expect(shared.id("frame-menu")).to_have_attribute("data-name", name)


@pytest.mark.parametrize("item", ["focus", "search", "when", "include", "exclude", "drop"])
def test_focus_stays_at_the_graph_after_a_choice(shared: Explorer, item: str) -> None:
    before = shared.page.url
    walked(shared)
    shared.id(f"frame-{item}").press("Enter")
    expect(shared.id("frame-menu")).to_have_count(0)
    expect(shared.flame).to_be_focused()
    assert shared.page.url != before


@pytest.mark.parametrize("clipboard", [True, False], ids=["https", "plain http"])
def test_a_name_is_copied(explorer: Explorer, clipboard: bool) -> None:
    if clipboard:
        explorer.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    else:
        explorer.page.add_init_script(NO_CLIPBOARD)
    name = walked(explorer)
    explorer.id("frame-copy").click()
    expect(explorer.id("frame-menu")).to_have_count(0)
    if clipboard:
        # The menu closes before the browser has taken the text.
        explorer.page.wait_for_function(
            "async (name) => (await navigator.clipboard.readText()) === name", arg=name
        )
    explorer.id("search").focus()
    explorer.page.keyboard.press("Control+v")
    expect(explorer.id("search")).to_have_value(name)


def test_a_link_is_copied_over_plain_http(explorer: Explorer) -> None:
    explorer.page.add_init_script(NO_CLIPBOARD)
    explorer.open(NODE18, start=1, end=2)
    explorer.id("export").click()
    explorer.id("export-link").click()
    expect(explorer.id("export-link")).to_have_text("Link copied")
    explorer.page.keyboard.press("Escape")
    explorer.id("search").focus()
    explorer.page.keyboard.press("Control+v")
    expect(explorer.id("search")).to_have_value(explorer.page.url)


def test_a_command_is_copied_over_plain_http(page: Page, serve: Serve, tmp_path: Path) -> None:
    page.add_init_script(NO_CLIPBOARD)
    (tmp_path / "profiles").mkdir()
    page.goto(serve(tmp_path / "profiles").url)
    page.get_by_test_id("copy-command").first.click()
    expect(page.get_by_test_id("copy-command").first).to_have_attribute("data-copied", "true")
