"""The pictures of the documentation: each screen in both themes, each used, none large."""

from __future__ import annotations

import re
from pathlib import Path

from tools.screenshots import IMAGES, MOST_BYTES, MOST_BYTES_IN_ALL, SCHEMES, SCREENS

ROOT = Path(__file__).resolve().parents[2]


def test_there_is_a_picture_of_every_screen_in_both_themes_and_no_other() -> None:
    wanted = {f"{screen}-{scheme}.webp" for screen in SCREENS for scheme in SCHEMES}
    assert {file.name for file in IMAGES.iterdir()} == wanted


def test_pictures_are_small() -> None:
    sizes = [file.stat().st_size for file in IMAGES.iterdir()]
    assert max(sizes) <= MOST_BYTES
    assert sum(sizes) <= MOST_BYTES_IN_ALL


def test_every_picture_is_shown_and_every_one_shown_is_there() -> None:
    pages = [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]
    shown = {
        (page.parent / place).resolve()
        for page in pages
        for place in re.findall(r"!\[[^\]]*\]\(([^)]+)\)", page.read_text())
    }
    assert shown == {file.resolve() for file in IMAGES.iterdir()}
