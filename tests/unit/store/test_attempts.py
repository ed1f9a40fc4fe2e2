from __future__ import annotations

import pytest

from flamescope_py.errors import BrokenProfileError, BusyError, ProfileChangedError, TooLargeError
from flamescope_py.files.stamp import Stamp
from flamescope_py.store.attempts import LEAST_SECONDS, MOST_FILES, Attempts, ReadingState


def fail(attempts: Attempts, version: object, error: Exception) -> None:
    with pytest.raises(type(error)), attempts.attempt(version, 1):
        raise error


def test_only_what_is_wrong_with_the_file_is_kept() -> None:
    attempts = Attempts()
    fail(attempts, "busy", BusyError("Try again."))
    assert attempts.failure("busy") is None
    assert attempts.changes == 0
    fail(attempts, "cut", BrokenProfileError("It is cut."))
    fail(attempts, "cut", BusyError("Try again."))
    assert attempts.failure("cut") == "It is cut."
    assert attempts.changes == 1
    with attempts.attempt("cut", 1):
        pass
    assert attempts.failure("cut") is None
    assert attempts.changes == 2


def test_the_oldest_are_forgotten() -> None:
    attempts = Attempts()
    for number in range(MOST_FILES + 1):
        fail(attempts, number, BrokenProfileError(f"Number {number}."))
    assert attempts.failure(0) is None
    assert attempts.failure(1) == "Number 1."
    assert attempts.failure(MOST_FILES) == f"Number {MOST_FILES}."


def test_a_file_over_a_bound_is_refused_for_a_while() -> None:
    attempts = Attempts()
    with pytest.raises(TooLargeError) as first, attempts.attempt("large", 1):
        raise TooLargeError("It takes too long.")
    assert first.value.retry_after == LEAST_SECONDS
    with pytest.raises(TooLargeError, match=r"^It takes too long\.$") as again:
        attempts.check("large")
    assert again.value.retry_after is not None
    assert 0 < again.value.retry_after <= LEAST_SECONDS
    attempts.check("another version")
    assert attempts.failure("large") == "It takes too long."


def test_other_failures_may_be_tried_again_at_once() -> None:
    attempts = Attempts()
    fail(attempts, "cut", BrokenProfileError("It is cut."))
    attempts.check("cut")


def test_everything_is_counted() -> None:
    attempts = Attempts(most_waiting=1)
    attempts.found("memory")
    with attempts.turn(), attempts.attempt("good", 10):
        counts = attempts.counts()
        assert (counts.parsing, counts.waiting, counts.parsed_bytes) == (1, 1, 0)
        with pytest.raises(BusyError), attempts.turn():
            pass
    fail(attempts, "cut", BrokenProfileError("It is cut."))
    fail(attempts, "changed", ProfileChangedError("It changed."))
    counts = attempts.counts()
    assert counts.lookups == {"memory": 1, "index": 0, "file": 1}
    assert (counts.parsed_bytes, counts.failures, counts.parsing, counts.waiting) == (10, 2, 0, 0)
    assert counts.parse_seconds > 0


def test_states_are_of_one_version_and_bounded() -> None:
    attempts, stamp = Attempts(), Stamp(1, 2, 3)
    attempts.note("first", stamp, ReadingState("parsing", 1, 2))
    assert attempts.state("first", stamp) == ("parsing", 1, 2)
    assert attempts.state("first", stamp._replace(size=2)) is None
    for number in range(MOST_FILES):
        attempts.note(f"{number}", stamp, ReadingState("ready", 2, 2))
    assert attempts.state("first", stamp) is None
    assert attempts.state("0", stamp) == ("ready", 2, 2)
