from __future__ import annotations

from pathlib import Path

import pytest

from flamescope_py.errors import ConfigError, ParameterError
from flamescope_py.fleet.labels import label_rules
from flamescope_py.fleet.places import open_storage
from flamescope_py.fleet.writing.ingest import Orders
from flamescope_py.fleet.writing.running import run
from flamescope_py.fleet.writing.sources import tasks
from tests.support.fleet import LATER, MIDNIGHT, capture, collect, content, names, rows


def ingest_all(source: Path, into: Path, *labels: str, pattern: str | None = None) -> dict[str, str]:
    orders = Orders(str(into), label_rules(labels, pattern), LATER)
    return {one.name: one.outcome for one in run(tasks([str(source)]), orders, 2)}


def test_a_folder_is_ingested_in_processes_and_a_second_time_changes_nothing(tmp_path: Path) -> None:
    source, into = tmp_path / "captures", tmp_path / "fleet"
    for host in ("a", "b", "c"):
        (source / host).mkdir(parents=True)
        (source / host / "one.perf").write_bytes(capture(MIDNIGHT, "read", host))
    (source / "README").write_text("Captures.")
    pattern = r"/(?P<host>[a-z])/one"
    found = ingest_all(source, into, "service=web", pattern=pattern)
    assert found == {
        "captures/README": "unknown",
        **{f"captures/{host}/one.perf": "placed" for host in ("a", "b", "c")},
    }
    before = content(into)
    assert {row["host"] for row in before["samples"]} == {"a", "b", "c"}
    again = ingest_all(source, into, "service=web", pattern=pattern)
    assert set(again.values()) == {"known", "unknown"}
    assert content(into) == before


def test_one_content_counts_once_whatever_its_name_and_labels(tmp_path: Path) -> None:
    source, into = tmp_path / "captures", tmp_path / "fleet"
    source.mkdir()
    for name in ("a", "b"):
        (source / name).write_bytes(capture())
    found = ingest_all(source, into, pattern="/(?P<host>[ab])$")
    assert sorted(found.values()) == ["known", "placed"]
    assert len(rows(into, "samples")) == 4
    assert len(rows(into, "profiles")) == 1


def test_two_writers_of_one_content_do_not_double_it(tmp_path: Path) -> None:
    # Neither has seen the other's files when it starts.
    for host in ("a", "b"):
        (tmp_path / host).mkdir()
        collect(tmp_path / host, capture(), f"host={host}")
        for name in names(tmp_path / host):
            target = tmp_path / "both" / name
            target.parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / host / name).rename(target)
    assert len(rows(tmp_path / "both", "samples")) == 4
    assert len(rows(tmp_path / "both", "profiles")) == 1


def test_a_listed_profile_is_placed_later_by_a_label(tmp_path: Path) -> None:
    assert collect(tmp_path, capture(5000)).outcome == "listed"
    assert collect(tmp_path, capture(5000)).outcome == "known"
    assert collect(tmp_path, capture(5000), "start=2020-11-02T00:00:00Z").outcome == "placed"
    assert collect(tmp_path, capture(5000), "start=2020-11-03T00:00:00Z").outcome == "known"
    assert len(rows(tmp_path, "samples")) == 4
    assert [row["placed"] for row in rows(tmp_path, "profiles")] == [1]


@pytest.mark.parametrize(
    ("data", "outcome", "reason"),
    [
        (b"", "failed", "is empty"),
        (b"not a profile\n" * 9, "unknown", "No line of its beginning"),
        (b"\x1f\x8b\x08\x00cut", "failed", ""),
        (b'{"nodes":[{"id":1}],"samples":[1', "unknown", "JSON that is neither"),
    ],
)
def test_a_file_that_is_no_profile_is_named_and_leaves_nothing(
    tmp_path: Path, data: bytes, outcome: str, reason: str
) -> None:
    done = collect(tmp_path / "fleet", data)
    assert (done.outcome, reason in done.reason) == (outcome, True)
    assert not (tmp_path / "fleet").exists()


def test_hostile_labels_stay_inside_of_the_collection(tmp_path: Path) -> None:
    hostile = "../../<img src=x>'; DROP TABLE samples --"
    assert collect(tmp_path / "fleet", capture(), f"service={hostile}", f"host={hostile}").outcome == "placed"
    assert [path.name for path in tmp_path.iterdir()] == ["fleet"]
    assert {row["service"] for row in rows(tmp_path / "fleet", "samples")} == {hostile}


def test_a_source_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ParameterError, match="There is no file or folder"):
        list(tasks([str(tmp_path / "nothing")]))


def test_a_file_in_the_place_of_the_collection_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(ConfigError, match="not a folder"):
        collect(tmp_path / "file", capture())


def test_a_place_of_another_kind_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="ftp:// is no place"):
        open_storage("ftp://host/fleet")
    assert open_storage(f"file://{tmp_path}").paths([]) == []


def test_a_bucket_without_obstore_is_a_clear_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "obstore", None)
    with pytest.raises(ConfigError, match=r"flamescope-py\[objects\]"):
        open_storage("s3://bucket/fleet")


def test_a_scheduler_without_dask_is_a_clear_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "distributed", None)
    orders = Orders(str(tmp_path / "fleet"), label_rules([]), LATER)
    with pytest.raises(ConfigError, match="pip install distributed"):
        list(run([], orders, 2, "tcp://127.0.0.1:1"))
