"""The list of profiles: every file below the profile directory, with its type.

Types come from a bounded look at each file's head, remembered for as long as the file stays the same:
a list of a thousand files is a thousand stats, not a thousand reads.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import BinaryIO, NamedTuple, Protocol

from flamescope_py.errors import FlameScopeError
from flamescope_py.store.directory import Listed, ProfileDirectory, Stamp

UNKNOWN_TYPE = "unknown"


class Sniffed(Protocol):
    """What sniffing answers: a type, or `unknown` and why."""

    @property
    def type(self) -> str:
        """A type of the readers, or `unknown`."""

    @property
    def reason(self) -> str:
        """One sentence, where the type is unknown."""


Sniff = Callable[[BinaryIO], Sniffed]


class _Unreadable(NamedTuple):
    reason: str
    type: str = UNKNOWN_TYPE


@dataclass(frozen=True, slots=True)
class ProfileFile:
    """A file of the list; `reason` says why its type is unknown."""

    name: str
    type: str
    reason: str
    stamp: Stamp

    @property
    def modified(self) -> datetime | None:
        """When the file was last written, in UTC; None for times that no calendar has (year 10 000)."""
        try:
            return datetime.fromtimestamp(self.stamp.mtime_ns // 1000 / 1e6, tz=timezone.utc)
        except (OverflowError, ValueError, OSError):
            return None


class Catalog:
    """Lists a profile directory; safe to use from several threads."""

    def __init__(self, directory: ProfileDirectory, sniff: Sniff) -> None:
        """`sniff` tells a file's type from its head and does not raise for what the file holds."""
        self._directory = directory
        self._sniff = sniff
        self._known: dict[tuple[str, ...], tuple[Stamp, Sniffed]] = {}

    def files(self) -> list[ProfileFile]:
        """Give all files, sorted by name; what cannot be opened is `unknown` and says why."""
        known: dict[tuple[str, ...], tuple[Stamp, Sniffed]] = {}
        files = []
        for listed in self._directory.files():
            remembered = self._known.get(listed.parts)
            if remembered is None or remembered[0] != listed.stamp:
                remembered = (listed.stamp, self._look(listed))
            known[listed.parts] = remembered
            sniffed = remembered[1]
            files.append(ProfileFile(listed.name, sniffed.type, sniffed.reason, listed.stamp))
        self._known = known
        return sorted(files, key=lambda file: file.name)

    def _look(self, listed: Listed) -> Sniffed:
        try:
            with self._directory.open_parts(listed.parts) as file:
                return self._sniff(file)
        except FlameScopeError as error:
            return _Unreadable(str(error))
        except OSError as error:
            return _Unreadable(f"The file cannot be read: {error.strerror}.")
