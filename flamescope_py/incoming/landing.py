"""How a file arrives in the profile directory: whole or not at all, and never over another one.

Bytes go to a file with a random name in `.incoming`, on the same file system and hidden from lists. The
complete file is synced and linked to its name, which fails if the name is taken. The writing process holds
a lock on the file, which distinguishes active files from leftovers of a killed process.
"""

from __future__ import annotations

import fcntl
import os
import secrets
from collections.abc import Sequence
from contextlib import suppress

from flamescope_py.files.opening import NO_FOLLOW
from flamescope_py.incoming import names
from flamescope_py.incoming.arriving import ArrivingFile, Bounds, Refusal
from flamescope_py.incoming.placing import INCOMING, NEW, ProfileNames, translated


class Landing:
    """Puts files into one profile directory; safe to use from several threads and processes."""

    # Whether a file can be shown while it still arrives.
    shows = True

    def __init__(self, profile_names: ProfileNames, bounds: Bounds, refusal: Refusal) -> None:
        """`refusal` returns the reason to refuse a file, or an empty string."""
        self._names = profile_names
        self.bounds = bounds
        self._refusal = refusal

    def clear_leftovers(self) -> int:
        """Remove leftovers of killed processes and return their number. Active files stay."""
        removed = 0
        with suppress(OSError), self._names.folder((INCOMING,)) as folder:
            for name in os.listdir(folder):  # noqa: PTH208 - a Path has no descriptor
                with suppress(OSError):
                    descriptor = os.open(name, os.O_RDWR | NO_FOLLOW, dir_fd=folder)
                    try:
                        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                        os.unlink(name, dir_fd=folder)
                        removed += 1
                    finally:
                        os.close(descriptor)
        return removed

    def check(self, name: str) -> None:
        """Raise ParameterError if a profile may not have this name."""
        names.parts_of(name)

    def receive(self) -> ArrivingFile:
        """Start a file. Raises ForbiddenError and StorageFullError."""
        name = secrets.token_hex(16)
        with translated(), self._names.folder((INCOMING,), make=True) as folder:
            descriptor = os.open(name, NEW, 0o666, dir_fd=folder)
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        file = os.fdopen(descriptor, "w+b", buffering=1 << 20)
        return ArrivingFile(self._names, name, file, self.bounds, self._refusal)

    def remove(self, parts: Sequence[str]) -> None:
        """Remove a file by its names on disk, and folders that become empty.

        Raises ProfileNotFoundError and ForbiddenError.
        """
        self._names.remove(parts)
