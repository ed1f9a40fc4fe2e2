"""Turns of two processes, here two objects on one folder."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import pytest

from flamescope_py.files.stamp import Stamp
from flamescope_py.store import turns
from flamescope_py.store.attempts import ReadingState
from flamescope_py.store.turns import Turns

KEY = ("a.perf", 1, 2, 3, "perf")
STAMP = Stamp(10, 20, 30)


def test_the_second_waits_until_the_first_gives_its_turn_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    waiting = threading.Event()

    def sleep(seconds: float) -> None:
        waiting.set()
        time.sleep(seconds)

    monkeypatch.setattr(turns, "sleep", sleep)
    one, other = Turns(tmp_path), Turns(tmp_path)
    waited, give_back = one.take(KEY)
    assert not waited
    found: list[bool] = []

    def take() -> None:
        waited, done = other.take(KEY)
        found.append(waited)
        done()

    thread = threading.Thread(target=take)
    thread.start()
    assert waiting.wait(60)
    # Another file is no matter of this one.
    other.take(("b.perf",))[1]()
    assert found == []
    give_back()
    thread.join(60)
    assert found == [True]
    assert one.take(KEY)[0] is False


def test_a_turn_that_never_ends_is_waited_for_no_longer_than_allowed(tmp_path: Path) -> None:
    Turns(tmp_path).take(KEY)
    waited, give_back = Turns(tmp_path, patience=0.05).take(KEY)
    assert waited
    give_back()


def test_a_folder_that_cannot_be_written_hinders_no_reading(tmp_path: Path) -> None:
    gone = Turns(tmp_path / "gone")
    waited, give_back = gone.take(KEY)
    give_back()
    gone.tell("a.perf", STAMP, ReadingState("parsing", 3, 10))
    assert not waited
    assert gone.state("a.perf", STAMP) is None


def test_progress_is_seen_by_the_other_while_it_lasts(tmp_path: Path) -> None:
    one, other = Turns(tmp_path), Turns(tmp_path)
    one.tell("a/ü.perf", STAMP, ReadingState("parsing", 3, 10))
    assert other.state("a/ü.perf", STAMP) == ReadingState("parsing", 3, 10)
    assert other.state("a/ü.perf", STAMP._replace(size=11)) is None
    assert other.state("b.perf", STAMP) is None
    one.tell("a/ü.perf", STAMP, ReadingState("ready", 10, 10))
    assert other.state("a/ü.perf", STAMP) is None


def test_one_process_alone_needs_no_folder() -> None:
    alone = Turns()
    waited, give_back = alone.take(KEY)
    give_back()
    alone.tell("a.perf", STAMP, ReadingState("parsing", 3, 10))
    assert not waited
    assert alone.state("a.perf", STAMP) is None
