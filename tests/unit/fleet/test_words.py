from __future__ import annotations

import pytest

from flamescope_py.fleet.words import words_of


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (OSError("No footer.\nMore of it."), "No footer."),
        (OSError(), "OSError"),
        (ValueError("\n \n"), "ValueError"),
        (ValueError("x" * 999), "x" * 300),
    ],
)
def test_words_are_one_short_line(error: Exception, words: str) -> None:
    assert words_of(error) == words
