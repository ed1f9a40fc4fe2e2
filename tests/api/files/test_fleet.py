"""`/fleet/…`: what the server answers about a collection, and its errors."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from openapi_spec_validator import OpenAPIV31SpecValidator

from flamescope_py.fleet.writing.compact import compact
from flamescope_py.settings import Settings
from flamescope_py.web import create_app
from tests.api.conftest import app_with, assert_refused, opened
from tests.meta.test_openapi import conforms
from tests.support.fleet import LATER, MIDNIGHT, capture, collect, files

# The recording of another test file is younger than these captures.
NEVER = 4_000_000_000 * 1_000_000


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """Collect two hosts of `web`, of which b runs `parse` three times as often, and one of `db`."""
    found = tmp_path / "fleet"
    collect(found, capture(MIDNIGHT, "read", "parse", "read", "read"), "service=web", "host=a", "version=1")
    collect(found, capture(MIDNIGHT + 60, *["parse"] * 3, "read"), "service=web", "host=b", "version=2")
    collect(found, capture(MIDNIGHT + 60.5, "query", "query<parse", "idle"), "service=db", "host=c")
    collect(found, capture(5000))
    return found


@pytest.fixture
def app(settings: Settings, place: Path) -> Flask:
    return app_with(settings, fleet=str(place), max_fleet_bytes=256 << 20)


def ask(client: FlaskClient, path: str, **query: Any) -> Any:
    found = client.get(
        f"/fleet/{path}", query_string={key.rstrip("_"): value for key, value in query.items()}
    )
    assert found.status_code == 200, found.text
    return found.json


def node_names(graph: Any) -> list[str]:
    return [graph["frames"]["name"][frame] for frame in graph["nodes"]["frame"]]


def refused(client: FlaskClient, path: str, status: int, word: str, **query: Any) -> None:
    assert_refused(client.get(f"/fleet/{path}", query_string=query), status, word)


def test_totals_count_samples_and_profiles(client: FlaskClient) -> None:
    found = ask(client, "")
    rows = {row["row"]: (row["samples"], row["idle"], row["windows"]) for row in found["rows"]}
    assert rows == {"a": (4, 0, 1), "b": (4, 0, 1), "c": (3, 1, 1)}
    assert (found["start"], found["end"], found["leftOut"]) == (MIDNIGHT, MIDNIGHT + 120, 0)
    by_service = {row["row"]: row["samples"] for row in ask(client, "", by="service")["rows"]}
    assert by_service == {"web": 8, "db": 3}
    assert [row["row"] for row in ask(client, "", by="version")["rows"]] == ["", "1", "2"]


def test_the_matrix_has_the_samples_of_each_minute(client: FlaskClient) -> None:
    found = ask(client, "matrix", step=60)
    assert (found["rows"], found["columns"], found["step"]) == (["a", "b", "c"], 2, 60)
    cells = zip(found["row"], found["column"], found["samples"], strict=True)
    assert sorted(cells) == [(0, 0, 4), (1, 1, 4), (2, 1, 3)]


def test_more_than_a_day_begins_and_ends_at_whole_hours(client: FlaskClient, place: Path) -> None:
    collect(place, capture(MIDNIGHT + 90_000, "parse"), "service=web", "host=a", "version=1")
    compact(files(place), LATER)
    found = ask(client, "matrix", step=3600, function="parse")
    assert (found["start"], found["end"]) == (MIDNIGHT, MIDNIGHT + 26 * 3600)
    cells = zip(found["row"], found["column"], found["samples"], found["matches"], strict=True)
    assert sorted(cells) == [(0, 0, 4, 1), (0, 25, 1, 1), (1, 0, 4, 3), (2, 0, 3, 1)]


def test_a_function_is_counted_where_it_ran(client: FlaskClient) -> None:
    matches = {row["row"]: row["matches"] for row in ask(client, "", function="parse")["rows"]}
    assert matches == {"a": 1, "b": 3, "c": 1}
    found = ask(client, "matrix", function="parse", step=60, host="b")
    assert found["matches"] == [3]
    assert {row["matches"] for row in ask(client, "", function="parse()")["rows"]} == {0}


def test_functions_on_top_are_listed_by_host(client: FlaskClient) -> None:
    found = ask(client, "functions", limit=1)["functions"]
    assert [(one["row"], one["name"], one["samples"], one["share"]) for one in found] == [
        ("a", "read", 3, 0.75),
        ("b", "parse", 3, 0.75),
        ("c", "query", 2, 0.666667),
    ]


def test_profiles_are_listed_with_those_without_time(client: FlaskClient) -> None:
    found = ask(client, "profiles")
    assert found["total"] == 4
    assert [one["placed"] for one in found["profiles"]].count(False) == 1
    (unplaced,) = [one for one in found["profiles"] if not one["placed"]]
    assert "CLOCK_REALTIME" in unplaced["reason"]
    assert unplaced["start"] is None
    assert len(ask(client, "profiles", limit=2)["profiles"]) == 2


def test_the_flame_graph_of_a_cut_is_that_of_its_samples(client: FlaskClient) -> None:
    found = ask(client, "flamegraph", service="web")
    names = node_names(found)
    assert dict(zip(names, found["nodes"]["total"], strict=True)) == {
        "root": 8,
        "web": 8,
        "main": 8,
        "parse": 4,
        "read": 4,
    }
    folded = client.get("/fleet/flamegraph", query_string={"format": "folded", "host": "b"}).text
    assert folded == "web;main;parse 3\nweb;main;read 1\n"
    dropped = client.get("/fleet/flamegraph", query_string={"format": "folded", "host": "b", "drop": "main"})
    assert dropped.text == "web;parse 3\nweb;read 1\n"


def test_a_cut_compared_with_itself_has_no_difference(client: FlaskClient) -> None:
    same = ask(client, "differential", host="a", compareHost="a")
    assert not any(same["nodes"]["delta"])
    other = ask(client, "differential", host="a", compareHost="b")
    deltas = dict(zip(node_names(other), other["nodes"]["delta"], strict=True))
    assert deltas["parse"] == -deltas["read"] != 0


def test_the_window_of_a_host_is_its_subsecond_heatmap(client: FlaskClient) -> None:
    cut = {"host": "c", "from": str(MIDNIGHT + 60), "to": str(MIDNIGHT + 62)}
    found = client.get("/fleet/heatmap", query_string={**cut, "rows": 10}).json
    assert found is not None
    assert (found["origin"], found["samples"], found["idle"]) == (MIDNIGHT + 60, 2, 1)
    # Both fall into the sixth tenth of the first second. The highest row comes first.
    assert found["values"].index(2) == 4
    part = {**cut, "start": "0.505", "end": "0.515", "format": "folded"}
    assert client.get("/fleet/window", query_string=part).text == "web;main;parse;query 1\n"


def test_a_time_is_taken_in_every_form(client: FlaskClient) -> None:
    for start in ("2020-11-02T00:01:00Z", "20201102T000100Z", str(MIDNIGHT + 60)):
        found = ask(client, "", **{"from": start})
        assert [row["row"] for row in found["rows"]] == ["b", "c"]


@pytest.mark.parametrize(
    ("path", "query", "status", "word"),
    [
        ("", {"by": "city"}, 400, "by is 'city'"),
        ("", {"from": "soon"}, 400, "a time such as"),
        ("", {"from": "2020-11-03", "to": "x"}, 400, "a time such as"),
        ("", {"from": str(MIDNIGHT + 9), "to": str(MIDNIGHT)}, 416, "its end must be after its start"),
        ("", {"host": ""}, 400, "host is empty"),
        ("matrix", {"step": "90"}, 400, "whole minutes"),
        ("matrix", {"step": "0"}, 400, "from 60"),
        ("matrix", {"from": "1000000000", "to": "4000000000", "step": "60"}, 400, "longer step"),
        ("functions", {"limit": "0"}, 400, "from 1"),
        ("flamegraph", {"format": "png"}, 400, "format is 'png'"),
        ("flamegraph", {"include": "("}, 400, "does not compile"),
        ("flamegraph", {"filter": "nothing"}, 400, "filter is 'nothing'"),
        ("heatmap", {"from": str(MIDNIGHT), "to": str(MIDNIGHT + 3601)}, 416, "at most an hour"),
        ("window", {"start": "x"}, 400, "start is 'x'"),
        ("differential", {"compareFrom": "x"}, 400, "compareFrom is 'x'"),
    ],
)
def test_a_bad_question_is_refused(
    client: FlaskClient, path: str, query: dict[str, str], status: int, word: str
) -> None:
    refused(client, path, status, word, **query)


def test_a_cut_without_samples_is_empty_and_no_error(client: FlaskClient) -> None:
    assert ask(client, "", host="nobody")["rows"] == []
    assert ask(client, "matrix", host="nobody")["rows"] == []
    assert ask(client, "functions", service="nothing")["functions"] == []
    assert ask(client, "flamegraph", host="nobody")["nodes"]["total"] == [0]
    # A host that recorded nothing in these seconds is no profile without times.
    for host in ("nobody", "c"):
        cut = {"host": host, "from_": MIDNIGHT + 120, "to": MIDNIGHT + 130}
        found = ask(client, "heatmap", **cut)
        assert (found["origin"], found["columns"], found["samples"]) == (MIDNIGHT + 120, [*range(10)], 0)
        assert set(found["values"]) == {0}
        assert ask(client, "window", **cut, start=1, end=2)["samples"] == 0


def test_hostile_names_are_values_and_nothing_else(place: Path, client: FlaskClient) -> None:
    hostile = "'; DROP TABLE samples; --<img>\\"
    collect(place, capture(MIDNIGHT, "odd"), f"host={hostile}", f"service={hostile}")
    found = create_client(client, place)
    assert [row["samples"] for row in ask(found, "", host=hostile)["rows"]] == [1]
    assert [row["row"] for row in ask(found, "", host=hostile)["rows"]] == [hostile]
    assert len(ask(found, "")["rows"]) == 4


def create_client(client: FlaskClient, place: Path) -> FlaskClient:
    """Return a client of a new server of the same collection, as if the moment had passed."""
    from flamescope_py.web.context import settings_of

    return opened(create_app(settings_of(client.application)))


def test_files_that_are_left_out_are_named_and_counted(place: Path, client: FlaskClient) -> None:
    damaged = next(place.glob("samples/*/service=db/*.parquet"))
    damaged.write_bytes(b"PAR1")
    (place / "minutes" / "notes").write_text("x")
    found = ask(create_client(client, place), "")
    assert {row["row"] for row in found["rows"]} == {"a", "b"}
    assert found["leftOut"] == 3
    assert any("cannot be read as Parquet" in one["reason"] for one in found["leftOutFiles"])


def test_an_empty_collection_says_so(settings: Settings, tmp_path: Path) -> None:
    found = opened(app_with(settings, fleet=str(tmp_path / "none")))
    refused(found, "", 416, "There are no samples in the collection")
    assert ask(found, "profiles")["total"] == 0


def test_mixed_units_are_refused(place: Path, client: FlaskClient) -> None:
    profile = (Path(__file__).parents[2] / "data/otlp/profiles.otlp.json").read_bytes()
    done = collect(place, profile, "service=java", "host=d", now=NEVER)
    assert done.outcome == "placed"
    found = create_client(client, place)
    refused(found, "flamegraph", 400, "The profiles count in", everyEvent="true")
    assert ask(found, "flamegraph", service="java")["samples"] > 0


def test_answers_are_revalidated_until_the_collection_changes(place: Path, client: FlaskClient) -> None:
    first = client.get("/fleet/matrix")
    again = client.get("/fleet/matrix", headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304
    collect(place, capture(MIDNIGHT, "new"))
    tag = create_client(client, place).get("/fleet/matrix").headers["ETag"]
    assert tag != first.headers["ETag"]


def test_a_costly_question_is_refused(settings: Settings, place: Path) -> None:
    busy = opened(app_with(settings, fleet=str(place), max_client_seconds=1, client_percent=1))
    for _ in range(200):
        answer = busy.get("/fleet/functions", environ_base={"REMOTE_ADDR": "10.0.0.1"})
        if answer.status_code == 429:
            break
    assert_refused(answer, 429)


def test_the_description_is_valid_and_answers_conform(client: FlaskClient) -> None:
    described: Any = client.get("/openapi.json").json
    assert [error.message for error in OpenAPIV31SpecValidator(described).iter_errors()] == []
    paths = [path for path in described["paths"] if path.startswith("/fleet/")]
    assert len(paths) == 8
    for path in paths:
        query = {"from": str(MIDNIGHT), "to": str(MIDNIGHT + 120)}
        answer = client.get(path, query_string=query)
        assert answer.status_code == 200, (path, answer.text)
        types = described["paths"][path]["get"]["responses"]["200"]["content"]
        assert conforms(described, types["application/json"]["schema"], answer.json) == []


def test_a_server_without_a_collection_has_no_such_routes(settings: Settings) -> None:
    refused(opened(create_app(settings)), "", 404, "nothing at this address")


def test_an_engine_that_is_none_is_refused_at_start(settings: Settings, place: Path) -> None:
    from flamescope_py.errors import ConfigError

    with pytest.raises(ConfigError, match="must be duckdb, or a URL"):
        app_with(settings, fleet=str(place), fleet_engine="oracle")
