"""Ticks that the kernel reads many at a time, against the same read one by one."""

from __future__ import annotations

import gzip
from pathlib import Path
from unittest import mock

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flamescope_py import _kernel
from flamescope_py.errors import FlameScopeError
from flamescope_py.model import Profile
from flamescope_py.readers.limits import MAX_DEPTH
from flamescope_py.readers.v8log import reader
from tests.support.kernel import without_kernel
from tests.support.reading import assert_same, cut
from tests.support.strategies import bounded

DATA = Path(__file__).resolve().parents[3] / "data" / "v8log"
pytestmark = pytest.mark.skipif(_kernel.load() is None, reason="There is no kernel to compare.")

addresses = st.sampled_from([0x1000, 0x1040, 0x1FFF, 0x2000, 0x8000, 0x9000, 0, (1 << 63) - 1, 1 << 63])
code = st.one_of(
    st.builds(
        "code-creation,JS,10,5,{:#x},{},f{},0x1,*".format,
        addresses,
        st.sampled_from([1, 64, 4096, 40_000]),
        st.integers(0, 3),
    ),
    st.builds("code-move,{:#x},{:#x}".format, addresses, addresses),
    st.builds("code-delete,{:#x}".format, addresses),
    st.builds("shared-library,/usr/bin/node,{:#x},{:#x},0".format, addresses, addresses),
)
callers = st.one_of(
    addresses.map(hex),
    st.sampled_from(
        ["+0x40", "-0x40", "+40", "-0x99999", "overflow", "0x", "+0x", "x", "", "0xZ", "+0x7fffffffffffffff"]
    ),
)
ticks = st.builds(
    "tick,{:#x},{},{},{},{}{}".format,
    addresses,
    st.sampled_from([0, 7, 1000, 10**14, -1, "x"]) | st.integers(0, 10**7),
    st.sampled_from([0, 1, "2", ""]),
    st.sampled_from(["0x0", "0x1000", "0x8000", "0x00", "z"]),
    st.sampled_from([0, 1, 3, 8, "", "-1", 10**10]),
    st.lists(callers, max_size=6).map(lambda found: "".join(f",{one}" for one in found)),
)
plain = st.builds(
    "tick,{:#x},{},{},0x1000,{}{}".format,
    addresses,
    st.integers(0, 10**7),
    st.integers(0, 1),
    st.sampled_from([0, 1, 8]),
    st.lists(addresses.map(hex) | st.just("+0x40"), max_size=6).map(
        lambda found: "".join(f",{one}" for one in found)
    ),
)
logs = st.lists(plain | ticks | code | st.sampled_from(["", "profiler,begin,1", "tick"]), max_size=30)


def outcome(chunks: list[bytes]) -> Profile | str:
    try:
        return reader.read(chunks)
    except FlameScopeError as error:
        return str(error)


def assert_alike(found: Profile | str, expected: Profile | str) -> None:
    if isinstance(found, str) or isinstance(expected, str):
        assert found == expected
    else:
        assert_same(found, expected)


@bounded
@given(lines=logs, points=st.lists(st.integers(0, 2_000), max_size=4), few=st.integers(1, 3))
def test_ticks_are_alike_one_by_one_and_together(lines: list[str], points: list[int], few: int) -> None:
    text = "".join(f"{line}\n" for line in lines).encode()
    with without_kernel():
        expected = outcome([text])
    with mock.patch.object(reader, "FEW", few):
        assert_alike(outcome([text]), expected)
        assert_alike(outcome(list(cut(text, sorted(points)))), expected)


def test_a_deep_stack_keeps_its_innermost_frames() -> None:
    names = "".join(f"code-creation,JS,10,5,{0x1000 * (row + 1):#x},16,f{row},0x1,*\n" for row in range(3))
    deep = ",".join(hex(0x1000 * (row % 3 + 1)) for row in range(2 * MAX_DEPTH))
    text = (names + f"tick,0x1000,5,0,0x0,0,{deep}\n" * 20).encode()
    with without_kernel():
        expected = outcome([text])
    assert_alike(outcome([text]), expected)


@pytest.mark.parametrize("path", sorted(DATA.glob("*.log.gz")), ids=lambda path: path.name)
def test_real_logs_are_read_alike(path: Path) -> None:
    text = gzip.decompress(path.read_bytes())
    with without_kernel():
        expected = outcome([text])
    assert_alike(outcome([text]), expected)
