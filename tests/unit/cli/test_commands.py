"""The commands that answer questions about files: their output and exit codes."""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner, Result

from flamescope_py.analysis.heatmap import heatmap
from flamescope_py.analysis.selection import Selection
from flamescope_py.commands.drawing import draw
from flamescope_py.commands.main import main
from flamescope_py.service import EXPORTS
from flamescope_py.service.parameters import SELECTION
from tests.support.perf_text import sample, script
from tests.support.reading import read
from tests.support.views import select

COMMANDS = ("info", "heatmap", "folded", "export", "diff")
TEXT = script(
    sample("10.1", "a (/x)", "main (/x)", command="web", task="7/8", cpu=0, period=3),
    sample("10.2", "b (/x)", "main (/x)", command="web", task="7/9", cpu=1, period=4),
    sample("11.4", "a (/y)", "main (/x)", command="db", task="20/20", cpu=0, period=5),
    sample("11.5", "native_safe_halt ([k])", command="swapper", task="0/0", cpu=1, period=7),
)


@pytest.fixture
def file(tmp_path: Path) -> str:
    (tmp_path / "some.perf").write_bytes(TEXT)
    return str(tmp_path / "some.perf")


def run(*arguments: str, stdin: bytes = b"", code: int = 0) -> Result:
    done = CliRunner().invoke(main, list(arguments), input=stdin)
    assert done.exit_code == code, done.output
    if code:
        assert done.stderr.strip()
        assert "Traceback" not in done.output
    return done


@pytest.mark.parametrize(
    ("options", "lines"),
    [
        ([], ["db;main;a 1", "web;main;a 1", "web;main;b 1"]),
        (["--start", "1"], ["db;main;a 1"]),
        (["--start", "0.15", "--end", "1"], ["web;main;b 1"]),
        (["--comm", "web", "--comm", "db", "--cpu", "0"], ["db;main;a 1", "web;main;a 1"]),
        (["--pid", "7", "--tid", "9"], ["web;main;b 1"]),
        (["--event", "cycles", "--include", " a "], ["db;main;a 1", "web;main;a 1"]),
        (["--exclude", "/y"], ["web;main;a 1", "web;main;b 1"]),
        (["--drop", "main"], ["db;a 1", "web;a 1", "web;b 1"]),
        (["--idle", "include", "--comm", "swapper"], ["swapper;native_safe_halt 1"]),
        (["--weight", "period"], ["db;main;a 5", "web;main;a 3", "web;main;b 4"]),
        (["--filter", "node"], ["db;main;a 1", "web;main;a 1", "web;main;b 1"]),
        (["--inverted", "--comm", "db"], ["a;main;db 1"]),
        (["--flavor", "nodejs"], ["db;main;a 1", "web;main;a 1", "web;main;b 1"]),
    ],
    ids=" ".join,
)
def test_folded_takes_every_selection(file: str, options: list[str], lines: list[str]) -> None:
    assert sorted(run("folded", file, *options).stdout.splitlines()) == lines


@pytest.mark.parametrize("command", ["folded", "export", "diff", "heatmap"])
def test_every_parameter_of_a_selection_is_an_option(command: str) -> None:
    text = run(command, "--help").output
    for row in SELECTION:
        assert f"--{row.name} " in text


@pytest.mark.parametrize("command", COMMANDS)
def test_help_has_examples(command: str) -> None:
    text = run(command, "--help").output
    assert "Examples:" in text
    assert f"flamescope-py {command}" in text


@pytest.mark.parametrize(
    "command", [["info"], ["folded"], ["heatmap", "--rows", "10"], ["export", "--to", "svg"]], ids=" ".join
)
@pytest.mark.parametrize("packed", [TEXT, gzip.compress(TEXT)], ids=["plain", "gzip"])
def test_standard_input_is_read_as_a_file_is(file: str, command: list[str], packed: bytes) -> None:
    name, *options = command
    of_file = run(name, file, *options).output.replace("some.perf", "standard input")
    assert run(name, "-", *options, stdin=packed).output == of_file


@pytest.mark.parametrize("form", EXPORTS)
def test_export_writes_a_file(file: str, tmp_path: Path, form: str) -> None:
    target = tmp_path / "out"
    assert run("export", file, "--to", form, "-o", str(target)).output == ""
    content = target.read_bytes()
    assert content == run("export", file, "--to", form).stdout_bytes
    if form == "svg":
        assert ElementTree.fromstring(content).tag.endswith("svg")
    elif form == "speedscope":
        assert json.loads(content)["profiles"]
    elif form == "pprof":
        assert gzip.decompress(content)
    elif form == "firefox":
        assert sum(thread["samples"]["length"] for thread in json.loads(content)["threads"]) == 3


