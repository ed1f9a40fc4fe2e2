"""The names of the files of a collection.

    samples/date=2026-11-29/service=web/STEM.parquet    minutes/date=…/service=…/STEM.parquet
    nodes/STEM.parquet    frames/STEM.parquet    profiles/STEM.parquet    states/00000007.json

`hours`, `functions` and `stacks` have the same folders, and files of compactions alone.

The STEM of an ingested file is made of its content's digest and its labels, so that a second ingest writes
the same files. The file in `profiles/` is written last and makes the others count. Merged files have the STEM
`merged-7-0f3c9a1e-0`, and the newest file in `states/` lists those that count.
"""

from __future__ import annotations

import re
from datetime import date
from typing import NamedTuple

from flamescope_py.fleet.labels import folder_name
from flamescope_py.fleet.schema import FRAMES, IN_FOLDERS, NODES, PROFILES

STATES = "states"
# The digits of the content's digest in a name.
DIGEST = 32
_LISTED = "-listed"
_STEM = re.compile(rf"(?P<digest>[0-9a-f]{{32}})-[0-9a-f]{{8}}(?:{_LISTED})?")
_MERGED = re.compile(r"merged-(?P<state>\d{1,8})-[0-9a-f]{8}-\d{1,6}")
_DATE = re.compile(r"date=(\d{4}-\d\d-\d\d)")
_STATE = re.compile(rf"{STATES}/(\d{{8}})\.json")


class Place(NamedTuple):
    """A Parquet file of a collection: its table, its name's stem, its day and its folder, if it has any."""

    table: str
    stem: str
    day: str = ""
    folder: str = ""

    @property
    def merged(self) -> bool:
        """Whether a compaction wrote it."""
        return _MERGED.fullmatch(self.stem) is not None

    @property
    def state(self) -> int:
        """The number of the state that a merged file was written for, 0 for others."""
        match = _MERGED.fullmatch(self.stem)
        return int(match["state"]) if match else 0

    @property
    def digest(self) -> str:
        """The first digits of the content's digest, empty for merged files."""
        match = _STEM.fullmatch(self.stem)
        return match["digest"] if match else ""


def stem(sha256: str, labels_digest: str, placed: bool) -> str:
    """Return the stem of the files of a profile, placed in time or only listed."""
    return f"{sha256[:DIGEST]}-{labels_digest}{'' if placed else _LISTED}"


def is_listed(stem_: str) -> bool:
    """Return True for the stem of a profile that is only listed."""
    return stem_.endswith(_LISTED)


def digest_of(stem_: str) -> str:
    """Return the first digits of the content's digest in a profile's stem."""
    return stem_.partition("-")[0]


def merged_stem(state: int, token: str, part: int) -> str:
    """Return the stem of a merged file; `token` has 8 hexadecimal digits."""
    return f"merged-{state}-{token}-{part}"


def file_name(table: str, stem_: str, day: str = "", service: str = "") -> str:
    """Return the name of a file; tables in folders need a day and a service."""
    if table in IN_FOLDERS:
        return f"{table}/date={day}/service={folder_name(service)}/{stem_}.parquet"
    return f"{table}/{stem_}.parquet"


def parse(name: str) -> Place | None:
    """Return the place of a file's name, or None for a foreign one."""
    table, *folders, leaf = name.split("/")
    found = leaf.removesuffix(".parquet")
    if found == leaf or not (_STEM.fullmatch(found) or _MERGED.fullmatch(found)):
        return None
    if table in IN_FOLDERS and len(folders) == 2:
        day = _DATE.fullmatch(folders[0])
        known = day is not None and _is_day(day[1]) and folders[1].startswith("service=")
        return Place(table, found, day[1], folders[1]) if day and known else None
    return Place(table, found) if table in (NODES, FRAMES, PROFILES) and not folders else None


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def service_folder(service: str) -> str:
    """Return the name of a service's folder."""
    return f"service={folder_name(service)}"


def state_name(number: int) -> str:
    """Return the name of the file of a state."""
    return f"{STATES}/{number:08}.json"


def state_number(name: str) -> int | None:
    """Return the number of a state's file, or None for a foreign one."""
    match = _STATE.fullmatch(name)
    return int(match[1]) if match else None
