"""Files that come and go over HTTP."""

from __future__ import annotations

import gzip
import io
import os
import stat
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, Response
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from flamescope_py.settings import Settings
from flamescope_py.web import create_app
from flamescope_py.web.respond import as_download
from tests.api.conftest import SMALL, assert_refused, client_with, files


def form(client: FlaskClient, name: str, content: bytes = SMALL, query: str = "") -> TestResponse:
    return client.post(f"/profile/{query}", data={"file": (io.BytesIO(content), name)})


def raw(client: FlaskClient, name: str, content: bytes = SMALL, **more: str) -> TestResponse:
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    return client.post("/profile/", query_string={"filename": name, **more}, data=content, headers=headers)


def test_a_raw_body_as_curl_sends_it(client: FlaskClient, profiles: Path) -> None:
    answer = raw(client, "new/perf.out")
    assert answer.status_code == 201
    assert answer.json is not None
    assert (answer.json["filename"], answer.json["type"], answer.json["size"]) == (
        "new/perf.out",
        "perf",
        len(SMALL),
    )
    assert answer.headers["Location"] == "./download?filename=new%2Fperf.out"
    assert (profiles / "new" / "perf.out").read_bytes() == SMALL
    assert files(profiles) == ["new/perf.out", "small.perf"]
    assert client.get("/heatmap/?filename=new/perf.out&type=perf").status_code == 200


def test_a_form_as_a_browser_sends_it(client: FlaskClient, profiles: Path) -> None:
    answer = form(client, "perf.out", SMALL * 50)
    assert answer.status_code == 201
    assert (profiles / "perf.out").read_bytes() == SMALL * 50


@pytest.mark.parametrize("sent", ["/home/me/perf.out", "../../perf.out", "a\\\\perf.out"])
def test_only_the_last_part_of_a_name_in_a_form_counts(
    client: FlaskClient, profiles: Path, sent: str
) -> None:
    assert form(client, sent).status_code == 201
    assert files(profiles) == ["perf.out", "small.perf"]


def test_the_address_may_name_the_file_of_a_form(client: FlaskClient, profiles: Path) -> None:
    assert form(client, "x", query="?filename=a/b.out").status_code == 201
    assert files(profiles) == ["a/b.out", "small.perf"]


def test_a_taken_name_gets_a_number_or_a_409(client: FlaskClient, profiles: Path) -> None:
    for name in ("small-2.perf", "small-3.perf"):
        answer = raw(client, "small.perf")
        assert answer.json is not None
        assert answer.json["filename"] == name
    assert_refused(raw(client, "small.perf", exists="refuse"), 409, "already")
    assert files(profiles) == ["small-2.perf", "small-3.perf", "small.perf"]
    assert (profiles / "small.perf").read_bytes() == SMALL


@pytest.mark.parametrize("content", [b"\x7fELF\0\0", b"just\ntext\n", gzip.compress(b"text\n", mtime=0)])
def test_what_is_no_profile_is_415_unless_forced(client: FlaskClient, profiles: Path, content: bytes) -> None:
    assert_refused(raw(client, "odd", content), 415, "no profile")
    assert files(profiles) == ["small.perf"]
    answer = raw(client, "odd", content, force="true")
    assert (answer.status_code, (profiles / "odd").read_bytes()) == (201, content)


@pytest.mark.parametrize("force", ["true", "false"])
def test_without_a_body_there_is_nothing_to_take(client: FlaskClient, profiles: Path, force: str) -> None:
    assert_refused(raw(client, "odd", b"", force=force), 400, "body is empty")
    assert_refused(client.post(f"/profile/?filename=odd&force={force}"), 400, "body is empty")
    assert_refused(form(client, "odd", b""), 415, "empty")
    assert files(profiles) == ["small.perf"]


@pytest.mark.parametrize(
    "name",
    [
        "../x",
        "/x",
        "x/",
        "a//b",
        ".x",
        "a/.b",
        ".",
        "..",
        "a/../b",
        "x\0y",
        "a\nb",
        "a\\b",
        "x" * 250,
        "a/" * 600 + "b",
        "\x1b[31m",
    ],
)
def test_bad_names_are_400(client: FlaskClient, profiles: Path, tmp_path: Path, name: str) -> None:
    before = sorted(map(str, tmp_path.rglob("*")))
    assert_refused(raw(client, name), 400)
    assert sorted(map(str, tmp_path.rglob("*"))) == before


@pytest.mark.parametrize(
    "name", ['it\'s "quoted"', "日本.out", "a b+c&d#e?f%g", "$(touch x); rm -rf ~", "-oProxyCommand"]
)
def test_odd_names_are_fine(client: FlaskClient, profiles: Path, name: str) -> None:
    assert raw(client, name).status_code == 201
    assert files(profiles) == sorted(["small.perf", name])
    with client.get("/profile/download", query_string={"filename": name}) as answer:
        assert (answer.status_code, answer.data) == (200, SMALL)


