"""The cost of a query is estimated before it works: 413 for one request, 429 for one client."""

from __future__ import annotations

import json
import threading
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from flamescope_py.settings import Settings
from flamescope_py.web import create_app
from tests.api.server.test_serve import raw
from tests.e2e.running import serving
from tests.faults.test_connections import path_request
from tests.faults.test_slow_clients import assert_healthy

FILE = "filename=deep.cpuprofile"
QUERIES = [
    f"/heatmap/?{FILE}&rows=50",
    f"/heatmap/?{FILE}&rows=50&search=leaf",
    f"/flamegraph/?{FILE}",
    f"/flamegraph/?{FILE}&inverted=true&format=columns",
    f"/differential/?{FILE}&compareFilename=small.perf",
    f"/elided/?{FILE}&compareFilename=small.perf",
    f"/filter/?{FILE}",
    f"/breakdown/?{FILE}&by=function",
    f"/timeline/?{FILE}",
    f"/breakdown/?{FILE}&by=function&compareFilename=small.perf",
    f"/findings/?{FILE}",
    f"/heatmap/?{FILE}&rows=50&by=function",
    f"/heatmap/?{FILE}&rows=50&busy=true",
    f"/profile/info?{FILE}",
]
COSTLY = f"/flamegraph/?{FILE}&inverted=true&format=columns"


def deep(path: Path, depth: int) -> None:
    """Write a small file whose inverted graph has depth² / 2 nodes."""
    nodes = [
        {
            "id": n + 1,
            "callFrame": {"functionName": f"f{n}", "url": "", "lineNumber": 0, "columnNumber": 0},
            "children": [n + 2] if n + 1 < depth else [],
        }
        for n in range(depth)
    ]
    found = {
        "nodes": nodes,
        "samples": list(range(1, depth + 1)),
        "timeDeltas": [1000] * depth,
        "startTime": 0,
        "endTime": 1000 * depth,
    }
    path.write_text(json.dumps(found))


def client_of(settings: Settings, address: str, **changed: int) -> FlaskClient:
    client = create_app(
        Settings(profile_dir=settings.profile_dir, cache_dir=settings.cache_dir, **changed)  # type: ignore[arg-type]
    ).test_client()
    client.environ_base["REMOTE_ADDR"] = address
    return client


@pytest.mark.parametrize("query", QUERIES)
def test_every_query_is_charged(settings: Settings, profiles: Path, query: str) -> None:
    deep(profiles / "deep.cpuprofile", 500)
    client = client_of(settings, "10.0.0.1", max_client_seconds=1e-9, client_percent=1e-9)  # type: ignore[arg-type]
    assert client.get(query).status_code == 200
    answer = client.get(f"/flamegraph/?{FILE}&start=0.1")
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) >= 1
    assert "max_client_seconds" in (answer.json or {})["error"]
    client.environ_base["REMOTE_ADDR"] = "10.0.0.2"
    assert client.get(query).status_code == 200
    metrics = client.get("/metrics").text
    assert 'flamescope_refused_queries_total{reason="client"} 1.0' in metrics


def test_the_address_is_one_that_a_trusted_proxy_names(settings: Settings) -> None:
    bounds = {"max_client_seconds": 1e-9, "client_percent": 1e-9}
    query = "/heatmap/?filename=small.perf&rows="
    for trusted, second in ((1, 200), (0, 429)):
        client = client_of(settings, "10.0.0.9", trusted_proxies=trusted, **bounds)  # type: ignore[arg-type]
        statuses = [
            client.get(f"{query}{rows}", headers={"X-Forwarded-For": address}).status_code
            for rows, address in ((10, "1.1.1.1"), (25, "2.2.2.2"))
        ]
        assert statuses == [200, second]


def test_an_inverted_graph_without_bound_is_refused_by_default(profiles: Path, tmp_path: Path) -> None:
    """0.9 MB of a path 9 000 deep: 40 million nodes, minutes of work and gigabytes."""
    deep(profiles / "deep.cpuprofile", 9000)
    with serving(profiles, tmp_path / "cache") as server:
        answers: list[tuple[int, bytes]] = []

        def ask() -> None:
            status, _, body = raw(server.url, path_request(COSTLY))
            answers.append((status, body))

        asking = threading.Thread(target=ask)
        asking.start()
        assert_healthy(server, 5)
        asking.join()
        assert answers[0][0] == 413
        assert b"max_query_seconds" in answers[0][1]
        status, _, _ = raw(server.url, path_request(f"/flamegraph/?{FILE}&format=columns"))
        assert status == 200


def test_one_request_is_bounded(settings: Settings, profiles: Path) -> None:
    deep(profiles / "deep.cpuprofile", 2000)
    client = client_of(settings, "10.0.0.1", max_query_seconds=1)
    patterns = "".join(f"&include={'(a|b|f)*.{0,200}' * 25}{n}" for n in range(20))
    for query in (COSTLY, f"/flamegraph/?{FILE}{patterns}"):
        answer = client.get(query)
        assert answer.status_code == 413
        assert "max_query_seconds" in (answer.json or {})["error"]
    assert client.get(f"/flamegraph/?{FILE}").status_code == 200


def test_an_honest_page_meets_no_bound(settings: Settings) -> None:
    """A drag asks again and again, one request after the other."""
    client = client_of(settings, "10.0.0.1")
    for step in range(300):
        query = f"filename=small.perf&start={step / 1000}&end={1 + step / 1000}&format=columns"
        assert client.get(f"/flamegraph/?{query}").status_code == 200
