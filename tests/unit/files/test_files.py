from __future__ import annotations

import os
from pathlib import Path

import pytest

from flamescope_py.files.names import is_possible, on_disk, shown
from flamescope_py.files.opening import FILE, FOLDER, open_below
from flamescope_py.files.stamp import Stamp


def open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def content(root: Path, *parts: str) -> bytes:
    with os.fdopen(open_below(root, parts, FILE), "rb") as file:
        return file.read()


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "root" / "a").mkdir(parents=True)
    (tmp_path / "root" / "a" / "file").write_bytes(b"inside")
    (tmp_path / "file").write_bytes(b"outside")
    return tmp_path / "root"


def test_a_file_is_opened_below_a_root_that_may_be_a_link(root: Path) -> None:
    root.with_name("link").symlink_to(root)
    assert content(root, "a", "file") == content(root.with_name("link"), "a", "file") == b"inside"


@pytest.mark.parametrize("parts", [("link",), ("folder", "file"), ("a", "missing"), ("a", "file", "x")])
def test_links_and_missing_parts_raise(root: Path, parts: tuple[str, ...]) -> None:
    (root / "link").symlink_to("../file")
    (root / "folder").symlink_to("..")
    before = open_files()
    with pytest.raises(OSError, match=r"^\[Errno"):
        open_below(root, parts, FILE)
    assert open_files() == before


def test_folders_are_made_on_the_way(root: Path) -> None:
    os.close(open_below(root, ("a", "b", "c"), FOLDER, _make))
    assert (root / "a" / "b" / "c").is_dir()


def _make(name: str, parent: int) -> None:
    if name != "a":
        os.mkdir(name, dir_fd=parent)


def test_a_pipe_is_opened_without_a_writer(root: Path) -> None:
    os.mkfifo(root / "pipe")
    os.close(open_below(root, ("pipe",), FILE))


def test_names_that_are_not_utf_8_have_a_text_and_a_way_back(root: Path) -> None:
    name = os.fsdecode(b"perf\xff.out")
    (root / name).touch()
    assert shown(name) == r"perf\xff.out"
    assert on_disk(root, [r"perf\xff.out"]) == [name]
    (root / r"perf\xff.out").touch()
    assert on_disk(root, [r"perf\xff.out"]) == [r"perf\xff.out"]
    assert on_disk(root, ["missing", r"\xff"]) == ["missing", r"\xff"]


@pytest.mark.parametrize(("name", "possible"), [("ü.perf", True), ("a\0b", False), ("\ud800", False)])
def test_names_that_no_disk_has(name: str, possible: bool) -> None:
    assert is_possible(name) == possible


def test_a_stamp_is_of_one_version(root: Path) -> None:
    path = root / "a" / "file"
    stamp = Stamp.of(path.stat())
    assert stamp.is_of(path.stat())
    with path.open("rb") as file:
        assert Stamp.of_open(file.fileno()) == stamp
    path.write_bytes(b"longer than before")
    assert not stamp.is_of(path.stat())
    assert Stamp.of(path.stat()) != stamp
