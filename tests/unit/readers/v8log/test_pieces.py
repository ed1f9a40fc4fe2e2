"""Code by address in blocks, against a list of pieces that is looked through as a whole."""

from __future__ import annotations

from unittest import mock

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flamescope_py.readers.v8log import pieces
from flamescope_py.readers.v8log.codemap import LAST_ADDRESS, MAX_LIBRARIES, CodeMap
from flamescope_py.readers.v8log.pieces import Piece
from tests.support.strategies import bounded

PLACES = 40
places = st.integers(0, PLACES) | st.integers(LAST_ADDRESS - 3, LAST_ADDRESS)
changes = st.one_of(
    st.tuples(st.just("add"), places, st.integers(1, 9)),
    st.tuples(st.just("move"), places, places),
    st.tuples(st.just("delete"), places, st.just(0)),
)


class Listed:
    """The pieces of a code map as a list."""

    def __init__(self) -> None:
        self.pieces: list[Piece] = []

    def add(self, start: int, size: int, frame: int) -> None:
        kept = [one for one in self.pieces if not start <= one.start < start + size]
        cut = [one._replace(end=min(one.end, start)) if one.start < start else one for one in kept]
        self.pieces = [*cut, Piece(start, min(start + size, LAST_ADDRESS), frame)]

    def move(self, start: int, to: int) -> None:
        found = self.delete(start)
        if found:
            # The shortest code has a byte.
            self.add(to, max(found.end - start, 1), found.frame)

    def delete(self, start: int) -> Piece | None:
        found = next((one for one in self.pieces if one.start == start), None)
        self.pieces = [one for one in self.pieces if one.start != start]
        return found

    def find(self, address: int) -> int:
        return next((one.frame for one in self.pieces if one.start <= address < one.end), 0)


@bounded
@given(wanted=st.lists(changes, max_size=40), block=st.integers(1, 4))
def test_code_is_found_as_in_a_list(wanted: list[tuple[str, int, int]], block: int) -> None:
    code, listed = CodeMap(), Listed()
    with mock.patch.object(pieces, "BLOCK", block):
        for frame, (change, place, value) in enumerate(wanted, 1):
            for one in (code, listed):
                if change == "add":
                    one.add(place, value, frame)
                elif change == "move":
                    one.move(place, value)
                else:
                    one.delete(place)
            for address in (*range(-1, PLACES + 10), LAST_ADDRESS - 2, LAST_ADDRESS):
                # What is remembered of an address is forgotten with its code.
                found = code.known.get(hex(address))
                assert (code.find(hex(address), address) if found is None else found) == listed.find(address)


def test_libraries_have_a_bound() -> None:
    code = CodeMap()
    for row in range(MAX_LIBRARIES):
        code.add_library(row * 16, row * 16 + 8, row + 1)
    with pytest.raises(ValueError, match="too many libraries"):
        code.add_library(1, 2, 3)
