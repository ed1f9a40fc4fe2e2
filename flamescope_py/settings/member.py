"""The place of one process in a server of several."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from flamescope_py.settings.table import Settings


@dataclass(frozen=True, slots=True)
class Member:
    """One of `processes` processes behind one listener, numbered from 0.

    `folder` is private to the server and holds the state that its processes share. `token` is the SSH token
    of this start, empty if there is none.
    """

    number: int
    processes: int
    folder: Path
    token: bytes

    def share(self, settings: Settings) -> Settings:
        """Return the settings of this process, with its part of the bounds of the whole server."""

        def part(value: int) -> int:
            return -(-value // self.processes)

        return replace(
            settings,
            max_open_bytes=part(settings.max_open_bytes),
            max_buffered_bytes=part(settings.max_buffered_bytes),
            max_connections=part(settings.max_connections),
            max_jobs=part(settings.max_jobs),
            max_client_jobs=part(settings.max_client_jobs),
        )