def test_info_in_words_and_as_json(file: str) -> None:
    text = run("info", file, "--top", "1").output
    assert (
        text.splitlines()[0]
        == "some.perf: perf, 4 samples, 1 of them idle, 1.400 s from 10.100000 to 11.500000"
    )
    assert "and 2 more" in text
    found = json.loads(run("info", file, "--json").stdout)
    assert (found["filename"], found["samples"], found["seconds"]) == ("some.perf", 4, 2)


def test_info_shows_what_was_skipped_and_no_escape_sequences(tmp_path: Path) -> None:
    (tmp_path / "odd").write_bytes(
        script(sample("1.0", "f (/x)", command="\x1b[31mr\u202eed")) + b"junk \x1b[2J\n" + TEXT
    )
    text = run("info", str(tmp_path / "odd")).output
    assert "\\x1b[31mr\\u202eed" in text
    assert "skipped: 1" in text
    assert "junk" in text
    assert "\x1b" not in text


def test_errors_show_no_escape_sequences(tmp_path: Path) -> None:
    done = CliRunner().invoke(main, ["info", str(tmp_path / "\x1b[31m\u2066")], color=True)
    assert done.exit_code == 1
    assert "\\x1b[31m\\u2066: No such file" in done.stderr


def test_heatmap_in_plain_characters(file: str) -> None:
    lines = run("heatmap", file, "--rows", "10").stdout.splitlines()
    assert lines == [
        " 900",
        "",
        "",
        "",
        "",
        " 400  @",
        "",
        "",
        "     @",
        "     @",
        "     0 s",
        "     1 .:-=+*#@ 1 samples a cell, 3 in all",
    ]
    assert "1 in all" in run("heatmap", file, "--search", " b ").stdout


def test_heatmap_of_shorter_columns(file: str) -> None:
    lines = run("heatmap", file, "--rows", "2", "--column-length", "250ms").stdout.splitlines()
    assert lines[-1].endswith("3 in all, a column is 0.25 s")
    assert lines[0].startswith(" 125 ")


def test_heatmap_of_more_seconds_than_fit(tmp_path: Path) -> None:
    (tmp_path / "long").write_bytes(script(*(sample(f"{n}.5", "f (/x)") for n in range(1000))))
    lines = run("heatmap", str(tmp_path / "long"), "--rows", "4").stdout.splitlines()
    assert max(map(len, lines)) <= 120
    assert lines[-1].endswith("1,000 in all, a column is 9 s")


def test_heatmap_in_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    """Two rows share a line: a lower half alone, and an upper half whose ground is the lower one."""
    draw(heatmap(select(read(TEXT), Selection()), 10), terminal=True)
    lines = capsys.readouterr().out.splitlines()
    assert [line[5:] for line in lines[:5]] == ["  ", "  ", " ▄", "  ", "▀ "]


