"""Names from profiles where they are more than shown: in menus, chips, the title, downloads and uploads."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.conftest import Serve, ServeFiles, Watch, rested
from tests.e2e.everywhere.test_hostile import COMMAND, FRAMES, LIBRARY, expect_harmless
from tests.e2e.explorer import Explorer
from tests.e2e.running import Server
from tests.support.perf_text import sample, script

pytestmark = pytest.mark.chromium

FILE = "<img src=x onerror=alert(1)>.perf"
EVENT = "<svg/onload=window.__pwned=1>"
OTHER_EVENT = "'\"><script>window.__pwned=1</script>"
# Escape sequences, a bell, a delete, and characters that some programs treat as line ends.
CONTROLS = "\x1b[31mred\x1b[0m\x07\x01\x7f\u200b\u2028next\u2029\u0085last"
CALLEE = "<a href=javascript:alert(1)>callee</a>"
HEADER = "# hostname : <img src=x onerror=window.__pwned=1>\n#\n"
SECOND = 10
SHOWN = 150


def profile() -> bytes:
    """One second a frame, ten samples each, of two commands and two events."""
    blocks = [
        sample(
            f"{3000 + second}.{number:06}",
            f"{CALLEE}+0x1 ({LIBRARY})",
            f"{frame}+0x1 ({LIBRARY})",
            command=COMMAND if number % 2 else "tame",
            event=EVENT if number % 2 else OTHER_EVENT,
            cpu=number % 2,
        )
        for second, frame in enumerate([*FRAMES, CONTROLS])
        for number in range(SECOND)
    ]
    return HEADER.encode() + script(*blocks)


@pytest.fixture(scope="module")
def hostile(serve_files: ServeFiles) -> Server:
    return serve_files({FILE: profile()})


@pytest.fixture
def opened(window: Page, hostile: Server) -> Explorer:
    return Explorer(rested(window, hostile.url), hostile.url).open(FILE, event="all")


def test_the_title_facets_and_their_chips(opened: Explorer) -> None:
    expect(opened.page).to_have_title(f"{FILE} · FlameScope")
    page, half = opened.page, SECOND * (len(FRAMES) + 1) // 2
    opened.id("facet-comm").click()
    options = opened.id("facet-option")
    expect(options).to_have_count(2)
    assert {one.get_attribute("data-value") for one in options.all()} == {COMMAND, "tame"}
    option = page.locator("[data-testid=facet-option]", has_text=COMMAND)
    option.get_by_role("checkbox").check()
    page.keyboard.press("Escape")
    chip = opened.id("filter-chip")
    expect(chip).to_have_count(1)
    assert COMMAND in (chip.text_content() or "")
    expect(opened.id("kept")).to_have_attribute("data-samples", str(half))
    opened.expect_whole(half)
    expect_harmless(page)
    chip.click()
    expect(chip).to_have_count(0)
    switch_events(opened, half)


def switch_events(opened: Explorer, half: int) -> None:
    for name in (EVENT, OTHER_EVENT):
        opened.id("facet-event").click()
        options = opened.id("facet-option")
        expect(options).to_have_count(3)
        assert {one.get_attribute("data-value") for one in options.all()} == {EVENT, OTHER_EVENT, "all"}
        opened.page.locator("[data-testid=facet-option]", has_text=name).get_by_role("radio").click()
        expect(opened.id("facet-event")).to_have_attribute("data-event", name)
        assert name in (opened.id("facet-event").text_content() or "")
        opened.expect_whole(half)
        expect_harmless(opened.page)


def test_what_the_menu_of_a_frame_does_with_its_name(opened: Explorer) -> None:
    for second, frame in enumerate([*FRAMES, CONTROLS]):
        opened.open(FILE, event="all", start=second, end=second + 1)
        opened.expect_selected(second, second + 1, SECOND)
        use_the_menu(opened, frame, second)


def use_the_menu(opened: Explorer, frame: str, second: int) -> None:
    page, place = opened.page, opened.frame_at(2, 30)
    page.mouse.click(*place, button="right")
    expect(opened.id("frame-menu")).to_have_attribute("data-name", frame)
    expect_harmless(page)
    # A pattern made of the name finds the name and nothing else.
    opened.id("frame-include").click()
    opened.expect_selected(second, second + 1, SECOND)
    expect(opened.id("kept")).to_have_attribute("data-samples", str(SECOND))
    chip = opened.id("filter-chip")
    # The pattern is cut to the server's limit.
    assert frame[:SHOWN] in (chip.text_content() or "")
    chip.click()
    page.mouse.click(*place, button="right")
    opened.id("frame-search").click()
    expect(opened.id("search-result")).to_have_attribute("data-matched", str(SECOND))
    page.mouse.click(*place, button="right")
    opened.id("frame-callers").click()
    expect(opened.id("sandwich")).to_have_attribute("data-name", frame)
    expect_harmless(page)


def test_an_svg_is_a_picture_even_when_it_is_opened(
    opened: Explorer, browser: Browser, tmp_path: Path
) -> None:
    opened.id("export").click()
    with opened.page.expect_download() as download:
        opened.id("export-svg").click()
    file = tmp_path / "graph.svg"
    download.value.save_as(file)
    # Opened from the disk, the file is under no policy of ours.
    context = browser.new_context()
    try:
        page = context.new_page()
        watch = Watch(context)
        watch.allow("another site: file:")
        page.goto(file.as_uri())
        assert page.evaluate("document.documentElement.tagName") == "svg"
        assert page.evaluate("typeof window.__pwned") == "undefined"
        assert (
            page.evaluate("""[...document.querySelectorAll("*")].filter((one) =>
            ["script", "foreignObject", "a", "image", "use", "parsererror"].includes(one.localName)
            || [...one.attributes].some(({name}) => /^on|href/.test(name))).length""")
            == 0
        )
        texts = page.evaluate("""[...document.querySelectorAll("title")].map((one) => one.textContent)""")
        for name in (*FRAMES, CALLEE, COMMAND):
            assert any(name in text for text in texts), name[:80]
        assert watch.problems() == []
    finally:
        context.close()


def test_a_file_with_such_a_name_is_uploaded(page: Page, serve: Serve, tmp_path: Path) -> None:
    (tmp_path / "profiles").mkdir()
    page.goto(serve(tmp_path / "profiles").url)
    file = {"name": FILE, "mimeType": "text/html", "buffer": profile()}
    page.get_by_test_id("upload-input").set_input_files([file])  # type: ignore[arg-type]
    expect(page.get_by_test_id("profile-name")).to_have_text(FILE)
    page.get_by_test_id("home-link").click()
    expect(page.get_by_test_id("upload-item")).to_have_attribute("data-name", FILE)
    page.get_by_test_id("row-menu").click()
    page.get_by_test_id("delete").click()
    expect(page.get_by_role("dialog")).to_contain_text(FILE)
    expect_harmless(page)
    page.get_by_test_id("delete-confirm").click()
    expect(page.get_by_test_id("profile-row")).to_have_count(0)
    assert list((tmp_path / "profiles").glob("[!.]*")) == []
