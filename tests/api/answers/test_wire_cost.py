"""The cost of repeated requests: validators, compression and caches."""

from __future__ import annotations

import dataclasses
import gc
import gzip
import os
import weakref
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO

import pytest
from flask import Flask
from flask.testing import FlaskClient
from isal import isal_zlib

from flamescope_py.analysis.heatmap import heatmap
from flamescope_py.service import ProfileRef
from flamescope_py.service.queries import views
from flamescope_py.settings import Settings
from flamescope_py.store.directory import ProfileDirectory
from flamescope_py.store.profiles import ProfileStore
from flamescope_py.web.context import service_of
from tests.api.conftest import SMALL, client_with
from tests.support.perf_text import sample, script

SIDES = "filename=small.perf&compareFilename=small.perf"
QUESTIONS = [
    "/heatmap/?filename=small.perf",
    "/heatmap/?filename=small.perf&rows=20&search=leaf",
    "/flamegraph/?filename=small.perf&start=0&end=1",
    "/flamegraph/?filename=small.perf&format=folded",
    f"/differential/?{SIDES}",
    f"/elided/?{SIDES}&format=columns",
    "/profile/info?filename=small.perf",
]


def counting(monkeypatch: pytest.MonkeyPatch, *names: str) -> list[str]:
    """Write down every call of some functions that `views` uses."""
    calls: list[str] = []
    for name in names:
        monkeypatch.setattr(views, name, counted(calls, name, getattr(views, name)))
    return calls


