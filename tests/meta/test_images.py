"""The pictures of the documentation: each screen in both themes and all sizes, each used, none large."""

from __future__ import annotations

import re
from itertools import product
from pathlib import Path

from tools.screens.__main__ import IMAGES, MOST_BYTES, MOST_BYTES_IN_ALL, SCHEMES, SIZES, place_of
from tools.screens.states import SCREENS

ROOT = Path(__file__).resolve().parents[2]
PICTURES = {file for file in IMAGES.rglob("*") if file.is_file()}


def test_there_is_a_picture_of_every_screen_in_both_themes_and_all_sizes_and_no_other() -> None:
    assert {place_of(*wanted) for wanted in product(SCREENS, SCHEMES, SIZES)} == PICTURES


def test_pictures_are_small() -> None:
    sizes = [file.stat().st_size for file in PICTURES]
    assert max(sizes) <= MOST_BYTES
    assert sum(sizes) <= MOST_BYTES_IN_ALL


def test_every_picture_is_shown_or_linked_and_every_one_named_is_there() -> None:
    pages = [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]
    named = {
        (page.parent / place).resolve()
        for page in pages
        for place in re.findall(r"\]\(([^)]+\.webp)\)", page.read_text())
    }
    assert named == PICTURES
