"""Array operations and the pattern read the same times, line for line."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flamescope_py.readers.perf.lines import HEAD, TIME, has_decimals
from flamescope_py.readers.perf.times import MAX_SHAPES, read_times
from tests.support.strategies import bounded

LINES = [
    b"node 12058  4000.001185:   10101010 cpu-clock:ppp:",
    b"node 12058 14000.001186:   10101010 cpu-clock:ppp:",
    b"V8 Worker 1/2 [003]   4000.001185123: cycles:",
    b"a 1 9007199254740993.000001: x:",
    b"a 1 999999999.999999: x:",
    b"a 1 0.3: x:",
    b"a\t1\t7.000001: x:",
    b"a 1 b2: 7.000001: x:",
    b"a 1 c 1.5: 7.000001: x:",
    b"1.000001: x:",
    b" 1.000001: x:",
    b"x" * 301 + b" 1.000001: x:",
    b"a" + b" " * 60 + b"1.000001: x:",
    b"a 1 1..00001: x:",
    b"a 1 .000001: x:",
    b"a 1 1.000001 x:",
    b"a 1 12345678901234567890.000001: x:",
    "ä 1 7.000001: ö:".encode(),
    b"a 1 1.000001:",
    b"no colon",
]
lines = st.lists(st.sampled_from(LINES) | st.from_regex(rb"[a1 .:]{0,9}", fullmatch=True), max_size=12)


def agree(texts: list[bytes]) -> None:
    text = b"".join(line + b"\n" for line in texts)
    ends = np.cumsum([0] + [len(line) + 1 for line in texts], dtype=np.int32)
    times = read_times(text, ends)
    for row, line in enumerate(texts):
        match = HEAD.fullmatch(line)
        # Where the first time may be the end of a name, the line reader decides.
        unsure = match and not has_decimals(match[2]) and TIME.search(match[3])
        assert times.found[row] == (match is not None and not unsure), line
        if match and not unsure:
            start = ends[row]
            assert times.time[row] == float(match[2])
            assert text[start : times.task_end[row]].rstrip(b" \t") == match[1].rstrip(b" \t")
            assert text[times.trigger_start[row] : ends[row + 1] - 1] == match[3]


@bounded
@given(texts=lines)
def test_they_agree_with_the_pattern(texts: list[bytes]) -> None:
    agree(texts)


@pytest.mark.parametrize("line", LINES)
def test_every_line_alone_and_behind_one_of_its_shape(line: bytes) -> None:
    agree([line])
    agree([line, line, LINES[0], line])


def test_no_line_and_more_shapes_than_are_tried() -> None:
    agree([])
    shapes = [b"a 1 %d.%s: x:" % (10**width, b"5" * (1 + width % 9)) for width in range(12)]
    assert len(shapes) > MAX_SHAPES
    agree(shapes * 2)
