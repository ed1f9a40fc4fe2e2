"""`/report/`: the parts of a report are the answers of their own routes."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from flamescope_py.service import report as reports
from tests.meta.test_openapi import conforms

FILE = "small.perf"
RANGE = "&start=0&end=1.5"


def data(client: FlaskClient, more: str = "") -> dict[str, Any]:
    answer = client.get(f"/report/?filename={FILE}&format=json{more}")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json or {}
    described: dict[str, Any] = client.get("/openapi.json").json or {}
    types = described["paths"]["/report/"]["get"]["responses"]["200"]["content"]
    assert conforms(described, types["application/json"]["schema"], found) == []
    return found


def asked(client: FlaskClient, address: str) -> Any:
    return client.get(address).json


def test_its_parts_are_those_of_the_other_routes(client: FlaskClient, profiles: Path) -> None:
    (profiles / f"{FILE}.marks.csv").write_text("time,text\n0.5,deploy\n")
    found = data(client, f"{RANGE}&comm=node&view=q%3Dmain")
    named = f"filename={FILE}&comm=node"
    rows = f"rows={len(found['heatmap']['rows'])}&columns=1000&format=columns"
    assert found["heatmap"] == asked(client, f"/heatmap/?{named}&{rows}&busy=true")
    selected, whole, *_ = found["graphs"]
    assert [selected["shows"], whole["shows"]] == ["selection", "whole"]
    assert selected["graph"] == asked(client, f"/flamegraph/?{named}{RANGE}&format=columns")
    assert whole["graph"] == asked(client, f"/flamegraph/?{named}&format=columns")
    assert selected["graph"]["samples"] == 2
    function = found["who"][-1]
    assert function == asked(client, f"/breakdown/?{named}{RANGE}&by=function&limit=50&rest=second")
    assert found["findings"] == asked(client, f"/findings/?filename={FILE}")
    assert found["marks"] == asked(client, f"/marks/?filename={FILE}")
    assert (found["start"], found["end"], found["view"], found["cut"]) == (0, 1.5, "q=main", ["command node"])


def test_its_columns_have_the_length_of_the_view(client: FlaskClient) -> None:
    found = data(client, "&columnLength=100ms")
    rows = f"rows={len(found['heatmap']['rows'])}&columns=1000&columnLength=100ms&format=columns"
    assert found["heatmap"] == asked(client, f"/heatmap/?filename={FILE}&{rows}&busy=true")
    assert found["lanes"]["columnMs"] == found["heatmap"]["columnMs"] == 100


def test_markers_of_the_profile_itself_are_among_its_marks(client: FlaskClient, profiles: Path) -> None:
    with (profiles / FILE).open("a") as file:
        file.write("\nnode 1 3001.5: PERF_RECORD_LOST lost 7\n")
    (own,) = data(client)["marks"]["files"]
    assert (own["series"], own["rows"]["start"], own["rows"]["text"]) == (["losses"], [1.5], ["7 events"])
    assert own == asked(client, f"/marks/?filename={FILE}")["files"][0]


def test_lanes_are_of_the_first_property_with_several_values(client: FlaskClient) -> None:
    found = data(client, "&idle=include")
    assert [lane["value"] for lane in found["lanes"]["lanes"]] == ["node", "swapper"]
    assert len(found["lanes"]["rows"]) == 8
    assert data(client, "&by=cpu")["lanes"]["by"] == "cpu"


def test_the_page_is_a_file_named_by_its_range(client: FlaskClient) -> None:
    answer = client.get(f"/report/?filename={FILE}{RANGE}")
    assert answer.mimetype == "text/html"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="small.perf.0-1.5s.html"'
    assert re.search(rb"default-src 'none'; script-src 'sha256-[\w+/=]+'; style-src 'sha256-", answer.data)
    again = client.get(f"/report/?filename={FILE}{RANGE}", headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304


def test_a_profile_without_times_has_a_graph_only(client: FlaskClient, profiles: Path) -> None:
    (profiles / FILE).write_text("main;leaf 3\nmain 2\n")
    found = data(client)
    assert (found["heatmap"], found["lanes"]) == (None, None)
    assert found["graphs"][0]["graph"]["samples"] == 5


@pytest.mark.parametrize(
    ("more", "status", "words"),
    [
        ("&start=5&end=6", 416, "3"),
        ("&view=" + "x" * 4001, 400, "at most 4000 characters"),
        ("&by=colour", 400, "by is 'colour'"),
        ("&rows=0", 400, "rows"),
        ("&marks=none.csv", 404, ""),
    ],
)
def test_a_bad_question_is_an_error(client: FlaskClient, more: str, status: int, words: str) -> None:
    answer = client.get(f"/report/?filename={FILE}{more}")
    assert answer.status_code == status
    assert words in (answer.json or {})["error"]


def test_a_large_graph_is_merged_until_it_has_room(client: FlaskClient, profiles: Path) -> None:
    stacks = "".join(f"main;a{number};{'x' * 90}{number} 1\n" for number in range(30_000))
    (profiles / FILE).write_text(stacks)
    answer = client.get(f"/report/?filename={FILE}&format=json")
    assert len(answer.data) < 2_000_000
    assert answer.json is not None
    assert answer.json["graphs"][0]["graph"]["samples"] == 30_000


def test_without_the_front_end_it_says_what_to_do(
    client: FlaskClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reports, "VIEWER", tmp_path)
    answer = client.get(f"/report/?filename={FILE}")
    assert answer.status_code == 404
    assert "make frontend" in (answer.json or {})["error"]


def test_a_picture_carries_range_filters_and_heatmap(client: FlaskClient) -> None:
    answer = client.get(f"/flamegraph/?filename={FILE}{RANGE}&comm=node&format=svg")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="small.perf.0-1.5s.svg"'
    assert ">0 to 1.5 s · command node</text>" in answer.text
    assert sum(path.count("M") for path in re.findall(r'<path d="([^"]+)"', answer.text)) == 3
