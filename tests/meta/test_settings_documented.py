"""docs/settings.md is the table of settings, row by row."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from flamescope_py.commands.main import main
from flamescope_py.settings.row import Setting
from flamescope_py.settings.table import TABLE

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "settings.md"


def row_of(setting: Setting) -> tuple[str, ...]:
    """Return the cells that a setting must have, without the marks for code."""
    option = "serve DIR" if setting.name == "profile_dir" else setting.option
    type_name, default = setting.type.name, setting.shown_default
    return (setting.section, setting.name, option, setting.variable, type_name, default, setting.meaning)


def documented() -> list[tuple[str, ...]]:
    rows, section = [], ""
    for line in DOCUMENT.read_text("utf-8").splitlines():
        heading = re.match(r"## \[(\w+)\]", line)
        if heading:
            section = heading[1]
        elif line.startswith("| `"):
            cells = [cell.strip().replace("`", "") for cell in line.strip("|").split("|")]
            rows.append((section, *cells))
    return rows


def test_every_setting_is_documented_as_it_is() -> None:
    assert documented() == [row_of(setting) for setting in TABLE]


LIMITS = [setting for setting in TABLE if setting.section == "limits"]


@pytest.mark.parametrize("setting", LIMITS, ids=lambda setting: setting.name)
def test_every_bound_has_a_test(setting: Setting) -> None:
    """A test sets a value other than the default, in Python or on the command line."""
    here = Path(__file__).resolve()
    texts = [path.read_text("utf-8") for path in here.parents[1].rglob("test_*.py") if path != here]
    assert any(f"{setting.name}=" in text or f'"{setting.option}"' in text for text in texts)


def test_serve_has_an_option_for_every_setting() -> None:
    text = CliRunner().invoke(main, ["serve", "--help"]).output
    for setting in TABLE:
        assert setting.name == "profile_dir" or setting.option in text
