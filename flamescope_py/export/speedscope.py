"""Writes speedscope's JSON (https://www.speedscope.app/file-format-schema.json): one sampled profile.

It is meant for speedscope's left heavy and sandwich views. The stacks of a flame graph have no order in time,
so that the time order view shows them by name.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

import orjson

from flamescope_py import __version__
from flamescope_py.analysis.flamegraph import FlameGraph
from flamescope_py.export.stacks import stacks, valid
from flamescope_py.model.profile import MICROSECONDS, SAMPLES

SCHEMA = "https://www.speedscope.app/file-format-schema.json"
BATCH = 256


def speedscope(graph: FlameGraph, name: str, unit: str = SAMPLES) -> Iterator[bytes]:
    """Yield a flame graph in pieces; `unit` is the unit of its values."""
    frames = graph.frames
    head = {
        "$schema": SCHEMA,
        "name": valid(name),
        "exporter": f"flamescope-py {__version__}",
        "activeProfileIndex": 0,
        "shared": {"frames": [_frame(*frames[row][:2]) for row in range(len(frames))]},
    }
    weights = [own for own in graph.own.tolist() if own]
    profile = {
        "type": "sampled",
        "name": valid(name),
        "unit": MICROSECONDS if unit == MICROSECONDS else "none",
        "startValue": 0,
        "endValue": sum(weights),
        "weights": weights,
    }
    # Deep stacks repeat their callers: samples are written without keeping them.
    yield orjson.dumps(head)[:-1] + b',"profiles":[' + orjson.dumps(profile)[:-1] + b',"samples":['
    yield from _samples(graph)
    yield b"]}]}"


def _frame(name: str, library: str) -> dict[str, str]:
    frame = {"name": valid(name)}
    return frame | {"file": valid(library)} if library else frame


def _samples(graph: FlameGraph) -> Iterator[bytes]:
    texts = (orjson.dumps(stack) for stack, _ in stacks(graph))
    comma = b""
    while batch := list(islice(texts, BATCH)):
        yield comma + b",".join(batch)
        comma = b","
