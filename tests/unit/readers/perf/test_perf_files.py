"""Every file of tests/data/perf, read in every form of a file and compared with its recorded result."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from tests.support.reading import check_every_way, described

FOLDER = Path(__file__).resolve().parents[3] / "data" / "perf"
FILES = sorted(FOLDER.glob("*.perf"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_file_is_read_as_its_golden_says_in_every_way_it_can_come(path: Path) -> None:
    found = described(check_every_way(path.read_bytes()))
    golden = FOLDER / "golden" / f"{path.stem}.txt"
    if os.environ.get("BLESS"):
        golden.parent.mkdir(exist_ok=True)
        golden.write_text(found, "utf-8")
    assert found == golden.read_text("utf-8")


def test_the_readme_lists_every_file() -> None:
    listed = re.findall(r"^\| (\S+\.perf) \| \S", (FOLDER / "README.md").read_text("utf-8"), re.MULTILINE)
    assert sorted(listed) == sorted(path.name for path in FILES)
    assert {path.stem for path in FOLDER.glob("golden/*.txt")} == {path.stem for path in FILES}
