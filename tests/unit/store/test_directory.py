from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from flamescope_py.errors import ForbiddenError, ProfileNotFoundError
from flamescope_py.files.names import shown
from flamescope_py.files.opening import open_below
from flamescope_py.store import directory as module
from flamescope_py.store.directory import ProfileDirectory


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "root"
    (folder / "sub").mkdir(parents=True)
    (folder / "sub" / "inner").write_bytes(b"inner")
    (tmp_path / "secret").write_bytes(b"secret")
    return folder


def opened(below: Path) -> list[Path]:
    """Return the open files below a directory, since other threads may open files elsewhere."""
    found: list[Path] = []
    for descriptor in Path("/proc/self/fd").iterdir():
        # The one of this listing is gone when its turn comes.
        with suppress(FileNotFoundError):
            found.append(descriptor.readlink())
    return [place for place in found if place.is_relative_to(below)]


def content(root: Path, name: str) -> bytes:
    with ProfileDirectory(root).open(name) as file:
        return file.read()


def test_a_name_of_the_list_is_opened(root: Path) -> None:
    assert [listed.name for listed in ProfileDirectory(root).files()] == ["sub/inner"]
    assert content(root, "sub/inner") == b"inner"


def test_the_root_may_be_relative_or_a_link(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (root.parent / "link").symlink_to(root)
    monkeypatch.chdir(root.parent)
    for place in ("link", "root", "./sub/../root"):
        assert content(Path(place.replace("sub/../", "")), "sub/inner") == b"inner"


def test_a_root_that_is_not_there_is_empty(tmp_path: Path) -> None:
    directory = ProfileDirectory(tmp_path / "none")
    assert list(directory.files()) == []
    with pytest.raises(ProfileNotFoundError):
        directory.open("x")


@pytest.mark.parametrize("swapped", ["sub", "sub/inner"])
def test_swapping_a_link_in_after_the_check_leads_nowhere(
    root: Path, monkeypatch: pytest.MonkeyPatch, swapped: str
) -> None:
    (root.parent / "inner").write_bytes(b"secret")

    def late(*arguments: Any) -> int:
        (root / swapped).rename(root.parent / "moved")
        (root / swapped).symlink_to(root.parent if swapped == "sub" else root.parent / "inner")
        return open_below(*arguments)

    monkeypatch.setattr(module, "open_below", late)
    with pytest.raises(ProfileNotFoundError):
        content(root, "sub/inner")


def test_files_that_vanish_while_listing_are_left_out(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = os.scandir

    @contextmanager
    def vanishing(folder: int) -> Iterator[Iterator[os.DirEntry[str]]]:
        with real(folder) as entries:
            found = list(entries)
        (root / "sub" / "inner").unlink(missing_ok=True)
        yield iter(found)

    monkeypatch.setattr(os, "scandir", vanishing)
    assert list(ProfileDirectory(root).files()) == []


def test_a_folder_that_cannot_be_listed_does_not_hide_the_others(
    root: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    (root / "other").write_bytes(b"")
    real = os.open

    def denied(path: str, flags: int, **options: int) -> int:
        if path == "sub":
            raise PermissionError(13, "Permission denied")
        return real(path, flags, **options)

    monkeypatch.setattr(os, "open", denied)
    assert [listed.name for listed in ProfileDirectory(root).files()] == ["other"]
    assert "Permission denied" in caplog.text
    with pytest.raises(ForbiddenError):
        content(root, "sub/inner")


def test_no_descriptor_is_left_open(root: Path) -> None:
    os.mkfifo(root / "fifo")
    (root / "out").symlink_to(root.parent / "secret")
    directory = ProfileDirectory(root)
    for name in ("fifo", "out", "sub", "none", "sub/none/x", "../secret"):
        with pytest.raises(ProfileNotFoundError):
            directory.open(name)
    list(directory.files())
    with directory.open("sub/inner"):
        assert opened(root.parent) == [root / "sub" / "inner"]
    assert opened(root.parent) == []


def test_bytes_that_are_not_utf_8_are_shown() -> None:
    assert shown(os.fsdecode(b"a\xff\n\xc3\xa9")) == "a\\xff\né"


def test_a_name_that_no_disk_can_hold_is_not_found(root: Path) -> None:
    for name in ("\ud800", "a\0b", "x" * 5000, "/" * 5000):
        with pytest.raises(ProfileNotFoundError):
            content(root, name)


@pytest.mark.parametrize("link", ["link", "sub/link"])
def test_whether_something_exists_outside_makes_no_difference(root: Path, link: str) -> None:
    (root / link).symlink_to(root.parent)
    answers = set()
    for name in ("secret", "none", "none/none", "secret/none"):
        with pytest.raises(ProfileNotFoundError) as error:
            content(root, f"{link}/{name}")
        answers.add(str(error.value))
    assert len(answers) == 1
