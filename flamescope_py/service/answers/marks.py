"""Marks on the time axis of a profile, in flat columns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from msgspec import Meta

from flamescope_py.service import MarksFile, rounded
from flamescope_py.service.wire import Integers, Wire, encode


class MarkRows(Wire):
    """Marks as columns of equal length, sorted by start."""

    start: Annotated[
        Sequence[float | None], Meta(description="Seconds from the profile's first whole second.")
    ]
    end: Annotated[Sequence[float | None], Meta(description="The same of its end; start for a moment.")]
    count: Annotated[
        Integers, Meta(description="Marks that the row stands for: near ones of a large file are joined.")
    ]
    series: Annotated[Integers, Meta(description="The row of series that it is of.")]
    text: Annotated[Sequence[str], Meta(description="Its text, of several marks that of the first.")]


class MarkFile(Wire):
    """The marks of one file, or the reason why it has none."""

    name: Annotated[str, Meta(description="The file, as the list of profiles names it.")]
    error: Annotated[str | None, Meta(description="Why it has no marks; null if it has.")]
    clock: Annotated[
        str | None,
        Meta(
            description="The clock of its times: axis (seconds from the first whole second), file (as the "
            "samples'), unix (dates and seconds since 1970) or process (since a process began)."
        ),
    ]
    series: Annotated[Sequence[str], Meta(description="The names of its series, the most frequent first.")]
    rows: MarkRows
    outside: Annotated[int, Meta(description="Marks before or after the profile.")]
    skipped: Annotated[int, Meta(description="Rows that could not be read.")]
    notes: Annotated[Sequence[str], Meta(description="The first few of these, with the reason.")]


class Marks(Wire):
    """The marks of a profile."""

    files: Annotated[
        Sequence[MarkFile],
        Meta(
            description="The profile itself if it has markers, files beside it, those that the request names."
        ),
    ]


def marks_answer(files: Sequence[MarksFile]) -> bytes:
    """Return the marks of some files as JSON."""
    return encode(Marks(files=list(map(_file, files))))


def _file(one: MarksFile) -> MarkFile:
    found = one.marks
    if found is None:
        return MarkFile(one.name, one.error, None, [], MarkRows([], [], [], [], []), 0, 0, [])  # type: ignore[arg-type]
    rows = MarkRows(
        [rounded(number) for number in found.start.tolist()],
        [rounded(number) for number in found.end.tolist()],
        found.count,
        found.series,
        found.text,
    )
    return MarkFile.of(found, name=one.name, error=None, series=found.names, rows=rows)
