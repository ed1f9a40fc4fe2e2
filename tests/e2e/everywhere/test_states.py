"""Messages of a screen in trouble: no answer, another file, a long wait."""

from __future__ import annotations

import bz2
import gzip
import os
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e import axe
from tests.e2e.conftest import Serve, Watch, lent
from tests.e2e.explorer import Cell, Explorer
from tests.e2e.raw import raw_samples, within
from tests.e2e.running import EXAMPLES, NODE18, NODE20, Server
from tests.e2e.windows import Kept
from tests.faults.unprivileged import WITHOUT_RIGHTS

pytestmark = pytest.mark.chromium

REFUSED = "ERR_CONNECTION_REFUSED|ERR_CONNECTION_RESET|ERR_EMPTY_RESPONSE"
SAMPLES = raw_samples(EXAMPLES / NODE18)
OTHER_SAMPLES = raw_samples(EXAMPLES / NODE20)
# Repeated so often that bzip2 takes seconds to unpack it.
COPIES = 24
# Some of them, where other tests keep the machine busy.
READING_MS = 240_000
NAME = "open.perf.gz"
# The page asks for the state of its file this often, and a silent server more often.
LOOK_MS = 5000


@pytest.fixture(scope="module")
def clocked(browser: Browser) -> Iterator[Kept]:
    """A window for all tests here, whose clock can be put forward."""
    with closing(Kept(browser, lambda page: page.clock.install())) as found:
        yield found


@pytest.fixture
def page(request: pytest.FixtureRequest, clocked: Kept) -> Iterator[Page]:
    yield from lent(clocked, request.node)
    clocked.leave()


def later(page: Page) -> None:
    """Put the page's clock forward to its next question."""
    page.clock.fast_forward(LOOK_MS)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "profiles"
    folder.mkdir()
    (folder / NAME).write_bytes((EXAMPLES / NODE18).read_bytes())
    return folder


def replace(file: Path, content: bytes) -> None:
    """Put another file in its place in one step, as programs that save do."""
    beside = file.with_name(f".{file.name}")
    beside.write_bytes(content)
    beside.rename(file)


def test_silence_is_told_without_a_click_and_ends_by_itself(
    page: Page, watch: Watch, serve: Serve, folder: Path
) -> None:
    watch.allow(REFUSED)
    # Before the first list: one that was slow to make is returned again for two seconds.
    (folder / "second.perf.gz").write_bytes((EXAMPLES / NODE20).read_bytes())
    server = serve(folder)
    explorer = Explorer(page, server.url).open(NAME, start=2, end=3)
    offline, error = page.get_by_test_id("offline"), page.get_by_test_id("error")
    expect(offline).to_have_count(0)
    server.stop()
    later(page)
    expect(offline).to_contain_text("The server does not answer")
    # The loaded view stays and remains usable.
    expect(explorer.flame).to_have_attribute("data-samples", str(len(within(SAMPLES, 2, 3))))
    axe.expect_usable(page, "[data-testid=offline]")
    explorer.drag(Cell(30, 0), Cell(31, 49))
    expect(error).to_contain_text("The server does not answer. Is it still running?")
    expect(page.get_by_text("The server does not answer")).to_have_count(1)
    # The heatmap is in the page already, and still counts.
    samples = len(within(SAMPLES, 30, 32))
    expect(explorer.summary).to_have_attribute("data-samples", str(samples))
    page.get_by_test_id("error-action").click()
    expect(error).to_contain_text("The server does not answer")
    server.start()
    later(page)
    explorer.expect_selected(30, 32, samples)
    expect(error).to_have_count(0)
    # Only now: the error hid the bar.
    expect(offline).to_have_count(0)
    ask_in_vain(explorer, server)


def ask_in_vain(explorer: Explorer, server: Server) -> None:
    """Open another profile while the server is away. It opens when the server is back."""
    page, error = explorer.page, explorer.id("error")
    # The explorer's own scripts are there, the data of this profile is not.
    explorer.id("home-link").click()
    link = page.locator("[data-filename='second.perf.gz']").get_by_test_id("profile-link")
    expect(link).to_be_visible()
    server.stop()
    link.click()
    # The notice of the error tells it, and no other one.
    expect(page.get_by_text("The server does not answer")).to_have_count(1)
    expect(error).to_contain_text("The server does not answer")
    server.start()
    later(page)
    explorer.expect_whole(len(OTHER_SAMPLES))
    expect(error).to_have_count(0)


def test_another_file_under_the_name_is_offered_and_shown(
    page: Page, watch: Watch, serve: Serve, folder: Path
) -> None:
    explorer = Explorer(page, serve(folder).url).open(NAME, start=5, end=7)
    touch(explorer, folder / NAME)
    notice = page.get_by_test_id("changed-on-disk")
    replace(folder / NAME, (EXAMPLES / NODE20).read_bytes())
    later(page)
    expect(notice).to_contain_text("The file has changed since it was opened")
    # The displayed profile does not change until the user asks for it.
    expect(explorer.heatmap).to_have_attribute("data-samples", str(len(SAMPLES)))
    axe.expect_usable(page, "[data-testid=changed-on-disk]")
    page.get_by_test_id("reload-profile").click()
    expect(explorer.heatmap).to_have_attribute("data-samples", str(len(OTHER_SAMPLES)))
    explorer.expect_selected(5, 7, len(within(OTHER_SAMPLES, 5, 7)))
    expect(notice).to_have_count(0)
    # The notice appears again and is dismissed.
    replace(folder / NAME, (EXAMPLES / NODE18).read_bytes())
    later(page)
    expect(notice).to_be_visible()
    page.get_by_test_id("keep-profile").click()
    expect(notice).to_have_count(0)
    expect(explorer.heatmap).to_have_attribute("data-samples", str(len(OTHER_SAMPLES)))
    watch.allow("416")
    lose_the_range(explorer, folder / NAME)


