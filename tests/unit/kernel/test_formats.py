"""The kernel's functions for protocol buffers, JFR and stacks of numbered frames, against Python's."""

from __future__ import annotations

import gzip
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any
from unittest import mock

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flamescope_py import _kernel
from flamescope_py.errors import FlameScopeError
from flamescope_py.model import Profile, ProfileBuilder
from flamescope_py.readers import prefixes
from flamescope_py.readers.jfr import events, stacks
from flamescope_py.readers.jfr.cursor import Cursor, CutError
from flamescope_py.readers.jfr.traces import TraceLayout, Traces
from flamescope_py.readers.prefixes import Prefixes
from flamescope_py.readers.protobuf import messages, places, values, varints
from tests.support.kernel import without_kernel
from tests.support.reading import assert_same, read
from tests.support.strategies import bounded
from tests.unit.kernel.test_kernel import SANITIZERS, compiled

DATA = Path(__file__).resolve().parents[2] / "data"
FILES = {
    path.name: gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    for pattern in ("jfr/*.gz", "pprof/*.gz", "otlp/*.otlp", "v8log/*20.log.gz")
    for path in sorted(DATA.glob(pattern))
}
# Numbers of every kind, of too many digits and in no form of JSON.
COLUMNS = (
    b'{"time":[0,-1,2.5,1e3,-1.25E-2,12345678901234567,1.2345678901234567,null],"b":"\\"a\\\\",'
    b'"a":[1 ,\n2\t],"time":[01],"a":[.5,1.],"a":[nul],"a":[12345678901234567890123],"time":[1e999,1e-999],'
    b'"a":[],"time":[-],"data":[[1,2.5],[null,3,4e1],[] , [7]],"data":[[1,[2]]],"data":[1],"data":[[1],2]}'
)
pytestmark = pytest.mark.skipif(_kernel.load() is None, reason="There is no kernel to compare.")

# Bytes of small numbers, of cut ones and of the longest, and fields of all kinds.
pieces = st.sampled_from(
    [
        b"\x80" * 9,
        b"\xff" * 9 + b"\x01",
        b"\x0a\x02\x08\x01",
        b"\x10\x96\x01",
        b"\x19" + bytes(range(8)),
        b"\x25abcd",
        b"\x12\x00",
        b"\x0b",
        b"\x0a\xff\xff\xff\xff\x0f",
        b"\xfa\xff\xff\xff\xff\xff\xff\xff\xff\x01\x00",
    ]
)
binary = st.lists(pieces | st.binary(max_size=20), max_size=12).map(b"".join)


def alike(question: Callable[[], Any]) -> None:
    """Compare what the kernel and Python return or raise."""
    with without_kernel():
        expected = outcome(question)
    assert outcome(question) == expected


def outcome(question: Callable[[], Any]) -> Any:
    try:
        return plain(question())
    except CutError:
        return "cut"


