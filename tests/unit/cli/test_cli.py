from __future__ import annotations

import subprocess
import sys

import pytest
from click.testing import CliRunner

import flamescope_py
from flamescope_py.commands.main import main


def test_help_and_version() -> None:
    assert "serve" in CliRunner().invoke(main, ["--help"]).output
    assert flamescope_py.__version__ in CliRunner().invoke(main, ["--version"]).output


@pytest.mark.parametrize("arguments", [["--nope"], ["nope"], ["serve", "--port"], ["serve", "a", "b"]])
def test_a_wrong_command_line_is_exit_code_2(arguments: list[str]) -> None:
    done = CliRunner().invoke(main, arguments)
    assert done.exit_code == 2
    assert "Traceback" not in done.output


def test_help_does_not_load_the_server() -> None:
    loaded = "sorted({'flask', 'numpy', 'waitress'} & set(sys.modules))"
    code = f"import sys, flamescope_py.commands.main; print({loaded})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
