"""Stamps: the version of a file, as far as its metadata shows it."""

from __future__ import annotations

import os
from typing import NamedTuple


class Stamp(NamedTuple):
    """The version of a file: its size, time of change and inode."""

    size: int
    mtime_ns: int
    inode: int

    @classmethod
    def of(cls, status: os.stat_result) -> Stamp:
        """Return the stamp of a stat."""
        return cls(status.st_size, status.st_mtime_ns, status.st_ino)

    @classmethod
    def of_open(cls, descriptor: int) -> Stamp:
        """Return the stamp of an open file."""
        return cls.of(os.fstat(descriptor))

    def is_of(self, status: os.stat_result) -> bool:
        """Return True if a stat is of this version; quicker than making its stamp."""
        return (
            self.mtime_ns == status.st_mtime_ns
            and self.size == status.st_size
            and self.inode == status.st_ino
        )
