"""The units that profilers name in pprof and OTLP, and those that values are shown in.

pprof takes long and short forms (`seconds`, `sec`, `s`), OTLP has those of UCUM (`s`, `By`, `KiBy`). As in
pprof, a kilobyte is 1 024 bytes.
"""

from __future__ import annotations

_SECOND = 1_000_000
_UNITS = {
    ("nanoseconds", 1): "nanoseconds nanosecond nanos ns nsec",
    ("microseconds", 1): "microseconds microsecond micros us µs μs usec",
    ("microseconds", 1_000): "milliseconds millisecond millis ms msec",
    ("microseconds", _SECOND): "seconds second secs sec s",
    ("microseconds", 60 * _SECOND): "minutes minute mins min",
    ("microseconds", 3600 * _SECOND): "hours hour hrs hr h",
    ("bytes", 1): "bytes byte b by",
    ("bytes", 1_000): "kby",
    ("bytes", 1 << 10): "kilobytes kilobyte kbytes kbyte kb kib kiby",
    ("bytes", 1_000_000): "mby",
    ("bytes", 1 << 20): "megabytes megabyte mbytes mbyte mb mib miby",
    ("bytes", 1_000_000_000): "gby",
    ("bytes", 1 << 30): "gigabytes gigabyte gbytes gbyte gb gib giby",
}
_KNOWN = {name: unit for unit, names in _UNITS.items() for name in names.split()}


def unit_of(text: str, event: str) -> tuple[str, int]:
    """Return the unit that values of an event are shown in, and the number that they are multiplied with.

    Values in no unit that is known are a number of what the event names, else of samples.
    """
    return _KNOWN.get(text.strip().lower()) or (event if event.endswith("s") else "samples", 1)
