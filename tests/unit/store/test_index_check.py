"""Indexes with right checksums and wrong content: a missing index, never a crash or a wrong picture."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pyarrow as pa
import pytest
from isal import isal_zlib

from flamescope_py.analysis.facets import facets
from flamescope_py.errors import ConfigError
from flamescope_py.model import Profile, Samples
from flamescope_py.settings import Settings
from flamescope_py.store import index_files
from flamescope_py.store.index import IndexStore
from flamescope_py.store.index_check import require_private
from flamescope_py.store.index_files import SLICE
from flamescope_py.store.index_sizes import uncompressed_bytes
from flamescope_py.web import create_app
from tests.unit.store.conftest import folder_of

Columns = dict[str, Any]


@pytest.fixture
def folder(store: IndexStore, directory: Path, profile: Profile) -> Path:
    """The folder of a sound index."""
    store.save(profile, "a")
    assert store.load("a") is not None
    return folder_of(directory)


def checksums(path: Path) -> list[int]:
    data = path.read_bytes()
    return [isal_zlib.crc32(data[start : start + SLICE]) for start in range(0, len(data), SLICE)]


def seal(folder: Path, change: Callable[[dict[str, Any]], object] = lambda facts: None) -> None:
    """Write correct checksums into a changed index, as an attacker would."""
    facts = orjson.loads((folder / "meta.json").read_bytes().partition(b"\n")[2])
    change(facts)
    facts["checksums"] = {name: checksums(folder / f"{name}.arrow") for name in index_files.TABLES}
    body = orjson.dumps(facts)
    (folder / "meta.json").write_bytes(b"%08x\n" % isal_zlib.crc32(body) + body)


def rewrite(folder: Path, name: str, change: Callable[[Columns], object]) -> None:
    path = folder / f"{name}.arrow"
    with pa.OSFile(str(path), "rb") as file:
        table = pa.ipc.open_file(file).read_all()
    columns: Columns = {
        column: table[column].to_pylist()
        if pa.types.is_string(table[column].type)
        else table[column].to_numpy().copy()
        for column in table.column_names
    }
    change(columns)
    made = pa.table({column: pa.array(values) for column, values in columns.items()})
    with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_file(sink, made.schema) as writer:
        writer.write_table(made)
    seal(folder)


def put(column: str, row: int, value: float) -> Callable[[Columns], object]:
    def change(columns: Columns) -> None:
        columns[column][row] = value

    return change


def as_type(column: str, kind: type) -> Callable[[Columns], object]:
    def change(columns: Columns) -> None:
        columns[column] = columns[column].astype(kind)

    return change


CHANGES: list[tuple[str, Callable[[Columns], object]]] = [
    ("tree", put("parent", 5, 6)),
    ("tree", put("parent", 5, 5)),
    ("tree", put("parent", 0, 1)),
    ("tree", put("parent", -1, 0)),
    ("tree", put("end", 3, 1)),
    ("tree", put("end", 3, (1 << 32) - 1)),
    ("tree", put("end", 0, 1)),
    ("tree", put("depth", 4, 0)),
    ("tree", put("depth", 4, (1 << 32) - 1)),
    ("tree", put("frame", 2, (1 << 32) - 1)),
    ("tree", as_type("parent", np.int64)),
    ("tree", as_type("end", np.float64)),
    ("samples", put("node", 0, (1 << 32) - 1)),
    ("samples", put("thread", 0, (1 << 32) - 1)),
    ("samples", put("event", 0, (1 << 16) - 1)),
    ("samples", put("time", 3, 0.0)),
    ("samples", put("time", 3, float("nan"))),
    ("samples", put("time", -1, float("inf"))),
    ("samples", as_type("time", np.float32)),
    ("samples", lambda columns: columns.pop("node")),
    ("samples", lambda columns: columns.update(more=columns["node"])),
    ("threads", lambda columns: columns.update(command=columns["pid"])),
    ("frames", lambda columns: columns["name"].__setitem__(0, None)),
]


def test_a_rewritten_index_is_as_good_as_before(store: IndexStore, folder: Path) -> None:
    for name in index_files.TABLES:
        rewrite(folder, name, lambda columns: None)
    assert store.load("a") is not None


@pytest.mark.parametrize(("table", "change"), CHANGES)
def test_a_wrong_column_is_a_missing_index(
    store: IndexStore, folder: Path, table: str, change: Callable[[Columns], object]
) -> None:
    rewrite(folder, table, change)
    assert store.load("a") is None


@pytest.mark.parametrize(
    "change",
    [
        lambda facts: facts["meta"].update(events=[]),
        lambda facts: facts["meta"].update(events=[1]),
        lambda facts: facts["meta"].update(first="x"),
        lambda facts: facts["meta"].update(last=-1e300),
        lambda facts: facts.update(meta=[]),
        lambda facts: facts.update(report=[]),
        lambda facts: facts["report"].update(samples=-1),
        lambda facts: facts["report"].update(notes=[1]),
    ],
)
def test_wrong_facts_are_a_missing_index(
    store: IndexStore, folder: Path, change: Callable[[dict[str, Any]], object]
) -> None:
    seal(folder, change)
    found = store.load("a")
    # Without events, rows of the first one are still right.
    assert found is None or set(found.samples.event) == {0}
    assert found is None or facets(found).events == []


@pytest.mark.parametrize("table", index_files.TABLES)
def test_no_byte_of_an_index_ends_the_process(
    store: IndexStore, folder: Path, table: str, profile: Profile
) -> None:
    """Every byte may be any other one, offsets of strings and lengths of buffers included."""
    path = folder / f"{table}.arrow"
    whole, chance = path.read_bytes(), random.Random(table)
    for _ in range(100):
        data = bytearray(whole)
        for _ in range(chance.randint(1, 4)):
            data[chance.randrange(len(data))] = chance.randrange(256)
        path.write_bytes(data)
        seal(path.parent)
        found = store.load("a")
        if found is None:
            store.save(profile, "a")
        else:
            assert len(found.tree.totals(np.zeros(len(found.tree), np.int64))) == len(found.tree)
            assert all(isinstance(name, str) for name in found.frames.name)


def compressed(folder: Path, name: str) -> bytearray:
    return bytearray((folder / f"{name}.arrow").read_bytes())


def test_the_size_in_memory_is_that_of_the_columns(folder: Path) -> None:
    for name in index_files.TABLES:
        data = compressed(folder, name)
        table = pa.ipc.open_file(pa.py_buffer(bytes(data))).read_all()
        # A column of texts has one offset more than rows, and may be padded.
        assert table.nbytes <= uncompressed_bytes(memoryview(data)) <= table.nbytes + 64
        assert len(data) < table.nbytes + 2000


@pytest.mark.parametrize("size", [1 << 40, (1 << 63) - 1, -2, -(1 << 63)])
def test_a_forged_size_is_a_missing_index_before_it_is_memory(
    store: IndexStore, folder: Path, size: int, caplog: pytest.LogCaptureFixture
) -> None:
    data = compressed(folder, "tree")
    table = pa.ipc.open_file(pa.py_buffer(bytes(data))).read_all()
    honest = (4 * table.num_rows).to_bytes(8, "little")
    # The size of the first column stands before it and nowhere else.
    place = data.index(honest)
    data[place : place + 8] = size.to_bytes(8, "little", signed=True)
    (folder / "tree.arrow").write_bytes(data)
    seal(folder)
    assert store.load("a") is None
    assert "damaged" in caplog.text


def test_an_index_that_unpacks_to_more_than_is_allowed_is_a_missing_one(
    directory: Path, profile: Profile
) -> None:
    """Half a million equal rows compress to a few kilobytes."""
    columns = {name: np.repeat(column[-1:], 500_000) for name, column in profile.samples.columns().items()}
    bomb = replace(profile, samples=Samples(**columns))
    IndexStore(directory, 1 << 30).save(bomb, "a")
    assert (folder_of(directory) / "samples.arrow").stat().st_size < 1_000_000
    assert IndexStore(directory, 1 << 30, memory=1 << 20).load("a") is None


@pytest.mark.parametrize("mode", [0o777, 0o775, 0o702, 0o1777])
@pytest.mark.parametrize("place", [".", "index", "catalog"])
def test_a_cache_that_others_may_write_is_refused(tmp_path: Path, place: str, mode: int) -> None:
    cache = tmp_path / "cache"
    (cache / place).mkdir(parents=True)
    require_private(cache)
    (cache / place).chmod(mode)
    with pytest.raises(ConfigError, match="Other users may write to the cache directory"):
        create_app(Settings(profile_dir=tmp_path, cache_dir=cache))
