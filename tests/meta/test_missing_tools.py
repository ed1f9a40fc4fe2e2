"""A test that needs a missing program is skipped, and fails with CI=true: in one process and in several."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
NEEDS_NGINX = """
import pytest

@pytest.mark.nginx
def test_something():
    pass
"""
SETTINGS = """
[pytest]
markers =
    nginx: needs nginx
"""
REASON = "needs nginx: install Debian's nginx-light, or name it in NGINX"


@pytest.mark.parametrize(
    ("ci", "processes", "outcome", "reason"),
    [
        ("", 0, "1 skipped", REASON),
        ("true", 0, "1 error", f"skipped on CI, where nothing may be: Skipped: {REASON}"),
        ("true", 1, "1 error", f"skipped on CI, where nothing may be: Skipped: {REASON}"),
    ],
)
def test_a_missing_program_skips_or_fails(
    tmp_path: Path, ci: str, processes: int, outcome: str, reason: str
) -> None:
    (tmp_path / "test_it.py").write_text(NEEDS_NGINX)
    (tmp_path / "pytest.ini").write_text(SETTINGS)
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    options = ["-p", "tests.conftest", "-p", "xdist", "-ra", "-n", str(processes)]
    more = {
        "CI": ci,
        "NGINX": "no-such-program",
        "PYTHONPATH": str(ROOT),
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
    }
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *options, str(tmp_path)],
        cwd=tmp_path,
        env=kept | more,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == bool(ci), done.stdout + done.stderr
    assert outcome in done.stdout.splitlines()[-1]
    assert reason in done.stdout
