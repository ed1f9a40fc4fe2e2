from __future__ import annotations

import os
from pathlib import Path
from typing import BinaryIO

import pytest

from flamescope_py.store.catalog import Catalog
from flamescope_py.store.directory import ProfileDirectory
from tests.unit.store.conftest import Seen, Sniffer


@pytest.fixture
def sniffer() -> Sniffer:
    return Sniffer()


@pytest.fixture
def catalog(tmp_path: Path, sniffer: Sniffer) -> Catalog:
    return Catalog(ProfileDirectory(tmp_path), sniffer)


def test_files_are_sorted_by_name_and_looked_at_once(
    catalog: Catalog, tmp_path: Path, sniffer: Sniffer
) -> None:
    for name in ("b", "a", "c"):
        (tmp_path / name).write_bytes(b"perf")
    for _ in range(3):
        assert [(file.name, file.type) for file in catalog.files()] == [
            ("a", "perf"),
            ("b", "perf"),
            ("c", "perf"),
        ]
    assert sniffer.asked == 3


def test_a_changed_or_replaced_file_is_looked_at_again(
    catalog: Catalog, tmp_path: Path, sniffer: Sniffer
) -> None:
    (tmp_path / "a").write_bytes(b"perf")
    os.utime(tmp_path / "a", ns=(0, 0))
    catalog.files()
    (tmp_path / "new").write_bytes(b"json")
    os.utime(tmp_path / "new", ns=(0, 0))
    (tmp_path / "new").replace(tmp_path / "a")
    assert [file.type for file in catalog.files()] == ["json"]
    (tmp_path / "a").write_bytes(b"perf")
    assert [file.type for file in catalog.files()] == ["perf"]
    assert sniffer.asked == 3


def test_a_file_that_fails_to_read_does_not_harm_the_others(catalog: Catalog, tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"fail")
    (tmp_path / "b").write_bytes(b"perf")
    one, other = catalog.files()
    assert (one.type, one.reason) == ("unknown", "The file cannot be read: Input/output error.")
    assert other.type == "perf"


@pytest.mark.parametrize("seconds", [-(1 << 40), 1 << 45])
def test_a_time_that_no_calendar_has_does_not_harm_the_list(
    catalog: Catalog, tmp_path: Path, seconds: int
) -> None:
    (tmp_path / "a").write_bytes(b"perf")
    try:
        os.utime(tmp_path / "a", (seconds, seconds))
    except OverflowError:
        pytest.skip("this system has no such time")
    if (tmp_path / "a").stat().st_mtime == seconds:
        assert catalog.files()[0].modified is None


@pytest.mark.parametrize("error", [MemoryError(), KeyError("x"), RecursionError(), ValueError("bug")])
def test_whatever_sniffing_raises_the_list_is_there(
    tmp_path: Path, error: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    def sniff(file: BinaryIO) -> Seen:
        if file.read(4) == b"harm":
            raise error
        return Seen("perf")

    (tmp_path / "a").write_bytes(b"harm")
    (tmp_path / "b").write_bytes(b"perf")
    found = Catalog(ProfileDirectory(tmp_path), sniff).files()
    assert [(file.name, file.type) for file in found] == [("a", "unknown"), ("b", "perf")]
    assert "its log has more" in found[0].reason
    assert type(error).__name__ in caplog.text
