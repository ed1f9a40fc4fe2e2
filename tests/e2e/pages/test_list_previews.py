"""The list before anything is opened: strips, facts, and what can be done with several files."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Download, Locator, Page, expect

from tests.e2e import axe
from tests.e2e.conftest import NewPage, Serve
from tests.e2e.running import NODE18, NODE20, SYSTEM, Server, serving
from tests.support.perf_text import sample, script


def row(page: Page, name: str) -> Locator:
    return page.locator(f'[data-testid="profile-row"][data-filename="{name}"]')


def names(page: Page) -> list[str | None]:
    return [one.get_attribute("data-filename") for one in page.get_by_test_id("profile-row").all()]


@pytest.fixture(scope="module")
def few(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server of that folder, for tests that change nothing in it."""
    place = tmp_path_factory.mktemp("few")
    with serving(filled(place), place / "cache") as running:
        yield running


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return filled(tmp_path)


def filled(place: Path) -> Path:
    """Make two files and a folder with one; b has most samples, and is newest."""
    profiles = place / "profiles"
    (profiles / "team").mkdir(parents=True)
    for name, command, count in (("a", "zsh", 3), ("b", "node", 9), ("team/c", "app", 6)):
        blocks = (sample(f"{10 + n}.5", "f ([x])", command=command) for n in range(count))
        path = profiles / f"{name}.perf"
        path.write_bytes(script(*blocks))
    return profiles


def test_rows_have_their_activity_duration_and_facts_and_are_compared(page: Page, server: Server) -> None:
    page.goto(server.url)
    strip = row(page, NODE18).get_by_test_id("profile-strip")
    expect(strip).to_have_attribute("data-samples", "1449")
    box = strip.bounding_box()
    assert box is not None
    assert (box["width"], box["height"]) == (120, 16)
    expect(row(page, NODE18)).to_contain_text("60.0 s")
    expect(row(page, NODE18).get_by_test_id("profile-fact").first).to_have_text("node")
    finding = row(page, NODE18).locator("+ tr").get_by_test_id("profile-finding")
    expect(finding).to_contain_text("rebuildSearchIndex runs every 5.04 s (12 times)", timeout=30_000)
    # 1 539 samples, of which 889 are idle.
    expect(row(page, SYSTEM).get_by_test_id("profile-strip")).to_have_attribute("data-samples", "650")
    axe.expect_usable(page)
    # Hosts and events have columns where there is room.
    page.set_viewport_size({"width": 1920, "height": 1080})
    facts = row(page, SYSTEM).get_by_test_id("profile-fact")
    expect(facts.nth(1)).to_have_text("example-host")
    expect(facts.nth(2)).to_have_text("cpu-clock:ppp")
    axe.expect_usable(page, "[data-testid=profile-table]")
    compare_two_chosen_files(page)


def compare_two_chosen_files(page: Page) -> None:
    row(page, NODE18).get_by_test_id("choose").check()
    expect(page.get_by_test_id("chosen-compare")).to_be_disabled()
    row(page, NODE20).get_by_test_id("choose").press("Space")
    expect(page.get_by_test_id("chosen")).to_have_attribute("data-count", "2")
    axe.expect_usable(page, "main")
    page.get_by_test_id("chosen-compare").click()
    expect(page.get_by_test_id("compare-bar")).to_have_attribute("data-kind", "differential")
    # The newer one is side A.
    expect(page.get_by_test_id("profile-name")).to_have_text(NODE20)
    expect(page.get_by_test_id("compare-file")).to_contain_text(NODE18)


def test_it_sorts_by_what_a_preview_has_and_folders_fold(page: Page, few: Server) -> None:
    page.goto(few.url)
    expect(page.get_by_test_id("profile-strip")).to_have_count(3)
    page.get_by_test_id("sort-samples").click()
    expect(page.get_by_test_id("profile-row").first).to_have_attribute("data-filename", "b.perf")
    assert names(page) == ["b.perf", "a.perf", "team/c.perf"]
    page.get_by_test_id("sort-command").click()
    expect(page.get_by_test_id("profile-row").first).to_have_attribute("data-filename", "team/c.perf")
    assert names(page) == ["team/c.perf", "b.perf", "a.perf"]
    team = page.locator('[data-testid="profile-folder"][data-folder="team"]')
    fold = team.get_by_test_id("fold")
    expect(fold).to_have_attribute("aria-expanded", "true")
    fold.press("Enter")
    expect(row(page, "team/c.perf")).to_have_count(0)
    expect(team).to_contain_text("1 profile")
    axe.expect_usable(page, "[data-testid=profile-table]")
    fold.click()
    expect(row(page, "team/c.perf")).to_be_visible()


def test_chosen_files_are_exported(new_page: NewPage, few: Server) -> None:
    page = new_page()
    page.goto(few.url)
    for name in ("a.perf", "team/c.perf"):
        row(page, name).get_by_test_id("choose").check()
    found: list[Download] = []
    page.on("download", lambda one: found.append(one))  # noqa: PLW0108 - append takes more types
    page.get_by_test_id("chosen-export").click()
    page.get_by_test_id("chosen-export-folded").click()
    page.wait_for_timeout(50)
    expect(page.get_by_test_id("chosen")).to_be_visible()
    while len(found) < 2:
        page.wait_for_timeout(50)
    assert {one.suggested_filename for one in found} == {"a.perf.folded", "c.perf.folded"}
    assert {Path(one.path()).read_text() for one in found} == {"zsh;f 3\n", "app;f 6\n"}


def test_chosen_files_are_deleted_after_a_question(page: Page, serve: Serve, folder: Path) -> None:
    page.goto(serve(folder).url)
    for name in ("a.perf", "team/c.perf"):
        row(page, name).get_by_test_id("choose").check()
    page.get_by_test_id("chosen-delete").click()
    dialog = page.get_by_test_id("delete-dialog")
    expect(dialog).to_contain_text("a.perf")
    expect(dialog).to_contain_text("team/c.perf")
    axe.expect_usable(page, "[role=dialog]")
    page.get_by_test_id("delete-confirm").click()
    expect(page.get_by_test_id("profile-row")).to_have_count(1)
    assert sorted(path.name for path in folder.rglob("*.perf")) == ["b.perf"]
    expect(page.get_by_test_id("chosen")).to_have_count(0)


def test_a_read_only_server_offers_no_change_of_a_hostile_file(
    page: Page, serve: Serve, tmp_path: Path
) -> None:
    profiles = tmp_path / "hostile"
    profiles.mkdir()
    head = "# ========\n# hostname : <img src=x onerror=alert(1)>\n# ========\n#\n"
    block = sample("1.0", "f ([x])", command="<b>\u202ecmd")
    (profiles / "x.perf").write_bytes((head + block).encode())
    page.set_viewport_size({"width": 1920, "height": 1080})
    page.goto(serve(profiles, "--read-only").url)
    facts = page.get_by_test_id("profile-fact")
    expect(facts.nth(0)).to_contain_text("<b>\\u202ecmd")
    expect(facts.nth(1)).to_have_text("<img src=x onerror=alert(1)>")
    expect(page.get_by_test_id("not-offered")).to_have_text("This server is read-only.")
    for way in ("upload", "record-here", "import-ssh", "capture-ssh"):
        expect(page.get_by_test_id(way)).to_have_count(0)
    page.get_by_test_id("row-menu").click()
    expect(page.get_by_test_id("delete")).to_be_disabled()
