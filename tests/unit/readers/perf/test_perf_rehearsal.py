"""The text that a process reads before its first file must run the code of a usual file."""

from __future__ import annotations

import pytest

from flamescope_py.readers.perf import reader
from flamescope_py.readers.perf.line_reader import LineReader
from flamescope_py.readers.perf.parser import PIECE
from flamescope_py.readers.perf.rehearsal import rehearse, text


def test_the_text_is_longer_than_a_piece_and_all_of_it_is_plain(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(LineReader, "read", None)
    assert PIECE < len(text()) < 2 * PIECE
    profile = reader.read([text()])
    assert len(profile.samples) == text().count(b"\n\n")
    assert profile.report.skipped == 0
    assert profile.report.without_stack == 0
    assert len(profile.tree) > 1_000
    rehearse()
