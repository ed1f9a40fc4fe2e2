"""The report of a reader: counts of read, skipped and repaired lines, so that no loss stays unnoticed."""

from __future__ import annotations

from dataclasses import dataclass, field

MAX_NOTES = 20
# One kind of fault must not hide the others.
MAX_NOTES_OF_A_REASON = 5
MAX_NOTE_TEXT = 200


@dataclass(slots=True)
class ReportLine:
    """A skipped or repaired line: the reason, its number and its text."""

    reason: str
    line: int | None = None
    text: str = ""


@dataclass(slots=True)
class ParseReport:
    """Counts of a reader, for the whole file.

    `skipped` counts lines (or records) that were left out; `notes` has the first few of them. `other` counts,
    by kind, lines that were understood and have no place in a profile: they are no loss. `messages` are
    sentences of other programs (perf's standard error) or about the file as a whole.
    """

    lines: int = 0
    samples: int = 0
    idle: int = 0
    skipped: int = 0
    without_stack: int = 0
    out_of_order: int = 0
    lost_events: int = 0
    repaired: int = 0
    other: dict[str, int] = field(default_factory=dict)
    notes: list[ReportLine] = field(default_factory=list)
    messages: list[str] = field(default_factory=list)

    def skip(self, reason: str, line: int | None = None, text: str = "", count: int = 1) -> None:
        """Count skipped lines, and note them while there is room."""
        self.skipped += count
        self.note(reason, line, text)

    def add_other(self, kind: str, count: int = 1) -> None:
        """Count lines (or records) of a kind that has no place in a profile."""
        self.other[kind] = self.other.get(kind, 0) + count

    def cut_off(self, record: str, line: int | None, text: str) -> None:
        """Count a record that the end of the file cuts off, and add a message about the file."""
        self.skip(f"the file ends in the middle of {record}", line, text)
        self.messages.append(f"The file ends in the middle of {record}: 1 is left out.")

    def note(self, reason: str, line: int | None = None, text: str = "") -> None:
        """Note a line without counting it as skipped."""
        alike = sum(note.reason == reason for note in self.notes)
        if len(self.notes) < MAX_NOTES and alike < MAX_NOTES_OF_A_REASON:
            self.notes.append(ReportLine(reason, line, text[:MAX_NOTE_TEXT]))

    def because(self) -> str:
        """Return in brackets the first reason for which something was skipped, for the error of an empty
        file; an empty text without any."""
        return f" ({self.notes[0].reason})" if self.skipped and self.notes else ""

    def absorb(self, later: ParseReport) -> None:
        """Add the report of the next part of the file."""
        for note in later.notes:
            line = None if note.line is None else note.line + self.lines
            self.note(note.reason, line, note.text)
        for name in ("lines", "samples", "idle", "skipped", "without_stack", "lost_events", "repaired"):
            setattr(self, name, getattr(self, name) + getattr(later, name))
        for kind, count in later.other.items():
            self.add_other(kind, count)
        # Every reader of a part finds the faults of the whole file.
        self.messages.extend(message for message in later.messages if message not in self.messages)
