from __future__ import annotations

from pathlib import Path

import pytest
from flask.testing import FlaskClient

from tests.api.conftest import assert_refused
from tests.support.perf_text import sample, script

URL = "/heatmap/?filename=small.perf&type=perf"


def test_flamescopes_form_has_exactly_its_four_keys(client: FlaskClient) -> None:
    answer = client.get(URL + "&rows=10")
    assert answer.content_type == "application/json"
    assert answer.json is not None
    assert list(answer.json) == ["rows", "columns", "values", "maxvalue"]
    assert answer.json["rows"] == [900, 800, 700, 600, 500, 400, 300, 200, 100, 0]
    assert answer.json["columns"] == [0, 1, 2]
    assert answer.json["maxvalue"] == 2
    assert [sum(column) for column in answer.json["values"]] == [2, 1, 1]
    assert answer.json["values"][0][8] == 2


@pytest.mark.parametrize("rows", [10, 25, 49, 50, 99, 100])
def test_rows_are_those_of_flamescope(client: FlaskClient, rows: int) -> None:
    answer = client.get(f"{URL}&rows={rows}").json
    assert answer is not None
    expected = [1000 * row / rows for row in reversed(range(rows))]
    assert answer["rows"] == pytest.approx(expected)
    assert {len(column) for column in answer["values"]} == {rows}


@pytest.mark.parametrize(("rate", "rows"), [(49, 25), (99, 25), (199, 50), (997, 50)])
def test_auto_rows_follow_the_rate(profiles: Path, client: FlaskClient, rate: int, rows: int) -> None:
    blocks = (sample(f"{5 + index / rate:.6f}", "main+0x2 (/srv/app)") for index in range(200))
    (profiles / "rate.perf").write_bytes(script(*blocks))
    answer = client.get("/heatmap/?filename=rate.perf&autoRows=true").json
    assert answer is not None
    assert len(answer["rows"]) == rows


def test_a_profile_without_times_can_have_an_empty_heatmap(profiles: Path, client: FlaskClient) -> None:
    (profiles / "folded.txt").write_bytes(b"app;main;f 3\n")
    refused = client.get("/heatmap/?filename=folded.txt&format=columns")
    assert refused.status_code == 422
    found = client.get("/heatmap/?filename=folded.txt&format=columns&untimed=true")
    assert found.status_code == 200
    assert found.json is not None
    assert found.json["missing"] == [(refused.json or {})["error"]]
    assert found.json["rows"] == found.json["columns"] == found.json["values"] == []


def test_there_are_50_rows_unless_asked_otherwise(client: FlaskClient) -> None:
    answer = client.get("/heatmap/?filename=small.perf").json
    assert answer is not None
    assert len(answer["rows"]) == 50


def test_columns_format_is_flat(client: FlaskClient) -> None:
    nested = client.get(URL + "&rows=20").json
    flat = client.get(URL + "&rows=20&format=columns").json
    assert nested is not None
    assert flat is not None
    assert flat["values"] == [value for column in nested["values"] for value in column]
    assert {key: flat[key] for key in ("rows", "columns", "maxvalue")} == {
        key: nested[key] for key in ("rows", "columns", "maxvalue")
    }
    assert (flat["samples"], flat["idle"], flat["origin"]) == (4, 1, 3000)
    assert flat["duration"] == pytest.approx(2.39)
    assert flat["begins"] == pytest.approx(0.11)


@pytest.mark.parametrize("rows", ["0", "-1", "1e9", "1001", "1000000000", "ten", "", "50.0", " 5", "٥"])
def test_rows_out_of_bounds_are_refused(client: FlaskClient, rows: str) -> None:
    assert_refused(
        client.get("/heatmap/", query_string={"filename": "small.perf", "rows": rows}), 400, "rows"
    )


def test_columns_of_several_seconds(client: FlaskClient) -> None:
    plain = client.get(URL + "&rows=10").json
    assert plain is not None
    first, second, third = plain["values"]
    answer = client.get(URL + "&rows=10&step=2").json
    assert answer is not None
    assert list(answer) == ["rows", "columns", "values", "maxvalue"]
    assert answer["columns"] == [0, 2]
    assert answer["values"] == [[a + b for a, b in zip(first, second, strict=True)], third]
    flat = client.get(URL + "&rows=10&step=2&start=2&format=columns&search=nowhere").json
    assert flat is not None
    assert (flat["columns"], flat["values"], flat["matches"]) == ([2], third, [0] * 10)
    assert (flat["step"], flat["seconds"], flat["peak"], flat["samples"]) == (2, 3, answer["maxvalue"], 1)
    assert client.get(URL + "&rows=10&join=max").json == plain
    highest = client.get(URL + "&rows=10&step=2&join=max").json
    assert highest is not None
    assert highest["values"][0] == [max(a, b) for a, b in zip(first, second, strict=True)]


def test_columns_of_another_length(client: FlaskClient) -> None:
    plain = client.get(URL + "&rows=10").json
    assert plain is not None
    assert client.get(URL + "&rows=10&columnLength=1s").json == plain
    answer = client.get(URL + "&rows=2&columnLength=100ms").json
    assert answer is not None
    assert (answer["rows"], answer["columns"][:3]) == ([50, 0], [0, 0.1, 0.2])
    upwards = [cell for column in plain["values"] for cell in reversed(column)]
    assert [sum(column) for column in answer["values"]] == upwards
    flat = client.get(URL + "&rows=5&columnLength=auto&step=2&format=columns&by=comm&busy=true").json
    assert flat is not None
    assert (flat["columnMs"], flat["step"], flat["seconds"], flat["samples"]) == (100, 2, 3, 4)
    assert len(flat["values"]) == 5 * len(flat["columns"]) == 5 * len(flat["busy"]) == 75
    lanes = [lane["values"] for lane in flat["lanes"]]
    assert [sum(cells) for cells in zip(*lanes, flat["others"]["values"], strict=True)] == flat["values"]
    minute = client.get(URL + "&columnLength=1min&autoRows=true").json
    assert minute is not None
    assert (minute["rows"][0], minute["columns"]) == (58_800, [0])
    assert_refused(client.get(URL + "&columnLength=30ms"), 400, "columnLength is '30ms'")


def test_as_many_columns_as_there_is_room_for(client: FlaskClient) -> None:
    for most, step, columns in ((3, 1, [0, 1, 2]), (2, 5, [0]), (1, 5, [0])):
        flat = client.get(f"{URL}&rows=10&columns={most}&format=columns").json
        assert flat is not None
        assert (flat["step"], flat["columns"], flat["samples"]) == (step, columns, 4)
