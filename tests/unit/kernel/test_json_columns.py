"""Columns of numbers that the kernel takes out of JSON, against orjson and Python's own numbers."""

from __future__ import annotations

import copy
import gzip
from pathlib import Path
from typing import Any
from unittest import mock

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from flamescope_py import _kernel
from flamescope_py._kernel.json_arrays import number_arrays, numbers_of_arrays
from flamescope_py.errors import FlameScopeError
from flamescope_py.readers.firefox import reader
from flamescope_py.readers.firefox.tables import ROWS, Table, as_numbers
from flamescope_py.readers.json import columns
from flamescope_py.readers.json.columns import Columns, parse_columns
from flamescope_py.readers.json.text import parse
from tests.support.firefox import processed, text
from tests.support.kernel import without_kernel
from tests.support.reading import assert_same
from tests.support.strategies import bounded

SAMPLE = Path(__file__).resolve().parents[2] / "data" / "firefox" / "gecko.json.gz"
NAMES = ("stack", "time")
pytestmark = pytest.mark.skipif(_kernel.load() is None, reason="There is no kernel to compare.")

decimals = st.builds(
    "{}{}{}{}".format,
    st.sampled_from(["", "-"]),
    st.integers(0, 10**20),
    st.just("") | st.integers(0, 10**20).map(lambda one: f".{one:05}"),
    st.just("") | st.builds("{}{}".format, st.sampled_from(["e", "E+", "e-"]), st.integers(0, 40)),
)
numerals = (
    st.floats(allow_nan=False, allow_infinity=False).map(repr)
    | st.floats(0, 1e9).map(repr)
    | st.integers(-(1 << 70), 1 << 70).map(str)
    | decimals
)
odd = st.sampled_from(
    [
        "null",
        "nul",
        "01",
        "-",
        "1.",
        ".5",
        "+1",
        "1e",
        "1e999",
        "NaN",
        "true",
        '"1"',
        "[1]",
        "",
        "0",
        "-0",
        "{}",
    ]
)
values = st.lists(numerals | odd | st.just("null"), max_size=8).map(",".join)
blanks = st.sampled_from(["", " ", "\n\t", "x"])
members = st.builds(
    '{}"{}"{}:{}[{}]{}'.format,
    blanks,
    st.sampled_from([*NAMES, "other", "st\\u0061ck", 'a\\"stack', "time\\\\"]),
    blanks,
    blanks,
    values,
    blanks,
)
texts = st.lists(members, max_size=5).map(lambda found: "{" + ",".join(found) + "}")


def numbers(listed: list[str]) -> list[float]:
    """Return numbers as the kernel reads them, NaN where it leaves their array to orjson."""
    functions = _kernel.load()
    assert functions is not None
    data = "{" + ",".join(f'"time":[{one}]' for one in listed) + "}"
    array = np.frombuffer(data.encode(), np.uint8)
    starts, _, counts, widths = number_arrays(functions, array, b"time\n", b"", 2)
    assert len(starts) == len(listed)
    found, whole = numbers_of_arrays(functions, array, starts, counts, widths, np.inf)
    return np.where(whole, found, np.nan).tolist()  # type: ignore[no-any-return]


@bounded
@given(listed=st.lists(numerals, min_size=1, max_size=50))
# Halfway between two doubles, just beside, and the longest that are read.
@example(["9007199254740993", "9007199254740993.0", "0.9007199254740993", "9007199254740992.1", "1.5e-5"])
@example(["9999999999999999999", "0.9999999999999999999", "1844674407370955161.5", "1e22", "1e-19"])
def test_numbers_are_those_of_python(listed: list[str]) -> None:
    for found, one in zip(numbers(listed), listed, strict=True):
        assert np.isnan(found) or found == float(one)


def test_times_of_profilers_are_read_without_help() -> None:
    times = [row * 1.0 + row / 7 for row in range(1_000)]
    assert numbers([repr(one) for one in times]) == times


