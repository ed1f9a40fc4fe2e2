from __future__ import annotations

import gzip
import os
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

CUT_CPUPROFILE = b'{"nodes": [{"id": 1, "callFrame": {"functionName": "(root)"}}], "samples": [1'


def listed(client: FlaskClient) -> dict[str, dict[str, Any]]:
    return {item["filename"]: item for item in client.get("/profile/").json or ()}


def test_a_file_is_listed_with_what_is_known_of_it(client: FlaskClient, profiles: Path) -> None:
    os.utime(profiles / "small.perf", (1_700_000_000, 1_700_000_000))
    size = (profiles / "small.perf").stat().st_size
    expected = {
        "filename": "small.perf",
        "type": "perf",
        "size": size,
        "modified": "2023-11-14T22:13:20Z",
    }
    assert listed(client) == {"small.perf": expected}


def test_duration_and_samples_are_listed_once_known(client: FlaskClient) -> None:
    client.get("/heatmap/?filename=small.perf&type=perf")
    item = listed(client)["small.perf"]
    assert item["samples"] == 5
    assert item["duration"] == pytest.approx(2.39)


def test_why_the_last_reading_failed_is_listed_until_the_file_is_whole(
    client: FlaskClient, profiles: Path
) -> None:
    (profiles / "cut").write_bytes(CUT_CPUPROFILE)
    assert set(listed(client)["cut"]) == {"filename", "type", "size", "modified"}
    first = client.get("/profile/").headers["ETag"]
    answer = client.get("/heatmap/?filename=cut&type=cpuprofile")
    assert (answer.status_code, listed(client)["cut"]["type"]) == (422, "cpuprofile")
    assert {"error": listed(client)["cut"]["error"]} == answer.json
    assert "error" not in listed(client)["small.perf"]
    assert client.get("/profile/").headers["ETag"] != first
    # Reading it as the wrong type does not mark it as broken.
    client.get("/heatmap/?filename=small.perf&type=cpuprofile")
    assert "error" not in listed(client)["small.perf"]
    (profiles / "cut").write_bytes((profiles / "small.perf").read_bytes())
    assert "error" not in listed(client)["cut"]
    assert client.get("/heatmap/?filename=cut&type=perf").status_code == 200
    assert listed(client)["cut"]["samples"] == 5


def test_what_is_unknown_has_its_reason_only(client: FlaskClient, profiles: Path) -> None:
    (profiles / "odd").write_bytes(b"hello\n")
    assert client.get("/heatmap/?filename=odd&type=unknown").status_code == 415
    assert set(listed(client)["odd"]) == {"filename", "type", "size", "modified", "reason"}


def test_folders_are_walked_and_dots_are_not(client: FlaskClient, profiles: Path) -> None:
    for name in ("a/b/deep.perf", ".hidden/x.perf", "a/.git/x.perf", ".perf", "a/.x"):
        (profiles / name).parent.mkdir(parents=True, exist_ok=True)
        (profiles / name).write_bytes(b"")
    assert list(listed(client)) == ["a/b/deep.perf", "small.perf"]


@pytest.mark.parametrize(
    ("content", "type_name"),
    [
        (b"", "unknown"),
        (b"\x7fELF\0\0\0", "unknown"),
        (b"hello\n", "unknown"),
        (gzip.compress(b"x" * 999, mtime=0)[:20], "unknown"),
        (b"\x1f\x8b", "unknown"),
    ],
)
def test_what_cannot_be_read_is_listed_with_a_reason(
    client: FlaskClient, profiles: Path, content: bytes, type_name: str
) -> None:
    (profiles / "odd").write_bytes(content)
    items = listed(client)
    assert items["odd"]["type"] == type_name
    assert items["odd"]["reason"].endswith(".")
    assert items["small.perf"]["type"] == "perf"


def test_special_files_and_links_do_not_harm_the_list(
    client: FlaskClient, profiles: Path, tmp_path: Path
) -> None:
    os.mkfifo(profiles / "fifo")
    (tmp_path / "secret").write_bytes(b"x" * 4321)
    (profiles / "out").symlink_to(tmp_path / "secret")
    (profiles / "broken").symlink_to("nowhere")
    (profiles / "loop").symlink_to("loop")
    (profiles / "in").symlink_to("small.perf")
    (profiles / "circle").symlink_to(".")
    items = listed(client)
    assert {name: item["type"] for name, item in items.items()} == {
        "broken": "unknown",
        "fifo": "unknown",
        "in": "perf",
        "loop": "unknown",
        "out": "unknown",
        "small.perf": "perf",
    }
    assert items["out"]["size"] != 4321
    assert str(tmp_path) not in client.get("/profile/").text


def test_a_new_content_is_looked_at_again(client: FlaskClient, profiles: Path) -> None:
    odd = profiles / "odd"
    odd.write_bytes(b"nothing")
    assert listed(client)["odd"]["type"] == "unknown"
    odd.write_bytes((profiles / "small.perf").read_bytes())
    assert listed(client)["odd"]["type"] == "perf"
    odd.unlink()
    assert "odd" not in listed(client)


def test_a_profile_directory_that_went_away_is_an_empty_list(client: FlaskClient, profiles: Path) -> None:
    (profiles / "small.perf").unlink()
    profiles.rmdir()
    assert client.get("/profile/").json == []


def test_a_list_that_is_the_same_is_not_sent_again(client: FlaskClient, profiles: Path) -> None:
    first = client.get("/profile/")
    tag = first.headers["ETag"]
    again = client.get("/profile/", headers={"If-None-Match": tag})
    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["X-Total-Count"] == "1"
    client.get("/heatmap/?filename=small.perf")
    opened = client.get("/profile/", headers={"If-None-Match": tag})
    assert opened.status_code == 200
    assert (opened.json or [])[0]["samples"] == 5
    (profiles / "new.perf").write_bytes((profiles / "small.perf").read_bytes())
    assert len(client.get("/profile/", headers={"If-None-Match": opened.headers["ETag"]}).json or []) == 2


def test_a_page_has_a_validator_of_its_own(client: FlaskClient) -> None:
    whole, page = client.get("/profile/"), client.get("/profile/?search=nothing")
    assert whole.headers["ETag"] != page.headers["ETag"]
    assert client.get("/profile/?search=nothing", headers=dict(page.headers)).json == []
