"""A profile directory with one small profile."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.api.conftest import SMALL


@pytest.fixture
def profiles(tmp_path: Path) -> Path:
    folder = tmp_path / "profiles"
    folder.mkdir()
    (folder / "small.perf").write_bytes(SMALL)
    return folder
