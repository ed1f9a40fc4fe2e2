"""Attacks without a test file of their own. SECURITY.md lists all attacks, each with its test."""

from __future__ import annotations

import ast
import json
import os
import re
import threading
import zlib
from pathlib import Path
from urllib.parse import quote

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.api.conftest import SMALL, assert_refused
from tests.support.perf_text import sample, script
from tests.support.reading import COMPRESSIONS

ROOT = Path(__file__).resolve().parents[3]
SECRET = SMALL.replace(b"leaf", b"SECRET")
# `../secret.perf`, in encodings that servers have been known to decode to it.
TRAVERSALS = [
    "%2e%2e%2fsecret.perf",
    "%252e%252e%252fsecret.perf",
    "%c0%ae%c0%ae%c0%afsecret.perf",
    "%e0%80%ae%e0%80%ae%e0%80%afsecret.perf",
    "%ef%bc%8e%ef%bc%8e%ef%bc%8fsecret.perf",
    "%u002e%u002e%u002fsecret.perf",
    "..%5c..%5csecret.perf",
    "..;/secret.perf",
    "..%00/secret.perf",
    "..%0d%0a/secret.perf",
    "sub/..%2f..%2fsecret.perf",
    "....//secret.perf",
    ".%2e/secret.perf",
    "%2e%2e/secret.perf%3f.perf",
    "%5cx2e%5cx2e/secret.perf",
    "%2b%41%43%34%2d%2b%41%43%34%2d/secret.perf",
]
READERS = ["heatmap/", "flamegraph/", "profile/info", "profile/progress", "profile/download"]


@pytest.mark.parametrize("encoded", TRAVERSALS)
def test_traversal_in_every_encoding_by_every_route(
    client: FlaskClient, profiles: Path, tmp_path: Path, encoded: str
) -> None:
    (tmp_path / "secret.perf").write_bytes(SECRET)
    (profiles / "sub").mkdir()
    for route in READERS:
        answer = client.get(f"/{route}?filename={encoded}")
        assert answer.status_code in {400, 404}, (route, answer.text)
        assert list(answer.json or {}) == ["error"]
    for route in ("differential", "elided"):
        sides = f"filename=small.perf&compareFilename={encoded}"
        assert client.get(f"/{route}/?{sides}").status_code in {400, 404}
    assert client.delete(f"/profile/?filename={encoded}").status_code in {400, 404}
    client.post(f"/profile/?filename={encoded}", data=SMALL)
    assert (tmp_path / "secret.perf").read_bytes() == SECRET
    assert sorted(path.name for path in tmp_path.iterdir() if path.suffix) == ["secret.perf"]


@pytest.mark.parametrize("encoded", TRAVERSALS)
@pytest.mark.parametrize("folder", ["", "assets/", "docs/"])
def test_traversal_by_the_addresses_of_static_files(
    module_client: FlaskClient, folder: str, encoded: str
) -> None:
    for name in (encoded, encoded.replace("secret.perf", "config.py")):
        answer = module_client.get(f"/{folder}{name}")
        assert answer.status_code in {400, 404}, answer.text


def test_a_race_of_links_gives_nothing_from_outside(
    client: FlaskClient, profiles: Path, tmp_path: Path
) -> None:
    """Another process swaps a file, and a folder above one, for links that lead out, as fast as possible."""
    (tmp_path / "secret").mkdir()
    (tmp_path / "secret" / "inner").write_bytes(SECRET)
    real, out, stop = profiles / "real", profiles / "out", threading.Event()
    real.mkdir()
    (real / "inner").write_bytes(SMALL)
    (real / "link").symlink_to(tmp_path / "secret" / "inner")
    out.symlink_to(tmp_path / "secret")

    def swap() -> None:
        while not stop.is_set():
            for first, second in (("real", "out"), ("real/inner", "real/link")):
                kept = profiles / "kept"
                os.rename(profiles / first, kept)  # noqa: PTH104
                os.rename(profiles / second, profiles / first)  # noqa: PTH104
                os.rename(kept, profiles / second)  # noqa: PTH104
                os.rename(profiles / second, kept)  # noqa: PTH104
                os.rename(profiles / first, profiles / second)  # noqa: PTH104
                os.rename(kept, profiles / first)  # noqa: PTH104

    thread = threading.Thread(target=swap)
    thread.start()
    seen = set()
    try:
        for _ in range(300):
            for name in ("real/inner", "out/inner", "real/link"):
                answer = client.get(f"/profile/download?filename={name}", buffered=True)
                seen.add(answer.status_code)
                assert b"SECRET" not in answer.data
    finally:
        stop.set()
        thread.join()
    assert seen <= {200, 404}
    assert 200 in seen
    assert 404 in seen


