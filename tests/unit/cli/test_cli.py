from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

import flamescope_py
from flamescope_py._kernel import load
from flamescope_py.commands.main import main
from tests.support.perf_text import sample, script


def test_help_and_version() -> None:
    assert "serve" in CliRunner().invoke(main, ["--help"]).output
    assert flamescope_py.__version__ in CliRunner().invoke(main, ["--version"]).output


@pytest.mark.parametrize("arguments", [["--nope"], ["nope"], ["serve", "--port"], ["serve", "a", "b"]])
def test_a_wrong_command_line_is_exit_code_2(arguments: list[str]) -> None:
    done = CliRunner().invoke(main, arguments)
    assert done.exit_code == 2
    assert "Traceback" not in done.output


COMMANDS = [
    "",
    "breakdown",
    "capture",
    "diff",
    "export",
    "findings",
    "folded",
    "heatmap",
    "import",
    "info",
    "serve",
]
HEAVY = {"asyncssh", "flask", "google", "numpy", "pyarrow", "re2", "rich", "waitress", "webbrowser"}


@pytest.mark.parametrize("command", COMMANDS)
def test_help_imports_only_what_it_prints(command: str) -> None:
    code = f"""
import sys
before = set(sys.modules)
from flamescope_py.commands.main import main
main([*{command!r}.split(), "--help"], standalone_mode=False)
print("loaded:", *sorted({HEAVY} & (set(sys.modules) - before)))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert f"Usage: -c {command}".rstrip() in done.stdout
    assert done.stdout.endswith("loaded:\n")


def test_a_character_that_the_terminal_lacks_is_escaped(tmp_path: Path) -> None:
    path = tmp_path / "→ü.perf"
    path.write_bytes(script(sample("1.000000", "f+0x1 (/a)", command="naïve→")))
    done = CliRunner(charset="latin-1").invoke(main, ["info", str(path)])
    assert done.exit_code == 0
    assert "\\u2192ü.perf" in done.output


@pytest.mark.parametrize("command", ["folded", "heatmap", "info"])
def test_output_may_be_closed(command: str, tmp_path: Path) -> None:
    path = tmp_path / "perf"
    path.write_bytes(script(sample("1.000000", "f+0x1 (/a)")))
    given = [sys.executable, "-m", "flamescope_py", command, str(path)]
    done = subprocess.run(["sh", "-c", '"$@" >&-', "sh", *given], stderr=subprocess.PIPE, check=True)
    assert done.stderr == b""


@pytest.mark.parametrize("home", [{}, {"HOME": ""}, {"HOME": "here"}], ids=["none", "empty", "relative"])
def test_a_user_without_a_name_needs_no_home(home: dict[str, str]) -> None:
    """As in a container that runs any number as its user."""
    code = """
import pwd
pwd.getpwuid = {}.__getitem__
from flamescope_py.commands.main import main
main(["serve", "--help"], standalone_mode=False)
"""
    kept = {name: value for name, value in os.environ.items() if name not in {"HOME", "XDG_CACHE_HOME"}}
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=kept | home
    )
    assert "/.cache/flamescope-py" in done.stdout


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="needs /proc")
def test_numpy_starts_no_threads_that_only_wait() -> None:
    code = "import os, flamescope_py.commands.main, numpy; print(len(os.listdir('/proc/self/task')))"
    environment = {name: value for name, value in os.environ.items() if name != "OPENBLAS_NUM_THREADS"}
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout == "1\n"


def test_help_lists_every_command() -> None:
    text = CliRunner().invoke(main, ["--help"]).output
    listed = text[text.index("Commands:") :].split()
    assert [word for word in listed if word in COMMANDS] == COMMANDS[1:]


@pytest.mark.parametrize("command", COMMANDS[1:])
def test_every_command_is_where_the_list_says(command: str) -> None:
    found = main.get_command(click.Context(main), command)
    assert found is not None
    assert found.name == command


# Modules that a command on one file of perf text does without: SSH, the server, other formats.
UNUSED = {
    "asyncssh",
    "flamescope_py.readers.folded",
    "flamescope_py.readers.v8.cpuprofile",
    "flamescope_py.service.queries.breakdowns",
    "flamescope_py.service.queries.heatmaps",
    "flamescope_py.service.service",
    "flask",
    "hashlib",
    "isal",
    "logging",
    "multiprocessing",
    "numpy.ctypeslib",
    "numpy.random",
    "orjson",
    "re2",
    "tarfile",
    "tempfile",
}


def test_a_command_imports_the_readers_of_its_file_only(tmp_path: Path) -> None:
    text = tmp_path / "perf.out"
    text.write_text("node 1 [000] 1.5: cycles: \n\t 1a main (/bin/node)\n\n")
    # Arrow reads text where there is no kernel.
    unused = UNUSED | ({"pyarrow"} if load() else set())
    code = f"""
import sys
before = set(sys.modules)
from flamescope_py.commands.main import main
main(["folded", {str(text)!r}], standalone_mode=False)
print(sorted({unused} & (set(sys.modules) - before)))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "node;main 1\n[]\n"
