"""JFR, pprof, OTLP, V8 logs and smaller formats: other numbers in real files, and damaged ones."""

from __future__ import annotations

import gzip
import json
import re
from pathlib import Path
from random import Random

from tests.support.answers import check
from tools.fuzz.mutation import Mutator, smaller

DATA = Path(__file__).resolve().parents[3] / "tests" / "data"
_BINARY = {
    "jfr": "jfr/*.jfr.gz",
    "pprof": "pprof/*.pb.gz",
    "otlp": "otlp/*.otlp",
    "simpleperf": "simpleperf/*.trace",
}
_LINES = {"v8log": "v8log/*.log.gz", "stacks": "stacks/*.txt", "macos_sample": "macos_sample/*.txt"}
_TREES = {
    "otlp": "otlp/*.json",
    "v8log": "v8log/*.json.gz",
    "stackprof": "stackprof/*.json",
    "perf_json": "perf_json/*.json.gz",
}
_TYPES = (
    *(
        "unknown",
        "jfr",
        "pprof",
        "otlp",
        "v8log",
        "nflxprofile",
        "simpleperf",
        "stackprof",
        "stacks",
        "macos_sample",
    ),
    "perf_json",
)
_WINDOW = 6_000
_MOST_ITEMS = 24
_NUMBER = re.compile(rb"0x[0-9a-f]+|-?[0-9]+")
_NUMBERS = (b"0", b"-1", b"1", b"0x0", b"0xffffffffffffffff", b"99999999999999999999", b"2147483648", b"")
# Of protocol buffers and JFR: zero, the largest lengths, an unending one, and the sign bit.
_VARINTS = (b"\0", b"\x7f", b"\xff\xff\xff\xff\x0f", b"\xff" * 9 + b"\x01", b"\xff" * 12, b"\x80\x80\x04")
_MOST_NUMBERS = 5


class Inputs:
    """Real files of these formats, the text ones by windows."""

    def __init__(self, chance: Random, folder: Path) -> None:
        """Read the files."""
        del folder
        self._chance, self._mutator = chance, Mutator(chance)
        self._binary = [(kind, data) for kind, pattern in _BINARY.items() for data in _contents(pattern)]
        self._lines = [(kind, data) for kind, pattern in _LINES.items() for data in _contents(pattern)]
        self._trees = [
            (kind, smaller(json.loads(data), _MOST_ITEMS))
            for kind, pattern in _TREES.items()
            for data in _contents(pattern)
        ]

    def make(self) -> bytes:
        """Return a file; its first byte chooses the type that is asked for."""
        way = self._chance.randrange(10)
        if way < 6:
            kind, data = self._from_binary()
        elif way < 8:
            kind, data = self._from_lines()
        else:
            kind, tree = self._chance.choice(self._trees)
            data = json.dumps(self._mutator.changed(tree)).encode()
        if self._chance.random() < 0.2:
            data = self._mutator.damaged(data, most=3)
        asked = kind if self._chance.random() < 0.7 else self._chance.choice(_TYPES)
        return bytes([_TYPES.index(asked)]) + data

    def _from_binary(self) -> tuple[str, bytes]:
        kind, whole = self._chance.choice(self._binary)
        found = bytearray(whole)
        for _ in range(self._chance.randrange(_MOST_NUMBERS)):
            place = self._chance.randrange(len(found))
            with_length = self._chance.choice((0, 1, 1, 2))
            found[place : place + with_length] = self._chance.choice(_VARINTS)
        return kind, bytes(found)

    def _from_lines(self) -> tuple[str, bytes]:
        kind, whole = self._chance.choice(self._lines)
        head, rest = whole[:1500], self._mutator.window(whole[1500:], _WINDOW, b"\n")
        lines = (head + b"\n" + rest).split(b"\n")
        for _ in range(self._chance.randrange(2 * _MOST_NUMBERS)):
            place = self._chance.randrange(len(lines))
            numbers = list(_NUMBER.finditer(lines[place]))
            if numbers:
                start, end = self._chance.choice(numbers).span()
                lines[place] = lines[place][:start] + self._chance.choice(_NUMBERS) + lines[place][end:]
        return kind, b"\n".join(lines)

    def check(self, data: bytes) -> bool:
        """Read it, and compute every answer."""
        return check(data[1:], _TYPES[data[0] % len(_TYPES)]) is not None

    def close(self) -> None:
        """Nothing was started."""


def _contents(pattern: str) -> list[bytes]:
    found = []
    for path in sorted(DATA.glob(pattern)):
        data = path.read_bytes()
        found.append(gzip.decompress(data) if path.suffix == ".gz" else data)
    assert found, pattern
    return found