@pytest.mark.parametrize("columns", ["0", "1", "5", "6", "7", "wide"])
def test_heatmap_in_a_terminal_of_any_width(
    columns: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    draw(heatmap(select(read(TEXT), Selection()), 10), terminal=True)
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 7
    assert "in all" in lines[-1]


def test_diff_says_what_grew(file: str, tmp_path: Path) -> None:
    (tmp_path / "other").write_bytes(
        script(*(sample(f"1.{n}", "b (/z)", "main (/x)", command="web") for n in range(4)))
    )
    other = str(tmp_path / "other")
    lines = run("diff", file, other).stdout.splitlines()
    assert lines[:2] == ["A: some.perf, 3 samples", "B: other, 4 samples"]
    assert lines[3:] == [
        "        A        B    change  function",
        "   66.67%    0.00%    -66.67  a [user]",
        "   33.33%  100.00%    +66.67  b [user]",
    ]
    assert "share in both" in run("diff", file, file).stdout
    folded = run("diff", file, other, "--format", "folded").stdout.splitlines()
    assert folded == ["db;main;a 1 0", "web;main;a 1 0", "web;main;b 1 4"]
    found = json.loads(run("diff", file, other, "--format", "json", "--by", "total").stdout)
    assert found["samples"] == [3, 4]
    assert {row["name"]: row["samples"] for row in found["functions"]} == {
        "a": [2, 0],
        "b": [1, 4],
        "db": [1, 0],
        "web": [2, 4],
    }


def test_diff_draws_and_writes_files(file: str, tmp_path: Path) -> None:
    target = tmp_path / "diff.svg"
    ranges = ["--end", "1", "--compare-start", "1"]
    assert run("diff", file, file, *ranges, "--format", "svg", "-o", str(target)).output == ""
    titles = [
        element.text
        for element in ElementTree.fromstring(target.read_bytes()).iter()
        if element.tag.endswith("title")
    ]
    assert titles[0] == "some.perf beside some.perf"
    assert "+50.0 b: 1 samples, 50.00%" in titles
    for form in ("folded", "json", "table"):
        run("diff", file, file, "--format", form, "-o", str(target))
        assert target.read_bytes() == run("diff", file, file, "--format", form).stdout_bytes


def test_diff_of_two_files_is_by_the_time_in_each_second(tmp_path: Path) -> None:
    for name, counts in (("old", {"render": 50, "parse": 50}), ("new", {"render": 100, "parse": 50})):
        leaves = [leaf for leaf, count in counts.items() for _ in range(count)]
        # At 100 Hz; the second thread makes the second file no longer than the first.
        blocks = (
            sample(f"{10 + at % 100 / 100:.6f}", f"{leaf}+0x1 (/z)", command="app", task=f"1/{1 + at // 100}")
            for at, leaf in enumerate(leaves)
        )
        (tmp_path / name).write_bytes(script(*blocks))
    sides = [str(tmp_path / name) for name in ("old", "new")]
    lines = run("diff", *sides).stdout.splitlines()
    assert lines[2] == "Measured by CPU time per second of recording"
    assert [line.split()[-2] for line in lines[5:]] == ["render"]
    shares = run("diff", *sides, "--base", "share").stdout.splitlines()
    assert [line.split()[3] for line in shares[4:]] == ["parse", "render"]
    found = json.loads(run("diff", *sides, "--format", "json").stdout)
    assert found["measure"] == "CPU time per second of recording"
    (render,) = found["functions"]
    assert render["samples"] == [50, 100]
    assert render["change"] == render["values"][1] - render["values"][0] == pytest.approx(0.5, rel=0.02)
    picture = run("diff", *reversed(sides), "--format", "svg").stdout
    assert "<title>parse: 50 samples, 33.33%</title>" in picture
    assert "render: 100 samples, 66.67%</title>" in picture


def test_diff_of_two_ranges_of_one_file(file: str) -> None:
    options = ["--end", "1", "--compare-start", "1", "--format", "folded"]
    assert run("diff", file, file, *options).stdout.splitlines() == [
        "db;main;a 0 1",
        "web;main;a 1 0",
        "web;main;b 1 0",
    ]
    assert run("diff", file, "-", *options, stdin=TEXT).stdout == run("diff", file, file, *options).stdout


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["folded", "{missing}"], 1, "No such file"),
        (["info", "{folder}"], 1, "directory"),
        (["folded", "{empty}"], 1, "empty"),
        (["info", "{binary}"], 1, "ELF program"),
        (["folded", "{file}", "--start", "99"], 1, "range"),
        (["diff", "{file}", "{file}", "--compare-start", "99"], 1, "Second profile"),
        (["diff", "{empty}", "{file}"], 1, "First profile"),
        (["export", "{file}", "--to", "svg", "-o", "{folder}"], 1, "directory"),
        (["export", "{file}", "--to", "svg", "-o", "{folder}/no/such"], 1, "No such file"),
        (["folded", "{file}", "--include", "("], 2, "compile"),
        (["folded", "{file}", "--pid", "x"], 2, "whole number"),
        (["folded", "{file}", "--filter", "x"], 2, "node-v8"),
        (["folded", "{file}", "--start", "soon"], 2, "seconds"),
        (["folded", "{file}", "--idle", "maybe"], 2, "exclude, include"),
        (["folded", "{file}", "--type", "elf"], 2, "perf"),
        (["folded", "{file}", "--type", "cpuprofile"], 2, "perf"),
        (["folded"], 2, "FILE"),
        (["export", "{file}"], 2, "--to"),
        (["export", "{file}", "--to", "gif"], 2, "svg"),
        (["heatmap", "{file}", "--rows", "0"], 2, "rows"),
        (["heatmap", "{timeless}"], 1, "timestamps"),
        (["diff", "-", "-"], 2, "standard input"),
        (["folded", "{file}", "--config", "{missing}"], 1, "cannot be read"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else None,
)
def test_errors_are_a_sentence_and_a_code(
    file: str, tmp_path: Path, arguments: list[str], code: int, words: str
) -> None:
    (tmp_path / "empty").write_bytes(b"")
    (tmp_path / "binary").write_bytes(b"\x7fELF\0\0\0")
    (tmp_path / "timeless").write_bytes(script(sample(None, "f (/x)")))
    names = {name: str(tmp_path / name) for name in ("empty", "binary", "timeless", "missing")}
    given = [one.format(file=file, folder=tmp_path, **names) for one in arguments]
    assert words in run(*given, code=code).stderr


