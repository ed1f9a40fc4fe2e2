from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from flamescope_py.errors import (
    BrokenProfileError,
    BusyError,
    ClientGoneError,
    ConfigError,
    TooLargeError,
)
from flamescope_py.fleet import schema
from flamescope_py.fleet.asking import questions
from flamescope_py.fleet.asking.asked import Asked
from flamescope_py.fleet.asking.engines import Bounds, DuckEngine, Reading
from flamescope_py.fleet.asking.opening import open_engine
from flamescope_py.fleet.asking.stacks import Stacks
from flamescope_py.fleet.collection import Collection
from flamescope_py.fleet.cut import Cut, Span
from flamescope_py.fleet.snapshot import Files
from flamescope_py.fleet.storage import Entry, LocalStorage
from tests.support.fleet import MIDNIGHT, capture, collect, files, opened
from tests.support.processes.endless import endless

CUT = Cut(Span(MIDNIGHT * 1_000_000, (MIDNIGHT + 3600) * 1_000_000))
NOTHING: dict[str, list[str]] = {name: [] for name in schema.SCHEMAS}


def samples(place: Path) -> Reading:
    found = files(place).storage.paths(files(place).snapshot().files["samples"])
    return Reading({**NOTHING, "samples": found})


def test_questions_about_nothing_have_no_rows() -> None:
    engine = DuckEngine(Bounds(threads=1))
    for asked in (
        Asked(questions.tree, CUT),
        Asked(questions.matrix, CUT, ("host",), (60_000_000,)),
        Asked(questions.nodes),
    ):
        assert engine.run(asked, Reading(NOTHING)).num_rows == 0


def test_questions_at_the_same_time_do_not_disturb_each_other(tmp_path: Path) -> None:
    place = tmp_path / "it's"
    for number in range(4):
        collect(place, capture(MIDNIGHT, "read", f"leaf{number}"), f"host=h{number}")
    reading, engine = samples(place), DuckEngine(Bounds(threads=1))
    trees = [Asked(questions.tree, Cut(CUT.span, hosts=(f"h{number}",))) for number in range(4)]
    expected = [sorted(engine.run(one, reading).to_pylist(), key=str) for one in trees]
    assert [len(rows) for rows in expected] == [2] * 4
    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(lambda one: engine.run(one, reading).to_pylist(), trees * 20))
    assert [sorted(rows, key=str) for rows in found] == expected * 20


def test_a_question_that_takes_too_long_is_interrupted(tmp_path: Path) -> None:
    collect(tmp_path, capture())
    with pytest.raises(TooLargeError, match="max_query_seconds"):
        DuckEngine(Bounds(seconds=0.5, threads=1)).run(Asked(endless), samples(tmp_path))


def test_a_question_of_a_client_that_goes_is_interrupted(tmp_path: Path) -> None:
    collect(tmp_path, capture())
    looks = iter([False, False, False])
    engine = DuckEngine(Bounds(threads=1))
    reading = samples(tmp_path)._replace(gone=lambda: next(looks, True))
    with pytest.raises(ClientGoneError, match="cancelled"):
        engine.run(Asked(endless), reading)
    assert next(looks, None) is None
    assert engine.run(Asked(questions.tree, CUT), samples(tmp_path)).num_rows == 3


class StuckStorage(LocalStorage):
    """A storage whose lists wait, and fail then."""

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        self.asked, self.end = threading.Event(), threading.Event()

    def entries(self, folder: str) -> Iterator[Entry]:
        self.asked.set()
        self.end.wait()
        raise BusyError("The bucket failed.")


def test_a_list_that_fails_late_fails_for_all_who_wait(tmp_path: Path) -> None:
    storage = StuckStorage(tmp_path)
    collection = Collection(Files(storage), DuckEngine(Bounds(threads=1)))
    waiting = threading.Barrier(4)

    def ask() -> None:
        waiting.wait()
        collection.moment()

    with ThreadPoolExecutor(4) as threads:
        first = threads.submit(collection.moment)
        storage.asked.wait()
        others = [threads.submit(ask) for _ in range(3)]
        waiting.wait()
        storage.end.set()
        assert isinstance(first.exception(), BusyError)
        assert all(isinstance(one.exception(), BusyError) for one in others)
    with pytest.raises(BusyError):
        collection.moment()
    collection.close()


