from __future__ import annotations

import pytest

from flamescope_py.errors import BrokenProfileError, BusyError
from flamescope_py.store.failures import MOST_FILES, Failures


def fail(failures: Failures, version: object, error: Exception) -> None:
    with pytest.raises(type(error)), failures.remembered(version):
        raise error


def test_only_what_is_wrong_with_the_file_is_kept() -> None:
    failures = Failures()
    fail(failures, "busy", BusyError("Try again."))
    assert failures.sentence("busy") is None
    assert failures.changes == 0
    fail(failures, "cut", BrokenProfileError("It is cut."))
    fail(failures, "cut", BusyError("Try again."))
    assert failures.sentence("cut") == "It is cut."
    assert failures.changes == 1
    with failures.remembered("cut"):
        pass
    assert failures.sentence("cut") is None
    assert failures.changes == 2


def test_the_oldest_are_forgotten() -> None:
    failures = Failures()
    for number in range(MOST_FILES + 1):
        fail(failures, number, BrokenProfileError(f"Number {number}."))
    assert failures.sentence(0) is None
    assert failures.sentence(1) == "Number 1."
    assert failures.sentence(MOST_FILES) == f"Number {MOST_FILES}."
