"""Files that documents and comments name by their path are there."""

from __future__ import annotations

import re

from tests.meta.test_repository import ROOT, tracked_files

# A path of at least two parts, in Markdown between backticks, in comments also between parentheses.
_NAMED = re.compile(r"[`(]((?!\.\.)(?:[\w.-]+/)+[\w-]+(?:\.[a-z]+)*\.(?:py|tsx?|c|css|sh))(?::\d+)?[`)]")
# The diary tells of files as they were, and the last test here of files that never were.
_OTHERS = ("docs/notes/", "CHANGELOG.md", "tests/meta/test_named_files.py")
_SOURCES = (".md", ".py", ".ts", ".tsx", ".c", ".h")


def endings(names: list[str]) -> set[str]:
    """Return every path and what is left of it without its first folders."""
    parts = [name.split("/") for name in names]
    return {"/".join(one[first:]) for one in parts for first in range(len(one))}


def stale(text: str, known: set[str]) -> list[str]:
    return [name for name in _NAMED.findall(text) if name not in known]


def test_files_that_are_named_exist() -> None:
    names = [path.as_posix() for path in tracked_files()]
    known = endings(names)
    read = [name for name in names if name.endswith(_SOURCES) and not name.startswith(_OTHERS)]
    assert len(read) > 500
    found = {name: stale((ROOT / name).read_text("utf-8"), known) for name in read}
    assert {name: one for name, one in found.items() if one} == {}


def test_a_name_that_is_gone_is_found() -> None:
    text = "See `web/gone.py:7` and (state/here.ts), `src/here.ts`, and `gone.py` of yours."
    assert stale(text, endings(["frontend/src/state/here.ts"])) == ["web/gone.py", "src/here.ts"]
