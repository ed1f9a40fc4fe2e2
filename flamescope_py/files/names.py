"""Names of files: as the disk has them, and as text. Bytes that are not UTF-8 are shown as `\\xNN`."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path


def shown(name: str) -> str:
    """Return the text of a name from the disk."""
    return name if name.isascii() else os.fsencode(name).decode("utf-8", "backslashreplace")


def is_possible(name: str) -> bool:
    """Return True if a file system can have this name: no NUL, no lone half of a surrogate pair."""
    try:
        return b"\0" not in os.fsencode(name)
    except UnicodeEncodeError:
        return False


def may_be_listed(name: str) -> bool:
    """Return True for a path that lists may show: no part is empty or begins with a dot."""
    return is_possible(name) and not any(part.startswith(".") or not part for part in name.split("/"))


def on_disk(root: Path, parts: Sequence[str]) -> list[str]:
    """Return the names on disk of a path of shown names. An entry of exactly the shown name comes first."""
    found: list[str] = []
    for part in parts:
        folder = root.joinpath(*found)
        if "\\x" in part and not os.path.lexists(folder / part):
            same = [name for name in _entries(folder) if shown(name) == part]
            found.append(same[0] if same else part)
        else:
            found.append(part)
    return found


def _entries(folder: Path) -> list[str]:
    try:
        return [path.name for path in folder.iterdir()]
    except OSError:
        return []
