"""Opens the storage of a collection by its name: a folder, or the URL of a bucket."""

from __future__ import annotations

from pathlib import Path

from flamescope_py.errors import ConfigError
from flamescope_py.fleet.objects import ObjectStorage
from flamescope_py.fleet.storage import LocalStorage, Storage
from flamescope_py.objects.bucket import is_url
from flamescope_py.objects.copies import Copies


def open_storage(place: str, copies: Copies | None = None) -> Storage:
    """Return the storage of a folder or a URL. Questions about a bucket need `copies`. Raises ConfigError."""
    if is_url(place):
        return ObjectStorage(place, copies)
    scheme, found, _ = place.partition("://")
    if found and scheme != "file":
        raise ConfigError(
            f"{scheme[:20]}:// is no place of a collection: name a folder or s3://bucket/prefix."
        )
    return LocalStorage(Path(place.removeprefix("file://")).expanduser())