PARAMETERS = [
    "filename",
    "type",
    "rows",
    "start",
    "filter",
    "drop",
    "comm",
    "pid",
    "search",
    "format",
    "sort",
]


@pytest.mark.parametrize("parameter", PARAMETERS)
@pytest.mark.parametrize("value", ["%00", "a%00b", "small.perf%00.png"])
def test_nul_bytes_in_every_parameter(module_client: FlaskClient, parameter: str, value: str) -> None:
    for route in ("heatmap/", "flamegraph/", "profile/info", "profile/"):
        name = "" if parameter == "filename" else "filename=small.perf&"
        answer = module_client.get(f"/{route}?{name}{parameter}={value}")
        assert answer.status_code < 500, answer.text


@pytest.mark.parametrize("codec", COMPRESSIONS)
def test_a_bomb_within_a_bomb_is_opened_four_times_at_most(
    client: FlaskClient, profiles: Path, codec: str
) -> None:
    """A profile may be packed several times. Only the head of a bomb is unpacked, which is no profile."""
    pack = COMPRESSIONS[codec]
    (profiles / "nested").write_bytes(pack(pack(pack(SMALL))))
    assert client.get("/heatmap/?filename=nested").status_code == 200
    (profiles / "deeper").write_bytes(pack(pack(pack(pack(pack(SMALL))))))
    assert client.get("/heatmap/?filename=deeper").status_code == 415
    (profiles / "bomb").write_bytes(pack(pack(b"\0" * (64 << 20))))
    assert client.get("/heatmap/?filename=bomb").status_code == 415


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "zstd"])
def test_bodies_of_requests_are_not_unpacked(client: FlaskClient, profiles: Path, coding: str) -> None:
    bomb = zlib.compress(b"\0" * (8 << 20))
    answer = client.post("/profile/?filename=x", data=bomb, headers={"Content-Encoding": coding})
    assert answer.status_code in {400, 415}
    assert [path.name for path in profiles.iterdir() if path.is_file()] == ["small.perf"]


DEEP = 200_000
OPEN, CLOSE = '{"a":' * DEEP, "}" * DEEP
NESTED = {
    "arrays": "[" * DEEP,
    "closed": '{"traceEvents":' + "[" * DEEP + "]" * DEEP + "}",
    "objects": '{"nodes":' * DEEP,
    "arguments": f'{{"traceEvents":[{{"ph":"X","name":"a","ts":1,"dur":1,"args":{OPEN}1{CLOSE}}}]}}',
}


@pytest.mark.parametrize("shape", NESTED)
def test_deep_nesting_is_an_error_or_ignored(client: FlaskClient, profiles: Path, shape: str) -> None:
    (profiles / "deep.json").write_text(NESTED[shape])
    for kind in ("", "&type=cpuprofile", "&type=trace_event"):
        answer = client.get(f"/flamegraph/?filename=deep.json{kind}")
        assert answer.status_code in {200, 400, 415, 422}, answer.text


PATTERN_BOMBS = [
    "(a*)*b",
    "(a|a)*$",
    "(a+)+$",
    "((a{0,1000}){0,1000}){0,1000}",
    "(x+x+)+y",
    "a" * 500,
    "(?:a?){500}a{500}",
    "\\pL{1000}",
    "(" * 250 + ")" * 250,
    ".*" * 250,
]


@pytest.mark.parametrize("pattern", PATTERN_BOMBS)
def test_pattern_bombs_take_linear_time_or_are_refused(
    client: FlaskClient, profiles: Path, pattern: str
) -> None:
    (profiles / "aaa").write_bytes(script(sample("1.0", f"{'a' * 50_000} (/a)")))
    for parameter in ("drop", "include", "exclude", "search"):
        answer = client.get(f"/flamegraph/?filename=aaa&{parameter}={quote(pattern)}")
        assert answer.status_code in {200, 400}, answer.text
    many = "&".join(f"drop={quote(pattern[:400])}{number}" for number in range(33))
    assert client.get(f"/flamegraph/?filename=aaa&{many}").status_code == 400


MARKUP = "<img src=x onerror=alert(1)>"


