"""The names in folders of this machine, read again only where a folder changed."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

# Some file systems keep times of a second or two: a change may leave the time as an earlier one set it.
_COARSEST = 2.0


class _Folder(NamedTuple):
    """The names in a folder. Its identity changes with them, except perhaps soon after `since`."""

    identity: tuple[int, ...]
    since: float
    settled: bool
    files: tuple[str, ...]
    folders: tuple[str, ...]


class Folders:
    """Lists folders below a root again and again, without following links or naming hidden files.

    To open a folder costs ten times a look at its time of change, and a folder of a past day does not change.
    Files are looked at each time, since one may be damaged in its place.
    """

    def __init__(self, root: str, now: Callable[[], float] = time.monotonic) -> None:
        """Nothing is listed yet. `now` is a clock in seconds that nobody sets."""
        self._root = root
        self._now = now
        # By the folder that was asked for, all folders that were in it then.
        self._seen: dict[str, Mapping[str, _Folder]] = {}

    def files(self, folder: str) -> Iterator[tuple[str, os.stat_result]]:
        """Yield the files below a folder with their status, in no order; none if it does not exist."""
        before = self._seen.get(folder, {})
        found: dict[str, _Folder] = {}
        waiting = [folder]
        while waiting:
            name = waiting.pop()
            try:
                found[name] = self._folder(name, before.get(name))
            except (FileNotFoundError, NotADirectoryError):
                # It vanished meanwhile.
                continue
            waiting += found[name].folders
            for inside in found[name].files:
                try:
                    status = os.lstat(f"{self._root}/{inside}")
                except (FileNotFoundError, NotADirectoryError):
                    continue
                yield inside, status
        self._seen[folder] = found

    def _folder(self, name: str, before: _Folder | None) -> _Folder:
        status = os.stat(f"{self._root}/{name}")  # noqa: PTH116  a path costs as much as the call
        # Programs that copy folders set the time of modification, and none can set that of the change.
        identity = status.st_ctime_ns, status.st_mtime_ns, status.st_ino, status.st_dev
        same = before if before is not None and before.identity == identity else None
        if same is not None and same.settled:
            return same
        now = self._now()
        since = now if same is None else same.since
        return _Folder(identity, since, now - since > _COARSEST, *self._names(name))

    def _names(self, folder: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
        files: list[str] = []
        folders: list[str] = []
        with os.scandir(f"{self._root}/{folder}") as entries:
            for one in entries:
                if not one.name.startswith("."):
                    names = folders if one.is_dir(follow_symlinks=False) else files
                    names.append(f"{folder}/{one.name}")
        return tuple(files), tuple(folders)