def plain(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        return value.tolist()
    if isinstance(value, dict):
        return {key: plain(one) for key, one in value.items()}
    return [plain(one) for one in value] if isinstance(value, tuple | list) else value


@bounded
@given(data=binary, points=st.lists(st.integers(0, 300), max_size=20))
def test_numbers_and_fields_are_those_of_python(data: bytes, points: list[int]) -> None:
    array = varints.padded(data)
    cuts = np.sort(np.minimum(np.array([0, *points, len(data)], np.int64), len(data)))
    starts, ends = cuts[:-1], cuts[1:]
    for longest in (varints.PROTOBUF, varints.JFR):
        alike(lambda: varints.decode_all(array[: len(data)], longest))  # noqa: B023  called at once
        alike(lambda: varints.decode_at(array, np.array(points, np.int64), longest))  # noqa: B023
    alike(lambda: messages.scan(data, array, starts, ends))
    alike(lambda: places.places_of(data, array, 0, len(data)))
    found = messages.scan(data, array, starts, ends)[0]
    for part in (found, found.where(found.wire == messages.LENGTH)):
        alike(lambda: values.numbers(array, part, len(starts)))  # noqa: B023
        alike(lambda: values.fixed64(array, part, len(starts)))  # noqa: B023
        alike(lambda: values.distinct(data, array, part))  # noqa: B023


@bounded
@given(
    data=binary,
    count=st.integers(0, 30),
    layout=st.tuples(*[st.integers(0, 2)] * 2, st.integers(1, 4), st.integers(0, 3), st.integers(-1, 3)),
)
def test_events_and_stack_traces_are_those_of_python(
    data: bytes, count: int, layout: tuple[int, ...]
) -> None:
    before, behind, width, method, kind = layout
    shape = TraceLayout(before, behind, width, min(method, width - 1), min(kind, width - 1))
    array = varints.padded(data)
    alike(lambda: events.places(data, array, 0))

    def traces() -> list[Any]:
        found, cursor = Traces(), Cursor(data)
        cut = ""
        try:
            found.read(cursor, array, count, shape)
        except CutError:
            cut = "cut"
        return [cut, cursor.at if not cut else None, *found.columns()]

    alike(traces)


@bounded
@given(keys=st.lists(st.integers(0, 5) | st.integers(0, 1 << 62), min_size=1))
def test_keys_are_numbered_as_python_does(keys: list[int]) -> None:
    alike(lambda: stacks._numbered(np.array(keys, np.uint64)))


@bounded
@given(
    prefix=st.lists(st.integers(0, 40), max_size=40),
    ordered=st.booleans(),
    chosen=st.lists(st.integers(-1, 39), max_size=20),
)
def test_forests_are_those_of_python(prefix: list[int], ordered: bool, chosen: list[int]) -> None:
    rows = [
        one - 1 if ordered and one <= row else min(one, len(prefix)) - 1 for row, one in enumerate(prefix)
    ]
    if ordered:
        rows = [min(one, row - 1) for row, one in enumerate(rows)]

    def answers() -> list[Any]:
        builder = ProfileBuilder()
        frames = np.array([builder.frame(f"f{row % 5}") for row in range(len(rows))], np.int64)
        forest = Prefixes(np.array(rows, np.int64), frames)
        values = np.array([row if row % 3 else -1 for row in range(len(rows))], np.int64)
        known = [one for one in chosen if one < len(rows) and (one < 0 or not forest.circles[one])]
        stacks = np.array(known, np.int64)
        nodes, deep = forest.nodes(builder, stacks)
        paths = [builder.path(node) for node in nodes.tolist()]
        return [forest.depth.tolist(), forest.circles.tolist(), forest.inherit(values).tolist(), paths, deep]

    def without_circles() -> list[Any]:
        depth, circles, inherited, *rest = answers()
        # In a circle, and below one, there is no depth to speak of.
        depths = [None if one else deep for deep, one in zip(depth[1:], circles, strict=True)]
        return [depths, circles, inherited, rest]

    alike(without_circles)
    with mock.patch.object(prefixes, "MAX_DEPTH", 3):
        alike(without_circles)


@pytest.mark.parametrize("name", FILES)
@bounded
@given(data=st.data())
def test_damaged_files_are_read_alike(name: str, data: st.DataObject) -> None:
    content = bytearray(FILES[name])
    for _ in range(data.draw(st.integers(0, 3))):
        at = data.draw(st.integers(0, len(content)))
        content[at : at + data.draw(st.integers(0, 4))] = data.draw(st.binary(max_size=4))

    def profile() -> Profile | str:
        try:
            return read(bytes(content), "unknown")
        except FlameScopeError as error:
            return str(error)

    with without_kernel():
        expected = profile()
    found = profile()
    if isinstance(expected, str) or isinstance(found, str):
        assert found == expected
    else:
        assert_same(found, expected)


def test_nothing_outside_of_a_message_is_touched(tmp_path: Path) -> None:
    driver = compiled(tmp_path / "driver", *SANITIZERS, source=Path(__file__).with_name("wire_driver.c"))
    texts = {**FILES, "columns.json": COLUMNS * 40}
    for name, content in texts.items():
        (tmp_path / name).write_bytes(content)
    paths = [str(tmp_path / name) for name in texts]
    done = subprocess.run([str(driver), "7", "30", *paths], capture_output=True, text=True, check=False)
    assert done.stderr == ""
    assert done.stdout == f"{30 * (len(texts) + 1)} inputs\n"
