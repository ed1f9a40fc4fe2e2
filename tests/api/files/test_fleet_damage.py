"""Questions about collections whose files were damaged or written by other programs."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from flamescope_py.errors import BrokenProfileError
from flamescope_py.fleet import schema
from flamescope_py.fleet.asking.stacks import Stacks
from flamescope_py.fleet.layout import parse
from flamescope_py.fleet.writing.compact import compact
from flamescope_py.settings import Settings
from tests.api.conftest import app_with
from tests.support.fleet import LATER, MIDNIGHT, capture, collect, files

HOUR = f"from={MIDNIGHT}&to={MIDNIGHT + 3600}"
QUESTIONS = (
    "",
    "?function=read&by=version",
    "matrix?step=60",
    f"matrix?step=3600&function=read&{HOUR}",
    "functions?by=service",
    "profiles",
    "flamegraph",
    "flamegraph?format=folded&host=a",
    "differential?service=web&compareService=web",
    f"heatmap?host=a&{HOUR}",
)
LARGE = 1 << 62


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A merged collection of two hosts."""
    place = tmp_path_factory.mktemp("sound") / "fleet"
    for host in ("a", "b"):
        collect(place, capture(MIDNIGHT + 60, "read", "parse<read", host), f"host={host}", "service=web")
    compact(files(place), LATER)
    return place


def replaced(name: str, value: Any) -> Callable[[pa.Table], pa.Table]:
    """Return a function that sets all values of a column."""

    def replace(rows: pa.Table) -> pa.Table:
        at = rows.column_names.index(name)
        kind = pa.binary() if isinstance(value, bytes) else rows[name].type
        field = pa.field(name, kind, nullable=value is None)
        return rows.set_column(at, field, pa.array([value] * rows.num_rows, kind))

    return replace


@pytest.mark.parametrize(
    ("table", "damage", "reason"),
    [
        ("samples", replaced("host", None), "may be empty"),
        ("samples", replaced("ts", LARGE), "has values from 4611686018427387904"),
        ("samples", replaced("weight", LARGE), "has values from"),
        ("samples", replaced("host", b"\xff"), "is binary, not string"),
        ("minutes", replaced("minute", -1), "has values from -1 to -1"),
        ("minutes", replaced("windows", 2), "has values from 2 to 2"),
        ("minutes", lambda rows: rows.slice(0, 0), "has no rows"),
        ("hours", replaced("samples", LARGE), "has values from"),
        ("functions", replaced("host", "nobody"), ""),
        ("stacks", replaced("node", 5), ""),
        ("samples", replaced("node", 5), ""),
        ("nodes", replaced("parent", 5), ""),
        ("frames", replaced("name", "same"), ""),
        ("profiles", replaced("units", "{"), ""),
        ("profiles", replaced("units", '{"cycles":1}'), ""),
        ("profiles", replaced("start", LARGE), "has values from"),
    ],
)
def test_no_damage_is_a_mistake_of_the_server(
    sound: Path,
    settings: Settings,
    tmp_path: Path,
    table: str,
    damage: Callable[[pa.Table], pa.Table],
    reason: str,
) -> None:
    place = shutil.copytree(sound, tmp_path / "fleet")
    (path,) = place.glob(f"{table}/**/*.parquet")
    pq.write_table(damage(pq.ParquetFile(path).read()), path, store_schema=False)
    left_out = {one.name.split("/")[0]: one.reason for one in files(place).snapshot().left_out}
    assert (table in left_out, reason in left_out.get(table, "")) == (bool(reason), True)
    client = app_with(settings, fleet=str(place), max_fleet_bytes=256 << 20).test_client()
    for question in QUESTIONS:
        answer = client.get(f"/fleet/{question}")
        assert answer.status_code in (200, 400, 416, 422), question
        assert answer.status_code == 200 or answer.get_json()["error"]


@pytest.mark.parametrize("table", ["samples", "minutes", "nodes", "frames", "profiles"])
def test_a_file_with_damaged_pages_is_left_out_and_named(
    settings: Settings, tmp_path: Path, table: str
) -> None:
    """Its end, which every snapshot looks at, is sound: the first question that reads it finds the damage."""
    place = tmp_path / "fleet"
    collect(place, capture(MIDNIGHT, "read"), "host=a", "service=web")
    before = set(place.rglob("*.parquet"))
    collect(place, capture(MIDNIGHT + 60, "read", "odd"), "host=b", "service=web")
    (path,) = (one for one in place.glob(f"{table}/**/*.parquet") if one not in before)
    data = bytearray(path.read_bytes())
    footer = int.from_bytes(data[-8:-4], "little") + 8
    data[4:-footer] = b"\xff" * (len(data) - footer - 4)
    path.write_bytes(data)
    assert files(place).snapshot().left_out == ()
    client = app_with(settings, fleet=str(place), max_fleet_bytes=256 << 20).test_client()
    reads = {"samples": "functions", "minutes": "matrix", "nodes": "flamegraph", "frames": "flamegraph"}
    answer = client.get(f"/fleet/{reads.get(table, 'profiles')}")
    assert answer.status_code == 200
    named = client.get("/fleet/matrix").get_json()
    assert (named["rows"], named["samples"]) == (["a"], [1])
    reasons = {one["name"]: one["reason"] for one in named["leftOutFiles"]}
    assert "cannot be read as Parquet" in reasons[path.relative_to(place).as_posix()]
    assert all("Another file" in one for name, one in reasons.items() if not name.startswith(table))


@pytest.mark.parametrize("parent", [[0, 2, 1], [0, 0, 2], [0, 1, 1]])
def test_stacks_that_do_not_end_in_the_root_are_refused(parent: list[int]) -> None:
    columns = {"node": [0, 1, 2], "parent": parent, "frame": [5, 6, 7], "depth": [0, 1, 2]}
    names = {"frame": [5, 6, 7], "name": ["root", "a", "b"], "library": [""] * 3, "kind": [""] * 3}
    nodes, frames = schema.table("nodes", columns), schema.table("frames", names)
    with pytest.raises(BrokenProfileError, match="do not end in the root"):
        Stacks.of(nodes, frames)


@pytest.mark.parametrize("day", ["2020-13-01", "2021-02-29", "0000-00-00"])
def test_a_folder_of_no_day_is_foreign(day: str) -> None:
    stem = f"{'0' * 32}-{'0' * 8}"
    assert parse(f"samples/date={day}/service=a/{stem}.parquet") is None
    assert parse(f"samples/date=2020-02-29/service=a/{stem}.parquet") is not None
