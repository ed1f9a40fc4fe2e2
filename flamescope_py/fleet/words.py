"""Words of the libraries that the fleet uses, for an error of its own."""

from __future__ import annotations

_MOST_CHARACTERS = 300


def words_of(error: Exception) -> str:
    """Return the first line of an error's words, shortened, or the name of its class."""
    return (str(error).strip() or type(error).__name__).splitlines()[0][:_MOST_CHARACTERS]