def test_folders_that_are_links_or_files_are_refused(
    client: FlaskClient, profiles: Path, tmp_path: Path
) -> None:
    (tmp_path / "outside").mkdir()
    (profiles / "link").symlink_to(tmp_path / "outside")
    for name in ("link/x", "small.perf/x"):
        assert_refused(raw(client, name), 400, "folder")
    assert list((tmp_path / "outside").iterdir()) == []
    (profiles / "dangling").symlink_to(tmp_path / "outside" / "new")
    answer = raw(client, "dangling")
    assert answer.json is not None
    assert answer.json["filename"] == "dangling-2"
    assert list((tmp_path / "outside").iterdir()) == []


def test_two_files_in_one_form_are_400(client: FlaskClient, profiles: Path) -> None:
    answer = client.post("/profile/", data={"file": [(io.BytesIO(SMALL), "a"), (io.BytesIO(SMALL), "b")]})
    assert_refused(answer, 400, "one at a time")
    assert files(profiles) == ["small.perf"]


def test_over_the_bound_is_413(settings: Settings, profiles: Path) -> None:
    client = client_with(settings, max_file_bytes=len(SMALL) - 1)
    assert_refused(raw(client, "x"), 413, "max_file_bytes")
    assert_refused(form(client, "x"), 413, "max_file_bytes")
    assert_refused(raw(client, "x", SMALL + bytes(2 << 20)), 413)
    assert files(profiles) == ["small.perf"]


def test_a_disk_without_room_is_507(settings: Settings, profiles: Path) -> None:
    client = client_with(settings, min_free_bytes=1 << 60)
    assert_refused(raw(client, "x"), 507, "min_free_bytes")
    assert files(profiles) == ["small.perf"]


def test_a_directory_that_cannot_be_written_is_403(settings: Settings, tmp_path: Path) -> None:
    # Not a matter of permissions, which root does not have.
    (tmp_path / "profiles" / ".incoming").write_text("a file in the way")
    client = client_with(settings)
    assert raw(client, "x").status_code in {400, 403}


def test_a_body_that_ends_too_early_leaves_nothing(client: FlaskClient, profiles: Path) -> None:
    longer = {"CONTENT_LENGTH": str(len(SMALL) + 1)}
    answer = client.post("/profile/?filename=x", data=SMALL, environ_overrides=longer)
    assert answer.status_code == 400
    assert files(profiles) == ["small.perf"]


def test_the_permissions_are_the_usual_ones(client: FlaskClient, profiles: Path) -> None:
    mask = os.umask(0o022)
    try:
        raw(client, "x")
    finally:
        os.umask(mask)
    assert stat.S_IMODE((profiles / "x").stat().st_mode) == 0o644
    assert stat.S_IMODE((profiles / ".incoming").stat().st_mode) == 0o700


def test_remove(client: FlaskClient, profiles: Path) -> None:
    raw(client, "a/b.out")
    answer = client.delete("/profile/?filename=a/b.out")
    assert (answer.status_code, answer.data) == (204, b"")
    assert files(profiles) == ["small.perf"]
    assert_refused(client.delete("/profile/?filename=a/b.out"), 404)
    assert_refused(client.delete("/profile/"), 400, "filename")


@pytest.mark.parametrize("name", ["../secret", ".hidden", "a", "", "small.perf/", "./small.perf"])
def test_only_what_is_listed_is_removed(client: FlaskClient, profiles: Path, name: str) -> None:
    (profiles.parent / "secret").write_bytes(SMALL)
    (profiles / ".hidden").write_bytes(SMALL)
    (profiles / "a").mkdir()
    assert client.delete("/profile/", query_string={"filename": name}).status_code in {400, 404}
    assert (profiles.parent / "secret").exists()
    assert files(profiles) == [".hidden", "small.perf"]


def test_a_name_that_is_not_utf_8_and_a_link_are_removed(client: FlaskClient, profiles: Path) -> None:
    (profiles / os.fsdecode(b"caf\xe9")).write_bytes(SMALL)
    (profiles / "link").symlink_to("small.perf")
    for name in ("caf\\xe9", "link"):
        assert client.delete("/profile/", query_string={"filename": name}).status_code == 204
    assert files(profiles) == ["small.perf"]


def test_download(client: FlaskClient, profiles: Path) -> None:
    with client.get("/profile/download?filename=small.perf") as answer:
        assert (answer.status_code, answer.data) == (200, SMALL)
    assert answer.headers["Content-Length"] == str(len(SMALL))
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="small.perf"'
    with client.head("/profile/download?filename=small.perf") as head:
        assert (head.status_code, head.data) == (200, b"")
    assert_refused(client.get("/profile/download"), 400, "filename")
    for name in ("../x", "missing", "/etc/passwd"):
        assert_refused(client.get("/profile/download", query_string={"filename": name}), 404)


@pytest.mark.parametrize(
    ("name", "header"),
    [
        ("a/b c.out", "attachment; filename=\"b_c.out\"; filename*=UTF-8''b%20c.out"),
        (
            'x"; filename="evil',
            "attachment; filename=\"x_filename_evil\"; filename*=UTF-8''x%22%3B%20filename%3D%22evil",
        ),
        (
            "a\r\nSet-Cookie: x",
            "attachment; filename=\"a_Set-Cookie_x\"; filename*=UTF-8''a%0D%0ASet-Cookie%3A%20x",
        ),
        ("é", "attachment; filename=\"profile\"; filename*=UTF-8''%C3%A9"),
    ],
)
def test_no_name_breaks_out_of_the_header(name: str, header: str) -> None:
    assert as_download(Response(), name).headers["Content-Disposition"] == header


