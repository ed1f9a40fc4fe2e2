"""The pins of a Python that this machine may lack, and the wheel's check on the one that runs the tests."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tools.wheel_check import PINS, VERSIONS, main, pins_for

TEXT = """\
# A comment.
both==1.0 \\
    --hash=sha256:aa \\
    --hash=sha256:bb
old==2.0 ; python_full_version < '3.14' \\
    --hash=sha256:cc
one-of-two==3.0 ; python_full_version < '3.11' \\
    --hash=sha256:dd
one-of-two==4.0 ; python_full_version >= '3.11' \\
    --hash=sha256:ee
"""


@pytest.mark.parametrize(
    ("version", "names"),
    [
        ("3.10", ["both==1.0", "old==2.0", "one-of-two==3.0"]),
        ("3.11", ["both==1.0", "old==2.0", "one-of-two==4.0"]),
        ("3.14", ["both==1.0", "one-of-two==4.0"]),
    ],
)
def test_pins_are_those_of_the_version_with_all_their_hashes(version: str, names: list[str]) -> None:
    found = pins_for(version, TEXT)
    assert [pin.split(" ")[0] for pin in found] == names
    assert found[0] == "both==1.0 \\\n    --hash=sha256:aa \\\n    --hash=sha256:bb\n"


@pytest.mark.parametrize("version", VERSIONS)
def test_every_version_has_pins_and_no_package_has_two(version: str) -> None:
    names = [pin.partition("==")[0] for pin in pins_for(version, PINS.read_text())]
    assert {"numpy", "pyarrow", "flask", "msgspec"} <= set(names)
    assert len(names) == len(set(names))


def test_a_wheel_that_cannot_be_installed_is_a_failure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("tools.wheel_check.VERSIONS", (f"3.{sys.version_info.minor}",))
    monkeypatch.setattr("tools.wheel_check.PINS", tmp_path / "none.txt")
    (tmp_path / "none.txt").write_text("")
    (tmp_path / "broken-1-py3-none-any.whl").write_bytes(b"no wheel")
    assert main([str(tmp_path / "broken-1-py3-none-any.whl"), sys.executable]) == 1
    assert "FAILED" in capsys.readouterr().out


def test_without_a_wheel_it_explains_itself() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tools.wheel_check"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert "WHEEL" in done.stderr
