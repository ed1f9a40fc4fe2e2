from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

from flamescope_py.fleet import schema
from flamescope_py.fleet.labels import Labels
from flamescope_py.fleet.placing import DAY, MINUTE, place
from flamescope_py.fleet.writing.rows import Source, rows_of
from flamescope_py.readers.source import read_profile
from tests.support.fleet import LATER, MIDNIGHT, capture, collect, names, rows
from tests.support.perf_text import sample, script

WALL = MIDNIGHT * 1_000_000


def test_samples_have_wall_time_labels_and_threads(tmp_path: Path) -> None:
    done = collect(tmp_path, capture(MIDNIGHT + 5, "read", "idle"), "service=web", "host=web-1")
    assert (done.outcome, done.samples, done.service, done.host) == ("placed", 2, "web", "web-1")
    first, second = sorted(rows(tmp_path, "samples"), key=lambda row: row["ts"])
    assert first["ts"] == WALL + 5_000_000
    assert second["ts"] == WALL + 5_010_000
    assert (first["service"], first["host"], first["cpu"], first["weight"], first["main"]) == (
        "web",
        "web-1",
        0,
        1,
        1,
    )
    assert (first["idle"], second["idle"]) == (0, 1)
    assert (first["thread"], second["thread"]) == ("7/8 web", "0/0 swapper")
    assert first["event"] == second["event"]


def test_equal_stacks_of_different_hosts_are_one_node(tmp_path: Path) -> None:
    collect(tmp_path, capture(MIDNIGHT, "read"), "host=a")
    collect(tmp_path, capture(MIDNIGHT + 1, "read", "write"), "host=b")
    found = [row["node"] for row in sorted(rows(tmp_path, "samples"), key=lambda row: row["ts"])]
    assert found[0] == found[1] != found[2]
    nodes = {row["node"]: row for row in rows(tmp_path, "nodes")}
    frames = {row["frame"]: row["name"] for row in rows(tmp_path, "frames")}
    path, node = [], found[2]
    while node:
        path.append(frames[nodes[node]["frame"]])
        node = nodes[node]["parent"]
    assert path == ["write", "main", "web"]
    assert nodes[found[2]]["depth"] == 3


def test_a_profile_over_midnight_is_cut_there(tmp_path: Path) -> None:
    collect(tmp_path, capture(MIDNIGHT - 1, *["read"] * 4, step=0.5), "service=web")
    days = [name.split("/")[1] for name in names(tmp_path) if name.startswith("samples")]
    assert days == ["date=2020-11-01", "date=2020-11-02"]
    assert sum(row["samples"] for row in rows(tmp_path, "minutes")) == 4


def test_minutes_count_samples_busy_time_and_observed_time(tmp_path: Path) -> None:
    # 100 Hz for 90 s, of which every fourth sample is idle.
    leaves = ["read", "read", "read", "idle"] * 2250
    collect(tmp_path, capture(MIDNIGHT + 30, *leaves))
    first, second = sorted(rows(tmp_path, "minutes"), key=lambda row: row["minute"])
    assert (first["minute"], second["minute"]) == (WALL, WALL + MINUTE)
    assert (first["samples"], second["samples"]) == (3000, 6000)
    assert (first["idle"], second["idle"]) == (750, 1500)
    assert (first["observed_us"], second["observed_us"]) == (30_000_000, 59_990_000)
    assert first["busy_us"] == pytest.approx(0.75 * 30_000_000, rel=0.01)


def test_only_plain_types_are_in_the_files(tmp_path: Path) -> None:
    collect(tmp_path, capture())
    for name in names(tmp_path):
        found = pq.read_schema(tmp_path / name)
        assert {str(field.type) for field in found} <= {"int64", "string"}
        assert not found.metadata
        assert schema.mismatch(name.split("/")[0], found) == ""


def test_times_since_boot_are_listed_and_not_placed(tmp_path: Path) -> None:
    done = collect(tmp_path, capture(5000))
    assert done.outcome == "listed"
    assert "perf record -k CLOCK_REALTIME" in done.reason
    (row,) = rows(tmp_path, "profiles")
    assert (row["placed"], row["samples"], row["clock"]) == (0, 4, "none")
    assert not rows(tmp_path, "samples")
    assert not rows(tmp_path, "minutes")


