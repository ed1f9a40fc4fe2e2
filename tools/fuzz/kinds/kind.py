"""The interface of a kind of inputs."""

from __future__ import annotations

from pathlib import Path
from random import Random
from typing import Protocol


class Kind(Protocol):
    """Makes inputs and tries them. Everything that an input needs to be tried again is in its bytes."""

    def __init__(self, chance: Random, folder: Path) -> None:
        """Take all choices from `chance`; write below `folder` only."""

    def make(self) -> bytes:
        """Return the next input."""

    def check(self, data: bytes) -> bool:
        """Try an input. Return True if it was taken, False if it was refused as it should be.

        Any exception is a finding.
        """

    def close(self) -> None:
        """Stop the processes that were started."""