def touch(explorer: Explorer, file: Path) -> None:
    """Look at the file without a change, and with another time only."""
    page = explorer.page
    with page.expect_request(lambda request: request.method == "HEAD"):
        later(page)
    expect(page.get_by_test_id("changed-on-disk")).to_have_count(0)
    os.utime(file, (1_700_000_000, 1_700_000_000))
    later(page)
    # Only the time differs, so the page offers a reload. It shows the same profile.
    page.get_by_test_id("reload-profile").click()
    expect(page.get_by_test_id("changed-on-disk")).to_have_count(0)
    explorer.expect_selected(5, 7, len(within(SAMPLES, 5, 7)))
    expect(explorer.heatmap).to_have_attribute("data-samples", str(len(SAMPLES)))


def lose_the_range(explorer: Explorer, file: Path) -> None:
    """Select a range that the next file under the name does not have."""
    page = explorer.page
    os.utime(file, (1_700_000_001, 1_700_000_001))
    later(page)
    page.get_by_test_id("reload-profile").click()
    expect(explorer.heatmap).to_have_attribute("data-samples", str(len(SAMPLES)))
    explorer.open(NAME, start=40, end=41)
    replace(file, (EXAMPLES / NODE20).read_bytes())
    later(page)
    page.get_by_test_id("reload-profile").click()
    expect(page.get_by_test_id("error")).to_contain_text(
        "The range 40 to 41 s is empty or outside the profile (0 to 10 s)."
    )
    page.get_by_test_id("error-action").click()
    explorer.expect_whole(len(OTHER_SAMPLES))


def test_a_file_that_is_deleted_or_locked_is_missed_without_a_click(
    page: Page, watch: Watch, serve: Serve, folder: Path, tmp_path: Path
) -> None:
    explorer = Explorer(page, serve(folder, under=WITHOUT_RIGHTS).url).open(NAME, start=5, end=7)
    gone = page.get_by_test_id("file-gone")
    expect(gone).to_have_count(0)
    watch.allow("403|404")
    (folder / NAME).rename(tmp_path / "aside")
    later(page)
    expect(gone).to_have_attribute("data-fate", "deleted")
    expect(gone).to_contain_text("put the file back under its name")
    # The loaded view stays.
    explorer.expect_selected(5, 7, len(within(SAMPLES, 5, 7)))
    axe.expect_usable(page, "[data-testid=file-gone]")
    (tmp_path / "aside").rename(folder / NAME)
    later(page)
    expect(gone).to_have_count(0)
    (folder / NAME).chmod(0)
    later(page)
    expect(gone).to_have_attribute("data-fate", "unreadable")
    expect(explorer.heatmap).to_have_attribute("data-samples", str(len(SAMPLES)))
    (folder / NAME).chmod(0o644)
    later(page)
    expect(gone).to_have_count(0)
    (folder / NAME).unlink()
    later(page)
    expect(gone).to_be_visible()
    # Another file takes its name, and the notice changes.
    replace(folder / NAME, (EXAMPLES / NODE20).read_bytes())
    later(page)
    expect(gone).to_have_count(0)
    page.get_by_test_id("reload-profile").click()
    expect(explorer.heatmap).to_have_attribute("data-samples", str(len(OTHER_SAMPLES)))
    (folder / NAME).unlink()
    later(page)
    page.get_by_test_id("file-gone-list").click()
    expect(page.get_by_test_id("empty-directory")).to_be_visible()


@pytest.mark.slow
def test_a_long_reading_says_how_far_it_is(page: Page, serve: Serve, folder: Path) -> None:
    text = gzip.decompress((EXAMPLES / NODE18).read_bytes())
    (folder / "long.perf.bz2").write_bytes(bz2.compress(text) * COPIES)
    server = serve(folder)
    page.goto(f"{server.url}#/explore?file=long.perf.bz2")
    loading = page.get_by_test_id("loading")
    page.wait_for_function(
        r"() => /^0\.\d/.test(document.querySelector('[data-testid=loading]')?.dataset.fraction)"
    )
    with server.paused():
        first = float(loading.get_attribute("data-fraction") or 0)
        assert 0 < first < 1
        expect(loading).to_contain_text(f"Reading long.perf.bz2 · {round(100 * first)} %")
        bar = loading.get_by_role("progressbar")
        assert abs(float(bar.get_attribute("aria-valuenow") or 0) - 100 * first) < 1
        axe.expect_usable(page)
    page.wait_for_function(
        """(first) => {
          const bar = document.querySelector("[data-testid=loading]");
          return bar === null || Number(bar.dataset.fraction) > first;
        }""",
        arg=first,
    )
    expect(loading).to_have_count(0, timeout=READING_MS)
    Explorer(page, server.url).expect_whole(COPIES * len(SAMPLES))