@pytest.mark.parametrize(("command", "taken"), [("folded", 10), ("heatmap", 0)])
def test_the_reader_of_the_output_may_go_away(tmp_path: Path, command: str, taken: int) -> None:
    text = script(*(sample(f"{n / 100}", *(f"f{n}_{m} (/x)" for m in range(20))) for n in range(3000)))
    (tmp_path / "large").write_bytes(text)
    read, write = os.pipe()
    process = subprocess.Popen(
        [sys.executable, "-m", "flamescope_py", command, str(tmp_path / "large")],
        stdout=write,
        stderr=subprocess.PIPE,
    )
    os.close(write)
    if taken:
        os.read(read, taken)
    os.close(read)
    _, errors = process.communicate(timeout=60)
    assert (process.returncode, errors) == (141, b"")


@pytest.mark.parametrize(
    ("command", "closed", "code"), [("info {file}", "<&- >&-", 0), ("info -", "<&-", 1), ("nope", "2>&-", 2)]
)
def test_the_caller_may_have_closed_standard_streams(file: str, command: str, closed: str, code: int) -> None:
    line = f"{sys.executable} -m flamescope_py {command.format(file=file)} {closed}"
    done = subprocess.run(["sh", "-c", line], capture_output=True, check=False, timeout=60)
    assert (done.returncode, b"Traceback" in done.stderr) == (code, False)


def test_a_full_disk_is_a_sentence(file: str) -> None:
    full = Path("/dev/full")
    if not full.exists():
        pytest.skip("needs /dev/full")
    assert "No space left" in run("export", file, "--to", "svg", "-o", str(full), code=1).stderr


def test_stacks_of_five_thousand_frames(tmp_path: Path) -> None:
    deep = script(sample("1.0", *(f"f{n} (/x)" for n in range(5000))))
    (tmp_path / "deep").write_bytes(deep)
    for command in (["info"], ["heatmap"], ["folded"], *(["export", "--to", form] for form in EXPORTS)):
        run(command[0], str(tmp_path / "deep"), *command[1:])
    run("diff", str(tmp_path / "deep"), str(tmp_path / "deep"))


def test_a_breakdown_is_a_table(file: str) -> None:
    lines = run("breakdown", file, "--by", "thread", "--range", "0-1").output.splitlines()
    assert lines[0].startswith("2 samples, 0.9 s")
    assert [line.split()[:4] for line in lines if line.startswith("  web")] == [
        ["web", "8", "1", "1"],
        ["web", "9", "1", "1"],
    ]
    assert run("breakdown", file, "--limit", "1").output.splitlines()[-1].split() == ["and", "1", "more", "1"]


def test_a_breakdown_has_the_change_from_the_rest(file: str) -> None:
    rows = run("breakdown", file, "--range", "1-2", "--rest").output.splitlines()
    assert [line.split()[-1] for line in rows if line.startswith("  ")] == ["+100.0", "-100.0"]


def test_a_breakdown_as_json_is_the_answer_of_the_server(file: str) -> None:
    found = json.loads(run("breakdown", file, "--by", "function", "--comm", "web", "--json").output)
    assert found["rows"]["value"][:3] == ["a", "b", "main"]
    assert found["rows"]["samples"][:3] == [1, 1, 2]
    assert found["samples"] == 2


@pytest.mark.parametrize("part", ["5", "-", "a-b", "3-1", "0-99", "1-2-3"])
def test_a_range_that_is_none_is_refused(file: str, part: str) -> None:
    result = CliRunner().invoke(main, ["breakdown", file, "--range", part])
    assert result.exit_code in {1, 2}
    assert "ange" in result.stderr


def test_an_open_range_reaches_to_the_end(file: str) -> None:
    assert run("breakdown", file, "--range", "1-").output.startswith("1 samples")
    assert run("breakdown", file, "--range", "-1").output.startswith("2 samples")


def test_findings_are_sentences_and_json() -> None:
    example = str(Path(__file__).resolve().parents[3] / "examples" / "node18-http.perf.out.gz")
    lines = run("findings", example).output.splitlines()
    assert lines[0].startswith("periodic    `rebuildSearchIndex` runs every 5.0")
    found = json.loads(run("findings", example, "--json").output)["findings"]
    assert f" {found[0]['ranges'][0][0]:g}-" in lines[1]
    assert len(found) == len(lines) / 2
    assert found[0]["kind"] == "periodic"


def test_a_file_without_findings_says_so(file: str) -> None:
    assert run("findings", file).output == "Nothing stands out.\n"
