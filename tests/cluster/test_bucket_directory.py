"""A bucket as the profile directory, on a real S3 server."""

from __future__ import annotations

import gzip
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from flamescope_py.errors import ProfileChangedError
from flamescope_py.objects.bucket import ONE_PUT, Bucket
from flamescope_py.service import Service
from flamescope_py.settings import Settings
from flamescope_py.settings.types import BucketURL
from flamescope_py.store.attempts import FILE, INDEX
from flamescope_py.web import create_app
from flamescope_py.web.context import service_of
from tests.cluster.conftest import Server

EXAMPLES = Path(__file__).parents[2] / "examples"


def example() -> Path:
    """An example of the repository."""
    return min((path for path in EXAMPLES.glob("*.gz")), key=lambda path: path.stat().st_size)


@pytest.fixture
def objects(bucket: str) -> Bucket:
    return Bucket(bucket)


class Site:
    """A server of a bucket."""

    def __init__(self, bucket: str | Path, cache: Path, **settings: Any) -> None:
        self.settings = Settings(
            profile_dir=BucketURL(str(bucket)), cache_dir=cache, allow_changes=True, **settings
        )
        self.app = create_app(self.settings)
        self.service: Service = service_of(self.app)
        self.client: FlaskClient = self.app.test_client()

    def names(self) -> dict[str, str]:
        """Return the types by name, once everything was looked at."""
        for _ in range(600):
            answer = self.client.get("/profile/")
            if answer.status_code == 200 and answer.headers["X-Pending-Files"] == "0":
                return {row["filename"]: row["type"] for row in answer.get_json()}
            time.sleep(0.05)
        raise AssertionError("the list is never complete")

    def samples(self, name: str, **query: str) -> int:
        answer = self.client.get("/heatmap/", query_string={"filename": name, "type": "perf", **query})
        assert answer.status_code == 200, answer.get_json()
        return sum(map(sum, answer.get_json()["values"]))

    def lookups(self) -> dict[str, int]:
        return dict(self.service.vitals().lookups)


@pytest.fixture
def site(bucket: str, tmp_path: Path) -> Iterator[Site]:
    found = Site(bucket, tmp_path / "cache")
    yield found
    found.service.close()


@pytest.fixture
def local(tmp_path: Path) -> Iterator[Site]:
    """The same server over a folder."""
    folder = tmp_path / "local"
    folder.mkdir()
    settings = Settings(profile_dir=folder, cache_dir=tmp_path / "local-cache")
    found = Site.__new__(Site)
    found.settings, found.app = settings, create_app(settings)
    found.service, found.client = service_of(found.app), found.app.test_client()
    yield found
    found.service.close()


def test_a_bucket_and_a_folder_have_equal_answers(site: Site, local: Site, objects: Bucket) -> None:
    source = example()
    data = source.read_bytes()
    for name in (source.name, "folder/ü b.perf.gz", "folder/deep/other.gz"):
        objects.write(name, data)
        place = Path(str(local.settings.profile_dir)) / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(data)
    objects.write("folder/notes.txt", b"hello")
    (Path(str(local.settings.profile_dir)) / "folder/notes.txt").write_bytes(b"hello")
    objects.write("folder/.hidden", data)
    assert site.names() == local.names()
    query = {"filename": "folder/ü b.perf.gz"}
    for route in ("/heatmap/", "/flamegraph/", "/profile/info", "/findings/"):
        here, there = (one.client.get(route, query_string=query) for one in (local, site))
        assert there.status_code == 200, there.get_json()
        assert there.get_json() == here.get_json()
    download = site.client.get("/profile/download", query_string=query)
    assert download.data == data
    assert download.content_length == len(data)


