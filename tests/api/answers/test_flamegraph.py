from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.support.perf_text import sample, script

URL = "/flamegraph/?filename=small.perf&type=perf"


def samples_below(node: dict[str, Any]) -> int:
    return int(node["v"]) + sum(map(samples_below, node["c"]))


def test_flamescopes_form(client: FlaskClient) -> None:
    root = client.get(URL + "&start=0&end=1").json
    leaf = {"n": "leaf", "l": "user", "v": 2, "c": []}
    main = {"n": "main", "l": "user", "v": 0, "c": [leaf]}
    assert root == {"n": "root", "l": "", "v": 0, "c": [{"n": "node", "l": "", "v": 0, "c": [main]}]}


def test_without_bounds_it_is_the_whole_profile(client: FlaskClient) -> None:
    whole = client.get(URL).json
    assert whole is not None
    assert samples_below(whole) == 4


def test_one_bound_is_enough(client: FlaskClient) -> None:
    early, late = client.get(URL + "&end=1.5").json, client.get(URL + "&start=1.5").json
    assert early is not None
    assert late is not None
    assert (samples_below(early), samples_below(late)) == (2, 2)


def test_columns_format(client: FlaskClient) -> None:
    assert client.get(URL + "&start=1&end=3&format=columns").json == {
        "frames": {
            "name": ["main", "node", "other", "root", "uv_run"],
            "library": ["/srv/app", "", "/srv/lib.so", "", "/usr/bin/node"],
            "kind": ["user", "", "user", "", "user"],
        },
        "nodes": {
            "frame": [3, 1, 0, 2, 4],
            "depth": [0, 1, 2, 3, 3],
            "self": [0, 0, 0, 1, 1],
            "total": [2, 2, 2, 1, 1],
        },
        "samples": 2,
        "start": 1.0,
        "end": 3.0,
        "profileSamples": 4,
        "profileLevels": 4,
        "unit": "samples",
    }


@pytest.mark.parametrize(
    ("part", "rest"), [("&start=1&end=3", "&rest=second"), ("&end=1.5", "&rest=second"), ("", "")]
)
def test_by_adds_the_breakdown_of_the_range(client: FlaskClient, part: str, rest: str) -> None:
    asked = f"{part}&by=function&limit=2"
    found = client.get(f"{URL}&format=columns{asked}").json
    assert found is not None
    assert found.pop("breakdown") == client.get(f"/breakdown/?filename=small.perf{asked}{rest}").json
    assert found == client.get(f"{URL}&format=columns{part}").json


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ("by=comm", "by adds to format=columns alone"),
        ("by=comm&format=folded", "by adds to format=columns alone"),
        ("by=colour&format=columns", "it must be one of comm"),
        ("by=comm&limit=0&format=columns", "limit is"),
    ],
)
def test_a_breakdown_that_cannot_be_added_is_refused(client: FlaskClient, wrong: str, sentence: str) -> None:
    answer = client.get(f"{URL}&{wrong}")
    assert answer.status_code == 400
    assert answer.json is not None
    assert sentence in answer.json["error"]


def test_samples_of_a_known_rate_have_their_interval(client: FlaskClient, profiles: Path) -> None:
    blocks = (sample(f"{5 + index / 99:.6f}", "main+0x2 (/srv/app)") for index in range(200))
    (profiles / "rate.perf").write_bytes(script(*blocks))
    (profiles / "folded.txt").write_bytes(b"app;main;f 3\n")
    url = "/flamegraph/?format=columns&filename="
    timed = client.get(f"{url}rate.perf").json or {}
    asked = client.get("/breakdown/?filename=rate.perf&by=function").json or {}
    assert timed["sampleSeconds"] == pytest.approx(1 / asked["frequency"]) == pytest.approx(1 / 99, rel=0.01)
    for other in ("rate.perf&weight=period", "folded.txt", "small.perf"):
        found = client.get(url + other).json or {}
        assert "sampleSeconds" not in found


