"""Large directories: heads are read once, lists are bounded, unreadable entries are counted."""

from __future__ import annotations

import os
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from flamescope_py.errors import BusyError
from flamescope_py.store import catalog as module
from flamescope_py.store.catalog import Catalog
from flamescope_py.store.catalog_memory import CatalogMemory
from flamescope_py.store.directory import ProfileDirectory
from tests.unit.store.conftest import Sniffer

FOLDERS, IN_EACH = 20, 100
MANY = FOLDERS * IN_EACH


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("many")
    for folder in range(FOLDERS):
        (root / f"d{folder}").mkdir()
        for number in range(IN_EACH):
            (root / f"d{folder}" / f"{number}.perf").write_bytes(b"perf")
    return root


def test_heads_of_many_files_are_read_once_also_over_a_restart(many: Path, tmp_path: Path) -> None:
    sniffer = Sniffer()
    path = tmp_path / "cache" / "types"
    for _ in range(2):
        catalog = Catalog(ProfileDirectory(many), sniffer, CatalogMemory(path, "v"), look_seconds=1000)
        for _ in range(2):
            catalog.forget_listing()
            files = catalog.files()
            assert len(files) == MANY
            assert {file.type for file in files} == {"perf"}
        catalog.close()
        assert sniffer.asked == MANY
    names = [file.name for file in files]
    assert names == sorted(names)


def test_new_files_are_looked_at_in_the_background_when_there_is_no_time(many: Path) -> None:
    go_on = threading.Event()
    sniffer = Sniffer(lambda: go_on.wait(60))
    catalog = Catalog(ProfileDirectory(many), sniffer, look_seconds=0)
    listing = catalog.listing()
    assert listing.pending == MANY
    assert {file.type for file in listing.files} == {"unknown"}
    assert "Not looked at yet" in listing.files[0].reason
    go_on.set()
    while (listing := catalog.listing()).pending:
        time.sleep(0.05)
    assert sniffer.asked == MANY
    assert {file.type for file in listing.files} == {"perf"}
    catalog.close()


def test_a_large_directory_is_walked_aside_and_the_list_before_is_given(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a").write_bytes(b"perf")
    monkeypatch.setattr(module, "QUICK_SECONDS", -1)  # every walk counts as long
    catalog = Catalog(ProfileDirectory(tmp_path), Sniffer())
    catalog.files()
    (tmp_path / "b").write_bytes(b"perf")
    assert [file.name for file in catalog.files()] == ["a"]
    monkeypatch.setattr(module, "FRESH_SECONDS", 0)
    monkeypatch.setattr(module, "SHORT_WAIT", 60)
    assert [file.name for file in catalog.files()] == ["a", "b"]


def test_what_this_program_changes_is_seen_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "QUICK_SECONDS", -1)
    catalog = Catalog(ProfileDirectory(tmp_path), Sniffer())
    catalog.files()
    (tmp_path / "a").write_bytes(b"perf")
    catalog.forget_listing()
    assert [file.name for file in catalog.files()] == ["a"]


def test_a_first_list_that_another_request_makes_is_not_waited_for_long(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a").write_bytes(b"perf")
    looking, go_on = threading.Event(), threading.Event()

    def during() -> None:
        looking.set()
        go_on.wait(60)

    monkeypatch.setattr(module, "LONG_WAIT", 0)
    catalog = Catalog(ProfileDirectory(tmp_path), Sniffer(during))
    first = threading.Thread(target=catalog.files)
    first.start()
    try:
        assert looking.wait(60)
        with pytest.raises(BusyError):
            catalog.files()
    finally:
        go_on.set()
        first.join()
    assert len(catalog.files()) == 1


def test_folders_that_cannot_be_read_are_counted_and_told_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "a").write_bytes(b"perf")
    (tmp_path / "closed").mkdir()
    real = os.open

    def denied(path: str, flags: int, **options: Any) -> int:
        if path == "closed":
            raise PermissionError(13, "Permission denied")
        return real(path, flags, **options)

    monkeypatch.setattr(os, "open", denied)
    catalog = Catalog(ProfileDirectory(tmp_path), Sniffer())
    for _ in range(3):
        listing = catalog.listing()
        assert (len(listing.files), listing.skipped) == (1, 1)
    assert caplog.text.count("closed") == 1


def test_one_file_is_found_without_a_walk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a").write_bytes(b"perf")
    sniffer = Sniffer()
    catalog = Catalog(ProfileDirectory(tmp_path), sniffer)
    monkeypatch.setattr(ProfileDirectory, "folders", None)
    assert [catalog.file("a").type for _ in range(2)] == ["perf", "perf"]
    assert sniffer.asked == 1


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b'{"scope":[1,"v"]}', b'{"scope":[1,"v"],"files":[["a",1,2]]}', b"\xff"]
)
def test_a_damaged_memory_is_none(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "types").write_bytes(content)
    assert CatalogMemory(tmp_path / "types", "v").load() == []


def test_a_memory_holds_for_its_scope_and_never_fails(tmp_path: Path) -> None:
    row = ("a", 1, 2, 3, "perf")
    memory = CatalogMemory(tmp_path / "types", "v")
    memory.save([row])
    assert memory.load() == [row]
    assert CatalogMemory(tmp_path / "types", "w").load() == []
    blocked = CatalogMemory(tmp_path / "types" / "below-a-file", "v")
    blocked.save([row])
    assert blocked.load() == []


def test_a_walk_that_finds_nothing_new_gives_the_very_same_list(tmp_path: Path) -> None:
    """Results derived from a list of 100 000 files, such as its wire form, are then computed once."""
    (tmp_path / "a").write_bytes(b"perf")
    catalog = Catalog(ProfileDirectory(tmp_path), Sniffer())
    first = catalog.files()
    assert catalog.files() is first
    (tmp_path / "b").write_bytes(b"perf")
    second = catalog.files()
    assert [file.name for file in second] == ["a", "b"]
    (tmp_path / "a").write_bytes(b"perf again")
    third = catalog.files()
    assert third is not second
    assert third[0].stamp.size == 10
    assert third[1] is second[1]
