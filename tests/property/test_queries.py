"""Any address, header and query leads to an answer or one of our errors, never to a bug or a hang."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient
from hypothesis import given, settings
from hypothesis import strategies as st

from flamescope_py.settings import Settings
from flamescope_py.web import create_app
from flamescope_py.web.context import service_of
from tests.api.conftest import SMALL

ROUTES = ["profile/", "profile/info", "profile/progress", "profile/download", "heatmap/", "flamegraph/"]
ROUTES += ["differential/", "elided/", "filter/", "format/", "import/", "import/hosts", "import/x"]
ROUTES += ["readyz", "", "breakdown/", "findings/", "timeline/"]
NAMES = ["filename", "type", "rows", "start", "end", "filter", "drop", "comm", "pid", "tid", "cpu", "event"]
NAMES += ["include", "exclude", "idle", "search", "format", "inverted", "weight", "flavor", "limit", "offset"]
NAMES += [
    "sort",
    "compareFilename",
    "compareType",
    "compareStart",
    "compareEnd",
    "rest",
    "by",
    "lanes",
    "values",
    "from",
    "to",
    "busy",
]
VALUES = [
    "small.perf",
    "perf",
    "0",
    "1",
    "-1",
    "1e308",
    "2.5",
    "nan",
    "columns",
    "nested",
    "pprof",
    "firefox",
    "svg",
    "comm",
    "function",
]
VALUES += [
    "(",
    "a{1000}",
    "(a*)*b",
    "\\",
    "..",
    "../small.perf",
    "/etc/passwd",
    "small.perf\0",
    "true",
    "none",
]

values = st.sampled_from(VALUES) | st.text(max_size=20) | st.integers().map(str)
pairs = st.lists(st.tuples(st.sampled_from(NAMES), values), max_size=8)


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    root = tmp_path_factory.mktemp("fuzz")
    (root / "profiles").mkdir()
    (root / "profiles" / "small.perf").write_bytes(SMALL)
    app = create_app(Settings(profile_dir=root / "profiles", cache_dir=root / "cache"))
    yield app.test_client()
    service_of(app).close()


def check(client: FlaskClient, address: str) -> None:
    answer = client.get(address)
    assert answer.status_code < 500 or answer.status_code == 503, (address, answer.text)
    assert all(re.fullmatch(r"[\x20-\x7e\xa0-\xff]*", value) for _, value in answer.headers)
    if answer.status_code >= 400:
        assert list(answer.json or ()) == ["error"], address
        assert "Traceback" not in answer.text
    answer.close()


@settings(deadline=None)
@given(st.sampled_from(ROUTES), pairs)
def test_any_parameters(client: FlaskClient, route: str, chosen: list[tuple[str, str]]) -> None:
    known = [("filename", "small.perf"), *chosen] if chosen and len(chosen) % 2 else chosen
    query = "&".join(f"{name}={quote(value, safe='', errors='replace')}" for name, value in known)
    check(client, f"/{route}?{query}")


@settings(deadline=None)
@given(st.text(st.characters(max_codepoint=126, min_codepoint=33), max_size=60), st.binary(max_size=20))
def test_any_address(client: FlaskClient, text: str, raw: bytes) -> None:
    path = re.sub(r"[?#]", "", text).lstrip("/")
    check(client, "/" + path + "".join(f"%{byte:02x}" for byte in raw))
