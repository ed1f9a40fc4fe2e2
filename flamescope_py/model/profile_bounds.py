"""How much a profile may hold, checked by its builder while it is read, so that no reading goes beyond.

The bounds belong to the process or to one reading, not to a format: readers do not know them.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import NamedTuple

from flamescope_py.errors import TooLargeError


class ProfileBounds(NamedTuple):
    """The most nodes, frames and samples of one profile."""

    nodes: int = 50_000_000
    frames: int = 10_000_000
    samples: int = 500_000_000

    def check(self, nodes: int, frames: int, samples: int) -> None:
        """Raise TooLargeError, which names the setting, if one of the counts is over its bound."""
        if nodes > self.nodes:
            raise _too_large("nodes", self.nodes)
        if frames > self.frames:
            raise _too_large("frames", self.frames)
        if samples > self.samples:
            raise _too_large("samples", self.samples)

    def at_most(self, other: ProfileBounds) -> ProfileBounds:
        """Return the smaller bound of each kind."""
        return ProfileBounds(*map(min, self, other))


def _too_large(name: str, most: int) -> TooLargeError:
    return TooLargeError(f"The file has more than {most} {name} (max_profile_{name}): cut it or record less.")


_USUAL = ProfileBounds()
_current: ContextVar[ProfileBounds] = ContextVar("profile_bounds", default=_USUAL)


def current() -> ProfileBounds:
    """Return the bounds of the present reading."""
    return _current.get()


def bound_thread(bounds: ProfileBounds) -> None:
    """Set the bounds of all further readings of this thread."""
    _current.set(bounds)


@contextmanager
def bounded_by(bounds: ProfileBounds) -> Iterator[None]:
    """Set the bounds of the readings inside."""
    token = _current.set(bounds)
    try:
        yield
    finally:
        _current.reset(token)
