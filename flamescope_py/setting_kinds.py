"""What the value of a setting may be: each kind takes TOML's values and a user's text alike."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple


class Kind(NamedTuple):
    """What a value may be: its name, and a parser that raises ValueError with what it must be."""

    name: str
    parse: Callable[[Any], Any]


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value:
        raise ValueError("a text")
    return value


def _path(value: Any) -> Path:
    if not isinstance(value, str | Path) or not str(value) or "\0" in str(value):
        raise ValueError("a path")
    return Path(value).expanduser()


def _names(value: Any) -> tuple[str, ...]:
    """Take a TOML list, or text with commas."""
    names = value.split(",") if isinstance(value, str) else value
    if not isinstance(names, list | tuple) or not all(isinstance(name, str) for name in names):
        raise ValueError("names with commas between them")
    return tuple(name.strip() for name in names if name.strip())


def integer(low: int, high: int) -> Kind:
    """Make a kind of whole numbers."""

    def parse(value: Any) -> int:
        if not isinstance(value, bool) and re.fullmatch(r"-?[0-9]{1,18}", str(value)):
            number = int(value)
            if low <= number <= high:
                return number
        raise ValueError(f"a whole number from {low} to {high}")

    return Kind("integer", parse)


def _size(value: Any) -> int:
    found = re.fullmatch(r"([0-9]{1,15})\s*([KMGT]?)(?:i?B)?", str(value).strip(), re.IGNORECASE)
    if isinstance(value, bool) or not found:
        raise ValueError("a size such as 512M or 2G")
    return int(found[1]) << (10 * " KMGT".index(found[2].upper() or " "))


def _boolean(value: Any) -> bool:
    words = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
    if str(value).lower() not in words:
        raise ValueError("true or false")
    return words[str(value).lower()]


def choice(*words: str) -> Kind:
    """Make a kind of a few words."""

    def parse(value: Any) -> str:
        if value not in words:
            raise ValueError(" or ".join(words))
        return str(value)

    return Kind(" or ".join(words), parse)


def _base_path(value: Any) -> str:
    """Give `/` or `/some/where/`, with both slashes whether they came or not."""
    if not isinstance(value, str) or not re.fullmatch(r"/?(?:[A-Za-z0-9._~-]+/)*[A-Za-z0-9._~-]*/?", value):
        raise ValueError("a path such as /flamescope/")
    parts = [part for part in value.split("/") if part]
    if any(part.startswith(".") for part in parts):
        raise ValueError("a path such as /flamescope/")
    return "/" + "".join(part + "/" for part in parts)


TEXT = Kind("text", _text)
BASE_PATH = Kind("path of an address", _base_path)
BOOLEAN = Kind("boolean", _boolean)
PATH = Kind("path", _path)
NAMES = Kind("names", _names)
SIZE = Kind("size", _size)
