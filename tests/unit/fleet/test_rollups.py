from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pytest

from flamescope_py.fleet import schema
from flamescope_py.fleet.asking.moment import Moment
from flamescope_py.fleet.asking.stacks import Stacks
from flamescope_py.fleet.collection import Collection
from flamescope_py.fleet.cut import Cut
from flamescope_py.fleet.placing import HOUR
from flamescope_py.fleet.writing import rollups as summing
from flamescope_py.fleet.writing.compact import Compacted, compact
from flamescope_py.fleet.writing.rollups import rollups
from tests.support.fleet import LATER, MIDNIGHT, answers, capture, cells, collect, files, opened, rows

HOSTS = ("a", "it's; --", "c")


def filled(place: Path) -> Path:
    """Collect three hosts of two versions over two hours, with a function that calls itself."""
    for number, host in enumerate(HOSTS):
        leaves = ["f<f<g<f", "g", "f", "idle"] * 3
        start = MIDNIGHT + 3500 + 40 * number
        collect(place, capture(start, *leaves, step=10.0), f"host={host}", f"version={number % 2}")
    return place


def asked(collection: Collection, at: Moment) -> tuple[list[dict[str, object]], ...]:
    """Return the answers that sums may make: totals, hours, a function and a tree."""
    cut = Cut(collection.span(at).whole(HOUR))
    found = (
        collection.totals(at, cut, "host"),
        collection.matrix(at, cut, "version", HOUR),
        collection.function_totals(at, cut, "f", "host"),
        collection.function_matrix(at, replace(cut, versions=("0",)), "g", "host", HOUR),
    )
    return tuple(cells(table) if "column" in table.column_names else table.to_pylist() for table in found)


def tables_of(place: Path) -> dict[str, pa.Table]:
    found = {name: pa.Table.from_pylist(rows(place, name), schema.SCHEMAS[name]) for name in schema.DAILY}
    stacks = Stacks.of(
        *(
            schema.in_order(name, pa.Table.from_pylist(rows(place, name), schema.SCHEMAS[name]))
            for name in (schema.NODES, schema.FRAMES)
        )
    )
    return dict(rollups(found[schema.SAMPLES], found[schema.MINUTES], stacks))


def test_sums_answer_as_the_rows_do(tmp_path: Path) -> None:
    collection = opened(filled(tmp_path))
    before = asked(collection, collection.moment())
    collection.close()
    # Each host has 12 samples: 6 with f, however often it is on the stack, and 6 with g.
    assert [row["samples"] for row in before[0]] == [12, 12, 12]
    assert {row["row"]: row["samples"] for row in before[2]} == dict.fromkeys(HOSTS, 6)
    assert [row["samples"] for row in before[3]] == [6, 2, 4]
    compact(files(tmp_path), LATER)
    collection = opened(tmp_path)
    at = collection.moment()
    span = collection.span(at)
    for path in (*tmp_path.glob("samples/*/*/*"), *tmp_path.glob("minutes/*/*/*")):
        path.unlink()
    assert asked(collection, at) == before
    assert collection.span(at) == span
    collection.close()


@pytest.mark.parametrize("block", [1, 7, 64, 1 << 20])
def test_blocks_of_any_size_have_the_same_sums(
    tmp_path: Path, block: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = tables_of(filled(tmp_path))
    monkeypatch.setattr(summing, "_BLOCK", block)
    found = tables_of(tmp_path)
    for name, table in whole.items():
        assert schema.in_order(name, found[name]).to_pylist() == schema.in_order(name, table).to_pylist()


def test_damaged_and_missing_sums_change_no_answer_and_are_made_again(tmp_path: Path) -> None:
    before = answers(filled(tmp_path), functions=("f", "g"))
    compact(files(tmp_path), LATER)
    assert answers(tmp_path, functions=("f", "g")) == before
    damaged = [next(tmp_path.glob(f"{name}/*/*/*.parquet")) for name in ("hours", "functions", "stacks")]
    damaged[0].write_bytes(b"PAR1")
    damaged[1].unlink()
    damaged[2].write_bytes(damaged[1].parent.name.encode())
    snapshot = files(tmp_path).snapshot()
    assert {one.name.split("/")[0] for one in snapshot.left_out} == {"hours", "functions", "stacks"}
    assert answers(tmp_path, functions=("f", "g")) == before
    assert compact(files(tmp_path), LATER).written == 8
    assert files(tmp_path).snapshot().left_out == ()
    assert answers(tmp_path, functions=("f", "g")) == before
    assert compact(files(tmp_path), LATER) == Compacted()


def test_a_collection_that_grows_has_sums_and_rows(tmp_path: Path) -> None:
    compact(files(filled(tmp_path / "one")), LATER)
    filled(tmp_path / "two")
    for place in (tmp_path / "one", tmp_path / "two"):
        collect(place, capture(MIDNIGHT + 3590, *["f", "g"] * 20, step=1.0), "host=late", "version=1")
    assert answers(tmp_path / "one", functions=("f", "g")) == answers(tmp_path / "two", functions=("f", "g"))
