from __future__ import annotations

import shutil
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from flamescope_py.errors import BrokenProfileError
from flamescope_py.fleet import layout, schema
from flamescope_py.fleet.counting import LeftOut
from flamescope_py.fleet.placing import DAY
from flamescope_py.fleet.snapshot import Files
from flamescope_py.fleet.writing.compact import Compacted, compact, distinct
from tests.support.fleet import (
    LATER,
    MIDNIGHT,
    DyingStorage,
    Killed,
    capture,
    collect,
    content,
    every_death,
    files,
    names,
    rows,
)

A_DAY = DAY // 1_000_000

OPEN_STORAGE = "flamescope_py.fleet.writing.ingest.open_storage"


def filled(place: Path) -> Path:
    """Collect two hosts of one service on two days, one of another, and one without a place in time."""
    for host in ("a", "b"):
        for day in (0, 1):
            collect(
                place, capture(MIDNIGHT + day * A_DAY, "read", f"{host}{day}"), "service=web", f"host={host}"
            )
    collect(place, capture(MIDNIGHT, "query"), "service=db/1", "host=c")
    collect(place, capture(5000))
    return place


def test_merging_changes_no_row_and_leaves_one_file_for_each_day_and_service(tmp_path: Path) -> None:
    before = content(filled(tmp_path))
    done = compact(files(tmp_path), LATER)
    assert (done.merged, done.dropped) == (6, 0)
    assert content(tmp_path) == before
    assert len([name for name in names(tmp_path) if name.startswith("samples/")]) == 3
    assert len(names(tmp_path)) == done.written + 1
    assert compact(files(tmp_path), LATER) == Compacted()


def test_later_profiles_are_merged_with_those_of_before(tmp_path: Path) -> None:
    compact(files(filled(tmp_path)), LATER)
    collect(tmp_path, capture(MIDNIGHT, "late"), "service=web", "host=z")
    before = content(tmp_path)
    assert compact(files(tmp_path), LATER).merged == 1
    assert content(tmp_path) == before
    assert len([name for name in names(tmp_path) if name.startswith("samples/")]) == 3
    assert collect(tmp_path, capture(MIDNIGHT, "late")).outcome == "known"


def test_a_day_that_is_not_over_stays_as_it_is(tmp_path: Path) -> None:
    now = (MIDNIGHT + A_DAY + 600) * 1_000_000
    before = content(filled(tmp_path))
    assert compact(files(tmp_path), now).merged == 4
    assert content(tmp_path) == before
    assert compact(files(tmp_path), LATER).merged == 2


def test_a_large_day_is_merged_into_parts(tmp_path: Path) -> None:
    before = content(filled(tmp_path))
    compact(files(tmp_path), LATER, most_rows=3)
    assert content(tmp_path) == before
    assert (
        len([name for name in names(tmp_path) if "service=web" in name and name.startswith("samples/")]) == 2
    )


