"""nflxprofile messages: other numbers in sound messages, and damaged ones."""

from __future__ import annotations

import math
from pathlib import Path
from random import Random

from flamescope_py.readers.nflx import nflxprofile_pb2
from tests.support.answers import check
from tools.fuzz.mutation import Mutator

DATA = Path(__file__).resolve().parents[3] / "tests" / "data" / "nflxprofile"
_NUMBERS = (0, 1, 7, 2**31 - 1, 2**32 - 1)
_TIMES = (0.0, -1.0, 1e308, -1e308, math.nan, math.inf, 1e-320)
_MOST_BYTES = 40_000


class Inputs:
    """Messages of real profiles."""

    def __init__(self, chance: Random, folder: Path) -> None:
        """Read the profiles."""
        del folder
        self._chance, self._mutator = chance, Mutator(chance)
        found = [path.read_bytes() for path in sorted(DATA.glob("*.nflxprofile"))]
        self._messages = [data for data in found if len(data) < _MOST_BYTES]
        assert self._messages

    def make(self) -> bytes:
        """Return a message."""
        data = self._chance.choice(self._messages)
        if self._chance.random() < 0.5:
            data = self._renumbered(data)
        return self._mutator.damaged(data) if self._chance.random() < 0.7 else data

    def _renumbered(self, data: bytes) -> bytes:
        message, chance = nflxprofile_pb2.Profile(), self._chance
        message.ParseFromString(data)
        for node in chance.choices(list(message.nodes), k=3) if message.nodes else ():
            node.value.children[:] = [chance.choice(_NUMBERS) for _ in range(chance.randrange(4))]
        for _ in range(chance.randrange(4)):
            if message.samples:
                message.samples[chance.randrange(len(message.samples))] = chance.choice(_NUMBERS)
            if message.time_deltas:
                message.time_deltas[chance.randrange(len(message.time_deltas))] = chance.choice(_TIMES)
        return message.SerializeToString()

    def check(self, data: bytes) -> bool:
        """Read it, and compute every answer."""
        return check(data, "nflxprofile") is not None

    def close(self) -> None:
        """Nothing was started."""
