"""The commands that fill a collection: their output and exit codes."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from flamescope_py.commands.main import main
from tests.support.fleet import MIDNIGHT, capture, collect, rows


def run(*arguments: str, code: int = 0) -> Result:
    done = CliRunner().invoke(main, list(arguments))
    assert done.exit_code == code, done.output
    assert "Traceback" not in done.output
    return done


@pytest.fixture
def captures(tmp_path: Path) -> Path:
    folder = tmp_path / "captures"
    folder.mkdir()
    (folder / "a.perf").write_bytes(capture())
    (folder / "b.perf").write_bytes(capture(5000))
    (folder / "README").write_text("Captures.")
    return folder


def test_ingest_counts_outcomes_and_names_reasons(tmp_path: Path, captures: Path) -> None:
    into = str(tmp_path / "fleet")
    done = run("ingest", str(captures), "--into", into, "--label", "service=web")
    assert done.stdout == "1 placed in time, 1 listed without a place in time, 1 of no known format\n"
    assert "captures/b.perf: listed: Its times are not those of the day" in done.stderr
    again = run("ingest", str(captures), "--into", into)
    assert again.stdout == "2 collected before, 1 of no known format\n"
    assert len(rows(tmp_path / "fleet", "samples")) == 4


def test_ingest_writes_json_lines(tmp_path: Path, captures: Path) -> None:
    done = run("ingest", str(captures), "--into", str(tmp_path / "fleet"), "--json", "--label", "host=h")
    found = {one["name"]: one for one in map(json.loads, done.stdout.splitlines())}
    assert found["captures/a.perf"]["outcome"] == "placed"
    assert (found["captures/a.perf"]["samples"], found["captures/a.perf"]["host"]) == (4, "h")


def test_ingest_fails_if_a_profile_is_damaged_or_none_is_there(tmp_path: Path, captures: Path) -> None:
    into = str(tmp_path / "fleet")
    run("ingest", str(captures / "README"), "--into", into, code=1)
    (captures / "empty.perf").write_bytes(b"")
    assert "empty.perf: failed" in run("ingest", str(captures), "--into", into, code=1).stderr


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--label", "host"], "must be a name, = and a value"),
        (["--labels-from", "("], "does not compile"),
    ],
)
def test_wrong_labels_are_wrong_usage(
    tmp_path: Path, captures: Path, options: list[str], message: str
) -> None:
    done = run("ingest", str(captures), "--into", str(tmp_path / "fleet"), *options, code=2)
    assert message in done.stderr


def test_control_characters_of_names_do_not_reach_the_terminal(tmp_path: Path, captures: Path) -> None:
    (captures / "\x1b[31m.perf").write_bytes(b"")
    done = run("ingest", str(captures), "--into", str(tmp_path / "fleet"), code=1)
    assert "\x1b" not in done.output


def test_a_folder_that_is_not_there_is_not_compacted(tmp_path: Path) -> None:
    assert "There is no folder" in run("compact", str(tmp_path / "flete"), code=1).stderr


def test_compact_merges_and_drops(tmp_path: Path, captures: Path) -> None:
    into = str(tmp_path / "fleet")
    (captures / "old.perf").write_bytes(capture(MIDNIGHT - 90 * 86_400, "old"))
    run("ingest", str(captures), "--into", into)
    assert run("compact", into).stdout.startswith("3 profiles merged, 0 dropped")
    assert json.loads(run("compact", into, "--keep-days", "30000", "--json").stdout) == {
        "merged": 0,
        "dropped": 0,
        "written": 0,
        "removed": 0,
    }


@pytest.fixture
def place(tmp_path: Path) -> str:
    found = tmp_path / "fleet"
    collect(found, capture(MIDNIGHT, "read", "parse", "read", "read"), "service=web", "host=a")
    collect(found, capture(MIDNIGHT + 60, *["parse"] * 3, "read"), "service=web", "host=\u2620 b")
    return str(found)


def test_totals_are_a_table(place: str) -> None:
    lines = run("fleet", "totals", place, "--function", "parse").stdout.splitlines()
    assert lines[0].split() == ["host", "samples", "idle", "busy", "CPUs", "seconds", "windows", "matches"]
    assert [(line.split()[0], line.split()[-1]) for line in lines[1:]] == [("a", "1"), ("\u2620", "3")]


def test_a_matrix_is_drawn_with_the_darkest_cell_at_the_most_samples(place: str) -> None:
    lines = run("fleet", "matrix", place, "--function", "parse").stdout.splitlines()
    assert lines[0].endswith("a column is 60 s, at most 3")
    assert [line.partition("|")[2] for line in lines[1:]] == ["- |", " @|"]


def test_functions_profiles_and_json(place: str) -> None:
    assert "75.0%  parse" in run("fleet", "functions", place, "--limit", "1").stdout
    assert "a.perf" in run("fleet", "profiles", place).stdout
    assert json.loads(run("fleet", "matrix", place, "--json").stdout)["samples"] == [4, 4]
    assert json.loads(run("fleet", "profiles", place, "--json", "--limit", "1").stdout)["total"] == 2


def test_a_cut_is_exported(place: str) -> None:
    assert run("fleet", "export", place, "--host", "a").stdout == "web;main;parse 1\nweb;main;read 3\n"
    part = ("--from", str(MIDNIGHT), "--to", f"{MIDNIGHT}.015", "--window", "--drop", "main")
    assert run("fleet", "export", place, *part).stdout == "web;parse 1\nweb;read 1\n"
    assert run("fleet", "export", place, "--to-format", "svg").stdout.startswith("<?xml")


def test_two_cuts_are_compared(place: str) -> None:
    done = run("fleet", "diff", place, "--host", "a", "--compareHost", "\u2620 b")
    assert "25.00%   75.00%    +50.00  parse" in done.stdout


def test_damage_is_named_below_the_answer(tmp_path: Path, place: str) -> None:
    next((tmp_path / "fleet").glob("samples/*/*/*.parquet")).write_bytes(b"PAR1")
    lines = run("fleet", "totals", place).stdout.splitlines()
    assert lines[2] == "2 files are left out:"


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["totals", "--by", "city"], 2, "by is 'city'"),
        (["totals", "--from", "soon"], 2, "a time such as"),
        (["export", "--include", "("], 2, "does not compile"),
        (["export", "--window"], 0, ""),
        (["export", "--window", "--to", "4000000000"], 1, "at most an hour"),
    ],
)
def test_wrong_questions(place: str, arguments: list[str], code: int, message: str) -> None:
    done = run("fleet", arguments[0], place, *arguments[1:], code=code)
    assert message in done.stderr


def test_a_question_ends_without_words_of_the_database(tmp_path: Path) -> None:
    """Commands end without a last collection of garbage, which DuckDB's bindings report as leaks."""
    command = [sys.executable, "-m", "flamescope_py", "fleet", "totals", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.stderr.startswith("Error: ")
    assert len(done.stderr.splitlines()) == 1
