"""A Spark cluster of several processes answers all questions as DuckDB does."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from flamescope_py.errors import BusyError, ClientGoneError, TooLargeError
from flamescope_py.fleet.asking.asked import Asked
from flamescope_py.fleet.asking.engines import Bounds, Reading
from flamescope_py.fleet.asking.opening import open_engine
from flamescope_py.fleet.cut import Cut
from flamescope_py.fleet.writing.compact import compact
from tests.cluster.conftest import Server
from tests.support.fleet import LATER, MIDNIGHT, answers, capture, collect, files, opened
from tests.support.processes.endless import endless

# Of the client: Spark's own of this version has not heard of today's pandas.
pytestmark = pytest.mark.filterwarnings("default")


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """Collect hosts of several services and versions, around midnight, with hostile names."""
    found = tmp_path / "fleet"
    for number, host in enumerate("abc"):
        leaves = [*["read", "parse<scan", "write"] * 40, "idle", host]
        start = MIDNIGHT - 30 + 40 * number
        collect(found, capture(start, *leaves, step=1.0), f"host={host}", "service=web", f"version={number}")
    collect(found, capture(MIDNIGHT + 5, "query"), "host='; DROP <b>", "service=d b/1 ü")
    collect(found, capture(5000, "unplaced"))
    return found


def test_all_questions_have_equal_rows(place: Path, spark: Server) -> None:
    here = answers(place, functions=("read", "scan", "nothing"))
    there = answers(place, spark.url, functions=("read", "scan", "nothing"))
    assert len(here) > 20
    assert there == here
    compact(files(place), LATER)
    assert answers(place, spark.url, functions=("read",)) == answers(place, functions=("read",))


def test_a_server_that_is_killed_in_a_question_is_an_answer_or_a_clear_error(
    place: Path, spark: Server
) -> None:
    collection = opened(place, spark.url)
    at = collection.moment()
    cut = Cut(collection.span(at))
    expected = collection.totals(at, cut, "host")
    killer = threading.Timer(0.05, spark.process.kill)
    killer.start()

    def ask() -> None:
        for _ in range(1000):
            assert collection.totals(at, cut, "host") == expected

    with pytest.raises(BusyError, match="The fleet's engine failed"):
        ask()
    killer.join()


def test_a_question_that_takes_too_long_is_left_alone(place: Path, spark: Server) -> None:
    engine = open_engine(spark.url, Bounds(seconds=5))
    snapshot = files(place).snapshot()
    reading = Reading({"samples": files(place).storage.urls(snapshot.files["samples"])})
    looks = iter([False] * 20)
    with pytest.raises(ClientGoneError, match="cancelled"):
        engine.run(Asked(endless), reading._replace(gone=lambda: next(looks, True)))
    # This server interrupts no join, and is stuck.
    with pytest.raises((BusyError, TooLargeError)):
        engine.run(Asked(endless), reading)
    spark.process.kill()


def test_a_server_that_is_gone_is_a_clear_error(place: Path, spark: Server) -> None:
    collection = opened(place, spark.url)
    at = collection.moment()
    spark.process.kill()
    spark.process.wait()
    with pytest.raises(BusyError, match="The fleet's engine failed"):
        collection.span(at)
