"""The sh function that turns perf.data into text, beside a perf that refuses fields or fails."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from flamescope_py.recording.scripts import FIELDS, LOST, TEXT

# From the most to the least, each with and without the lines of lost samples.
TRIED = [f"{fields}{lost}" for fields in FIELDS for lost in (f" {LOST}", "")]

# Refuses what the variable $refused names, as perf does: before it writes anything.
PERF = """#!/bin/sh
echo "$*" >>calls
case "$*" in *"$refused"*) echo "no such field" >&2; exit 129;; esac
printf '\\nfirst\\nlast without end'
echo "words of perf" >&2
exit "${code:-0}"
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "perf").write_text(PERF)
    (tmp_path / "perf").chmod(0o755)
    return tmp_path


def run(folder: Path, **variables: str) -> tuple[bytes, str, list[str]]:
    """Return the text, its status and the calls of perf."""
    script = f'words=said\n{TEXT}\ntext file; echo "$?" >status'
    environment = {"PATH": f"{folder}{os.pathsep}{os.environ['PATH']}", **variables}
    done = subprocess.run(["sh", "-c", script], cwd=folder, env=environment, capture_output=True, check=True)
    calls = (folder / "calls").read_text().splitlines()
    return done.stdout, (folder / "status").read_text().strip(), calls


@pytest.mark.parametrize(
    ("refused", "calls"),
    [("nothing", TRIED[:1]), (LOST, TRIED[:2]), (FIELDS[0], TRIED[:3]), ("-F", [*TRIED, ""])],
    ids=["most", "no lost samples", "fewer", "none"],
)
def test_the_first_fields_that_are_taken_are_read_once(folder: Path, refused: str, calls: list[str]) -> None:
    text, status, called = run(folder, refused=refused)
    assert (text, status) == (b"\nfirst\nlast without end", "0")
    assert called == [f"script -f -i file {fields}".rstrip() for fields in calls]


def test_a_failure_in_the_middle_is_not_tried_again(folder: Path) -> None:
    text, status, called = run(folder, refused="nothing", code="3")
    assert (text, status, len(called)) == (b"\nfirst\nlast without end", "3", 1)
    assert (folder / "said").read_text() == "words of perf\n"


def test_a_file_that_cannot_be_read_fails_in_perfs_last_words(folder: Path) -> None:
    text, status, called = run(folder, refused="script")
    assert (text, status, len(called)) == (b"", "129", len(TRIED) + 1)
    assert (folder / "said").read_text() == "no such field\n"