@pytest.mark.parametrize(
    "query",
    [
        "heatmap/?filename={}",
        "heatmap/?filename=small.perf&type={}",
        "heatmap/?filename=small.perf&rows={}",
        "flamegraph/?filename=small.perf&filter={}",
        "flamegraph/?filename=small.perf&format={}",
        "flamegraph/?filename=small.perf&drop=({}",
        "flamegraph/?filename=small.perf&event={}",
        "import/{}",
        "{}",
    ],
)
def test_markup_in_error_texts_is_json_that_no_browser_reads_as_a_page(
    client: FlaskClient, query: str
) -> None:
    answer = client.get("/" + query.format(quote(MARKUP, safe="")))
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "script-src 'self'" in answer.headers["Content-Security-Policy"]


def test_markup_in_event_and_command_names_is_text_in_svg(client: FlaskClient, profiles: Path) -> None:
    block = sample("1.5", f"{MARKUP} (/{MARKUP})", command="<svg/onload=1>", event="cpu<script>")
    (profiles / "<b>.perf").write_bytes(script(block))
    svg = client.get("/flamegraph/", query_string={"filename": "<b>.perf", "format": "svg"})
    assert svg.status_code == 200
    assert "<img" not in svg.text
    assert "<svg/onload" not in svg.text
    assert "<script>" not in svg.text
    assert svg.headers["Content-Disposition"].startswith("attachment")
    events = client.get("/profile/info", query_string={"filename": "<b>.perf"})
    assert events.headers["Content-Type"] == "application/json"
    assert json.loads(events.data)["events"]


def test_words_of_a_search_are_bounded_as_patterns_are(client: FlaskClient) -> None:
    many = " ".join(f"p{number}" for number in range(33))
    assert_refused(client.get("/profile/", query_string={"search": many}), 400, "max_patterns")
    assert_refused(client.get("/profile/", query_string={"search": "p" * 501}), 400, "max_pattern_chars")
    # The same word again asks for nothing more.
    answer = client.get("/profile/", query_string={"search": "small " * 20_000})
    assert [one["filename"] for one in answer.json or []] == ["small.perf"]
    assert client.get("/profile/", query_string={"search": many.partition(" p32")[0]}).json == []


EMBEDDED = [
    {"Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "image"},
    {"Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "script"},
    {"Sec-Fetch-Mode": "cors", "Sec-Fetch-Dest": "empty"},
    {"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "iframe"},
    {"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "object"},
    {},
]


@pytest.mark.parametrize("headers", EMBEDDED)
@pytest.mark.parametrize(
    "path", ["/profile/?search=p", "/heatmap/?filename=small.perf", "/", "/metrics", "/no"]
)
def test_the_page_of_another_site_makes_no_work(
    client: FlaskClient, path: str, headers: dict[str, str]
) -> None:
    for method in ("GET", "HEAD", "OPTIONS"):
        answer = client.open(path, method=method, headers={**headers, "Sec-Fetch-Site": "cross-site"})
        assert answer.status_code == 403
    for site in ("same-origin", "same-site", "none"):
        with client.get(path, headers={**headers, "Sec-Fetch-Site": site}) as loaded:
            assert loaded.status_code in {200, 404}


def test_the_page_of_another_site_embeds_no_route(app: Flask, client: FlaskClient) -> None:
    """Each one, those of the future too, but for the health checks."""
    paths = [rule.rule for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ())]
    assert {"/breakdown/", "/findings/", "/heatmap/", "/filter/"} <= set(paths)
    for path in paths:
        place = re.sub(r"<[^>]*>", "x", path) + "?filename=small.perf&by=function"
        answer = client.get(place, headers={"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"})
        assert (answer.status_code == 403) == (path not in {"/healthz", "/readyz"}), path


def test_a_link_of_another_site_may_be_followed(client: FlaskClient) -> None:
    followed = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}
    for path in ("/", "/profile/", "/healthz"):
        with client.get(path, headers=followed) as answer:
            assert answer.status_code == 200
    assert client.get("/healthz", headers={"Sec-Fetch-Site": "cross-site"}).status_code == 200


@pytest.mark.parametrize(("module", "calls"), [("token", 1), ("ssh_token", 3)])
def test_tokens_are_compared_by_the_library_only(module: str, calls: int) -> None:
    """No comparison stops at the first difference: all use `hmac.compare_digest`."""
    file = ROOT / "flamescope_py" / "web" / "middleware" / f"{module}.py"
    tree = ast.parse(file.read_text("utf-8"))
    equal = [
        ast.unparse(node)
        for node in ast.walk(tree)
        if isinstance(node, ast.Compare) and any(isinstance(one, (ast.Eq, ast.NotEq)) for one in node.ops)
    ]
    assert not [text for text in equal if "token" in text or "given" in text or "password" in text]
    called = [ast.unparse(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)]
    assert called.count("hmac.compare_digest") == calls
