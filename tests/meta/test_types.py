"""The front end's types of answers and bodies are those of the server's description."""

from __future__ import annotations

from tools.types import PROGRAM, TYPES, types_of_the_front_end


def test_the_types_of_the_front_end_are_fresh() -> None:
    assert PROGRAM.is_file(), "the types are made by a package of the front end: run make frontend"
    assert TYPES.read_text("utf-8") == types_of_the_front_end(), "run make types"
