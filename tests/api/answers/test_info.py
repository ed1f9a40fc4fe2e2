"""`/profile/info`, and the list's facts about profiles that were read before."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from flamescope_py.readers import source
from flamescope_py.settings import Settings
from flamescope_py.web import create_app
from flamescope_py.web.context import service_of
from tests.api.conftest import client_with
from tests.support.perf_text import sample, script
from tests.support.recorded import input_bytes
from tests.support.traces import event, whole

RECORDED = ["node18.perf.out", "multi.perf.out", "burn.cpuprofile", "node.trace.json"]
JUNK = b"what is this?\n"


def info(client: FlaskClient, name: str = "small.perf") -> dict[str, Any]:
    answer = client.get("/profile/info", query_string={"filename": name})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json or {}
    return found


def test_a_small_profile_in_full(client: FlaskClient) -> None:
    found = info(client)
    assert found == {
        "filename": "small.perf",
        "format": "perf",
        "unit": "samples",
        "timed": True,
        "samples": 5,
        "idle": 1,
        "first": 3000.11,
        "last": 3002.5,
        "origin": 3000,
        "began": None,
        "beganExactly": False,
        "duration": pytest.approx(2.39),
        "seconds": 3,
        "frequency": pytest.approx(found["frequency"]),
        "periods": False,
        "frames": 8,
        "stacks": 7,
        "header": {},
        "events": [{"value": "cycles", "samples": 5, "busy": 4}],
        "mainEvents": ["cycles"],
        "commands": [
            {"value": "node", "samples": 4, "busy": 4},
            {"value": "swapper", "samples": 1, "busy": 0},
        ],
        "processes": [],
        "threads": [
            {"value": 3738, "samples": 4, "busy": 4, "label": "node"},
            {"value": 0, "samples": 1, "busy": 0, "label": "swapper"},
        ],
        "cpus": [],
        "report": {
            "lines": found["report"]["lines"],
            "samples": 5,
            "idle": 1,
            "skipped": 0,
            "withoutStack": 0,
            "outOfOrder": 0,
            "lostEvents": 0,
            "repaired": 0,
            "other": {},
            "notes": [],
            "messages": [],
        },
    }


def test_what_was_skipped_is_told_with_its_line(client: FlaskClient, profiles: Path) -> None:
    text = script(sample("1.0", "f (/a)")) + JUNK + script(sample("1.5", "f (/a)", cpu=3, period=7))
    (profiles / "junk.perf").write_bytes(text)
    found = info(client, "junk.perf")
    assert found["report"]["skipped"] == 1
    (note,) = found["report"]["notes"]
    assert (note["line"], note["text"]) == (4, JUNK.decode().strip())
    assert note["reason"]
    assert found["cpus"] == [{"value": 3, "samples": 1, "busy": 1}]
    assert found["periods"] is True


@pytest.mark.parametrize("name", RECORDED)
def test_facets_can_be_selected_and_add_up(client: FlaskClient, profiles: Path, name: str) -> None:
    (profiles / name).write_bytes(input_bytes(name))
    found = info(client, name)
    assert found["samples"] == found["report"]["samples"] > 0
    busy = found["samples"] - found["idle"]
    for facet in ("commands", "events"):
        assert sum(row["busy"] for row in found[facet]) in ({busy} if found[facet] else {0})
    if found["unit"] != "samples":
        return
    url = f"/heatmap/?filename={name}&format=columns&event=all"
    whole = (client.get(url).json or {})["samples"]
    for facet, parameter in (("commands", "comm"), ("threads", "tid"), ("cpus", "cpu"), ("events", "event")):
        for row in found[facet][:5]:
            query = {"filename": name, "format": "columns", "event": "all", parameter: row["value"]}
            assert (client.get("/heatmap/", query_string=query).json or {})["samples"] == row["busy"]
    assert whole == busy


def test_samples_without_a_command_are_selected_by_an_empty_one(client: FlaskClient, profiles: Path) -> None:
    slices = [
        {"ph": "X", "name": "f", "pid": pid, "tid": pid, "ts": 1e6 * pid, "dur": 1000 * pid} for pid in (1, 2)
    ]
    named = {"ph": "M", "name": "process_name", "pid": 1, "args": {"name": "web"}}
    for name, events, values in (("mixed", [named, *slices], ["", "web"]), ("nameless", slices, [])):
        (profiles / name).write_text(json.dumps({"traceEvents": events}))
        assert sorted(row["value"] for row in info(client, name)["commands"]) == values
    for command, microseconds in (("", 2000), ("web", 1000)):
        query = {"filename": "mixed", "format": "columns", "comm": command}
        assert (client.get("/flamegraph/", query_string=query).json or {})["samples"] == microseconds


def test_a_profile_without_time_has_none(client: FlaskClient, profiles: Path) -> None:
    (profiles / "timeless").write_bytes(script(sample(None, "f (/a)")))
    found = info(client, "timeless")
    assert (found["timed"], found["seconds"]) == (False, 0)
    assert [found[key] for key in ("first", "last", "origin", "duration", "frequency")] == [None] * 5


def test_after_a_restart_the_list_knows_without_reading(
    settings: Settings, profiles: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (profiles / "timeless").write_bytes(script(sample(None, "f (/a)")))
    (profiles / "never-opened").write_bytes(script(sample("1.0", "f (/a)")))
    app = create_app(settings)
    for name in ("small.perf", "timeless"):
        assert app.test_client().get(f"/flamegraph/?filename={name}").status_code == 200
    service_of(app).close()

    def refuse(*arguments: object) -> None:
        raise AssertionError("a file was read for the list")

    monkeypatch.setattr(source, "read_profile", refuse)
    items = {item["filename"]: item for item in client_with(settings).get("/profile/").json or ()}
    assert items["small.perf"]["samples"] == 5
    assert items["small.perf"]["duration"] == pytest.approx(2.39)
    assert items["timeless"]["samples"] == 1
    assert "duration" not in items["timeless"]
    assert "samples" not in items["never-opened"]


def test_a_format_without_threads(client: FlaskClient, profiles: Path) -> None:
    (profiles / "stacks.folded").write_bytes(b"main;work 3\nmain;rest 1\n")
    found = info(client, "stacks.folded")
    assert (found["format"], found["samples"] > 0, found["threads"]) == ("folded", True, [])


# The profile is beyond the head by which types are found.
TRACE = [
    whole("RunTask", 1_000, 5_000),
    *[event("M", "x", 0, args={"text": "y" * 1_000})] * 100,
    event("P", "Profile", 0, id="1", args={"data": {"startTime": 1}}),
]
CALLS = [{"functionName": name} for name in ("(root)", "render")]
NODES = [{"id": 1, "callFrame": CALLS[0]}, {"id": 2, "parent": 1, "callFrame": CALLS[1]}]


@pytest.mark.parametrize(("each", "opened"), [(10_000, "cpuprofile"), (10, "trace_event")])
def test_a_trace_opens_as_the_half_that_shows_most_of_it(
    settings: Settings, profiles: Path, each: int, opened: str
) -> None:
    """Without a type, also after a restart, when both halves come from their indexes."""
    chunk = {"cpuProfile": {"nodes": NODES, "samples": [2] * 10}, "timeDeltas": [each] * 10}
    text = json.dumps([*TRACE, event("P", "ProfileChunk", 1, id="1", args={"data": chunk})])
    (profiles / "trace.json").write_text(text)
    for _ in range(2):
        app = create_app(settings)
        client = app.test_client()
        for question, format_name in (("", opened), ("&type=trace_event", "trace_event"), ("", opened)):
            found = client.get(f"/profile/info?filename=trace.json{question}").get_json()
            assert (found["format"], found["samples"] > 0) == (format_name, True)
        listed = {one["filename"]: one for one in client.get("/profile/").get_json()}["trace.json"]
        # The list has the numbers of the half that opens.
        assert (listed["type"], listed["samples"]) == ("trace_event", found["samples"])
        service_of(app).close()
