"""A recorded profile, an index for it, and a sniffer that goes by a file's first word."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO, NamedTuple

import pytest

from flamescope_py.model import Profile
from flamescope_py.readers.source import read_profile
from flamescope_py.store.index import IndexStore

EXAMPLE = Path(__file__).resolve().parents[3] / "examples" / "system-wide.perf.out.gz"
LIMIT = 1 << 30


@pytest.fixture(scope="session")
def profile() -> Profile:
    with EXAMPLE.open("rb") as file:
        return read_profile(file, "perf")


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    return tmp_path / "index"


@pytest.fixture
def store(directory: Path) -> IndexStore:
    return IndexStore(directory, LIMIT)


def folder_of(directory: Path) -> Path:
    """Return the folder of the only index."""
    (folder,) = directory.iterdir()
    return folder


class Seen(NamedTuple):
    type: str
    reason: str = ""


class Sniffer:
    """Returns a file's first four bytes as its type, and counts its calls; `during` runs in each."""

    def __init__(self, during: Callable[[], object] = lambda: None) -> None:
        self.asked = 0
        self.during = during

    def __call__(self, file: BinaryIO) -> Seen:
        self.asked += 1
        self.during()
        word = file.read(4).decode()
        if word == "fail":
            raise OSError(5, "Input/output error")
        return Seen(word)
