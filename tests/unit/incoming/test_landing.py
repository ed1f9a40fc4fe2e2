from __future__ import annotations

import errno
import fcntl
import os
import threading
from contextlib import suppress
from pathlib import Path
from typing import Any, BinaryIO

import pytest

from flamescope_py.errors import (
    ConflictError,
    ForbiddenError,
    ProfileNotFoundError,
    StorageFullError,
    TooLargeError,
    UnknownFormatError,
)
from flamescope_py.incoming import placing as module
from flamescope_py.incoming.arriving import Bounds
from flamescope_py.incoming.landing import Landing
from flamescope_py.incoming.placing import ProfileNames, Wish


def refusal(file: BinaryIO) -> str:
    return "" if file.read(4) == b"perf" else "Odd."


@pytest.fixture
def landing(tmp_path: Path) -> Landing:
    return Landing(ProfileNames(tmp_path), Bounds(max_bytes=100, min_free=0), refusal)


def files(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def put(landing: Landing, wish: Wish, data: bytes = b"perf") -> str:
    with landing.receive() as arriving:
        arriving.write(data)
        return arriving.land(wish)


def test_a_file_appears_whole_under_its_name_only(landing: Landing, tmp_path: Path) -> None:
    with landing.receive() as arriving:
        arriving.write(b"perf")
        arriving.write(b" text")
        [hidden] = files(tmp_path)
        assert hidden.startswith(".incoming/")
        assert arriving.land(Wish("a/b")) == "a/b"
    assert files(tmp_path) == ["a/b"]
    assert (tmp_path / "a/b").read_bytes() == b"perf text"


def test_an_error_leaves_nothing(landing: Landing, tmp_path: Path) -> None:
    def break_off() -> None:
        with landing.receive() as arriving:
            arriving.write(b"perf")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        break_off()
    assert files(tmp_path) == []


def test_two_that_want_one_name_both_get_one(landing: Landing, tmp_path: Path) -> None:
    with landing.receive() as one, landing.receive() as other:
        for arriving in (one, other):
            arriving.write(b"perf")
        assert (one.land(Wish("x.out")), other.land(Wish("x.out"))) == ("x.out", "x-2.out")
    assert files(tmp_path) == ["x-2.out", "x.out"]


def test_an_exact_name_that_is_taken(landing: Landing, tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"old")
    with pytest.raises(ConflictError):
        put(landing, Wish("x", exact=True))
    assert (files(tmp_path), (tmp_path / "x").read_bytes()) == (["x"], b"old")


def test_without_hard_links(landing: Landing, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_links(*_: Any, **__: Any) -> None:
        raise OSError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, "link", no_links)
    (tmp_path / "x").write_bytes(b"old")
    assert put(landing, Wish("x")) == "x-2"
    assert files(tmp_path) == ["x", "x-2"]
    assert (tmp_path / "x").read_bytes() == b"old"
    assert (tmp_path / "x-2").read_bytes() == b"perf"


def test_bounds(landing: Landing, tmp_path: Path) -> None:
    with landing.receive() as arriving:
        arriving.expect(100)
        with pytest.raises(TooLargeError):
            arriving.expect(101)
        arriving.write(bytes(100))
        with pytest.raises(TooLargeError):
            arriving.write(b"x")
    full = Landing(ProfileNames(tmp_path), Bounds(max_bytes=100, min_free=1 << 60), refusal)
    with full.receive() as arriving, pytest.raises(StorageFullError):
        arriving.write(b"x")
    assert files(tmp_path) == []


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT])
def test_no_room_at_the_last_moment(
    landing: Landing, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    def no_room(_: int) -> None:
        raise OSError(code, "No space left on device")

    monkeypatch.setattr(os, "fsync", no_room)
    with pytest.raises(StorageFullError):
        put(landing, Wish("x"))
    assert files(tmp_path) == []


def test_what_is_refused_unless_forced(landing: Landing, tmp_path: Path) -> None:
    with landing.receive() as arriving:
        arriving.write(b"text")
        with pytest.raises(UnknownFormatError, match="Odd"):
            arriving.land(Wish("x"))
        assert arriving.land(Wish("x", force=True)) == "x"


def test_a_directory_that_cannot_be_written(tmp_path: Path) -> None:
    missing = Landing(ProfileNames(tmp_path / "missing"), Bounds(100, 0), refusal)
    with pytest.raises(ForbiddenError):
        missing.receive()
    assert missing.clear_leftovers() == 0


def test_incoming_that_leads_elsewhere_is_not_followed(landing: Landing, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "precious").touch()
    (tmp_path / ".incoming").symlink_to(outside)
    assert landing.clear_leftovers() == 0
    with pytest.raises(Exception, match="link"):
        landing.receive()
    assert [path.name for path in outside.iterdir()] == ["precious"]


def test_leftovers_go_and_living_files_stay(landing: Landing, tmp_path: Path) -> None:
    with landing.receive() as arriving:
        (tmp_path / ".incoming" / "old").touch()
        (tmp_path / ".incoming" / "link").symlink_to("old")
        assert landing.clear_leftovers() == 1
        assert len(files(tmp_path)) == 1
        arriving.write(b"perf")
        assert arriving.land(Wish("x")) == "x"
    assert "x" in files(tmp_path)


def test_the_lock_ends_with_the_file(landing: Landing, tmp_path: Path) -> None:
    put(landing, Wish("x"))
    with (tmp_path / "x").open("rb") as file:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


def test_numbers_end_somewhere(landing: Landing, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LAST_NUMBER", 2)

    assert [put(landing, Wish("x")) for _ in range(2)] == ["x", "x-2"]
    with pytest.raises(ConflictError):
        put(landing, Wish("x"))


def test_folders_that_are_empty_after_a_removal_go(landing: Landing, tmp_path: Path) -> None:
    for name in ("a/b/c/one", "a/b/two", "three"):
        put(landing, Wish(name))
    landing.remove(("a", "b", "c", "one"))
    assert files(tmp_path) == ["a/b/two", "three"]
    assert not (tmp_path / "a" / "b" / "c").exists()
    landing.remove(("a", "b", "two"))
    assert not (tmp_path / "a").exists()
    landing.remove(("three",))
    assert tmp_path.is_dir()


def test_a_folder_that_goes_meanwhile_is_made_again(landing: Landing, tmp_path: Path) -> None:
    """One thread puts files into a folder, another one removes them."""
    ended = threading.Event()

    def remove() -> None:
        while not ended.is_set():
            with suppress(ProfileNotFoundError):
                landing.remove(("folder", "file"))

    thread = threading.Thread(target=remove)
    thread.start()
    try:
        for _ in range(100):
            assert put(landing, Wish("folder/file")).startswith("folder/file")
    finally:
        ended.set()
        thread.join()
