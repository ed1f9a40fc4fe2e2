"""`/findings/`, and where its answers are kept."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from flamescope_py.analysis.findings import all as all_findings
from flamescope_py.service import findings
from flamescope_py.settings import Settings
from flamescope_py.web import create_app
from flamescope_py.web.context import service_of

EXAMPLES = Path(__file__).resolve().parents[3] / "examples"
URL = "/findings/?filename=node.gz"


@pytest.fixture(autouse=True)
def node(profiles: Path) -> None:
    (profiles / "node.gz").write_bytes((EXAMPLES / "node18-http.perf.out.gz").read_bytes())


@pytest.fixture
def looked(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Note each profile that is looked at."""
    seen: list[object] = []
    real = all_findings.find

    def find(profile: object) -> object:
        seen.append(profile)
        return real(profile)  # type: ignore[arg-type]

    monkeypatch.setattr(findings, "find", find)
    return seen


def test_findings_are_sentences_with_ranges_selections_and_numbers(client: FlaskClient) -> None:
    answer = client.get(URL)
    assert answer.status_code == 200
    assert answer.json is not None
    first = answer.json["findings"][0]
    assert set(first) == {"kind", "text", "ranges", "selection", "numbers", "function"}
    assert first["kind"] == "periodic"
    assert "`rebuildSearchIndex` runs every 5.0" in first["text"]
    assert first["function"] == "LazyCompile:*rebuildSearchIndex /srv/app/service.js:101"


def test_ranges_and_selections_can_be_asked_for(client: FlaskClient) -> None:
    for one in (client.get(URL).json or {})["findings"]:
        start, end = one["ranges"][0]
        query = {"filename": "node.gz", "format": "columns", "start": start, "end": end, **one["selection"]}
        answer = client.get("/flamegraph/", query_string=query)
        assert answer.status_code == 200
        assert (answer.json or {})["samples"] > 0, one


def test_they_are_made_once(client: FlaskClient, looked: list[object]) -> None:
    assert client.get(URL).json == client.get(URL).json
    assert len(looked) == 1


def test_they_are_kept_with_the_index(settings: Settings, looked: list[object]) -> None:
    def ask_new_server(url: str) -> object:
        app = create_app(settings)
        answer = app.test_client().get(url)
        service_of(app).close()
        return answer.json

    ask_new_server("/heatmap/?filename=node.gz")
    first = ask_new_server(URL)
    assert ask_new_server(URL) == first
    assert len(looked) == 1
    (note,) = settings.cache_dir.glob("index/*/findings.json")
    note.write_bytes(note.read_bytes().replace(b"periodic", b"perfidic"))
    assert ask_new_server(URL) == first
    assert len(looked) == 2


def test_those_of_a_large_file_are_made_behind_its_reading(
    client: FlaskClient, settings: Settings, looked: list[object], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(findings, "LARGE", 1000)
    assert client.get("/heatmap/?filename=small.perf").status_code == 200
    assert client.get("/heatmap/?filename=node.gz").status_code == 200
    while not list(settings.cache_dir.glob("index/*/findings.json")):
        time.sleep(0.01)
    assert len(looked) == 1
    assert client.get(URL).status_code == 200
    assert len(looked) == 1


def test_a_profile_without_times_says_so(client: FlaskClient, profiles: Path) -> None:
    (profiles / "folded.txt").write_bytes(b"app;main;f 3\n")
    answer = client.get("/findings/?filename=folded.txt").json
    assert answer is not None
    assert answer["findings"] == []
    assert "no timestamps" in answer["missing"][0]
