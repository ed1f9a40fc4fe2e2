"""Tables of many samples: read by several threads, and damage in any slice is a missing index."""

from __future__ import annotations

import os
import random
import shutil
import threading
import tracemalloc
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from flamescope_py.model import Profile, Samples
from flamescope_py.store.index import IndexStore
from flamescope_py.store.index_files import SLICE
from tests.support.reading import assert_same
from tests.unit.store.conftest import folder_of


@pytest.fixture(scope="module")
def large(profile: Profile) -> Profile:
    """A million samples that do not compress well: three slices, which several threads read."""
    chance = np.random.default_rng(1)
    columns = {name: np.resize(column, 1_000_000) for name, column in profile.samples.columns().items()}
    columns["time"] = 10 + np.sort(chance.random(1_000_000))
    columns["heat"] = chance.integers(0, 2**63, 1_000_000)
    columns["period"] = chance.integers(0, 2**63, 1_000_000).astype(np.uint64)
    return replace(profile, samples=Samples(**columns))


def slices_of(path: Path) -> int:
    return -(-path.stat().st_size // SLICE)


def test_a_table_of_several_slices_is_loaded(store: IndexStore, large: Profile, directory: Path) -> None:
    store.save(large, "a")
    path = folder_of(directory) / "samples.arrow"
    assert slices_of(path) > 2
    # Not compressed, as it would take longer to load.
    assert path.stat().st_size > sum(column.nbytes for column in large.samples.columns().values())
    found = store.load("a")
    assert found is not None
    assert_same(large, found)


def exchange(data: bytearray) -> None:
    """Each slice is sound, but in the wrong place."""
    data[:SLICE], data[SLICE : 2 * SLICE] = data[SLICE : 2 * SLICE], data[:SLICE]


def flip(data: bytearray, position: int) -> None:
    data[position] ^= 1


def lengthen(data: bytearray) -> None:
    data.extend(data[-SLICE:])


DAMAGES: dict[str, Callable[[bytearray], object]] = {
    "exchanged": exchange,
    "longer": lengthen,
    "one byte more": lambda data: data.append(0),
    "one byte less": lambda data: data.pop(),
    "cut between slices": lambda data: data.__delitem__(slice(2 * SLICE, None)),
    "first byte": lambda data: flip(data, 0),
    "end of the first slice": lambda data: flip(data, SLICE - 1),
    "begin of the second slice": lambda data: flip(data, SLICE),
    "last byte": lambda data: flip(data, -1),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_damage_in_any_slice_is_noticed(
    store: IndexStore, large: Profile, damage: str, caplog: pytest.LogCaptureFixture, directory: Path
) -> None:
    store.save(large, "a")
    path = folder_of(directory) / "samples.arrow"
    data = bytearray(path.read_bytes())
    DAMAGES[damage](data)
    path.write_bytes(data)
    assert store.load("a") is None
    assert "damaged" in caplog.text
    assert not path.parent.exists()


def test_a_table_that_grew_beyond_memory_takes_none(
    store: IndexStore, large: Profile, directory: Path
) -> None:
    store.save(large, "a")
    os.truncate(folder_of(directory) / "samples.arrow", 1 << 40)
    tracemalloc.start()
    try:
        assert store.load("a") is None
        assert tracemalloc.get_traced_memory()[1] < 2 * SLICE  # the other tables
    finally:
        tracemalloc.stop()


def test_an_index_that_is_cut_while_it_is_read_is_whole_or_none(
    store: IndexStore, large: Profile, directory: Path
) -> None:
    """A cut at any moment neither ends the process nor changes the result."""
    chance = random.Random(1)
    for _ in range(8):
        store.save(large, "a")
        path = folder_of(directory) / "samples.arrow"
        cut = threading.Timer(chance.uniform(0, 0.02), os.truncate, (path, chance.randrange(4 * SLICE)))
        cut.start()
        found = store.load("a")
        cut.join()
        if found is not None:
            assert_same(large, found)
        shutil.rmtree(path.parent, ignore_errors=True)
