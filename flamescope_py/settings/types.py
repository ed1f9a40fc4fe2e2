"""The types of settings, as click types that take text and the values of TOML alike.

click's own types would take `true` for the port 1, and 5 for the host "5".
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click


class SettingType(click.ParamType[Any]):
    """A click type with a name for the documents. `parse` raises ValueError with the expected value."""

    def __init__(self, name: str, parse: Callable[[Any], Any]) -> None:
        """Set the name and the parser."""
        self.name = name
        self._parse = parse

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Parse a value. Raises click.BadParameter."""
        try:
            return self._parse(value)
        except ValueError as expected:
            self.fail(f"must be {expected}, not {str(value)[:100]!r}.", param, ctx)


def integer(low: int, high: int) -> SettingType:
    """Make a type of whole numbers from `low` to `high`."""

    def parse(value: Any) -> int:
        if not isinstance(value, bool) and re.fullmatch(r"-?[0-9]{1,18}", str(value)):
            number = int(value)
            if low <= number <= high:
                return number
        raise ValueError(f"a whole number from {low} to {high}")

    return SettingType("integer", parse)


def choice(*words: str) -> SettingType:
    """Make a type of a few words."""

    def parse(value: Any) -> str:
        if value not in words:
            raise ValueError(" or ".join(words))
        return str(value)

    return SettingType(" or ".join(words), parse)


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value:
        raise ValueError("a text")
    return value


def _path(value: Any) -> Path:
    if not isinstance(value, str | Path) or not str(value) or "\0" in str(value):
        raise ValueError("a path")
    return Path(value).expanduser()


class BucketURL(str):
    """The URL of a prefix of a bucket, in the place of a directory."""

    __slots__ = ()


def _place(value: Any) -> Path | BucketURL:
    """Parse a path, or s3://bucket/prefix."""
    if isinstance(value, str) and (found := re.match("([a-z0-9]+)://(.*)", value)):
        if found[1] not in ("s3", "gs", "az") or not found[2].strip("/"):
            raise ValueError("a path, or a bucket such as s3://bucket/prefix")
        return BucketURL(value.rstrip("/"))
    return _path(value)


def _names(value: Any) -> tuple[str, ...]:
    """Parse a TOML list, or text with commas."""
    names = value.split(",") if isinstance(value, str) else value
    if not isinstance(names, list | tuple) or not all(isinstance(name, str) for name in names):
        raise ValueError("names with commas between them")
    return tuple(name.strip() for name in names if name.strip())


def _size(value: Any) -> int:
    """Parse bytes: 1000, 512M, 2 GiB, 3kb."""
    found = re.fullmatch(r"([0-9]{1,15})\s*([KMGT]?)(?:i?B)?", str(value).strip(), re.IGNORECASE)
    if isinstance(value, bool) or not found:
        raise ValueError("a size such as 512M or 2G")
    return int(found[1]) << (10 * " KMGT".index(found[2].upper() or " "))


def _boolean(value: Any) -> bool:
    try:
        return bool(click.BOOL.convert(value, None, None))
    except (click.BadParameter, AttributeError) as error:  # AttributeError: a list or table of TOML
        raise ValueError("true or false") from error


def _base_path(value: Any) -> str:
    """Parse a path of an address: /flamescope, flamescope/ and /flamescope/ become /flamescope/."""
    if not isinstance(value, str) or not re.fullmatch(r"/?(?:[A-Za-z0-9._~-]+/)*[A-Za-z0-9._~-]*/?", value):
        raise ValueError("a path such as /flamescope/")
    parts = [part for part in value.split("/") if part]
    if any(part.startswith(".") for part in parts):
        raise ValueError("a path such as /flamescope/")
    return "/" + "".join(part + "/" for part in parts)


TEXT = SettingType("text", _text)
BASE_PATH = SettingType("path of an address", _base_path)
BOOLEAN = SettingType("boolean", _boolean)
PATH = SettingType("path", _path)
PLACE = SettingType("path or bucket", _place)
NAMES = SettingType("names", _names)
SIZE = SettingType("size", _size)
