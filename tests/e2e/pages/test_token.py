"""A server that asks for its token, in the browser, which asks its user for it as a password."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from playwright.sync_api import Error, Page, expect

from tests.e2e.conftest import Serve, Watch
from tests.e2e.explorer import Explorer
from tests.e2e.running import NODE18, copy_examples
from tests.support.perf_text import sample, script

pytestmark = pytest.mark.chromium

TOKEN = "a-token-of-some-length"
PERSON = {"username": "ada", "password": TOKEN}
WRONG = {**PERSON, "password": "wrong" * 5}
NewPage = Callable[..., Page]


@pytest.fixture
def token_file(tmp_path: Path) -> str:
    path = tmp_path / "token"
    path.write_text(TOKEN)
    return str(path)


def watch_of(page: Page) -> Watch:
    found = page.watch  # type: ignore[attr-defined]
    assert isinstance(found, Watch)
    return found


def test_a_browser_with_the_token_shows_the_page(
    new_page: NewPage, serve: Serve, tmp_path: Path, token_file: str
) -> None:
    server = serve(copy_examples(tmp_path / "in"), "--token-file", token_file, "--token-for", "everything")
    page = new_page(http_credentials=PERSON)
    explorer = Explorer(page, server.url).open(NODE18, start=1, end=2)
    expect(explorer.id("frame-table").locator("tbody tr")).not_to_have_count(0)
    page.goto(server.url)
    expect(page.get_by_test_id("profile-row")).to_have_count(3)


def test_a_browser_without_the_token_shows_nothing(
    new_page: NewPage, serve: Serve, tmp_path: Path, token_file: str
) -> None:
    server = serve(copy_examples(tmp_path / "in"), "--token-file", token_file, "--token-for", "everything")
    stranger = new_page()
    watch_of(stranger).allow("401")
    answers: list[int] = []
    stranger.on("response", lambda response: answers.append(response.status))
    # No window, no dialog: the headless shell then shows the 401, the full browser its own error page.
    with suppress(Error):
        stranger.goto(server.url)
    assert set(answers) <= {401}
    assert NODE18 not in stranger.content()
    guesser = new_page(http_credentials=WRONG)
    watch_of(guesser).allow("401")
    answer = guesser.goto(server.url)
    assert answer is not None
    assert answer.status == 401
    assert "not the token" in (guesser.text_content("body") or "")


def large(folder: Path, size: int) -> Path:
    """Write a profile of at least this many bytes."""
    block = sample("3000.000001", "leaf+0x1 (/srv/app)")
    path = folder / "large.perf"
    path.write_bytes(script(*[block] * (size // len(block) + 1)))
    return path


@pytest.mark.parametrize("size", [100, 3 << 20, 60 << 20])
def test_uploads_need_it_of_the_page_too(
    new_page: NewPage, serve: Serve, tmp_path: Path, token_file: str, size: int
) -> None:
    """Everybody reads; the browser asks for the password when something is to be changed."""
    folder = copy_examples(tmp_path / "in")
    page = new_page(http_credentials=PERSON)
    page.goto(serve(folder, "--token-file", token_file).url)
    expect(page.get_by_test_id("profile-row")).to_have_count(3)
    file = large(tmp_path, size)
    page.get_by_test_id("upload-input").set_input_files(file)
    expect(page.get_by_test_id("heatmap")).to_have_attribute("data-samples", re.compile("[1-9]"))
    assert (folder / file.name).stat().st_size == file.stat().st_size


def test_without_it_nothing_is_uploaded(
    new_page: NewPage, serve: Serve, tmp_path: Path, token_file: str
) -> None:
    folder = copy_examples(tmp_path / "in")
    page = new_page(http_credentials=WRONG)
    watch_of(page).allow("401")
    page.goto(serve(folder, "--token-file", token_file).url)
    page.get_by_test_id("upload-input").set_input_files(large(tmp_path, 100))
    expect(page.get_by_test_id("upload-error")).to_contain_text("token")
    assert not (folder / "large.perf").exists()
