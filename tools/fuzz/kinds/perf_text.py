"""perf script text and folded stacks, damaged; now and then in another encoding or compressed."""

from __future__ import annotations

import gzip
import zlib
from pathlib import Path
from random import Random

from tests.support.answers import check
from tools.fuzz.mutation import Mutator

DATA = Path(__file__).resolve().parents[3] / "tests" / "data"
_PATTERNS = ("perf/*.perf", "folded/*.folded", "java/*.gz", "compat/*.perf.out.gz", "compat/*.filtered.gz")
_WINDOW = 2000
_CODECS = ("utf-16", "utf-8-sig", "utf-16-be")


class Inputs:
    """Windows of real texts."""

    def __init__(self, chance: Random, folder: Path) -> None:
        """Read the texts."""
        del folder
        self._chance, self._mutator = chance, Mutator(chance)
        paths = [path for pattern in _PATTERNS for path in sorted(DATA.glob(pattern))]
        self._texts = [_content(path) for path in paths]
        assert self._texts

    def make(self) -> bytes:
        """Return a damaged window; its first byte chooses the type that is asked for."""
        text = self._mutator.window(self._chance.choice(self._texts), _WINDOW)
        text = self._mutator.damaged(text)
        way = self._chance.randrange(40)
        if way < len(_CODECS):
            text = text.decode("utf-8", "replace").encode(_CODECS[way], "replace")
        elif way < 6:
            text = self._mutator.damaged(gzip.compress(text, 1), most=2)
        elif way == 6:
            text = zlib.compress(text, 1)
        return bytes([self._chance.randrange(3)]) + text

    def check(self, data: bytes) -> bool:
        """Read it, and compute every answer."""
        return check(data[1:], ("unknown", "perf", "folded")[data[0] % 3]) is not None

    def close(self) -> None:
        """Nothing was started."""


def _content(path: Path) -> bytes:
    data = path.read_bytes()
    return gzip.decompress(data) if path.suffix == ".gz" else data