def test_a_label_places_times_since_boot(tmp_path: Path) -> None:
    assert collect(tmp_path, capture(5000.25), "start=2020-11-02T00:00:00Z").outcome == "placed"
    assert min(row["ts"] for row in rows(tmp_path, "samples")) == WALL


def test_the_header_places_times_since_boot(tmp_path: Path) -> None:
    day = f"2020-11-02 00:00:00.500000 = {MIDNIGHT}.500000 (TOD)"
    header = f"# reference time: {day} = 4999.250000 (CLOCK_MONOTONIC)\n#\n"
    done = collect(tmp_path, header.encode() + capture(5000))
    assert done.outcome == "placed"
    assert min(row["ts"] for row in rows(tmp_path, "samples")) == WALL + 1_250_000


def test_a_clock_of_the_future_is_not_believed(tmp_path: Path) -> None:
    now = LATER // 1_000_000
    assert collect(tmp_path, capture(now + 2 * DAY // 1_000_000)).reason.startswith(
        "It starts more than a day after now"
    )
    assert collect(tmp_path, capture(now + 3600)).outcome == "placed"


def test_the_profile_has_its_source_rate_and_report(tmp_path: Path) -> None:
    collect(tmp_path, capture(MIDNIGHT, *["read"] * 200) + b"junk\n", "version=7", name="folder/a.perf")
    (row,) = rows(tmp_path, "profiles")
    assert (row["source"], row["version"], row["format"], row["unit"]) == (
        "folder/a.perf",
        "7",
        "perf",
        "samples",
    )
    assert row["millihertz"] == pytest.approx(100_000, rel=0.01)
    assert row["length"] == 1_990_000
    assert '"skipped":1' in row["report"]
    assert len(row["sha256"]) == 64


def test_samples_without_a_time_are_left_out_and_counted(tmp_path: Path) -> None:
    profile = read_profile(io.BytesIO(capture(MIDNIGHT, *["read"] * 5)), "perf")
    time = profile.samples.time.copy()
    time[3:] = np.nan
    mixed = replace(profile, samples=replace(profile.samples, time=time))
    found = place(mixed, Labels({}), LATER)
    assert found.reason.startswith("2 of its samples have no timestamps")
    made = rows_of(mixed, Source("0" * 64, "a"), Labels({}), found)
    assert {(table, day, len(part)) for (table, day), part in made.daily.items()} == {
        ("samples", "2020-11-02", 3),
        ("minutes", "2020-11-02", 1),
    }
    assert made.daily["minutes", "2020-11-02"]["samples"].to_pylist() == [3]


def test_minutes_have_a_row_of_every_event_and_one_of_the_main_event(tmp_path: Path) -> None:
    def at(second: float, event: str) -> str:
        return sample(f"{MIDNIGHT + second:.6f}", "main (/x)", event=event)

    events = (at(1, "cycles"), at(2, "cycles"), at(3, "page-faults"), at(130, "page-faults"))
    collect(tmp_path, script(*events))
    found = {
        ((row["minute"] - WALL) // MINUTE, row["event"]): (row["samples"], row["main"], row["windows"])
        for row in rows(tmp_path, "minutes")
    }
    assert found == {
        (0, "cycles"): (2, 1, 1),
        (0, "page-faults"): (1, 0, 0),
        (1, "cycles"): (0, 1, 1),
        (2, "cycles"): (0, 1, 1),
        (2, "page-faults"): (1, 0, 0),
    }


@pytest.mark.parametrize(
    ("start", "outcome"),
    [
        ("0001-01-02T00:00:00Z", "listed"),
        ("1969-12-31T23:59:59.5Z", "listed"),
        ("1970-01-01T00:00:00Z", "placed"),
    ],
)
def test_times_before_1970_are_listed(tmp_path: Path, start: str, outcome: str) -> None:
    done = collect(tmp_path, capture(), f"start={start}")
    assert (done.outcome, "before 1970" in done.reason) == (outcome, outcome == "listed")
    assert len(rows(tmp_path, "samples")) == (4 if outcome == "placed" else 0)
