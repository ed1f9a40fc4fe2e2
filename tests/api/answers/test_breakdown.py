"""`/breakdown/`, and lanes and busy CPUs beside `/heatmap/`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from flask.testing import FlaskClient

from flamescope_py.analysis.vocabulary import BY_SAMPLE, BY_STACK
from tests.support.perf_text import sample, script

HOSTILE = '"><img src=x onerror=alert(1)>'


@pytest.fixture(autouse=True)
def machine(profiles: Path) -> None:
    """Write two seconds at 10 Hz: `web` runs on CPU 0, and from second 1 on another command on CPU 1."""
    blocks = [
        sample(
            f"3000.{tick}00000", "f (/x)", "main (/x)", command="web", task="7/7", cpu=0, period=100_000_000
        )
        for tick in range(10)
    ]
    for tick in range(10):
        time = f"3001.{tick}00000"
        blocks.append(sample(time, "f (/x)", command="web", task="7/8", cpu=0, period=100_000_000))
        blocks.append(sample(time, "g (/y)", command=HOSTILE, task="9/9", cpu=1, period=100_000_000))
    header = "# nrcpus online : 4\n"
    text = header.encode() + script(*blocks).replace(b"cycles:", b"cpu-clock:")
    (profiles / "machine.perf").write_bytes(text)


def breakdown(client: FlaskClient, by: str, **query: Any) -> Any:
    answer = client.get("/breakdown/", query_string={"filename": "machine.perf", "by": by, **query})
    assert answer.status_code == 200, answer.text
    return answer.json


def lanes(client: FlaskClient, **query: Any) -> Any:
    asked = {"filename": "machine.perf", "format": "columns", "rows": 10, **query}
    answer = client.get("/heatmap/", query_string=asked)
    assert answer.status_code == 200, answer.text
    return answer.json


def test_a_breakdown_has_flat_columns_of_one_length(client: FlaskClient) -> None:
    found = breakdown(client, "comm", start=1, end=2)
    assert found["by"] == "comm"
    assert found["samples"] == 20
    assert (found["cpus"], found["cpusFrom"]) == (4, "header")
    assert (found["frequency"], found["frequencyFrom"]) == (10, "period")
    assert found["seconds"] == pytest.approx(0.9)
    assert found["rows"] == {
        "value": ["web", HOSTILE],
        "label": ["web", HOSTILE],
        "samples": [10, 10],
        "self": [10, 10],
        "share": [0.5, 0.5],
        "busy": [1.111111, 1.111111],
    }
    assert found["others"] == {"values": 0, "samples": 0}
    assert found["missing"] == []


def test_rows_leave_out_the_cut_of_their_own_property_and_no_other(client: FlaskClient) -> None:
    alone = breakdown(client, "thread", tid=7)
    assert dict(zip(alone["rows"]["value"], alone["rows"]["samples"], strict=True)) == {7: 10, 8: 10, 9: 10}
    cut = breakdown(client, "thread", tid=7, comm="web")
    assert dict(zip(cut["rows"]["value"], cut["rows"]["samples"], strict=True)) == {7: 10, 8: 10, 9: 0}
    assert cut["rows"]["label"] == ["web 7", "web 8", f"{HOSTILE} 9"]
    by_cpu = breakdown(client, "cpu", cpu=1, tid=9)
    assert dict(zip(by_cpu["rows"]["value"], by_cpu["rows"]["samples"], strict=True)) == {0: 0, 1: 10}


def test_values_beyond_the_limit_are_counted(client: FlaskClient) -> None:
    found = breakdown(client, "thread", limit=1)
    assert len(found["rows"]["value"]) == 1
    assert found["others"] == {"values": 2, "samples": 20}
    assert found["present"] == 3


def test_functions_have_samples_of_their_own_and_anywhere(client: FlaskClient) -> None:
    rows = breakdown(client, "function")["rows"]
    assert rows["value"] == ["f", "g", "main"]
    assert rows["self"] == [20, 10, 0]
    assert rows["samples"] == [20, 10, 10]


def test_the_rest_shows_the_change_in_points(client: FlaskClient) -> None:
    rows = breakdown(client, "comm", start=1, end=2, rest="second")["rows"]
    assert rows["delta"] == [-50, 50]
    # The side of the rest is broken down where it is the first.
    other = breakdown(client, "comm", start=1, end=2, rest="first")
    assert (other["samples"], other["rows"]["delta"]) == (10, [50, -50])
    assert other["rows"]["value"] == ["web", HOSTILE]


def test_the_rest_of_everything_is_nothing_and_noted(client: FlaskClient) -> None:
    found = breakdown(client, "comm", rest="second")
    assert sum(found["rows"]["delta"]) == pytest.approx(100)
    assert found["missing"][-1].startswith("One of the two ranges has no samples")
    empty = breakdown(client, "cpu", rest="first", include="no such function")
    assert set(empty["rows"]["delta"]) == {0}
    assert empty["missing"] == []


def test_another_profile_shows_the_change_too(client: FlaskClient) -> None:
    same = breakdown(client, "function", compareFilename="machine.perf")["rows"]
    assert same["delta"] == same["selfDelta"] == [0, 0, 0]
    rows = breakdown(client, "function", compareFilename="small.perf", limit=1)["rows"]
    assert rows["value"] == ["f"]
    assert rows["delta"] == [pytest.approx(200 / 3, abs=1e-5)]


@pytest.mark.parametrize("by", BY_SAMPLE + BY_STACK)
def test_lanes_and_others_are_the_heatmap(client: FlaskClient, by: str) -> None:
    found = lanes(client, by=by, lanes=1)
    (lane,) = found["lanes"]
    both = np.array(lane["values"]) + np.array(found["others"]["values"])
    assert both.tolist() == found["values"]
    nested = lanes(client, by=by, lanes=1, format="nested")
    assert np.ravel(nested["lanes"][0]["values"]).tolist() == lane["values"]
    assert np.ravel(nested["others"]["values"]).tolist() == found["others"]["values"]


def test_lanes_are_those_of_the_selected_range_first(client: FlaskClient) -> None:
    def order(**query: Any) -> list[Any]:
        return [lane["value"] for lane in lanes(client, by="thread", **query)["lanes"]]

    assert order(**{"from": 0, "to": 1})[0] == 7
    assert order(**{"from": 1, "to": 2})[-1] == 7
    assert order(**{"from": 1, "to": 2, "sort": "change"})[-1] == 7
    assert order(values=["9", "7", "12345"]) == [9, 7]
    assert len(order(offset=2)) == 1
    assert order(offset=3) == []
    (lane,) = lanes(client, by="comm", values="web", **{"from": 1, "to": 2})["lanes"]
    assert {key: lane[key] for key in ("samples", "share", "whole", "wholeShare", "change")} == {
        "samples": 10,
        "share": 0.5,
        "whole": 20,
        "wholeShare": pytest.approx(2 / 3, abs=1e-6),
        "change": -50,
    }


def test_lanes_come_on_the_columns_of_the_heatmap(client: FlaskClient) -> None:
    found = lanes(client, by="cpu", step=2, rows=1)
    assert found["columns"] == [0]
    assert [lane["values"] for lane in found["lanes"]] == [[20], [10]]


def test_busy_cpus_come_for_every_column(client: FlaskClient) -> None:
    found = lanes(client, busy="true")
    assert found["busy"] == [1, pytest.approx(20 / 10 / 0.9, abs=1e-6)]
    assert (found["cpus"], found["frequency"]) == (4, 10)
    assert "lanes" not in found
    assert "busy" not in lanes(client)


def test_what_a_profile_lacks_is_said(client: FlaskClient, profiles: Path) -> None:
    (profiles / "bare.perf").write_bytes(script(sample("1.000000", "f (/x)"), sample("1.500000", "f (/x)")))
    found = breakdown(client, "cpu", filename="bare.perf")
    assert (found["cpus"], found["frequency"], found["busy"]) == (None, None, None)
    assert found["rows"]["value"] == [-1]
    assert found["rows"]["label"] == ["(unknown)"]
    assert found["rows"]["busy"] == [None]
    assert "The samples have no CPUs." in found["missing"]
    assert any("frequency" in sentence for sentence in found["missing"])


def test_a_profile_without_times_has_a_breakdown_and_no_lanes(client: FlaskClient, profiles: Path) -> None:
    (profiles / "folded.txt").write_bytes(b"app;main;f 3\napp;main;g 1\n")
    found = breakdown(client, "function", filename="folded.txt")
    assert found["samples"] == 4
    assert dict(zip(found["rows"]["value"], found["rows"]["self"], strict=True))["f"] == 3
    assert "The samples have no timestamps, so that busy CPUs are unknown." in found["missing"]
    answer = client.get("/heatmap/", query_string={"filename": "folded.txt", "by": "comm"})
    assert answer.status_code == 422
    answer = client.get("/breakdown/", query_string={"filename": "folded.txt", "by": "comm", "end": 1})
    assert answer.status_code == 422


def test_more_lanes_than_cells_are_allowed_is_refused(client: FlaskClient) -> None:
    query = {"filename": "machine.perf", "by": "comm", "lanes": 200, "rows": 1000}
    assert client.get("/heatmap/", query_string=query).status_code == 200
    many = {**query, "values": [str(number) for number in range(201)]}
    answer = client.get("/heatmap/", query_string=many)
    assert answer.status_code == 400
    assert "at most 200" in answer.text


def test_the_samples_without_a_value_are_a_lane_that_may_be_named(client: FlaskClient) -> None:
    (found,) = lanes(client, by="label:endpoint", lanes=1)["lanes"]
    assert (found["value"], found["label"]) == ("", "(no endpoint)")
    assert lanes(client, by="label:endpoint", values="")["lanes"] == [found]
