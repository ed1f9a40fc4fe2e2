"""How a file arrives in a bucket: collected on disk, then put as one object, never over another one."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from flamescope_py.errors import ParameterError, ProfileNotFoundError
from flamescope_py.incoming import names
from flamescope_py.incoming.arriving import Bounds, Refusal
from flamescope_py.incoming.landing import Landing
from flamescope_py.incoming.placing import ProfileNames, Wish, first_free
from flamescope_py.objects.bucket import Bucket


class BucketNames(ProfileNames):
    """The names of one bucket; methods also raise what a Bucket raises."""

    def __init__(self, spool: Path, bucket: Bucket) -> None:
        """Files are collected in the folder `spool`."""
        super().__init__(spool)
        self._bucket = bucket

    def place(self, arriving: str, file: BinaryIO, wish: Wish) -> str:
        """Put a complete file under its wanted name, and return the final name. Raises ConflictError."""
        *folders, _ = names.parts_of(wish.name)

        def create(leaf: str) -> bool:
            file.seek(0)
            try:
                return self._bucket.create_from("/".join((*folders, leaf)), file)
            except FileNotFoundError as error:
                raise ParameterError("The bucket takes no such filename: choose another one.") from error

        return first_free(wish, create)

    def remove(self, parts: Sequence[str]) -> None:
        """Remove an object. Raises ProfileNotFoundError."""
        name = "/".join(parts)
        with suppress(FileNotFoundError):
            self._bucket.head(name)
            self._bucket.remove(name)
            return
        raise ProfileNotFoundError("There is no such profile any more: reload the list.")


class BucketLanding(Landing):
    """Puts files into one bucket."""

    shows = False

    def __init__(self, spool: Path, bucket: Bucket, bounds: Bounds, refusal: Refusal) -> None:
        """Files that are still coming are collected in the folder `spool`, which is made if it is missing."""
        spool.mkdir(parents=True, exist_ok=True, mode=0o700)
        super().__init__(BucketNames(spool, bucket), bounds, refusal)
