from __future__ import annotations

import os
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import BinaryIO

import pytest

from flamescope_py.errors import BrokenProfileError, ProfileChangedError, ProfileNotFoundError
from flamescope_py.files.stamp import Stamp
from flamescope_py.model import Profile, ProfileBuilder
from flamescope_py.store.catalog import UNKNOWN_TYPE, Sniff
from flamescope_py.store.directory import ProfileDirectory
from flamescope_py.store.index import IndexStore
from flamescope_py.store.profiles import ProfileStore
from tests.unit.store.conftest import Seen, Sniffer


class Reader:
    """Makes a profile with as many samples as the file has bytes; `during` runs while it reads."""

    def __init__(self) -> None:
        self.types: list[str] = []
        self.unlucky = 13
        self.during: Callable[[], object] = lambda: None

    def __call__(self, file: BinaryIO, type_name: str, progress: Callable[[int], None]) -> Profile:
        self.types.append(type_name)
        size = len(file.read())
        progress(size // 2)
        self.during()
        if size == self.unlucky:
            raise BrokenProfileError("Thirteen bytes are unlucky: add one.")
        builder = ProfileBuilder()
        builder.add_samples(time=range(size), node=[0] * size)
        return builder.finish(type_name)


def store_of(
    root: Path,
    reader: Reader,
    limit: int = 1 << 20,
    on_close: Callable[[Profile], object] = id,
    sniff: Sniff = lambda file: Seen("perf"),
) -> ProfileStore:
    """Make a store without an index on disk."""
    index = IndexStore(root / ".index", 0)
    return ProfileStore(ProfileDirectory(root), sniff, reader, index, limit, on_close)


def read(store: ProfileStore, name: str, type_name: str = UNKNOWN_TYPE) -> Profile:
    """Open a file of the store and read it."""
    with store.open(name) as opened:
        return store.get(opened, type_name)


@pytest.fixture
def reader() -> Reader:
    return Reader()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    (tmp_path / "a").write_bytes(b"x" * 10)
    return tmp_path / "a"


@pytest.fixture
def store(file: Path, reader: Reader) -> ProfileStore:
    return store_of(file.parent, reader)


def test_a_file_is_read_once_for_as_long_as_it_stays_the_same(
    store: ProfileStore, reader: Reader, file: Path
) -> None:
    first = read(store, "a", "perf")
    assert read(store, "a", "perf") is first
    file.write_bytes(b"x" * 20)
    assert len(read(store, "a", "perf").samples) == 20
    assert reader.types == ["perf", "perf"]


def test_unknown_is_what_the_content_says(store: ProfileStore, reader: Reader) -> None:
    assert read(store, "a") is read(store, "a", "unknown") is read(store, "a", "perf")
    assert read(store, "a", "other") is not read(store, "a", "perf")
    assert reader.types == ["perf", "other"]


def test_a_version_of_a_file_is_sniffed_once(reader: Reader, file: Path) -> None:
    sniffer = Sniffer()
    store = store_of(file.parent, reader, sniff=sniffer)
    file.write_bytes(b"perf one")
    first = read(store, "a")
    assert read(store, "a") is first is read(store, "a", "perf")
    assert sniffer.asked == 1
    file.write_bytes(b"node other")
    read(store, "a")
    assert (sniffer.asked, reader.types) == (2, ["perf", "node"])
    with store.open("a") as opened:
        assert store.read_extra(opened, UNKNOWN_TYPE, "extra") is None
        # Also where the answer is known, the file stays at its start.
        assert opened.file.tell() == 0
    assert sniffer.asked == 2


def test_simultaneous_requests_read_once(store: ProfileStore, reader: Reader) -> None:
    reading, go_on = threading.Event(), threading.Event()

    def wait() -> None:
        reading.set()
        go_on.wait(60)

    reader.during = wait
    with ThreadPoolExecutor(8) as pool:
        answers = [pool.submit(read, store, "a", "perf") for _ in range(8)]
        reading.wait(60)
        assert store.progress("a") == ("parsing", 5, 10)
        go_on.set()
        assert len({id(answer.result()) for answer in answers}) == 1
    assert reader.types == ["perf"]


def test_progress_tells_the_state_of_this_version(store: ProfileStore, file: Path) -> None:
    assert store.progress("a") == ("new", 0, 10)
    read(store, "a")
    assert store.progress("a") == ("ready", 10, 10)
    file.write_bytes(b"x" * 13)
    assert store.progress("a") == ("new", 0, 13)
    with pytest.raises(BrokenProfileError):
        read(store, "a")
    assert store.progress("a") == ("failed", 0, 13)
    with pytest.raises(ProfileNotFoundError):
        store.progress("b")


def test_why_a_version_could_not_be_read_is_known_until_it_can(
    store: ProfileStore, reader: Reader, file: Path
) -> None:
    file.write_bytes(b"x" * 13)
    stamp, before = Stamp.of(file.stat()), store.known_version()
    assert store.failure("a", stamp, "perf") is None
    with pytest.raises(BrokenProfileError):
        read(store, "a", "perf")
    assert store.failure("a", stamp, "perf") == "Thirteen bytes are unlucky: add one."
    assert store.failure("a", stamp, "folded") is None
    assert store.failure("a", stamp._replace(size=14), "perf") is None
    assert store.known_version() != before
    # The same version again, by a reader that succeeds.
    between, reader.unlucky = store.known_version(), -1
    read(store, "a", "perf")
    assert store.failure("a", stamp, "perf") is None
    assert store.known_version() != between


def test_a_file_that_is_being_written_is_not_said_to_be_broken(
    store: ProfileStore, reader: Reader, file: Path
) -> None:
    file.write_bytes(b"x" * 13)
    stamp = Stamp.of(file.stat())
    reader.during = lambda: file.write_bytes(b"x" * 12)
    with pytest.raises(ProfileChangedError):
        read(store, "a", "perf")
    assert store.failure("a", stamp, "perf") is None


@pytest.mark.parametrize("size", [9, 11, 0])
def test_a_file_that_is_written_while_it_is_read_is_refused(
    store: ProfileStore, reader: Reader, file: Path, size: int
) -> None:
    reader.during = lambda: file.write_bytes(b"y" * size)
    with pytest.raises(ProfileChangedError):
        read(store, "a")


def test_so_is_one_that_could_not_be_read_because_of_that(
    store: ProfileStore, reader: Reader, file: Path
) -> None:
    file.write_bytes(b"x" * 13)
    reader.during = lambda: file.write_bytes(b"x" * 12)
    with pytest.raises(ProfileChangedError):
        read(store, "a")


def test_a_file_that_only_grows_is_shown_as_it_was(store: ProfileStore, reader: Reader, file: Path) -> None:
    reader.during = lambda: file.write_bytes(b"x" * 11)
    assert len(read(store, "a").samples) == 10
    assert len(read(store, "a").samples) == 11


def test_a_file_that_is_replaced_while_it_is_read_is_read_to_its_end(
    store: ProfileStore, reader: Reader, file: Path
) -> None:
    (file.parent / "b").write_bytes(b"x" * 20)
    reader.during = lambda: (file.parent / "b").replace(file) if (file.parent / "b").exists() else None
    assert len(read(store, "a").samples) == 10
    assert len(read(store, "a").samples) == 20


def test_what_was_read_before_comes_from_the_index(file: Path, reader: Reader, tmp_path: Path) -> None:
    for reads in (["perf"], ["perf"]):
        index = IndexStore(tmp_path / ".index", 1 << 20)
        store = ProfileStore(ProfileDirectory(file.parent), lambda file: Seen("perf"), reader, index, 1 << 20)
        assert len(read(store, "a").samples) == 10
        assert store.progress("a") == ("ready", 10, 10)
        assert reader.types == reads
        index.close()


def test_the_bound_holds_and_closing_is_told(file: Path, reader: Reader) -> None:
    closed: list[Profile] = []
    store = store_of(file.parent, reader, limit=1, on_close=closed.append)
    first = read(store, "a")
    (file.parent / "b").write_bytes(b"x" * 5)
    read(store, "b")
    assert closed == [first]
    stamp = Stamp.of(os.stat(file))  # noqa: PTH116
    assert store.glance("a", stamp, "perf") is None
    assert read(store, "a") is not first
    assert store.glance("a", stamp, "perf") is not None
