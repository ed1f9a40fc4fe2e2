"""Real files of every format, damaged: each is a profile with an answer to every question, or an error.

Bytes are cut, doubled, moved and replaced; of JSON, and of nflxprofile's messages, values too, so that
the result is well-formed and its meaning is not.
"""

from __future__ import annotations

import copy
import gzip
import json
import math
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flamescope_py.readers.nflx import nflxprofile_pb2
from tests.support.answers import check
from tools.fuzz.mutation import PIECES, VALUES, places, smaller

DATA = Path(__file__).resolve().parents[1] / "data"
HEAD = 12_000
# Of the lists of JSON: an example takes milliseconds.
LONGEST = 200
TYPES = [
    "unknown",
    "perf",
    "cpuprofile",
    "trace_event",
    "firefox",
    "nflxprofile",
    "folded",
    "jfr",
    "pprof",
    "v8log",
    "stackprof",
    "stacks",
    "macos_sample",
    "simpleperf",
    "perf_json",
]


def content(path: Path) -> bytes:
    data = path.read_bytes()
    return gzip.decompress(data) if path.suffix == ".gz" else data


def corpus(*patterns: str) -> dict[str, bytes]:
    found = {path.name: content(path) for pattern in patterns for path in sorted(DATA.glob(pattern))}
    assert found
    return found


LINES = {
    name: data[:HEAD]
    for name, data in corpus(
        *(
            "perf/*.perf",
            "folded/*.folded",
            "java/*.gz",
            "v8log/*.log.gz",
            "stacks/*.txt",
            "macos_sample/*.txt",
        )
    ).items()
}
MESSAGES = corpus("nflxprofile/*.nflxprofile")
TREES = {
    name: smaller(json.loads(data), LONGEST)
    for name, data in corpus(
        "cpuprofile/*.gz",
        "compat/*.cpuprofile",
        "trace_event/node20.json.gz",
        "firefox/*.gz",
        "stackprof/*.json",
        "perf_json/*.gz",
    ).items()
}
BINARY = corpus("jfr/*.jfr.gz", "pprof/*.pb.gz", "otlp/*.otlp", "simpleperf/*.trace")
RAW = {
    **LINES,
    **MESSAGES,
    **BINARY,
    **{name: json.dumps(tree).encode()[:HEAD] for name, tree in TREES.items()},
}

bounded = settings(suppress_health_check=[HealthCheck.too_slow])


@st.composite
def damaged(draw: st.DrawFn, data: bytes) -> bytes:
    """Draw a file of which a few pieces are cut, doubled, turned round, moved or replaced."""
    found = bytearray(data)
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(found)))
        end = min(len(found), start + draw(st.integers(0, 60)))
        piece = bytes(found[start:end])
        moved = draw(st.integers(0, len(found)))
        other = bytes(found[moved : moved + 40])
        choice = st.sampled_from([*PIECES, piece * 2, piece[::-1], other]) | st.binary(max_size=12)
        found[start:end] = draw(choice)
    return bytes(found)


@pytest.mark.parametrize("name", RAW)
@bounded
@given(data=st.data(), type_name=st.sampled_from(TYPES))
def test_damaged_bytes(name: str, data: st.DataObject, type_name: str) -> None:
    check(data.draw(damaged(RAW[name])), type_name)


@pytest.mark.parametrize("name", TREES)
@bounded
@given(data=st.data(), type_name=st.sampled_from(TYPES[:5]))
def test_json_with_other_values(name: str, data: st.DataObject, type_name: str) -> None:
    tree = copy.deepcopy(TREES[name])
    spots = places(tree)
    for _ in range(data.draw(st.integers(1, 4))):
        container, key = spots[data.draw(st.integers(0, len(spots) - 1))]
        if isinstance(container, dict) and data.draw(st.booleans()):
            container.pop(key, None)
        else:
            container[key] = data.draw(st.sampled_from(VALUES))
    check(json.dumps(tree).encode(), type_name)


@pytest.mark.parametrize("name", MESSAGES)
@bounded
@given(data=st.data())
def test_messages_with_other_numbers(name: str, data: st.DataObject) -> None:
    message = nflxprofile_pb2.Profile()
    message.ParseFromString(MESSAGES[name])
    numbers = st.sampled_from([0, 1, 7, 2**31 - 1, 2**32 - 1])
    times = st.sampled_from([0.0, -1.0, 1e308, -1e308, math.nan, math.inf, 1e-320])
    for entry in message.nodes:
        if data.draw(st.booleans()):
            entry.value.children[:] = data.draw(st.lists(numbers, max_size=4))
    for field, drawn in (("samples", numbers), ("time_deltas", times)):
        column = getattr(message, field)
        for place in range(len(column)):
            if data.draw(st.integers(0, 3)) == 0:
                column[place] = data.draw(drawn)
    check(message.SerializeToString(), "nflxprofile")
