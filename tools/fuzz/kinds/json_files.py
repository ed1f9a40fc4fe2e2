"""CPU profiles, traces, speedscope and Firefox files: other values in well-formed JSON, and damaged JSON."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from random import Random
from typing import Any

from tests.support.answers import check
from tools.fuzz.mutation import Mutator, smaller

DATA = Path(__file__).resolve().parents[3] / "tests" / "data"
_PATTERNS = (
    "cpuprofile/*.cpuprofile.gz",
    "compat/*.cpuprofile",
    "trace_event/*.json.gz",
    "compat/*.trace.json",
    "speedscope/two*.json",
    "firefox/*.json.gz",
)
_TYPES = ("unknown", "cpuprofile", "trace_event", "speedscope", "perf", "firefox")
_MOST_ITEMS = 24


class Inputs:
    """Small trees of real files."""

    def __init__(self, chance: Random, folder: Path) -> None:
        """Read the files."""
        del folder
        self._chance, self._mutator = chance, Mutator(chance)
        paths = [path for pattern in _PATTERNS for path in sorted(DATA.glob(pattern))]
        self._trees = [smaller(_tree(path), _MOST_ITEMS) for path in paths]
        assert self._trees

    def make(self) -> bytes:
        """Return a file; its first byte chooses the type that is asked for."""
        text = json.dumps(self._mutator.changed(self._chance.choice(self._trees))).encode()
        if self._chance.random() < 0.3:
            text = self._mutator.damaged(text, most=3)
        return bytes([self._chance.randrange(len(_TYPES))]) + text

    def check(self, data: bytes) -> bool:
        """Read it, and compute every answer."""
        return check(data[1:], _TYPES[data[0] % len(_TYPES)]) is not None

    def close(self) -> None:
        """Nothing was started."""


def _tree(path: Path) -> Any:
    data = path.read_bytes()
    return json.loads(gzip.decompress(data) if path.suffix == ".gz" else data)
