"""The profile directory of a command: whether it is there, and how it is shown."""

from __future__ import annotations

from flamescope_py.errors import ConfigError
from flamescope_py.settings import Settings
from flamescope_py.settings.types import BucketURL


def require_profiles(settings: Settings) -> None:
    """Raise ConfigError if the profile directory is not there. A bucket is asked when it is listed."""
    place = settings.profile_dir
    if not isinstance(place, BucketURL) and not place.is_dir():
        fault = (
            "is a file: name the folder that it is in, or open it with info, heatmap or export."
            if place.exists()
            else "is not there: make it, or name another one."
        )
        raise ConfigError(f"The profile directory {place} ({settings.source('profile_dir')}) {fault}")


def shown_place(settings: Settings) -> str:
    """Return the full path of the profile directory, or the URL of its bucket."""
    place = settings.profile_dir
    return place if isinstance(place, BucketURL) else str(place.resolve())
