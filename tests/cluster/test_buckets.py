"""Collections in a bucket of a real S3 server, and its faults."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from flamescope_py.errors import BusyError, ConfigError, ForbiddenError, ProfileChangedError, TooLargeError
from flamescope_py.fleet.asking.engines import Bounds
from flamescope_py.fleet.asking.opening import open_engine
from flamescope_py.fleet.collection import Collection
from flamescope_py.fleet.cut import Cut
from flamescope_py.fleet.labels import label_rules
from flamescope_py.fleet.objects import ObjectStorage
from flamescope_py.fleet.snapshot import Files
from flamescope_py.fleet.writing.compact import compact
from flamescope_py.fleet.writing.ingest import Orders
from flamescope_py.fleet.writing.running import run
from flamescope_py.fleet.writing.sources import tasks
from flamescope_py.objects.copies import Copies
from flamescope_py.settings import Settings
from flamescope_py.web import create_app
from tests.support.fleet import LATER, MIDNIGHT, answers_of, capture, files, opened
from tests.support.processes.ports import free_ports


@pytest.fixture
def storage(bucket: str, tmp_path: Path) -> ObjectStorage:
    return ObjectStorage(bucket, Copies(tmp_path / "copies", 64 << 20))


@pytest.fixture
def captures(tmp_path: Path) -> Path:
    folder = tmp_path / "captures"
    for host in ("a", "b ü", "c"):
        (folder / host).mkdir(parents=True)
        for number in range(2):
            data = capture(MIDNIGHT + 60 * number - 30, "read", host, "parse<scan", step=20.0)
            (folder / host / f"{number}.perf").write_bytes(data)
    return folder


def fill(captures: Path, place: str) -> list[str]:
    rules = label_rules(["service=a/b=c"], r"/(?P<host>[^/]+)/\d\.perf$")
    return [one.outcome for one in run(tasks([str(captures)]), Orders(place, rules, LATER), 2)]


def collection_of(storage: ObjectStorage) -> Collection:
    return Collection(Files(storage), open_engine("duckdb", Bounds(256 << 20, 60, 1)))


def test_a_bucket_and_a_folder_have_equal_rows(
    captures: Path, bucket: str, storage: ObjectStorage, tmp_path: Path
) -> None:
    assert fill(captures, bucket) == ["placed"] * 6
    assert fill(captures, bucket) == ["known"] * 6
    assert fill(captures, str(tmp_path / "fleet")) == ["placed"] * 6
    here = answers_of(opened(tmp_path / "fleet"))
    assert answers_of(collection_of(storage)) == here
    assert compact(Files(storage), LATER) == compact(files(tmp_path / "fleet"), LATER)
    assert answers_of(collection_of(storage)) == here


def test_one_of_two_compactions_at_a_time_wins(storage: ObjectStorage) -> None:
    assert storage.create("states/00000001.json", b"one")
    assert not storage.create("states/00000001.json", b"two")
    assert storage.read("states/00000001.json") == b"one"


def test_an_object_that_is_replaced_while_it_is_read_is_an_error(storage: ObjectStorage) -> None:
    storage.write("big", os.urandom(3 << 20))
    with storage.open("big") as file:
        assert len(file.read(100)) == 100
        storage.write("big", os.urandom(3 << 20))
        file.seek(2 << 20)
        with pytest.raises(ProfileChangedError, match="big was replaced"):
            file.read(100)


def test_an_object_that_is_replaced_or_removed_after_it_was_listed_is_an_error(
    storage: ObjectStorage,
) -> None:
    storage.write("folder/one", b"1")
    (entry,) = storage.entries("folder")
    storage.write("folder/one", b"2")
    with pytest.raises(ProfileChangedError):
        storage.paths([entry])
    storage.remove("folder/one")
    storage.remove("folder/one")
    with pytest.raises(FileNotFoundError):
        storage.paths([entry])


def test_copies_are_bounded_and_used_again(bucket: str, storage: ObjectStorage, tmp_path: Path) -> None:
    small = ObjectStorage(bucket, Copies(tmp_path / "few", 2500))
    for number in range(4):
        storage.write(f"folder/{number}", bytes(1000))
    entries = sorted(small.entries("folder"))
    first = small.paths(entries[:2])
    assert small.paths(entries[:2]) == first
    small.paths(entries[2:])
    assert len(list((tmp_path / "few").iterdir())) == 2
    with pytest.raises(TooLargeError, match="max_objects_bytes"):
        small.paths(entries)


def test_a_server_answers_from_a_bucket_within_its_bounds(
    captures: Path, bucket: str, tmp_path: Path
) -> None:
    fill(captures, bucket)
    settings = Settings(profile_dir=tmp_path, cache_dir=tmp_path / "cache", fleet=bucket)
    found = create_app(settings).test_client().get("/fleet/").get_json()
    assert {row["row"]: row["samples"] for row in found["rows"]} == {"a": 6, "b ü": 6, "c": 6}
    small = replace(settings, cache_dir=tmp_path / "small", max_objects_bytes=100)
    refused = create_app(small).test_client().get("/fleet/")
    assert refused.status_code == 413
    assert "max_objects_bytes" in refused.get_json()["error"]


def test_wrong_credentials_are_named(bucket: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "wrong")
    wrong = ObjectStorage(bucket)
    for action in (
        lambda: list(wrong.entries("samples")),
        lambda: wrong.read("x"),
        lambda: wrong.write("x", b""),
    ):
        with pytest.raises(ForbiddenError, match="refuses these credentials"):
            action()


def test_a_bucket_that_is_not_there_is_named(bucket: str) -> None:
    with pytest.raises(ConfigError, match="no such bucket"):
        list(ObjectStorage("s3://nowhere/x").entries("samples"))
    with pytest.raises(ConfigError, match="no bucket"):
        ObjectStorage("s3://")


def test_a_server_that_is_gone_is_a_clear_error(bucket: str, monkeypatch: pytest.MonkeyPatch) -> None:
    (port,) = free_ports(1)
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{port}")
    with pytest.raises(BusyError, match="cannot be reached"):
        list(ObjectStorage(bucket).entries("samples"))


@pytest.mark.parametrize("name", ["ünï", "a b", "a%2Fb", "a+b", "x..", "'\"<>&"])
def test_odd_names_are_names(storage: ObjectStorage, name: str) -> None:
    storage.write(f"odd/{name}/x", b"1")
    assert [entry.name for entry in storage.entries("odd")] == [f"odd/{name}/x"]
    assert storage.read(f"odd/{name}/x") == b"1"


def test_a_damaged_object_is_left_out_and_named(captures: Path, bucket: str, storage: ObjectStorage) -> None:
    fill(captures, bucket)
    entry = next(iter(storage.entries("samples")))
    storage.write(entry.name, storage.read(entry.name)[:-9])
    collection = collection_of(storage)
    at = collection.moment()
    assert entry.name in {one.name for one in at.left_out}
    assert collection.totals(at, Cut(collection.span(at)), "host").num_rows > 0