def test_retention_drops_whole_days(tmp_path: Path) -> None:
    filled(tmp_path)
    # Over midnight: of this profile the second half is kept.
    collect(tmp_path, capture(MIDNIGHT + A_DAY - 1, *["half"] * 4, step=0.5), "service=web")
    now = (MIDNIGHT + 8 * A_DAY) * 1_000_000
    done = compact(files(tmp_path), now, keep_days=7)
    assert (done.merged, done.dropped) == (4, 3)
    assert {name.split("/")[1] for name in names(tmp_path) if name.startswith(("samples", "minutes"))} == {
        "date=2020-11-03"
    }
    assert len(rows(tmp_path, "samples")) == 6
    assert (
        min(row["start"] // DAY for row in rows(tmp_path, "profiles") if row["placed"]) == MIDNIGHT // A_DAY
    )
    assert compact(files(tmp_path), now + 2 * DAY, keep_days=7).dropped == 3
    assert rows(tmp_path, "samples") == []


def test_a_compaction_that_is_killed_anywhere_changes_no_answer(tmp_path: Path) -> None:
    for host in ("a", "b"):
        collect(tmp_path / "whole", capture(MIDNIGHT, "read", host), "service=web", f"host={host}")
    before = content(tmp_path / "whole")

    def make(changes: int) -> None:
        place = shutil.copytree(tmp_path / "whole", tmp_path / str(changes))
        compact(Files(DyingStorage(place, changes)), LATER)

    deaths = 0
    for changes in every_death(make):
        place = tmp_path / str(changes)
        assert content(place) == before
        compact(files(place), LATER)
        assert content(place) == before
        assert len([name for name in names(place) if name.startswith("samples/")]) == 1
        deaths += 1
    assert deaths > 15


def test_an_ingest_that_is_killed_anywhere_and_run_again_loses_and_doubles_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = capture(MIDNIGHT - 1, *["read"] * 4, step=0.5)
    collect(tmp_path / "whole", data)
    before = content(tmp_path / "whole")

    def make(changes: int) -> None:
        with monkeypatch.context() as patch:
            patch.setattr(OPEN_STORAGE, lambda place: DyingStorage(Path(place), changes))
            collect(tmp_path / str(changes), data)

    deaths = list(every_death(make))
    assert len(deaths) == 7
    for changes in deaths:
        place = tmp_path / str(changes)
        assert rows(place, "samples") == []
        # Other labels have other files: those of the first attempt count for nothing.
        assert collect(place, data).outcome == "placed"
        assert content(place) == before


def test_a_killed_ingest_counts_for_nothing_beside_one_with_other_labels(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(OPEN_STORAGE, lambda place: DyingStorage(Path(place), 4))
        with pytest.raises(Killed):
            collect(tmp_path, capture(), "service=wrong")
    collect(tmp_path, capture(), "service=right")
    assert {row["service"] for row in rows(tmp_path, "samples")} == {"right"}
    assert len(rows(tmp_path, "samples")) == 4


def _sample_file(place: Path) -> Path:
    return next(place.glob("samples/*/*/*.parquet"))


def _truncated(place: Path) -> str:
    path = _sample_file(place)
    path.write_bytes(path.read_bytes()[:-20])
    return "cannot be read as Parquet"


def _other_columns(place: Path) -> str:
    pq.write_table(pa.table({"x": [1]}), _sample_file(place))
    return "It has no column"


def _other_types(place: Path) -> str:
    path = _sample_file(place)
    found = pq.read_table(path)
    at = found.column_names.index("ts")
    pq.write_table(found.set_column(at, "ts", found["ts"].cast(pa.float64())), path)
    return "Its column 'ts' is double, not int64."


def _empty(place: Path) -> str:
    _sample_file(place).write_bytes(b"")
    return "cannot be read as Parquet"


@pytest.mark.parametrize("damage", [_truncated, _other_columns, _other_types, _empty])
def test_a_bad_file_is_left_out_named_and_never_merged(tmp_path: Path, damage: object) -> None:
    collect(tmp_path, capture(), "service=web", "host=a")
    reason = damage(tmp_path)  # type: ignore[operator]
    collect(tmp_path, capture(MIDNIGHT, "other"), "service=web", "host=b")
    snapshot = files(tmp_path).snapshot()
    assert len(snapshot.files["samples"]) == len(snapshot.files["minutes"]) == 1
    table = {one.name.split("/")[0]: one.reason for one in snapshot.left_out}
    assert reason in table["samples"]
    assert "Another file" in table["minutes"]
    with pytest.raises(BrokenProfileError, match="left out"):
        compact(files(tmp_path), LATER)


@pytest.mark.parametrize("table", ["nodes", "frames"])
def test_a_profile_without_its_stacks_is_left_out_whole(tmp_path: Path, table: str) -> None:
    collect(tmp_path, capture(), "host=a")
    (path,) = (tmp_path / table).iterdir()
    path.unlink()
    snapshot = files(tmp_path).snapshot()
    assert not any(snapshot.files.values())
    assert len(snapshot.left_out) == 4


def test_a_missing_merged_file_is_named(tmp_path: Path) -> None:
    filled(tmp_path)
    compact(files(tmp_path), LATER)
    path = _sample_file(tmp_path)
    path.unlink()
    left_out = files(tmp_path).snapshot().left_out
    assert (
        LeftOut(path.relative_to(tmp_path).as_posix(), "The file is missing: ingest its profile again.")
        in left_out
    )


def test_a_foreign_file_is_named_and_left_alone(tmp_path: Path) -> None:
    filled(tmp_path)
    for name in ("samples/notes.txt", "profiles/x.parquet", "samples/date=2020-11-02/x.parquet"):
        (tmp_path / name).write_bytes(b"x")
    snapshot = files(tmp_path).snapshot()
    assert {one.reason for one in snapshot.left_out} == {"Not a file of a collection: move it elsewhere."}
    assert len(snapshot.left_out) == 3
    compact(files(tmp_path), LATER)
    assert (tmp_path / "samples/notes.txt").exists()


@pytest.mark.parametrize("state", [b"{", b"", b'{"files":["\xca"]}', b'{"number":"1"}'])
def test_a_damaged_state_is_an_error_that_names_it(tmp_path: Path, state: bytes) -> None:
    filled(tmp_path)
    compact(files(tmp_path), LATER)
    (tmp_path / layout.state_name(1)).write_bytes(state)
    with pytest.raises(BrokenProfileError, match=r"states/00000001\.json is damaged"):
        files(tmp_path).snapshot()


def test_two_rows_of_one_hash_are_found() -> None:
    same = schema.table(
        "frames", {"frame": [1, 1], "name": ["a", "b"], "library": ["", ""], "kind": ["", ""]}
    )
    with pytest.raises(BrokenProfileError, match="same hash"):
        distinct("frames", same)
