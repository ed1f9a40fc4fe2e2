"""Names of incoming profiles: the rules of the list, and stricter ones.

The list hides names with a leading dot, so such a name would arrive and never be seen. Control characters,
characters that turn the direction of writing, backslashes and names that no file system takes are refused.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from datetime import datetime
from pathlib import PurePosixPath

from flamescope_py.errors import ParameterError

MAX_PART_BYTES = 255
MAX_NAME_BYTES = 1024
# A name of 1024 bytes could make 500 folders otherwise.
MAX_DEPTH = 17
# perf.out may become perf-9999.out, so that much room is kept.
_ROOM = 8
_LABEL_LENGTH = 64
# Cf has U+202E, after which tuo.frep reads as perf.out; Zl and Zp end lines; Cs has no UTF-8.
_REFUSED = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
# Of Cf too, but Persian, Indic scripts and emoji are spelt with them.
_JOINERS = frozenset("\u200c\u200d")
_PART = r"[^./\\\x00-\x1f\x7f-\x9f][^/\\\x00-\x1f\x7f-\x9f]{0,246}"
# The rules of `parts_of` as JSON Schema, except that those count bytes and this counts letters.
NAME_SCHEMA: Mapping[str, object] = {
    "pattern": f"^{_PART}(?:/{_PART}){{0,{MAX_DEPTH - 1}}}$",
    "minLength": 1,
    "maxLength": MAX_NAME_BYTES,
}


def parts_of(name: str) -> tuple[str, ...]:
    """Split a name at its slashes. Raises ParameterError for a name that no profile may have."""
    if _unprintable(name) or "\\" in name:
        raise ParameterError("The filename has a control character or a backslash: choose another one.")
    parts = tuple(name.split("/"))
    if len(parts) > MAX_DEPTH:
        most = MAX_DEPTH - 1
        raise ParameterError(f"The filename has {len(parts) - 1} folders: at most {most} are allowed.")
    if not all(parts) or any(part.startswith(".") for part in parts):
        raise ParameterError(
            "The filename must be a path below the profile directory, without empty parts and without "
            "names that start with a dot."
        )
    longest = max(len(part.encode()) for part in parts)
    if longest > MAX_PART_BYTES - _ROOM or len(name.encode()) > MAX_NAME_BYTES:
        raise ParameterError(
            f"The filename is too long: at most {MAX_PART_BYTES - _ROOM} bytes between two slashes and "
            f"{MAX_NAME_BYTES} in all."
        )
    return parts


def numbered(leaf: str, number: int) -> str:
    """Return the name to try when `leaf` is taken: perf.out, perf-2.out, perf-3.out."""
    stem, dot, suffix = leaf.rpartition(".")
    return f"{stem}-{number}{dot}{suffix}" if stem else f"{leaf}-{number}"


def leaf_of(path: str, fallback: str) -> str:
    """Make a name out of the last part of a foreign path, whatever characters are in it."""
    last = path.replace("\\", "/").rstrip("/").rpartition("/")[2]
    clean = "".join("_" if _unprintable(letter) else letter for letter in last).lstrip(".")
    while len(clean.encode()) > MAX_PART_BYTES - _ROOM:
        clean = clean[:-1]
    return clean or fallback


def of_thread(name: str, thread: int) -> str:
    """Return the name of the profile of a further thread of Node: one-thread-1.cpuprofile."""
    path = PurePosixPath(name)
    return name if thread == 0 else str(path.with_stem(f"{path.stem}-thread-{thread}"))


def recording_name(host: str, now: datetime) -> str:
    """Name a recording after its host and time."""
    label = "".join(letter if letter.isalnum() or letter in "-_." else "-" for letter in host)
    return f"{label.strip('-.')[:_LABEL_LENGTH] or 'host'}-{now:%Y%m%d-%H%M%S}.perf"


def _unprintable(text: str) -> bool:
    """Return True for control characters, turns of the direction of writing, and half surrogate pairs."""
    return any(unicodedata.category(letter) in _REFUSED and letter not in _JOINERS for letter in text)