def test_a_download_tells_by_its_tag_whether_the_file_is_the_same(
    client: FlaskClient, profiles: Path
) -> None:
    url = "/profile/download?filename=small.perf"
    with client.head(url) as first, client.head(url) as again:
        tag = first.headers["ETag"]
        assert again.headers["ETag"] == tag
    with client.get(url, headers={"If-None-Match": tag}) as same:
        assert (same.status_code, same.data) == (304, b"")
    (profiles / "small.perf").write_bytes(SMALL * 2)
    with client.get(url, headers={"If-None-Match": tag}) as other:
        assert (other.status_code, other.data) == (200, SMALL * 2)
        assert other.headers["ETag"] != tag


def test_a_download_with_a_line_end_in_its_name(client: FlaskClient, profiles: Path) -> None:
    (profiles / "a\r\nSet-Cookie: x=1").write_bytes(SMALL)
    with client.get("/profile/download", query_string={"filename": "a\r\nSet-Cookie: x=1"}) as answer:
        assert answer.status_code == 200
    assert "Set-Cookie" not in answer.headers


def test_leftovers_are_removed_at_the_start(settings: Settings, profiles: Path, app: Flask) -> None:
    (profiles / ".incoming").mkdir()
    (profiles / ".incoming" / "old").write_bytes(b"half")
    create_app(settings)
    assert files(profiles) == ["small.perf"]


@pytest.fixture
def open_settings(settings: Settings) -> Settings:
    return replace(settings, host="0.0.0.0")


CHANGES: list[dict[str, Any]] = [
    {"method": "POST", "path": "/profile/?filename=x", "data": SMALL},
    {"method": "DELETE", "path": "/profile/?filename=small.perf"},
    {"method": "POST", "path": "/import/ssh", "json": {"host": "x.invalid", "path": "y"}},
    {"method": "POST", "path": "/import/ssh/capture", "json": {"host": "x.invalid", "pid": 1}},
    {"method": "DELETE", "path": "/import/0123456789abcdef"},
]
OURS: list[dict[str, str]] = [
    {},
    {"Sec-Fetch-Site": "same-origin"},
    {"Sec-Fetch-Site": "same-origin", "Origin": "http://localhost:5173"},
    {"Origin": "http://localhost"},
    {"Origin": "https://LOCALHOST"},
    {"Origin": "http://localhost", "Authorization": "Basic of-a-proxy-in-front"},
]
THEIRS: list[dict[str, str]] = [
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site", "Origin": "http://localhost"},
    {"Sec-Fetch-Site": "none"},
    {"Origin": "http://evil.example"},
    {"Origin": "http://localhost:8081"},
    {"Origin": "http://localhost.evil.example"},
    {"Origin": "null"},
    {"Origin": "http://[broken"},
    {"Origin": "http://evil.example", "Authorization": "Bearer no-token-is-set"},
    {"Origin": "http://evil.example", "Authorization": "Bearer "},
]


@pytest.mark.parametrize("headers", THEIRS)
@pytest.mark.parametrize("change", CHANGES, ids=lambda change: f"{change['method']} {change['path']}")
def test_no_page_of_another_site_changes_anything(
    client: FlaskClient, profiles: Path, change: dict[str, Any], headers: dict[str, str]
) -> None:
    assert_refused(client.open(**change, headers=headers), 403)
    assert files(profiles) == ["small.perf"]
    assert client.get("/import/").json == []


@pytest.mark.parametrize("headers", OURS)
def test_our_own_page_and_programs_do(client: FlaskClient, headers: dict[str, str]) -> None:
    assert client.post("/profile/?filename=x", data=SMALL, headers=headers).status_code == 201


@pytest.mark.parametrize("change", CHANGES[:4], ids=lambda change: f"{change['method']} {change['path']}")
def test_read_only_changes_nothing(settings: Settings, profiles: Path, change: dict[str, Any]) -> None:
    client = client_with(settings, read_only=True)
    assert_refused(client.open(**change), 403, "read-only")
    assert files(profiles) == ["small.perf"]
    assert client.get("/heatmap/?filename=small.perf").status_code == 200


@pytest.mark.parametrize("change", CHANGES[:4], ids=lambda change: f"{change['method']} {change['path']}")
def test_beyond_loopback_everything_is_off(
    open_settings: Settings, profiles: Path, change: dict[str, Any]
) -> None:
    client = client_with(open_settings)
    assert_refused(client.open(**change), 403, "allow_")
    assert files(profiles) == ["small.perf"]


def test_beyond_loopback_uploads_may_be_switched_on(open_settings: Settings) -> None:
    client = client_with(open_settings, allow_changes=True)
    assert raw(client, "x").status_code == 201
    assert_refused(client.open(**CHANGES[2]), 403, "allow_ssh")
