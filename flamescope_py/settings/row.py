"""One setting: how it is declared, and how options and documents see it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import field, fields
from typing import Any, NamedTuple

from flamescope_py.settings.types import SIZE, SettingType

PREFIX = "FLAMESCOPE"


def setting(default: Any, of: SettingType, meaning: str, shown: str = "") -> Any:
    """Make the field of a setting; `shown` replaces its default in documents."""
    return field(default=default, metadata={"type": of, "meaning": meaning, "shown": shown})


class Setting(NamedTuple):
    """A setting as the options and the documents need it."""

    section: str
    name: str
    default: Any
    type: SettingType
    meaning: str
    shown: str

    @property
    def variable(self) -> str:
        """The environment variable."""
        return f"{PREFIX}_{self.name.upper()}"

    @property
    def option(self) -> str:
        """The option of the command line."""
        return "--" + self.name.replace("_", "-")

    @property
    def shown_default(self) -> str:
        """The default in the notation of users, empty for none."""
        if self.shown or self.default is None:
            return self.shown
        if isinstance(self.default, tuple):
            return ",".join(self.default)
        if isinstance(self.default, bool):
            return str(self.default).lower()
        return _size(self.default) if self.type is SIZE else str(self.default)


def settings_in(section: type) -> Iterator[Setting]:
    """Yield the settings of a section: a dataclass, whose name is the section's."""
    for one in fields(section):
        yield Setting(section.__name__.lower(), one.name, one.default, **one.metadata)


def _size(number: int) -> str:
    """Write bytes in the largest unit that needs no fraction: 192K, 1G."""
    for unit in ("", "K", "M", "G"):
        if number % 1024 or not number:
            return f"{number}{unit}"
        number //= 1024
    return f"{number}T"
