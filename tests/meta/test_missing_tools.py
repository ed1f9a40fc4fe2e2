"""A test whose tool is missing is skipped and says so; with CI=true it fails. In one process or several."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
NEEDS_NGINX = "tests/meta/test_deploy.py::test_the_example_of_nginx_serves_below_its_path"
REASON = "needs nginx: install Debian's nginx-light, or name it in NGINX"


@pytest.mark.parametrize("processes", [0, 2])
@pytest.mark.parametrize(
    ("ci", "code", "outcome", "said"),
    [
        ("", 0, "1 skipped", REASON),
        ("true", 1, "1 error", f"skipped on CI, where nothing may be: Skipped: {REASON}"),
    ],
    ids=["here", "on CI"],
)
def test_what_happens_without_a_tool(processes: int, ci: str, code: int, outcome: str, said: str) -> None:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", NEEDS_NGINX, "-n", str(processes)]
    done = subprocess.run(
        command,
        cwd=ROOT,
        env=kept | {"CI": ci, "NGINX": "no-such-program"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == code, done.stdout + done.stderr
    assert outcome in done.stdout.splitlines()[-1]
    assert said in done.stdout
