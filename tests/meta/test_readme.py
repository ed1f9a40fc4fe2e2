"""The tables of README.md against the code that they describe."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from flamescope_py.readers.registry import readers
from flamescope_py.readers.types import TYPES
from flamescope_py.service.parameters import INVERTED, SEARCH, SELECTION

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text("utf-8")


def rows(header: str) -> list[list[str]]:
    """Return the cells of the table whose header line begins with `header`."""
    lines = README[README.index(header) :].split("\n\n")[0].splitlines()[2:]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def test_every_format_is_in_the_table() -> None:
    named = {re.sub("`", "", row[1]) for row in rows("| format |")}
    assert named == set(TYPES) == {reader.type for reader in readers()}


def test_every_selection_is_in_the_table() -> None:
    named = {name for row in rows("| parameter |") for name in re.findall(r"`(\w+)`", row[0])}
    assert named == {row.name for row in (*SELECTION, SEARCH, INVERTED)}


@pytest.mark.parametrize("link", sorted(set(re.findall(r"\]\(((?!https?:)[^)#]+)\)", README))))
def test_every_link_leads_somewhere(link: str) -> None:
    assert (ROOT / link).exists()