def test_an_answer_that_its_client_left_is_made_for_those_who_wait(tmp_path: Path) -> None:
    collect(tmp_path, capture())
    collection = opened(tmp_path)
    at = collection.moment()
    cut = Cut(collection.span(at))
    asked, going = threading.Event(), threading.Event()

    def goes() -> bool:
        asked.set()
        return going.wait()

    with ThreadPoolExecutor(2) as threads:
        left = threads.submit(collection.tree, replace(at, gone=goes), cut)
        asked.wait()
        stayed = threads.submit(collection.tree, at, cut)
        going.set()
        assert isinstance(left.exception(), ClientGoneError)
        assert len(stayed.result().samples) == 3


def test_a_file_that_vanishes_is_one_to_ask_for_again(tmp_path: Path) -> None:
    collect(tmp_path, capture())
    reading = samples(tmp_path)
    for path in tmp_path.glob("samples/*/*/*.parquet"):
        path.unlink()
    with pytest.raises(BusyError, match="ask again"):
        DuckEngine(Bounds(threads=1)).run(Asked(questions.tree, CUT), reading)


def test_damage_inside_of_a_file_is_a_clear_error(tmp_path: Path) -> None:
    collect(tmp_path, capture())
    for path in tmp_path.glob("samples/*/*/*.parquet"):
        data = bytearray(path.read_bytes())
        data[4:400] = b"\xff" * 396
        path.write_bytes(data)
    with pytest.raises(BrokenProfileError, match="The collection cannot be read"):
        DuckEngine(Bounds(threads=1)).run(Asked(questions.tree, CUT), samples(tmp_path))


@pytest.mark.parametrize("url", ["", "mysql://x", "http://127.0.0.1", "duckdb://x"])
def test_another_engine_is_refused(url: str) -> None:
    with pytest.raises(ConfigError, match="must be duckdb, or a URL"):
        open_engine(url, Bounds())


def test_a_missing_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "duckdb", None)
    with pytest.raises(ConfigError, match=r"flamescope-py\[fleet\]"):
        open_engine("duckdb", Bounds())
    monkeypatch.setitem(sys.modules, "pyspark.sql", None)
    with pytest.raises(ConfigError, match=r"ibis-framework\[pyspark\]"):
        open_engine("sc://127.0.0.1:1", Bounds())


def test_two_stacks_of_one_hash_are_refused() -> None:
    columns = {"node": [0, 1, 1], "parent": [0, 0, 0], "frame": [5, 6, 7], "depth": [0, 1, 1]}
    nodes = schema.table("nodes", columns)
    names = {"frame": [5, 6, 7], "name": ["root", "a", "b"], "library": [""] * 3, "kind": [""] * 3}
    frames = schema.table("frames", names)
    with pytest.raises(BrokenProfileError, match="Two stacks of the collection have the same hash"):
        Stacks.of(nodes, frames)


def test_a_window_of_a_service_has_the_events_of_its_samples(tmp_path: Path) -> None:
    """Without the service, whole minutes tell the events."""
    one, other = capture(MIDNIGHT, "read"), capture(MIDNIGHT + 1, "parse").replace(b"cycles", b"faults")
    collect(tmp_path, one + other, "service=shop", "host=a")
    collection = opened(tmp_path)
    at = collection.moment()
    span = Span(MIDNIGHT * 1_000_000, (MIDNIGHT + 1) * 1_000_000)
    cut = Cut(span, services=("shop",), all_events=True)
    assert collection.window(at, cut).meta.events == ("cycles",)
    assert collection.tree(at, replace(cut, span=span.minutes())).meta.events == ()
    assert collection.window(at, replace(cut, services=())).meta.events == ()
    collection.close()
