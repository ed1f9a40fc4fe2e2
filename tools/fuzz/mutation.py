"""Random damage to bytes and to JSON values. Everything follows from one `random.Random`."""

from __future__ import annotations

import json
import random
from typing import Any

PIECES = (
    b"",
    b"\n",
    b"\n\n",
    b"\0",
    b"\r\n",
    b"9" * 40,
    b" 1e18: ",
    b"-1",
    b"nan",
    b"\xff\xfe",
    b";" * 9,
    b'"',
    b"{",
    b"[" * 60,
    b"\x1b[2J",
    "\u202e".encode(),
    b"%00",
    b"\x1f\x8b",
    b"\x80" * 11,
    b"\xff\xff\xff\xff",
)
VALUES: tuple[Any, ...] = (
    None,
    True,
    -1,
    0,
    2**31,
    2**63,
    2**64,
    -(2**63),
    1e308,
    -1e308,
    1e-320,
    0.5,
    "",
    "x",
    "\0",
    "🔥",
    "1e999",
    [],
    {},
    [[]],
    [None],
    {"a": 1},
    "a" * 5000,
    [1] * 50,
)
_LONGEST_PIECE = 60
_MOST_CHANGES = 6


class Mutator:
    """Damages bytes and JSON values."""

    def __init__(self, chance: random.Random) -> None:
        """Take all choices from `chance`."""
        self.chance = chance

    def window(self, data: bytes, size: int, separator: bytes = b"\n\n") -> bytes:
        """Return about `size` bytes of a larger text, from one of its blocks on."""
        if len(data) <= size:
            return data
        start = data.find(separator, self.chance.randrange(len(data) - size))
        return data[start + len(separator) :][:size]

    def damaged(self, data: bytes, most: int = _MOST_CHANGES) -> bytes:
        """Return bytes of which a few pieces are cut, doubled, turned round, moved, flipped or replaced."""
        found, chance = bytearray(data), self.chance
        for _ in range(chance.randint(1, most)):
            start = chance.randint(0, len(found))
            end = min(len(found), start + chance.randint(0, _LONGEST_PIECE))
            found[start:end] = self._replacement(found, bytes(found[start:end]))
        return bytes(found)

    def _replacement(self, whole: bytearray, piece: bytes) -> bytes:
        chance, way = self.chance, self.chance.randrange(7)
        if way == 0:
            return chance.choice(PIECES)
        if way == 1:
            return piece * 2
        if way == 2:
            return piece[::-1]
        if way == 3:
            place = chance.randint(0, len(whole))
            return bytes(whole[place : place + 40])
        if way == 4:
            return chance.randbytes(chance.randint(0, 12))
        if way == 5 and piece:
            place = chance.randrange(len(piece))
            return piece[:place] + bytes([piece[place] ^ 1 << chance.randrange(8)]) + piece[place + 1 :]
        return b""

    def changed(self, tree: Any) -> Any:
        """Return a copy of a JSON value of which a few members are removed or have other values."""
        found = json.loads(json.dumps(tree))
        spots = places(found)
        for _ in range(self.chance.randint(1, _MOST_CHANGES)):
            container, key = self.chance.choice(spots)
            if isinstance(container, dict) and self.chance.random() < 0.3:
                container.pop(key, None)
            else:
                container[key] = self.chance.choice(VALUES)
        return found


def smaller(tree: Any, most: int) -> Any:
    """Return a JSON value whose lists are cut to `most` items, so that an input takes about a millisecond."""
    if isinstance(tree, dict):
        return {key: smaller(value, most) for key, value in tree.items()}
    if isinstance(tree, list):
        return [smaller(value, most) for value in tree[:most]]
    return tree


def places(tree: Any) -> list[tuple[Any, Any]]:
    """Return every (container, key) of a JSON value."""
    found: list[tuple[Any, Any]] = []
    waiting = [tree]
    while waiting:
        here = waiting.pop()
        keys = here.keys() if isinstance(here, dict) else range(len(here)) if isinstance(here, list) else ()
        found += [(here, key) for key in keys]
        waiting += [here[key] for key in keys]
    return found
