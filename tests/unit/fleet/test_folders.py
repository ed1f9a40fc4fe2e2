"""The list of a collection's folders, which knows the folders that have not changed."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from itertools import count
from pathlib import Path
from random import Random

import pytest

from flamescope_py.fleet.folders import Folders

FOLDERS = ("a", "a/one", "a/two", "a/two/deep", "b")


def _walked(root: Path) -> dict[str, tuple[int, int]]:
    """Return size and inode of all files below a folder, by name."""
    paths = [Path(folder) / name for folder, _, names in os.walk(root / "a") for name in names]
    return {
        str(path.relative_to(root)): (path.lstat().st_size, path.lstat().st_ino)
        for path in paths
        if not path.name.startswith(".")
    }


def _listed(folders: Folders) -> dict[str, tuple[int, int]]:
    return {name: (status.st_size, status.st_ino) for name, status in folders.files("a")}


def _write(random: Random, root: Path) -> None:
    path = root / random.choice(FOLDERS) / f"{random.randrange(4)}.parquet"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(bytes(random.randrange(1, 50)))


def _replace(random: Random, root: Path) -> None:
    if (root / "a").is_dir():
        aside = root / "a" / ".new"
        aside.write_bytes(b"in its place")
        aside.replace(root / "a" / f"{random.randrange(4)}.parquet")


def _remove(random: Random, root: Path) -> None:
    path = root / random.choice(FOLDERS)
    if path.is_dir():
        shutil.rmtree(path)


def _rename(random: Random, root: Path) -> None:
    """Move a folder into the place of another: its own times stay."""
    if (root / "b").is_dir() and (root / "a").is_dir():
        target = root / random.choice(FOLDERS[1:3])
        shutil.rmtree(target, ignore_errors=True)
        (root / "b").rename(target)


CHANGES: tuple[Callable[[Random, Path], None], ...] = (_write, _write, _write, _replace, _remove, _rename)


def _wait_for_a_tick(folder: Path) -> None:
    """Wait until the file system knows a later time, as it would while the test's clock skips seconds."""
    probe = folder / "probe"
    probe.touch()
    before = probe.stat().st_ctime_ns
    while probe.stat().st_ctime_ns == before:
        probe.touch()


@pytest.mark.parametrize("seed", range(3))
def test_it_is_the_folder_as_it_is_after_each_change(seed: int, tmp_path: Path) -> None:
    random, clock = Random(seed), count(0, 3)
    folders = Folders(str(tmp_path), lambda: next(clock))
    for _ in range(50):
        random.choice(CHANGES)(random, tmp_path)
        _wait_for_a_tick(tmp_path)
        for _ in range(random.randrange(1, 4)):
            assert _listed(folders) == _walked(tmp_path)


def test_links_to_folders_are_not_followed(tmp_path: Path) -> None:
    (tmp_path / "a" / "in").mkdir(parents=True)
    (tmp_path / "a" / "in" / "x").write_bytes(b"x")
    folders = Folders(str(tmp_path), count(0, 3).__next__)
    for _ in range(3):
        assert set(_listed(folders)) == {"a/in/x"}
    _wait_for_a_tick(tmp_path)
    (tmp_path / "a" / "in").rename(tmp_path / "out")
    (tmp_path / "a" / "in").symlink_to(tmp_path / "out")
    assert set(_listed(folders)) == {"a/in"}