def outcome(data: bytes) -> Any:
    try:
        content, found = parse_columns(data, NAMES)
    except FlameScopeError as error:
        return str(error)
    return plain(content, found)


def plain(content: Any, found: Columns) -> Any:
    """Return a document with equal lists for columns that were taken out, and for all others of numbers."""
    table = found.filled(content)
    return {name: listed(value) if name in NAMES else value for name, value in table.items()}


def listed(value: Any) -> Any:
    is_column = isinstance(value, np.ndarray) or all(
        one is None or type(one) in (int, float) for one in value
    )
    return [repr(one + 0.0) for one in as_numbers(list(value)).tolist()] if is_column else value


@bounded
@given(data=texts)
@example('{"stack":[1,2],"stack":[3]}')
@example('{"time":[1 2]}')
@example('{"time":[1,2')
@example('{"time":["time":[1,2]]}')
def test_documents_are_those_of_orjson(data: str) -> None:
    with without_kernel():
        expected = outcome(data.encode())
    with mock.patch.object(columns, "LEAST_BYTES", 2):
        assert outcome(data.encode()) == expected


def test_a_fault_is_named_by_its_place_in_the_whole_text() -> None:
    data = b'{"time":[' + b"1," * 500 + b"1],\n" + b'"stack":[' + b"1," * 500 + b'1],"other":x}'
    with pytest.raises(FlameScopeError) as expected:
        parse(data)
    assert "line 2, column 1021" in str(expected.value)
    assert outcome(data) == str(expected.value)


rows = st.lists(values.map("[{}]".format) | odd, max_size=5).map(lambda found: f"[{','.join(found)}]")


@bounded
@given(data=st.lists(rows, max_size=4))
@example(["[[1,2],[3],[],[null,-4e1]]"])
@example(["[[1],2]", "[[[1]]]", "[[1,]]", "[[1]", "[1]]", "[[1]],", "[]"])
@example(["[[1],[" + "1," * 99 + "1]]", "[[1]" + ",[]" * 99 + "]"])
def test_rows_are_those_of_orjson(data: list[str]) -> None:
    for one in data:
        content = f'{{"schema":{{"a":0,"b":1,"c":"x"}},"data":{one}}}'.encode()

        def table(content: bytes = content) -> Any:
            try:
                found, taken = parse_columns(content, (), ROWS)
            except FlameScopeError as error:
                return str(error)
            own = Table(found, "a", taken)
            return [[repr(value + 0.0) for value in own.numbers(name).tolist()] for name in "abcd"]

        with without_kernel():
            expected = table()
        with mock.patch.object(columns, "LEAST_BYTES", 2):
            assert table() == expected


GECKO = parse(gzip.decompress(SAMPLE.read_bytes()))
DOCUMENTS = [text(GECKO), text(processed(copy.deepcopy(GECKO), shared=True))]


@bounded
@given(data=st.data())
def test_damaged_profiles_are_read_alike(data: st.DataObject) -> None:
    content = bytearray(data.draw(st.sampled_from(DOCUMENTS)))
    for _ in range(data.draw(st.integers(0, 3))):
        at = data.draw(st.integers(0, len(content)))
        content[at : at + data.draw(st.integers(0, 4))] = data.draw(
            st.binary(max_size=4) | st.sampled_from([b"1", b",", b"-", b"9" * 20, b"null", b"]"])
        )
    found = []
    for least in (2, columns.LEAST_BYTES):
        with mock.patch.object(columns, "LEAST_BYTES", least):
            found.append(profile(bytes(content)))
    with without_kernel():
        expected = profile(bytes(content))
    for one in found:
        if isinstance(one, str) or isinstance(expected, str):
            assert one == expected
        else:
            assert_same(one, expected)


def profile(data: bytes) -> Any:
    try:
        return reader.read([data])
    except FlameScopeError as error:
        return str(error)
