"""Files that people bring to the page themselves: chosen, dropped, refused, cancelled, deleted."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e import axe
from tests.e2e.conftest import Watch
from tests.e2e.explorer import Explorer
from tests.e2e.running import Server
from tests.support.perf_text import sample, script

pytestmark = pytest.mark.chromium

Serve = Callable[..., Server]
SAMPLES = 40
PROFILE = script(*(sample(f"3000.{number:06d}", "leaf+0x1 (/srv/app)") for number in range(SAMPLES)))
NOTES = b"Dear diary, <b>today</b> nothing was slow.\n"
# As a file manager drops them: the page sees the files first, then the drop.
DROP = """(files) => {
  const dataTransfer = new DataTransfer();
  for (const [name, text] of files) dataTransfer.items.add(new File([text], name));
  const options = {dataTransfer, bubbles: true, cancelable: true};
  for (const type of ["dragenter", "dragover"]) document.body.dispatchEvent(new DragEvent(type, options));
  window.dropThem = () => document.body.dispatchEvent(new DragEvent("drop", options));
}"""


@pytest.fixture
def profiles(tmp_path: Path) -> Path:
    folder = tmp_path / "profiles"
    folder.mkdir()
    return folder


def file(name: str, content: bytes) -> dict[str, object]:
    return {"name": name, "mimeType": "application/octet-stream", "buffer": content}


def choose(page: Page, *files: dict[str, object]) -> None:
    page.get_by_test_id("upload-input").set_input_files(list(files))  # type: ignore[arg-type]


def upload_of(page: Page, name: str) -> Locator:
    return page.locator(f'[data-testid="upload-item"][data-name="{name}"]')


def row_of(page: Page, name: str) -> Locator:
    return page.locator(f'[data-testid="profile-row"][data-filename="{name}"]')


def test_a_file_is_cancelled_and_opened_and_one_is_dropped_beside_it(
    page: Page, serve: Serve, profiles: Path
) -> None:
    explorer = Explorer(page, serve(profiles).url)
    page.goto(explorer.url)
    expect(page.get_by_test_id("empty-directory")).to_be_visible()
    # The request reaches no server and gets no answer.
    page.route("**/profile/?filename=*", lambda route: None)
    choose(page, file("perf ä+&.out", PROFILE))
    upload = upload_of(page, "perf ä+&.out")
    expect(upload).to_have_attribute("data-state", "sending")
    axe.expect_usable(page, "[data-testid=transfers]")
    upload.get_by_test_id("upload-cancel").click()
    expect(upload).to_have_attribute("data-state", "cancelled")
    assert list(profiles.glob("*")) == []
    page.unroute("**/profile/?filename=*")
    upload.get_by_test_id("upload-retry").click()
    expect(explorer.heatmap).to_have_attribute("data-samples", str(SAMPLES))
    assert (profiles / "perf ä+&.out").read_bytes() == PROFILE
    page.get_by_test_id("home-link").click()
    expect(row_of(page, "perf ä+&.out")).to_be_visible()
    # A chosen file opens, too.
    choose(page, file("old.perf", PROFILE[: len(PROFILE) // 2]))
    expect(explorer.id("profile-name")).to_have_text("old.perf")
    explorer.settled()
    drop(page)
    # The name is taken: the new one gets a number, and opens.
    expect(explorer.id("profile-name")).to_have_text("old-2.perf")
    expect(explorer.heatmap).to_have_attribute("data-samples", str(SAMPLES))


def drop(page: Page) -> None:
    page.evaluate(DROP, [["old.perf", PROFILE.decode()]])
    expect(page.get_by_test_id("drop-overlay")).to_be_visible()
    axe.expect_usable(page)
    page.evaluate("dropThem()")
    expect(page.get_by_test_id("drop-overlay")).to_have_count(0)


def test_several_files_stay_on_the_list_and_an_unknown_one_can_be_forced(
    page: Page, watch: Watch, serve: Serve, profiles: Path
) -> None:
    watch.allow("415")
    page.goto(serve(profiles).url)
    choose(page, file("a.perf", PROFILE), file("notes.txt", NOTES), file("b.perf", PROFILE))
    expect(upload_of(page, "b.perf")).to_have_attribute("data-state", "done")
    expect(row_of(page, "a.perf")).to_be_visible()
    notes = upload_of(page, "notes.txt")
    expect(notes).to_have_attribute("data-state", "failed")
    expect(notes.get_by_test_id("upload-error")).to_have_attribute("data-status", "415")
    assert not (profiles / "notes.txt").exists()
    axe.expect_usable(page, "[data-testid=transfers]")
    notes.get_by_test_id("upload-force").click()
    expect(notes).to_have_attribute("data-state", "done")
    expect(row_of(page, "notes.txt")).to_have_attribute("data-type", "unknown")
    assert (profiles / "notes.txt").read_bytes() == NOTES
    notes.get_by_test_id("upload-dismiss").click()
    expect(notes).to_have_count(0)
    open_a_forced_file(page)


def open_a_forced_file(page: Page) -> None:
    # More foreign text than the server checks.
    choose(page, file("odd.txt", NOTES * 3000 + PROFILE))
    upload_of(page, "odd.txt").get_by_test_id("upload-force").click()
    upload_of(page, "odd.txt").get_by_test_id("open-as").click()
    page.get_by_test_id("open-as-perf").click()
    expect(page.get_by_test_id("heatmap")).to_have_attribute("data-samples", str(SAMPLES))
    expect(upload_of(page, "odd.txt")).to_have_count(0)
    # The server's error explains why the file is not of this type; the list shows it, too.
    page.get_by_test_id("home-link").click()
    row_of(page, "odd.txt").get_by_test_id("row-menu").click()
    page.get_by_test_id("open-as-folded").click()
    expect(page.get_by_test_id("error")).to_contain_text("No line of its beginning looks like a profile")
    page.get_by_test_id("home-link").click()
    expect(page.get_by_test_id("recent-profile")).to_have_count(1)
    page.get_by_test_id("recent-link").click()
    expect(page.get_by_test_id("heatmap")).to_have_attribute("data-samples", str(SAMPLES))


def test_a_profile_is_downloaded_and_deleted(page: Page, serve: Serve, profiles: Path) -> None:
    name = "deep/<i>&.perf"
    (profiles / "deep").mkdir()
    (profiles / name).write_bytes(PROFILE)
    page.goto(serve(profiles).url)
    row_of(page, name).get_by_test_id("row-menu").click()
    with page.expect_download() as download:
        page.get_by_test_id("download").click()
    assert Path(download.value.path()).read_bytes() == PROFILE
    row_of(page, name).get_by_test_id("row-menu").click()
    page.get_by_test_id("delete").click()
    expect(page.get_by_role("dialog")).to_contain_text(name)
    page.keyboard.press("Escape")
    assert (profiles / name).exists()
    row_of(page, name).get_by_test_id("row-menu").click()
    page.get_by_test_id("delete").click()
    page.get_by_test_id("delete-confirm").click()
    expect(page.get_by_test_id("empty-directory")).to_be_visible()
    assert not (profiles / name).exists()
