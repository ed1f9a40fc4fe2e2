"""Words of the libraries that the fleet uses, for an error of its own."""

from __future__ import annotations

_MOST_WORDS = 300


def words_of(error: Exception) -> str:
    """Return the first line of an error's words, shortened, or its class where it has none."""
    return (str(error).strip() or type(error).__name__).splitlines()[0][:_MOST_WORDS]
