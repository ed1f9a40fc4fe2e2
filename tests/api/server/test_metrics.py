from __future__ import annotations

import re
from pathlib import Path

from flask.testing import FlaskClient


def values(client: FlaskClient) -> dict[str, float]:
    lines = client.get("/metrics").text.splitlines()
    return {line.rpartition(" ")[0]: float(line.rpartition(" ")[2]) for line in lines if line[0] != "#"}


def test_requests_are_counted_by_route_and_status(client: FlaskClient) -> None:
    assert client.get("/profile/").data is not None
    assert client.get("/heatmap/?filename=small.perf").data is not None
    assert client.get("/heatmap/?filename=none").data is not None
    assert client.get("/nowhere").data is not None
    assert client.get("/profile/", headers={"Host": "evil.example"}).data is not None
    found = values(client)
    counts = {
        ("/profile/", "200"): 1,
        ("/profile/", "403"): 1,
        ("/heatmap/", "200"): 1,
        ("/heatmap/", "404"): 1,
        ("/<name>", "404"): 1,
    }
    for (route, status), count in counts.items():
        labels = f'{{method="GET",route="{route}",status="{status}"}}'
        assert found[f"flamescope_requests_total{labels}"] == count
    assert found['flamescope_request_seconds_count{route="/heatmap/"}'] == 2
    assert found['flamescope_sent_bytes_total{route="/heatmap/"}'] > 100


def test_reading_is_measured(client: FlaskClient, profiles: Path) -> None:
    size = (profiles / "small.perf").stat().st_size
    (profiles / "broken.cpuprofile").write_bytes(b'{"nodes": [], "samples": [')
    for _ in range(3):
        assert client.get("/flamegraph/?filename=small.perf").data is not None
    assert client.get("/flamegraph/?filename=broken.cpuprofile").data is not None
    assert client.get("/profile/").data is not None
    found = values(client)
    assert found['flamescope_profile_lookups_total{source="file"}'] == 1
    assert found['flamescope_profile_lookups_total{source="memory"}'] == 2
    assert found["flamescope_parsed_bytes_total"] == size
    assert found["flamescope_parse_seconds_total"] > 0
    assert found["flamescope_parse_failures_total"] == 1
    assert (found["flamescope_parsing"], found["flamescope_waiting"]) == (0, 0)
    assert found["flamescope_open_profiles"] == 1
    assert found["flamescope_open_bytes"] > 0
    assert found["flamescope_listed_files"] == 2
    assert found['flamescope_jobs{state="running"}'] == 0
    assert found["process_resident_memory_bytes"] > 0


def test_a_client_cannot_make_series(client: FlaskClient) -> None:
    for number in range(20):
        assert client.get(f"/nowhere-{number}?x={number}").data is not None
        assert client.open("/profile/", method=f"NEW{number}").data is not None
    text = client.get("/metrics").text
    assert not re.search(r"nowhere|NEW\d", text)
    assert 'method="other"' in text


def test_no_path_of_the_machine_is_told(client: FlaskClient, profiles: Path) -> None:
    assert client.get("/profile/").data is not None
    assert str(profiles) not in client.get("/metrics").text
