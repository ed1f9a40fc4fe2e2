"""`/profile/preview`: small files are read behind the answer, and nothing else is."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from flamescope_py.service import previews
from flamescope_py.settings import Settings
from flamescope_py.web.context import service_of
from tests.api.conftest import app_with, assert_refused, client_with, opened
from tests.support.perf_text import sample, script
from tests.support.traces import event, whole

URL = "/profile/preview?filename="
PATIENCE = 60


def once(client: FlaskClient, *names: str) -> list[dict[str, Any]]:
    answer = client.get(URL + "&filename=".join(names))
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.get_json()
    return found


def ready(client: FlaskClient, *names: str) -> list[dict[str, Any]]:
    """Ask until no file is being read."""
    end = time.monotonic() + PATIENCE
    while True:
        found = once(client, *names)
        if all(one["state"] != "reading" for one in found):
            return found
        assert time.monotonic() < end, found
        time.sleep(0.02)


def looked(client: FlaskClient, *names: str) -> list[dict[str, Any]]:
    """Ask until no finding is looked for."""
    end = time.monotonic() + PATIENCE
    while True:
        found = ready(client, *names)
        if not any("looking" in one for one in found):
            return found
        assert time.monotonic() < end, found
        time.sleep(0.02)


def test_a_small_file_is_read_behind_the_answer(client: FlaskClient) -> None:
    assert once(client, "small.perf") == [{"filename": "small.perf", "state": "reading"}]
    (found,) = ready(client, "small.perf")
    preview = found["preview"]
    assert (preview["command"], preview["host"], preview["event"]) == ("node", "", "cycles")
    assert preview["samples"] == 5
    # 3000.11, 3000.12, 3001.5 and 3002.5 of 2.39 s; the idle sample at 3001.6 does not count.
    assert [part for part, count in enumerate(preview["activity"]) if count] == [0, 69, 119]
    assert sum(preview["activity"]) == 4


def test_host_event_and_command_of_a_recording(client: FlaskClient, profiles: Path) -> None:
    head = "# ========\n# hostname : web-07\n# ========\n#\n"
    blocks = [
        sample("1.0", "f ([a])", command="a", event="cpu-clock"),
        sample("2.0", "f ([a])", command="b", event="cpu-clock"),
    ]
    blocks.append(sample("3.0", "f ([a])", command="b", event="cpu-clock"))
    (profiles / "headed.perf").write_bytes(head.encode() + script(*blocks))
    (found,) = ready(client, "headed.perf")
    names = ("host", "event", "command")
    assert [found["preview"][name] for name in names] == ["web-07", "cpu-clock", "b"]


def test_a_profile_without_times_has_no_strip(client: FlaskClient, profiles: Path) -> None:
    (profiles / "f.folded").write_bytes(b"app;main;f 3\n")
    (found,) = ready(client, "f.folded")
    assert (found["preview"]["activity"], found["preview"]["duration"]) == ([], None)


def test_a_trace_has_the_preview_of_the_half_that_opens(
    settings: Settings, client: FlaskClient, profiles: Path
) -> None:
    calls = [{"functionName": name} for name in ("(root)", "render", "(program)")]
    nodes = [{"id": at + 1, "callFrame": call, "parent": 1 if at else None} for at, call in enumerate(calls)]
    chunk = {"cpuProfile": {"nodes": nodes, "samples": [2, 2, 3] * 4}, "timeDeltas": [10_000] * 12}
    events = [
        whole("RunTask", 1_000, 5_000),
        event("P", "Profile", 0, id="1", args={"data": {"startTime": 1}}),
        event("P", "ProfileChunk", 1, id="1", args={"data": chunk}),
        # The profile is beyond the head by which types are found.
        *[event("M", "x", 0, args={"text": "y" * 1_000})] * 100,
    ]
    (profiles / "trace.json").write_text(json.dumps([*events[3:], *events[:3]]))
    (found,) = ready(client, "trace.json")
    assert (found["preview"]["samples"], found["preview"]["event"]) == (12, "sample")
    # Opening it keeps an index of each half, and the list reads the notes of this one.
    info = client.get("/profile/info?filename=trace.json").get_json()
    assert (info["format"], info["samples"], info["inFunctions"]) == ("cpuprofile", 12, 8)
    service_of(client.application).close()
    again = client_with(settings)
    listed = {one["filename"]: one for one in again.get("/profile/").get_json()}
    assert (listed["trace.json"]["type"], listed["trace.json"]["samples"]) == ("trace_event", 12)
    assert "error" not in listed["trace.json"]
    assert ready(again, "trace.json")[0]["preview"]["samples"] == 12


def test_files_that_cannot_be_read_or_are_gone_do_not_hold_up_others(
    client: FlaskClient, profiles: Path
) -> None:
    (profiles / "noise.bin").write_bytes(bytes(range(256)))
    (profiles / "broken.cpuprofile").write_bytes(b'{"nodes": [], "samples": [')
    found = ready(client, "noise.bin", "gone", "broken.cpuprofile", "small.perf")
    assert [one["state"] for one in found] == ["none", "none", "none", "ready"]


def test_large_files_are_not_read(settings: Settings) -> None:
    client = client_with(settings, max_preview_bytes=100)
    assert once(client, "small.perf")[0]["state"] == "none"
    assert client.get("/flamegraph/?filename=small.perf").status_code == 200
    off = client_with(settings, max_preview_bytes=0)
    assert once(off, "small.perf")[0]["state"] in ("none", "ready")


def test_a_large_file_has_a_preview_once_it_was_opened(settings: Settings, profiles: Path) -> None:
    app = app_with(settings, max_preview_bytes=100)
    client = opened(app)
    assert client.get("/flamegraph/?filename=small.perf").status_code == 200
    _written(app)
    assert once(client, "small.perf")[0]["state"] == "ready"


def test_it_is_kept_with_the_index_over_a_restart(
    app: Flask, client: FlaskClient, settings: Settings
) -> None:
    assert client.get("/heatmap/?filename=small.perf").status_code == 200
    _written(app)
    (note,) = settings.cache_dir.glob("index/*/preview.json")
    fresh = client_with(settings)
    assert once(fresh, "small.perf")[0]["state"] == "ready"
    note.write_bytes(note.read_bytes().replace(b"node", b"edon"))
    assert once(client_with(settings), "small.perf")[0]["state"] == "reading"


def test_a_changed_file_has_another_preview(client: FlaskClient, profiles: Path) -> None:
    ready(client, "small.perf")
    (profiles / "small.perf").write_bytes(script(sample("1.0", "f ([a])", command="late")))
    assert ready(client, "small.perf")[0]["preview"]["command"] == "late"


def test_a_preview_keeps_no_profile_open(app: Flask, client: FlaskClient) -> None:
    ready(client, "small.perf")
    assert service_of(app).vitals().open_profiles == 0
    _written(app)
    assert not list(service_of(app)._index._directory.glob("*"))


def test_names_are_bounded_and_needed(client: FlaskClient) -> None:
    assert_refused(client.get(URL + "&filename=".join(map(str, range(101)))), 400, "at most 100")
    assert_refused(client.get("/profile/preview"), 400, "filename is missing")
    looked(client, "small.perf")
    assert once(client, "small.perf", "small.perf") == once(client, "small.perf")


def test_the_leading_finding_follows_when_all_are_read(client: FlaskClient, profiles: Path) -> None:
    # Each second has five samples of one function and 45 of the other.
    blocks = [
        sample(f"{10 + n / 50:.3f}", "tick (/x)" if 4 < n % 50 < 10 else "work (/x)", command="app")
        for n in range(1000)
    ]
    (profiles / "ticks.perf").write_bytes(script(*blocks))
    found, plain = looked(client, "ticks.perf", "small.perf")
    leading = client.get("/findings/?filename=ticks.perf").get_json()["findings"][0]["text"]
    assert "runs every 1 s (20 times)" in leading
    assert (found["finding"], plain["finding"]) == (leading, "")


def test_findings_of_many_samples_are_known_once_they_were_asked_for(
    app: Flask, client: FlaskClient, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(previews, "LARGE", 5)
    (found,) = looked(client, "small.perf")
    assert found.keys() == {"filename", "state", "preview"}
    assert client.get("/heatmap/?filename=small.perf").status_code == 200
    _written(app)
    assert client.get("/findings/?filename=small.perf").status_code == 200
    _written(app)
    assert once(client_with(settings), "small.perf")[0]["finding"] == ""


def _written(app: Flask) -> None:
    """Wait for the index, which is written behind the answer."""
    service_of(app)._index._writer.submit(lambda: None).result()
