"""Stamps: the version of a file, as far as its metadata shows it."""

from __future__ import annotations

import os
from typing import NamedTuple, Protocol


class Status(Protocol):
    """The part of a stat that a stamp is made of; `os.stat_result` has it."""

    @property
    def st_size(self) -> int:
        """The size in bytes."""

    @property
    def st_mtime_ns(self) -> int:
        """The time of the last change in nanoseconds since 1970."""

    @property
    def st_ino(self) -> int:
        """The inode, or another number that only this version has."""


class Stamp(NamedTuple):
    """The version of a file: its size, time of change and inode."""

    size: int
    mtime_ns: int
    inode: int

    @classmethod
    def of(cls, status: Status) -> Stamp:
        """Return the stamp of a stat."""
        return cls(status.st_size, status.st_mtime_ns, status.st_ino)

    @classmethod
    def of_open(cls, descriptor: int) -> Stamp:
        """Return the stamp of an open file."""
        return cls.of(os.fstat(descriptor))

    def is_of(self, status: Status) -> bool:
        """Return True if a stat is of this version; quicker than making its stamp."""
        return (
            self.mtime_ns == status.st_mtime_ns
            and self.size == status.st_size
            and self.inode == status.st_ino
        )