def counted(calls: list[str], name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    """Return the function, writing down its name at every call."""

    def call(*arguments: Any) -> Any:
        calls.append(name)
        return function(*arguments)

    return call


@pytest.mark.parametrize("url", QUESTIONS)
def test_asking_again_is_304_and_costs_nothing(
    client: FlaskClient, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = client.get(url)
    assert first.status_code == 200
    assert first.headers["Cache-Control"] == "private, no-cache"
    tag = first.headers["ETag"]
    assert tag.startswith('W/"')
    monkeypatch.setattr(ProfileStore, "get", None)
    again = client.get(url, headers={"If-None-Match": tag, "Accept-Encoding": "gzip"})
    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["ETag"] == tag
    assert again.headers["Cache-Control"] == "private, no-cache"
    assert "Accept-Encoding" in again.headers["Vary"]


@pytest.mark.parametrize("url", [*QUESTIONS, "/profile/download?filename=small.perf"])
def test_a_request_opens_its_file_once(
    client: FlaskClient, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = []
    open_file = ProfileDirectory.open

    def noting(directory: ProfileDirectory, name: str) -> BinaryIO:
        opened.append(open_file(directory, name))
        return opened[-1]

    monkeypatch.setattr(ProfileDirectory, "open", noting)
    with client.get(url) as answer:
        assert answer.status_code == 200
    with client.get(url, headers={"If-None-Match": answer.headers["ETag"]}) as again:
        assert again.status_code == 304
    assert [file.closed for file in opened] == [True, True]


@pytest.mark.parametrize("url", QUESTIONS)
def test_a_tag_is_of_one_question_and_one_version_of_the_file(
    client: FlaskClient, profiles: Path, url: str
) -> None:
    tag = client.get(url).headers["ETag"]
    for other in QUESTIONS:
        answer = client.get(other, headers={"If-None-Match": f'W/"x", {tag}'})
        assert answer.status_code == (304 if other == url else 200)
    (profiles / "small.perf").write_bytes(SMALL + SMALL)
    answer = client.get(url, headers={"If-None-Match": tag})
    assert answer.status_code == 200
    assert answer.headers["ETag"] != tag
    (profiles / "small.perf").unlink()
    assert client.get(url, headers={"If-None-Match": tag}).status_code == 404


def test_a_tag_is_of_the_filters_that_run_by_default(settings: Settings) -> None:
    filtered = dataclasses.replace(settings, default_filters=("node",))
    tags = {client_with(one).get(QUESTIONS[2]).headers["ETag"] for one in (settings, filtered)}
    assert len(tags) == 2


def test_what_is_refused_has_no_tag(client: FlaskClient) -> None:
    for url in ("/heatmap/?filename=small.perf&rows=0", "/flamegraph/?filename=small.perf&start=9"):
        answer = client.get(url, headers={"If-None-Match": "*"})
        assert answer.status_code in {400, 416}
        assert "ETag" not in answer.headers
        assert answer.headers["Cache-Control"] == "no-store"


def test_toggling_does_each_piece_of_work_once(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    calls = counting(monkeypatch, "keep_samples", "rewrite_stacks")
    monkeypatch.setattr("flamescope_py.service.queries.heatmaps.heatmap", counted(calls, "heatmap", heatmap))
    asked = [
        "",
        "&filter=node",
        "&comm=node",
        "&comm=node&filter=node",
        "&drop=leaf",
        "&filter=node&drop=leaf",
    ]
    for _ in range(3):
        for selection in asked:
            for route in ("/heatmap/", "/flamegraph/"):
                assert client.get(f"{route}?filename=small.perf{selection}").status_code == 200
    # Two masks; node, drop and both; filters do not change a heatmap.
    assert sorted(calls) == ["heatmap"] * 2 + ["keep_samples"] * 2 + ["rewrite_stacks"] * 3


def test_what_was_remembered_of_a_replaced_file_is_forgotten(
    client: FlaskClient, app: Flask, profiles: Path
) -> None:
    for url in QUESTIONS:
        client.get(url)
    with service_of(app).open(ProfileRef("small.perf", "perf")) as opened:
        old = weakref.ref(opened.profile().samples.time)
    assert old() is not None
    (profiles / "small.perf").write_bytes(SMALL + SMALL)
    for url in QUESTIONS:
        client.get(url)
    service_of(app).close()
    gc.collect()
    assert old() is None


def large(profiles: Path) -> None:
    text = script(*(sample(f"{n / 10}", f"function_{n} (/srv/app)") for n in range(300)))
    (profiles / "large.perf").write_bytes(text)


@pytest.mark.parametrize("form", ["nested", "columns", "folded", "speedscope", "svg"])
@pytest.mark.parametrize("header", ["gzip", "br, gzip;q=0.5", "*", "deflate, GZIP"])
def test_large_answers_are_packed(client: FlaskClient, profiles: Path, form: str, header: str) -> None:
    large(profiles)
    url = f"/flamegraph/?filename=large.perf&format={form}"
    plain, packed = client.get(url), client.get(url, headers={"Accept-Encoding": header})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.data) == plain.data
    assert isal_zlib.decompress(packed.data, 31) == plain.data
    assert len(packed.data) < len(plain.data) / 2
    assert packed.headers["ETag"] == plain.headers["ETag"]
    for answer in (plain, packed):
        assert "Accept-Encoding" in answer.headers["Vary"]
    assert "Content-Encoding" not in plain.headers


@pytest.mark.parametrize("header", [None, "", "identity", "gzip;q=0", "br", "*;q=0", "identity, gzip;q=0.5"])
def test_clients_that_do_not_accept_gzip_get_none(
    client: FlaskClient, profiles: Path, header: str | None
) -> None:
    large(profiles)
    headers = {} if header is None else {"Accept-Encoding": header}
    answer = client.get("/flamegraph/?filename=large.perf", headers=headers)
    assert "Content-Encoding" not in answer.headers
    assert answer.json is not None


@pytest.mark.parametrize(
    "url",
    [
        "/filter/x",
        "/profile/",
        "/flamegraph/?filename=small.perf",
        "/flamegraph/?filename=large.perf&format=pprof",
        "/profile/download?filename=large.perf",
    ],
)
def test_small_and_packed_answers_stay_as_they_are(client: FlaskClient, profiles: Path, url: str) -> None:
    large(profiles)
    with client.get(url, headers={"Accept-Encoding": "gzip"}) as answer:
        assert "Content-Encoding" not in answer.headers


def test_head_is_as_get_where_it_is_packed(client: FlaskClient, profiles: Path) -> None:
    large(profiles)
    url, headers = "/flamegraph/?filename=large.perf", {"Accept-Encoding": "gzip"}
    get, head = client.get(url, headers=headers), client.head(url, headers=headers)
    assert head.data == b""
    for name in ("Content-Encoding", "Content-Length", "ETag", "Vary"):
        assert head.headers[name] == get.headers[name]


def test_the_page_is_packed_too(settings: Settings, tmp_path: Path) -> None:
    bundle = tmp_path / "bundle"
    bundle.mkdir()
    (bundle / "index.html").write_text("<p>" + "flame " * 1000)
    (bundle / "font.woff2").write_bytes(os.urandom(3000))
    client = client_with(settings, frontend=bundle)
    headers = {"Accept-Encoding": "gzip"}
    with client.get("/", headers=headers) as page:
        assert gzip.decompress(page.data) == (bundle / "index.html").read_bytes()
    with client.get("/", headers=headers | {"If-None-Match": page.headers["ETag"]}) as again:
        assert again.status_code == 304
    with client.get("/font.woff2", headers=headers) as font:
        assert "Content-Encoding" not in font.headers
