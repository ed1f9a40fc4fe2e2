"""Queries on the list: a search in names, an order and a page."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from flamescope_py.store.catalog import ProfileFile

NAME = "name"
_KEYS: Mapping[str, Callable[[ProfileFile], Any]] = {
    NAME: lambda file: file.name,
    "modified": lambda file: (file.stamp.mtime_ns, file.name),
    "size": lambda file: (file.stamp.size, file.name),
    "type": lambda file: (file.type, file.name),
}
# A minus in front reverses the order.
SORTS = tuple(sign + name for name in _KEYS for sign in ("", "-"))


@dataclass(frozen=True, slots=True)
class ListQuery:
    """`search` holds words that a name must all have, in any case. A `limit` of None has no end."""

    search: str = ""
    sort: str = NAME
    offset: int = 0
    limit: int | None = None

    @property
    def words(self) -> Sequence[str]:
        """The different words of the search."""
        return tuple(dict.fromkeys(self.search.casefold().split()))

    def page(self, files: Sequence[ProfileFile]) -> tuple[int, list[ProfileFile]]:
        """Return the number of matching files and the page of them. `files` are sorted by name."""
        words = self.words
        found = [file for file in files if _has_all(file.name, words)] if words else files
        if self.sort != NAME:
            found = sorted(found, key=_KEYS[self.sort.lstrip("-")], reverse=self.sort.startswith("-"))
        end = None if self.limit is None else self.offset + self.limit
        return len(found), list(islice(found, self.offset, end))


ALL = ListQuery()


def _has_all(name: str, words: Sequence[str]) -> bool:
    folded = name.casefold()
    return all(word in folded for word in words)