def test_an_unchanged_object_is_neither_read_nor_fetched_again(
    site: Site, objects: Bucket, tmp_path: Path
) -> None:
    objects.write("a.gz", example().read_bytes())
    first = site.client.get("/heatmap/?filename=a.gz")
    again = site.client.get("/heatmap/?filename=a.gz", headers={"If-None-Match": first.headers["ETag"]})
    assert (first.status_code, again.status_code) == (200, 304)
    site.service.close()
    for copy in (tmp_path / "cache" / "profiles").iterdir():
        copy.unlink()
    restarted = Site(site.settings.profile_dir, tmp_path / "cache")
    assert restarted.client.get("/heatmap/?filename=a.gz").get_json() == first.get_json()
    assert restarted.lookups() == {"memory": 0, INDEX: 1, FILE: 0}
    assert list((tmp_path / "cache" / "profiles").iterdir()) == []
    restarted.service.close()


def test_a_replaced_object_is_another_profile(site: Site, objects: Bucket) -> None:
    data = example().read_bytes()
    objects.write("a", data)
    before = site.samples("a")
    text = gzip.decompress(data)
    objects.write("a", text[: text.rindex(b"\n\n", 0, len(text) // 2)])
    assert 0 < site.samples("a") < before
    objects.remove("a")
    gone = site.client.get("/heatmap/?filename=a")
    assert gone.status_code == 404
    assert "reload the list" in gone.get_json()["error"]


def test_a_version_that_is_replaced_between_its_ranges_is_an_error(site: Site, objects: Bucket) -> None:
    data = b"x" * (40 << 20)
    objects.write("big", data)
    with site.service._store.open("big") as opened:
        objects.write("big", data[:-1] + b"y")
        with pytest.raises(ProfileChangedError, match="big was replaced"), opened.on_disk(id):
            raise AssertionError("a mixture of two versions")


def test_servers_that_share_indexes_read_a_profile_once(bucket: str, objects: Bucket, tmp_path: Path) -> None:
    objects.write("a.gz", example().read_bytes())
    first = Site(bucket, tmp_path / "one", shared_index=True)
    expected = first.samples("a.gz")
    first.service.close()
    second = Site(bucket, tmp_path / "two", shared_index=True)
    assert second.samples("a.gz") == expected
    assert second.lookups() == {"memory": 0, INDEX: 1, FILE: 0}
    assert set(second.names()) == {"a.gz"}
    second.service.close()


@pytest.mark.parametrize("damage", [b"", b"\0\0\0\2{}", b"\xff" * 100])
def test_a_damaged_shared_index_is_made_again(
    bucket: str, objects: Bucket, tmp_path: Path, damage: bytes
) -> None:
    objects.write("a.gz", example().read_bytes())
    first = Site(bucket, tmp_path / "one", shared_index=True)
    expected = first.samples("a.gz")
    first.service.close()
    (name,) = (path.name for path in (tmp_path / "one" / "index").iterdir() if path.is_dir())
    objects.write(f".flamescope-index/{name}", damage)
    second = Site(bucket, tmp_path / "two", shared_index=True)
    assert second.samples("a.gz") == expected
    assert second.lookups()[FILE] == 1
    second.service.close()


def upload(site: Site, name: str, data: bytes, **query: str) -> Any:
    """Send a file as the page does."""
    headers = {"Content-Type": "application/octet-stream", "Origin": "http://localhost"}
    query = {"filename": name, **query}
    return site.client.post("/profile/", query_string=query, data=data, headers=headers)


def test_uploads_and_deletions(site: Site) -> None:
    data = gzip.decompress(example().read_bytes())
    for expected in ("new/a.perf", "new/a-2.perf"):
        answer = upload(site, "new/a.perf", data)
        assert answer.status_code == 201, answer.get_json()
        assert answer.get_json()["filename"] == expected
    taken = upload(site, "new/a.perf", data, exists="refuse")
    assert taken.status_code == 409
    refused = upload(site, "new/text", b"no profile")
    assert refused.status_code == 415
    assert set(site.names()) == {"new/a.perf", "new/a-2.perf"}
    assert site.client.delete("/profile/?filename=new/a.perf").status_code == 204
    assert site.client.delete("/profile/?filename=new/a.perf").status_code == 404
    assert set(site.names()) == {"new/a-2.perf"}


def test_a_large_object_comes_and_goes_in_parts(objects: Bucket, tmp_path: Path) -> None:
    path = tmp_path / "large"
    path.write_bytes(b"0123456789abcdef" * (ONE_PUT // 16 + 1))
    with path.open("rb") as file:
        assert objects.create_from("large", file)
        assert not objects.create_from("large", file)
    version = objects.head("large")
    assert version.size == path.stat().st_size
    assert objects.read_range(version, ONE_PUT, 16) == b"0123456789abcdef"


@pytest.mark.parametrize(
    "name", ["../a", "/a", "a//b", ".hidden", "a/../../b", "a\0b", "a\nb", "nothing", "a/"]
)
def test_names_outside_of_the_list_do_not_exist(site: Site, objects: Bucket, name: str) -> None:
    objects.write("a", example().read_bytes())
    answer = site.client.get("/heatmap/", query_string={"filename": name})
    assert answer.status_code == 404


def test_refused_credentials_are_the_answer(
    bucket: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "wrong")
    found = Site(bucket, tmp_path / "cache")
    for route in ("/profile/", "/heatmap/?filename=a"):
        answer = found.client.get(route)
        assert answer.status_code == 403
        assert "credentials" in answer.get_json()["error"]
    assert found.client.get("/readyz").status_code == 503
    found.service.close()


def test_copies_are_bounded(bucket: str, objects: Bucket, tmp_path: Path) -> None:
    data = example().read_bytes()
    small = Site(bucket, tmp_path / "cache", max_objects_bytes=2 * len(data) + 100)
    for number in range(4):
        objects.write(f"{number}.gz", data + bytes(number))
        small.samples(f"{number}.gz")
    assert len(list((tmp_path / "cache" / "profiles").iterdir())) == 2
    small.service.close()
    tiny = Site(bucket, tmp_path / "tiny", max_objects_bytes=1000)
    answer = tiny.client.get("/heatmap/?filename=0.gz")
    assert answer.status_code == 413
    assert "max_objects_bytes" in answer.get_json()["error"]
    tiny.service.close()


def test_many_readers_fetch_an_object_once(site: Site, objects: Bucket, tmp_path: Path) -> None:
    objects.write("a.gz", example().read_bytes())
    found: list[int] = []
    threads = [threading.Thread(target=lambda: found.append(site.samples("a.gz"))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(found)) == 1
    assert len(found) == 8
    assert site.lookups()[FILE] == 1


ODD = [
    "a%2Fb",
    "sp ace+plus",
    'it\'s "quoted"',
    "日本/ß",
    "a#b?c&d",
    "\u202eevil",
]


def test_odd_names_are_listed_and_opened(site: Site, objects: Bucket) -> None:
    for name in (*ODD, "plain.gz"):
        objects.write(name, example().read_bytes())
    assert set(site.names()) == {*ODD, "plain.gz"}
    expected = site.samples("plain.gz")
    assert {name: site.samples(name) for name in ODD} == dict.fromkeys(ODD, expected)


def test_a_killed_store_is_an_error_and_the_last_list_stays(
    own_bucket: tuple[str, Server], tmp_path: Path
) -> None:
    url, server = own_bucket
    objects = Bucket(url)
    objects.write("a.gz", example().read_bytes())
    site = Site(url, tmp_path / "cache")
    listed = site.names()
    server.process.kill()
    server.process.wait()
    failed = site.client.get("/heatmap/?filename=a.gz")
    assert failed.status_code == 503
    assert "bucket" in failed.get_json()["error"]
    assert int(failed.headers["Retry-After"]) > 0
    assert site.names() == listed
    answer = site.client.get("/profile/")
    assert int(answer.headers["X-List-Age"]) >= 0
    assert site.client.get("/readyz").status_code == 503
    refused = upload(site, "b.perf", gzip.decompress(example().read_bytes()))
    assert refused.status_code == 503
    assert list((tmp_path / "cache" / "spool" / ".incoming").iterdir()) == []
    site.service.close()
