"""Views without a cache."""

from __future__ import annotations

from flamescope_py.analysis.selection import Selection
from flamescope_py.analysis.view import View, apply_shape, keep_samples, rewrite_stacks
from flamescope_py.model import Profile


def select(profile: Profile, selection: Selection) -> View:
    """Apply a whole selection."""
    return apply_shape(keep_samples(profile, selection), rewrite_stacks(profile, selection))
