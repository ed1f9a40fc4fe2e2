"""Profiles that one request has open. The ETag and the answer come from the same open file."""

from __future__ import annotations

import hashlib
from typing import BinaryIO

from flamescope_py.model import Profile
from flamescope_py.service.findings import EXTRA, FindingsCache
from flamescope_py.service.queries.graphs import FIRST, SECOND, error_prefix
from flamescope_py.store.places import OpenFile
from flamescope_py.store.profiles import ProfileStore


class OpenProfile:
    """A profile whose file is open. Its version is known at once, its samples are read on request."""

    def __init__(self, store: ProfileStore, opened: OpenFile, type_name: str, salt: str) -> None:
        """`salt` stands for all that answers depend on besides the file. It is part of `version`."""
        self._store = store
        self._opened = opened
        self._type = type_name
        self._salt = salt

    def __enter__(self) -> OpenProfile:
        """Return the profile itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the file."""
        self.close()

    @property
    def file(self) -> BinaryIO:
        """The open file, at its start."""
        return self._opened.file

    @property
    def size(self) -> int:
        """The bytes of the file."""
        return self._opened.stamp.size

    @property
    def version(self) -> str:
        """A token that changes with the file, the named filters and this program; the base of ETags."""
        text = f"{self._salt}\0{self._opened.name}\0{self._opened.stamp}"
        return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()

    def profile(self) -> Profile:
        """Return the profile from memory, from the index or by reading the file.

        Raises as `ProfileStore.get` does.
        """
        return self._store.get(self._opened, self._type)

    def findings(self, cache: FindingsCache) -> bytes:
        """Return the findings of the profile as JSON. Raises as `profile`."""
        return cache.answer(
            self.profile(),
            lambda: self._store.read_extra(self._opened, self._type, EXTRA),
            lambda body: self._store.keep_extra(self._opened, self._type, EXTRA, body),
        )

    def close(self) -> None:
        """Close the file."""
        self._opened.__exit__()


class OpenPair:
    """Two profiles that are compared, or one with itself. Errors name the side they are about."""

    def __init__(self, first: OpenProfile, second: OpenProfile) -> None:
        """Take ownership of both."""
        self._first = first
        self._second = second

    def __enter__(self) -> OpenPair:
        """Return the pair itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close both files."""
        self._first.close()
        self._second.close()

    @property
    def version(self) -> str:
        """The versions of both."""
        return f"{self._first.version} {self._second.version}"

    def profiles(self) -> tuple[Profile, Profile]:
        """Return both profiles. Raises as `OpenProfile.profile` does."""
        with error_prefix(FIRST):
            first = self._first.profile()
        if self._second is self._first:
            return first, first
        with error_prefix(SECOND):
            return first, self._second.profile()
