"""The POSIX sh scripts of recordings."""

from flamescope_py.recording.scripts.record import CLOCK, LIVE, LIVE_PARTS, RECORD
from flamescope_py.recording.scripts.text import FIELDS, LOST, TEXT
from flamescope_py.recording.scripts.turns import TURN_SECONDS

__all__ = ["CLOCK", "FIELDS", "LIVE", "LIVE_PARTS", "LOST", "RECORD", "TEXT", "TURN_SECONDS"]
