"""The documents of a Firefox Profiler file: one for every process in files of Firefox itself, else one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from flamescope_py.readers.firefox.tables import Strings, Table
from flamescope_py.readers.json.columns import Columns
from flamescope_py.readers.json.text import integer, items, member, name, number

MAX_DOCUMENTS = 10_000
MAX_THREADS = 100_000
# The year 2286.
MAX_START = 1e13


class Document(NamedTuple):
    """The part of a file that is about one process, or about all of them."""

    content: dict[str, Any]
    processed: bool
    columns: Columns

    @property
    def start(self) -> float:
        """Return the start in milliseconds since 1970, 0 for an unknown or an impossible one."""
        found = number(member(self.content, "meta", "startTime"))
        return found if 0 <= found <= MAX_START else 0.0

    @property
    def threads(self) -> list[dict[str, Any]]:
        """Return the threads."""
        return [one for one in items(self.content.get("threads")) if isinstance(one, dict)]

    def table(self, thread: dict[str, Any], title: str, key: str) -> Table:
        """Return a table of a thread, else the shared one. `key` is a column that all its rows have."""
        own = thread.get(title)
        shared = member(self.content, "shared", title)
        return Table(own if isinstance(own, dict) else shared, key, self.columns)

    def strings(self, thread: dict[str, Any]) -> Strings:
        """Return the strings of a thread, else the shared ones."""
        for place in (thread, member(self.content, "shared")):
            for title in ("stringArray", "stringTable"):
                if isinstance(member(place, title), list):
                    return Strings(member(place, title))
        return Strings(None)

    def libs(self, thread: dict[str, Any]) -> list[Any]:
        """Return the libraries of a thread (before version 41), else those of the document."""
        return items(thread.get("libs")) or items(self.content.get("libs"))


def documents(content: object, columns: Columns) -> Iterator[Document]:
    """Yield the documents of a file, the processes of Firefox's own form included.

    `columns` are those of their tables.
    """
    waiting = [content]
    for _ in range(MAX_DOCUMENTS):
        if not waiting:
            return
        one = waiting.pop()
        if isinstance(one, dict):
            yield Document(one, _is_processed(one), columns)
            waiting += reversed(items(one.get("processes")))


def _is_processed(content: dict[str, Any]) -> bool:
    """Return True for tables as columns. The version is in `meta`, except in the oldest documents."""
    if integer(member(content, "meta", "preprocessedProfileVersion")) is not None:
        return True
    tables = [member(thread, "samples") for thread in items(content.get("threads"))[:1]]
    return any(isinstance(table, dict) and "schema" not in table for table in tables)


def label_of(thread: dict[str, Any]) -> tuple[str, str]:
    """Return the names of a thread and of its process."""
    process = name(thread.get("processName")) or name(thread.get("processType"))
    return name(thread.get("name"), "(unnamed)"), process