def test_a_filter_says_what_it_cost(client: FlaskClient) -> None:
    answer = client.get(URL + "&format=columns&filter=node").json
    assert answer is not None
    assert answer["filtered"] == {"frames": 1, "samplesMoved": 1, "samplesEmptied": 0, "samples": 4}
    assert "uv_run" not in answer["frames"]["name"]


def test_dropped_frames_leave_their_samples_to_the_caller(client: FlaskClient) -> None:
    answer = client.get(URL + "&drop=leaf&drop=%5E+other").json
    assert answer is not None
    assert samples_below(answer) == 4
    main = answer["c"][0]["c"][0]
    assert (main["n"], main["v"], [child["n"] for child in main["c"]]) == ("main", 3, ["uv_run"])


def test_folded_format(client: FlaskClient) -> None:
    answer = client.get(URL + "&format=folded")
    assert answer.content_type == "text/plain; charset=utf-8"
    assert answer.text.splitlines() == ["node;main;leaf 2", "node;main;other 1", "node;main;uv_run 1"]


def test_nodes_that_differ_in_their_library_only_are_one_in_flamescopes_form(
    client: FlaskClient, profiles: Path
) -> None:
    (profiles / "two.perf").write_bytes(script(sample("1.0", "f (/a.so)"), sample("1.1", "f (/b.so)")))
    nested = client.get("/flamegraph/?filename=two.perf").json
    columns = client.get("/flamegraph/?filename=two.perf&format=columns").json
    assert nested is not None
    assert columns is not None
    assert nested["c"][0]["c"] == [{"n": "f", "l": "user", "v": 2, "c": []}]
    assert columns["frames"]["library"].count("/a.so") == 1
    assert len(columns["nodes"]["frame"]) == 4


@pytest.mark.parametrize("bound", ["abc", "nan", "inf", "-inf", "1e999", "", "1_0", "0x1", " 1", "1" * 99])
@pytest.mark.parametrize("name", ["start", "end"])
def test_a_bound_that_is_no_number_is_refused(client: FlaskClient, name: str, bound: str) -> None:
    answer = client.get("/flamegraph/", query_string={"filename": "small.perf", name: bound})
    assert answer.status_code == 400
    assert answer.json is not None
    assert answer.json["error"].startswith(name)


@pytest.mark.parametrize(
    "span", ["start=2&end=1", "start=1&end=1", "start=0&end=3.1", "start=-1", "end=1e300"]
)
def test_a_range_outside_of_the_profile_is_416(client: FlaskClient, span: str) -> None:
    assert client.get(f"{URL}&{span}").status_code == 416


@pytest.mark.parametrize("bound", ["1e-7", "0.5", ".5", "0", "2.", "1E0", "00.5"])
def test_decimals_as_programs_write_them(client: FlaskClient, bound: str) -> None:
    assert client.get(f"{URL}&start={bound}").status_code == 200


def test_a_profile_without_time_is_shown_whole_only(client: FlaskClient, profiles: Path) -> None:
    (profiles / "timeless.perf").write_bytes(script(sample(None, "f (/a.so)")))
    url = "/flamegraph/?filename=timeless.perf"
    whole = client.get(url).json
    assert whole is not None
    assert samples_below(whole) == 1
    assert client.get(url + "&start=0&end=1").status_code == 422
    assert client.get("/heatmap/?filename=timeless.perf").status_code == 422


def test_stacks_of_ten_thousand_frames(client: FlaskClient, profiles: Path) -> None:
    frames = [f"f{number}+0x1 (/srv/app)" for number in range(10_000)]
    (profiles / "deep.perf").write_bytes(script(sample("1.0", *frames)))
    answer = client.get("/flamegraph/?filename=deep.perf")
    assert answer.status_code == 200
    assert answer.text.count('"n":') == 10_002
    assert answer.text.endswith("]}" * 10_002)
    columns = client.get("/flamegraph/?filename=deep.perf&format=columns").json
    assert columns is not None
    assert max(columns["nodes"]["depth"]) == 10_001
