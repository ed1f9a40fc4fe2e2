"""Comparisons of any two ranges of any two profiles: properties of every comparison."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from flamescope_py.errors import BusyError, RangeError
from flamescope_py.service.queries.graphs import error_prefix
from tests.support.perf_text import sample, script
from tests.support.recorded import input_bytes

SIDES = "filename=small.perf&compareFilename=small.perf"
KINDS = ["/differential/", "/elided/"]


def columns(client: FlaskClient, url: str) -> dict[str, Any]:
    answer = client.get(f"{url}&format=columns")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json or {}
    return found


def test_differential_in_full(client: FlaskClient) -> None:
    root = client.get(f"/differential/?{SIDES}&start=0&end=1&compareStart=1&compareEnd=2").json
    leaf = {"n": "leaf", "l": "user", "v": 2, "d": 2, "c": []}
    main = {"n": "main", "l": "user", "v": 0, "d": 0, "c": [leaf]}
    command = {"n": "node", "l": "", "v": 0, "d": 0, "c": [main]}
    assert root == {"n": "root", "l": "", "v": 0, "d": 0, "c": [command]}


def test_elided_in_full(client: FlaskClient) -> None:
    root = client.get(f"/elided/?{SIDES}&start=0&end=1&compareStart=1&compareEnd=2").json
    # Two samples to one: functions only in the second range count twice.
    other = {"n": "other", "l": "user", "v": 2, "c": []}
    main = {"n": "main", "l": "user", "v": 0, "c": [other]}
    assert root == {"n": "root", "l": "", "v": 0, "c": [{"n": "node", "l": "", "v": 0, "c": [main]}]}


def test_columns_of_an_elided_graph_have_the_counts_of_the_second_range(client: FlaskClient) -> None:
    sides = f"/elided/?{SIDES}&start=1&end=2&compareStart=0&compareEnd=3"
    found = columns(client, sides)
    path = [found["frames"]["name"][row] for row in found["nodes"]["frame"]]
    assert dict(zip(path, found["nodes"]["self"], strict=True)) == {
        "root": 0, "node": 0, "main": 0, "leaf": 2, "other": 0, "uv_run": 1,
    }  # fmt: skip
    assert (found["samples"], found["profileSamples"], found["scale"]) == (4, 4, 0.25)
    # In FlameScope's form a half rounds to 0: the first range has one sample of the second's four.
    assert {node["v"] for node in _nodes(client.get(sides).json)} == {0}
    assert client.get(f"{sides}&format=folded").text == "node;main;leaf 2\nnode;main;uv_run 1\n"


def _nodes(node: Any) -> Iterator[dict[str, Any]]:
    yield node
    for child in node["c"]:
        yield from _nodes(child)


def test_columns_carry_the_delta(client: FlaskClient) -> None:
    found = columns(client, f"/differential/?{SIDES}&start=0&end=1&compareStart=1&compareEnd=2")
    assert found["nodes"]["delta"] == [0, 0, 0, 2]
    # The second's other sample lies below root, node and main.
    assert found["nodes"]["totalDelta"] == [0, 0, 0, 2]
    assert (found["samples"], found["start"], found["end"]) == (2, 0.0, 1.0)
    assert "delta" not in columns(client, f"/elided/?{SIDES}")["nodes"]


def test_columns_carry_the_counts_of_the_second_range_and_both_sizes(client: FlaskClient) -> None:
    found = columns(client, f"/differential/?{SIDES}&start=0&end=1&compareStart=1&compareEnd=3")
    assert found["frames"]["name"] == ["leaf", "main", "node", "root"]
    # One sample each of other and uv_run, none of leaf.
    assert (found["nodes"]["other"], found["nodes"]["otherTotal"]) == ([0, 0, 0, 0], [2, 2, 2, 0])
    assert (found["frames"]["other"], found["frames"]["otherTotal"]) == ([0, 0, 0, 0], [0, 2, 2, 2])
    # Four samples of a thread, too few equal distances for a frequency.
    first, second = found["sides"]
    assert [side["samples"] for side in (first, second)] == [2, 2]
    assert all(0 < side["seconds"] <= 2 and side["sampleSeconds"] is None for side in (first, second))
    merged = columns(client, f"/differential/?{SIDES}&start=0&end=1&compareStart=1&compareEnd=3&nodes=2")
    assert "other" not in merged["frames"]
    assert merged["nodes"]["otherTotal"][0] == 2
    assert [side["samples"] for side in columns(client, f"/elided/?{SIDES}&end=1")["sides"]] == [2, 4]


def test_functions_count_wherever_the_second_has_them(client: FlaskClient, profiles: Path) -> None:
    (profiles / "one").write_bytes(script(sample("1.0", "f (/app)", "main (/app)")))
    recursive = sample("2.0", "f (/app)", "f (/app)", "job (/app)")
    (profiles / "two").write_bytes(script(sample("1.0", "f (/app)", "main (/app)"), recursive))
    url = "/differential/?filename=one&compareFilename=two"
    for more, nodes in (("", [0, 0, 0, 1]), ("&inverted=true", None)):
        found = columns(client, url + more)
        functions = dict(zip(found["frames"]["name"], found["frames"]["other"], strict=True))
        assert functions == {"root": 0, "node": 0, "main": 0, "f": 2}
        assert found["frames"]["otherTotal"][found["frames"]["name"].index("f")] == 2
        assert nodes is None or found["nodes"]["other"] == nodes


def test_sizes_have_the_time_of_a_sample(client: FlaskClient, profiles: Path) -> None:
    for name, step in (("fast", 0.01), ("slow", 0.02)):
        at = (f"{10 + step * n:.6f}" for n in range(50))
        (profiles / name).write_bytes(script(*(sample(time, "f (/app)", period=1) for time in at)))
    (profiles / "node.trace.json").write_bytes(input_bytes("node.trace.json"))
    fast, slow = columns(client, "/differential/?filename=fast&compareFilename=slow")["sides"]
    assert (fast["samples"], fast["seconds"], fast["sampleSeconds"]) == (50, 0.49, pytest.approx(0.01))
    assert (slow["samples"], slow["seconds"], slow["sampleSeconds"]) == (50, 0.98, pytest.approx(0.02))
    trace = "&compareFilename=node.trace.json&compareType=trace_event"
    _, timed = columns(client, f"/differential/?filename=fast{trace}")["sides"]
    assert timed["sampleSeconds"] == 1e-6
    first, rest = columns(client, "/differential/?filename=fast&start=0&end=0.25&rest=second")["sides"]
    assert first["seconds"] + rest["seconds"] == pytest.approx(0.49)
    # Periods of an unknown event are no time.
    weighed = columns(client, "/differential/?filename=fast&compareFilename=slow&weight=period")["sides"]
    assert [side["sampleSeconds"] for side in weighed] == [None, None]
    # Those of CPU profiles are.
    (profiles / "burn.cpuprofile").write_bytes(input_bytes("burn.cpuprofile"))
    burnt = columns(client, "/differential/?filename=burn.cpuprofile&compareFilename=fast&weight=period")
    assert (burnt["unit"], burnt["sides"][0]["sampleSeconds"]) == ("microseconds", 1e-6)
    (profiles / "stacks.folded").write_bytes(b"main;f 3\n")
    untimed = columns(client, "/differential/?filename=stacks.folded&compareFilename=fast")["sides"]
    assert untimed[0] == {"samples": 3, "unit": "samples", "seconds": None, "sampleSeconds": None}


@pytest.mark.parametrize("name", ["node18.perf.out", "multi.perf.out", "burn.cpuprofile", "node.trace.json"])
@pytest.mark.parametrize(
    "more", ["", "&start=0&end=1&compareStart=0&compareEnd=1", "&inverted=true", "&flavor=nodejs"]
)
def test_the_same_with_itself_is_zero(client: FlaskClient, profiles: Path, name: str, more: str) -> None:
    (profiles / name).write_bytes(input_bytes(name))
    sides = f"filename={name}&compareFilename={name}{more}"
    assert set(columns(client, f"/differential/?{sides}")["nodes"]["delta"]) == {0}
    assert set(columns(client, f"/elided/?{sides}")["nodes"]["self"]) == {0}


def test_profiles_of_different_formats(client: FlaskClient, profiles: Path) -> None:
    (profiles / "burn.cpuprofile").write_bytes(input_bytes("burn.cpuprofile"))
    sides = "filename=small.perf&type=perf&compareFilename=burn.cpuprofile&compareType=cpuprofile"
    found = columns(client, f"/differential/?{sides}")
    assert found["nodes"]["delta"] == found["nodes"]["self"]
    assert "leaf" not in columns(client, f"/elided/?{sides}")["frames"]["name"]


def test_libraries_do_not_tell_nodes_apart(client: FlaskClient, profiles: Path) -> None:
    (profiles / "one").write_bytes(script(sample("1.0", "f (/opt/node18/bin/node)")))
    (profiles / "two").write_bytes(script(sample("1.0", "f (/opt/node20/bin/node)")))
    for flavor in ("standard", "nodejs"):
        url = f"/differential/?filename=one&compareFilename=two&flavor={flavor}"
        assert columns(client, url)["nodes"]["delta"] == [0, 0, 0]


@pytest.mark.parametrize("kind", KINDS)
def test_an_empty_side_divides_nothing_by_zero(client: FlaskClient, kind: str) -> None:
    # Nothing falls between 0.5 and 1 s.
    nothing_second = columns(client, f"{kind}?{SIDES}&compareStart=0.5&compareEnd=1")["nodes"]
    nothing_first = columns(client, f"{kind}?{SIDES}&start=0.5&end=1")["nodes"]
    if kind == "/differential/":
        assert nothing_second["delta"] == nothing_second["self"]
        assert nothing_first["delta"] == [0]
    else:
        assert nothing_second["self"] == [0]
        assert sum(nothing_first["self"]) == nothing_first["total"][0] == 4
        # w is 0 / 4.
        nested = client.get(f"{kind}?{SIDES}&start=0.5&end=1").json
        assert {node["v"] for node in _nodes(nested)} == {0}
    both = columns(client, f"{kind}?{SIDES}&start=0.5&end=1&compareStart=0.5&compareEnd=1")
    assert both["nodes"]["self"] == [0]


# The time before or after a range is itself a range.
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("more", ["", "&inverted=true", "&flavor=nodejs", "&nodes=3", "&search=leaf"])
@pytest.mark.parametrize(
    ("bounds", "other"),
    [("&start=0&end=1", "&compareStart=1"), ("&start=2&end=3", "&compareStart=0&compareEnd=2")],
)
def test_the_rest_is_what_is_not_in_the_range(
    client: FlaskClient, kind: str, more: str, bounds: str, other: str
) -> None:
    named = columns(client, f"{kind}?{SIDES}{bounds}{other}{more}")
    rest = columns(client, f"{kind}?filename=small.perf{bounds}&rest=second{more}")
    for part in ("frames", "nodes", "samples", "profileSamples", "matched"):
        assert rest.get(part) == named.get(part)
    swapped = bounds.replace("start", "compareStart").replace("end", "compareEnd")
    swapped += other.replace("compareStart", "start").replace("compareEnd", "end")
    named = columns(client, f"{kind}?{SIDES}{swapped}{more}")
    rest = columns(client, f"{kind}?filename=small.perf{bounds}&rest=first{more}")
    for part in ("frames", "nodes", "samples", "profileSamples", "matched"):
        assert rest.get(part) == named.get(part)
    assert rest.get("outside") == (True if kind == "/differential/" else None)


def test_the_rest_of_a_range_in_the_middle(client: FlaskClient) -> None:
    ask = "/differential/?filename=small.perf&start=1&end=2"
    assert client.get(f"{ask}&rest=second&format=folded").text == (
        "node;main;leaf 0 2\nnode;main;other 1 0\nnode;main;uv_run 0 1\n"
    )
    assert client.get(f"{ask}&rest=first&format=folded").text == (
        "node;main;leaf 2 0\nnode;main;other 0 1\nnode;main;uv_run 1 0\n"
    )
    picture = client.get(f"{ask}&rest=second&format=svg")
    assert "<title>small.perf 1 to 2 s beside small.perf without 1 to 2 s</title>" in picture.text
    assert picture.headers["Content-Disposition"] == 'attachment; filename="small.perf.1-2s.diff.svg"'
    only = client.get("/elided/?filename=small.perf&start=1&end=2&rest=second&format=folded")
    assert only.text == "node;main;leaf 2\nnode;main;uv_run 1\n"


@pytest.mark.parametrize("kind", KINDS)
def test_the_rest_of_everything_is_nothing(client: FlaskClient, kind: str) -> None:
    nodes = columns(client, f"{kind}?filename=small.perf&rest=second")["nodes"]
    if kind == "/differential/":
        assert nodes["delta"] == nodes["self"]
        assert nodes["totalDelta"] == nodes["total"]
    else:
        assert nodes["self"] == [0]


def test_a_named_error_stays_what_it_is() -> None:
    busy = BusyError("Too many files are being read.", 7)
    with pytest.raises(BusyError, match=r"^Second: Too many files") as caught, error_prefix("Second"):
        raise busy
    assert caught.value.retry_after == 7
    assert str(busy) == "Too many files are being read."
    with pytest.raises(RangeError, match=r"^First: no"), error_prefix("First"):
        raise RangeError("no")


def test_a_difference_is_exported_with_both_counts(client: FlaskClient) -> None:
    url = f"/differential/?{SIDES}&start=0&end=1&compareStart=1&compareEnd=3"
    answer = client.get(f"{url}&format=folded")
    assert answer.text == "node;main;leaf 2 0\nnode;main;other 0 1\nnode;main;uv_run 0 1\n"
    assert answer.content_type == "text/plain; charset=utf-8"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="small.perf.0-1s.diff.folded"'
    assert answer.headers["ETag"]
    # The selection holds for both.
    assert client.get(f"{url}&format=folded&exclude=leaf").text == (
        "node;main;other 0 1\nnode;main;uv_run 0 1\n"
    )


def test_a_difference_is_drawn(client: FlaskClient) -> None:
    url = f"/differential/?{SIDES}&start=0&end=1&compareStart=1&compareEnd=3"
    answer = client.get(f"{url}&format=svg")
    assert answer.content_type == "image/svg+xml"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="small.perf.0-1s.diff.svg"'
    assert "<title>small.perf 0 to 1 s beside small.perf 1 to 3 s</title>" in answer.text
    assert "+100.0 leaf: 2 samples, 100.00%" in answer.text
