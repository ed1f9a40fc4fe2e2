"""`/timeline/`: the frames of each thread in the order in which they ran."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson
import pytest
from flask.testing import FlaskClient

from flamescope_py.analysis.timeline import chart
from flamescope_py.settings import Settings
from tests.api.conftest import assert_refused, client_with
from tests.support import traces
from tests.support.perf_text import sample, script

URL = "/timeline/?filename=small.perf"


def spans(answer: dict[str, Any]) -> list[tuple[str, int, int, int, int]]:
    names, columns = answer["frames"]["name"], answer["spans"]
    rows = zip(*(columns[name] for name in ("frame", "depth", "start", "length", "samples")), strict=True)
    return [(names[frame], *rest) for frame, *rest in rows]


def asked(client: FlaskClient, query: str = "") -> dict[str, Any]:
    answer = client.get(URL + query)
    assert answer.status_code == 200, answer.text
    return answer.json or {}


def test_spans_of_a_range(client: FlaskClient) -> None:
    answer = asked(client, "&start=0&end=1")
    # Two samples 10 ms apart; the last one lasts an interval.
    assert [row[:2] for row in spans(answer)] == [("node", 0), ("main", 1), ("leaf", 2)]
    assert {row[2:] for row in spans(answer)} == {(110_000, 20_000, 2)}
    assert answer["threads"]["command"] == ["node"]
    assert answer["threads"]["tid"] == [3738]
    assert answer["threads"]["spans"] == [3]
    assert (answer["samples"], answer["start"], answer["end"]) == (2, 0.0, 1.0)


def test_the_whole_profile_and_a_search(client: FlaskClient) -> None:
    answer = asked(client, "&search=leaf")
    assert (answer["samples"], answer["matched"]) == (4, 2)


@pytest.mark.parametrize(
    ("query", "samples"),
    [
        ("&idle=include", 5),
        ("&comm=swapper", 0),
        ("&comm=swapper&idle=include", 1),
        ("&include=uv_run", 1),
        ("&exclude=uv_run", 3),
        ("&tid=3738", 4),
        ("&cpu=7", 0),
        ("&event=cycles", 4),
    ],
)
def test_all_parameters_of_a_selection_count(client: FlaskClient, query: str, samples: int) -> None:
    answer = asked(client, query)
    assert answer["samples"] == sum(answer["threads"]["samples"]) == samples


def test_filters_rewrite_its_stacks(client: FlaskClient) -> None:
    names = {row[0] for row in spans(asked(client, "&drop=%20main%20"))}
    assert names == {"node", "leaf", "other", "uv_run"}
    assert "uv_run" not in {row[0] for row in spans(asked(client, "&filter=node"))}


def test_it_agrees_with_the_flame_graph(client: FlaskClient) -> None:
    """Samples inside all spans of a function's frames are the totals of its nodes."""
    answer = asked(client)
    graph = client.get("/flamegraph/?filename=small.perf&format=columns").json
    assert graph is not None
    totals: dict[tuple[str, int], int] = {}
    for frame, depth, total in zip(
        *(graph["nodes"][name] for name in ("frame", "depth", "total")), strict=True
    ):
        key = (graph["frames"]["name"][frame], depth - 1)
        totals[key] = totals.get(key, 0) + total
    found: dict[tuple[str, int], int] = {}
    for name, depth, _, _, samples in spans(answer):
        found[name, depth] = found.get((name, depth), 0) + samples
    totals.pop(("root", -1))
    assert found == totals


def test_too_many_samples_are_413_and_the_sentence_helps(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chart, "MAX_SAMPLES", 3)
    assert_refused(
        client.get(URL), 413, "The range has 4 samples, and a stack chart may have 3: select some 2 s"
    )
    assert client.get(URL + "&end=2").status_code == 200


def test_spans_are_bounded_by_max_graph_nodes(settings: Settings, profiles: Path) -> None:
    blocks = [sample(f"3000.{n:06}", *(f"f{n}_{level}" for level in range(30))) for n in range(4)]
    (profiles / "deep.perf").write_bytes(script(*blocks))
    client = client_with(settings, max_graph_nodes=100)
    assert_refused(client.get("/timeline/?filename=deep.perf"), 413, "more than 100 spans (max_graph_nodes)")


@pytest.mark.parametrize(
    ("query", "status"),
    [("&start=2&end=1", 416), ("&start=0&end=99", 416), ("&start=nan", 400), ("&idle=perhaps", 400)],
)
def test_bad_queries_are_refused(client: FlaskClient, query: str, status: int) -> None:
    assert_refused(client.get(URL + query), status)


def test_a_profile_without_times_and_no_profile(client: FlaskClient, profiles: Path) -> None:
    (profiles / "folded.txt").write_bytes(b"app;main;f 3\n")
    assert_refused(client.get("/timeline/?filename=folded.txt"), 422, "no timestamps")
    assert_refused(client.get("/timeline/?filename=none"), 404)


def test_the_second_answer_is_304(client: FlaskClient) -> None:
    tag = client.get(URL).headers["ETag"]
    assert client.get(URL, headers={"If-None-Match": tag}).status_code == 304


def test_slices_of_a_trace_have_their_own_times(client: FlaskClient, profiles: Path) -> None:
    slices = [traces.whole("task", 1234, 60_001), traces.whole("f", 1300, 7)]
    (profiles / "trace.json").write_bytes(orjson.dumps(slices))
    answer = client.get("/timeline/?filename=trace.json").json or {}
    assert [row[:4] for row in spans(answer)] == [("task", 0, 1234, 60_001), ("f", 1, 1300, 7)]
    assert answer["exact"] is True
    assert asked(client)["exact"] is False
