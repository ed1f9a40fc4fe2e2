"""A server that asks for its token, in the browser, which asks its user for it as a password."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from playwright.sync_api import Error, expect

from tests.e2e.conftest import NewPage
from tests.e2e.explorer import Explorer
from tests.e2e.running import NODE18, Server, copy_examples, serving
from tests.e2e.windows import watch_of
from tests.support.perf_text import sample, script

pytestmark = pytest.mark.chromium

TOKEN = "a-token-of-some-length"
PERSON = {"username": "ada", "password": TOKEN}
WRONG = {**PERSON, "password": "wrong" * 5}


@contextmanager
def guarded(folder: Path, *arguments: str) -> Iterator[Server]:
    """Serve the examples with a token."""
    folder.joinpath("token").write_text(TOKEN)
    options = ("--token-file", str(folder / "token"), *arguments)
    with serving(copy_examples(folder / "in"), folder / "cache", *options) as server:
        yield server


@pytest.fixture(scope="module")
def closed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server that asks everybody for the token."""
    with guarded(tmp_path_factory.mktemp("closed"), "--token-for", "everything") as server:
        yield server


@pytest.fixture(scope="module")
def readable(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server that everybody reads, and that asks for the token when something is to be changed."""
    with guarded(tmp_path_factory.mktemp("readable")) as server:
        yield server


def test_a_browser_with_the_token_shows_the_page(new_page: NewPage, closed: Server) -> None:
    page = new_page(http_credentials=PERSON)
    explorer = Explorer(page, closed.url).open(NODE18, start=1, end=2)
    expect(explorer.id("frame-table").locator("tbody tr")).not_to_have_count(0)
    page.goto(closed.url)
    expect(page.get_by_test_id("profile-row")).to_have_count(3)


def test_a_browser_without_the_token_shows_nothing(new_page: NewPage, closed: Server) -> None:
    stranger = new_page()
    watch_of(stranger).allow("401")
    answers: list[int] = []
    stranger.on("response", lambda response: answers.append(response.status))
    # No window, no dialog: the headless shell then shows the 401, the full browser its own error page.
    with suppress(Error):
        stranger.goto(closed.url)
    assert set(answers) <= {401}
    assert NODE18 not in stranger.content()
    guesser = new_page(http_credentials=WRONG)
    watch_of(guesser).allow("401")
    answer = guesser.goto(closed.url)
    assert answer is not None
    assert answer.status == 401
    assert "not the token" in (guesser.text_content("body") or "")


def large(folder: Path, size: int) -> Path:
    """Write a profile of at least this many bytes."""
    block = sample("3000.000001", "leaf+0x1 (/srv/app)")
    path = folder / f"large{size}.perf"
    path.write_bytes(script(*[block] * (size // len(block) + 1)))
    return path


@pytest.mark.parametrize("size", [100, 3 << 20, 60 << 20])
def test_uploads_need_it_of_the_page_too(
    new_page: NewPage, readable: Server, tmp_path: Path, size: int
) -> None:
    """Everybody reads; the browser asks for the password when something is to be changed."""
    page = new_page(http_credentials=PERSON)
    page.goto(readable.url)
    expect(page.get_by_test_id("profile-row")).to_have_count(len(list(readable.profiles.glob("[!.]*"))))
    file = large(tmp_path, size)
    page.get_by_test_id("upload-input").set_input_files(file)
    # Reading 900 000 samples takes its time on a busy machine.
    expect(page.get_by_test_id("heatmap")).to_have_attribute(
        "data-samples", re.compile("[1-9]"), timeout=120_000
    )
    assert (readable.profiles / file.name).stat().st_size == file.stat().st_size
    expect(page.get_by_test_id("profile-name")).to_have_text(file.name)


def test_without_it_nothing_is_uploaded(new_page: NewPage, readable: Server, tmp_path: Path) -> None:
    page = new_page(http_credentials=WRONG)
    watch_of(page).allow("401")
    page.goto(readable.url)
    page.get_by_test_id("upload-input").set_input_files(large(tmp_path, 99))
    expect(page.get_by_test_id("upload-error")).to_contain_text("token")
    assert not (readable.profiles / "large99.perf").exists()
