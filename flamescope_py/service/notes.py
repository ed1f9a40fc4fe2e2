"""Notes on stretches of a profile, kept beside it."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime, timezone
from pathlib import Path
from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct

from flamescope_py.errors import ForbiddenError, ParameterError, ProfileNotFoundError
from flamescope_py.incoming.notes import Note, Notes
from flamescope_py.recording.bodies import EXPECTED, read_body
from flamescope_py.service.wire import Wire, encode
from flamescope_py.store.places import Directory

LONGEST_TEXT, LONGEST_WHO, LONGEST_VIEW = 10_000, 100, 8_000
_Seconds = Annotated[float, Meta(ge=0, le=1e9, extra={EXPECTED: "seconds from the profile's first second"})]
_LONGER = "a text of at most {} characters"


class NoteBody(Struct, kw_only=True, rename="camel", forbid_unknown_fields=True):
    """A new note."""

    text: Annotated[
        str,
        Meta(
            min_length=1,
            max_length=LONGEST_TEXT,
            description="The note.",
            extra={EXPECTED: _LONGER.format(LONGEST_TEXT), "advice": "write something"},
        ),
    ]
    who: Annotated[
        str,
        Meta(
            max_length=LONGEST_WHO,
            description="Who writes it, as they call themselves.",
            extra={EXPECTED: _LONGER.format(LONGEST_WHO)},
        ),
    ] = ""
    start: Annotated[
        _Seconds | None, Meta(description="Start of the stretch, in seconds as in other requests.")
    ] = None
    end: Annotated[_Seconds | None, Meta(description="Its end; without both it is about all of it.")] = None
    view: Annotated[
        str,
        Meta(
            max_length=LONGEST_VIEW,
            description="The part of the page's address behind its ?, to show the same view again.",
            extra={EXPECTED: _LONGER.format(LONGEST_VIEW)},
        ),
    ] = ""


class NoteItem(Wire, forbid_unknown_fields=False):
    """A note."""

    id: Annotated[str, Meta(description="Its name in requests.")]
    at: Annotated[str, Meta(description="When it was written.", extra_json_schema={"format": "date-time"})]
    who: Annotated[str, Meta(description="Who wrote it, by their own account.")]
    text: Annotated[str, Meta(description="The note.")]
    start: Annotated[float | None, Meta(description="Start of its stretch in seconds; null for all of it.")]
    end: Annotated[float | None, Meta(description="Its end.")]
    view: Annotated[str, Meta(description="The view that it was written on, as an address of the page.")]


# Made at import: of two threads that decode into a new type at once, one may see it half made.
msgspec.json.Decoder(NoteItem)


class ProfileNotes(Wire):
    """The notes of a profile."""

    notes: Annotated[Sequence[NoteItem], Meta(description="The oldest first.")]


class NotesService:
    """The notes of one profile directory; of a bucket there are none."""

    def __init__(self, directory: Directory, root: Path | None) -> None:
        """`root` is the folder of the directory, None for a bucket."""
        self._directory = directory
        self._notes = None if root is None else Notes(root)

    def read(self, name: str) -> list[NoteItem]:
        """Return the notes of a profile. Raises ProfileNotFoundError and ForbiddenError."""
        parts = self._directory.find(name).parts
        return [] if self._notes is None else [one for note in self._notes.read(parts) for one in _item(note)]

    def add(self, name: str, body: object) -> NoteItem:
        """Add a note. Raises ParameterError, TooLargeError, ForbiddenError and StorageFullError."""
        asked = read_body(body, NoteBody)
        if (asked.start is None) != (asked.end is None):
            raise ParameterError("start and end belong together: give both or neither.")
        if asked.start is not None and asked.end is not None and asked.end <= asked.start:
            raise ParameterError("end must be after start.")
        parts = self._directory.find(name).parts
        if self._notes is None:
            raise ForbiddenError("Notes are kept on a disk: this profile directory is a bucket.")
        # The time of day, for people.
        now = datetime.now(timezone.utc)
        at = now.isoformat(timespec="seconds").replace("+00:00", "Z")
        made = NoteItem(id=secrets.token_hex(8), at=at, **msgspec.structs.asdict(asked))
        self._notes.add(parts, msgspec.to_builtins(made))
        return made

    def remove(self, name: str, note: str) -> None:
        """Remove a note. Raises ProfileNotFoundError without one, else as `add`."""
        parts = self._directory.find(name).parts
        if self._notes is None or not self._notes.remove(parts, note):
            raise ProfileNotFoundError("There is no such note any more: reload the page.")

    def forget(self, parts: Sequence[str]) -> None:
        """Remove the notes of a profile that was removed."""
        if self._notes is not None:
            self._notes.forget(parts)


def notes_answer(notes: Sequence[NoteItem]) -> bytes:
    """Return notes as JSON."""
    return encode(ProfileNotes(notes=notes))


def note_answer(note: NoteItem) -> bytes:
    """Return one note as JSON."""
    return encode(note)


def _item(note: Note) -> list[NoteItem]:
    """Return the note in a list, or an empty list if its line was damaged by hand."""
    wanted: Any = {name: note[name] for name in NoteItem.__struct_fields__ if name in note}
    try:
        return [msgspec.convert(wanted, NoteItem)]
    except msgspec.ValidationError:
        return []
