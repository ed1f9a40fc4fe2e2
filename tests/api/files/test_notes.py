"""`/notes/`: notes on stretches, kept beside the profile and removed with it."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from flamescope_py.incoming.notes import MAX_NOTES, Notes
from flamescope_py.settings import Settings
from flamescope_py.web import create_app

URL = "/notes/?filename=small.perf"
NOTE = {"text": "<b>the deploy</b>", "who": "Ada", "start": 0.5, "end": 1.5, "view": "start=0.5&end=1.5"}


def listed(client: FlaskClient) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (client.get(URL).json or {})["notes"]
    return found


def test_a_note_is_listed_exported_and_removed(client: FlaskClient, profiles: Path) -> None:
    added = client.post(URL, json=NOTE)
    assert added.status_code == 201
    assert added.json is not None
    assert {name: added.json[name] for name in NOTE} == NOTE
    assert client.post(URL, json={"text": "about all of it"}).status_code == 201
    first, second = listed(client)
    assert first == added.json
    assert (second["start"], second["end"], second["who"]) == (None, None, "")
    report = client.get("/report/?filename=small.perf&format=json").json or {}
    assert report["notes"] == [first, second]
    assert [one["filename"] for one in client.get("/profile/").json or []] == ["small.perf"]
    assert client.delete(f"{URL}&note={first['id']}").status_code == 204
    assert listed(client) == [second]
    assert client.delete(f"{URL}&note={first['id']}").status_code == 404
    assert client.delete("/profile/?filename=small.perf").status_code == 204
    assert list(profiles.rglob("*notes*")) == []


@pytest.mark.parametrize(
    ("more", "status", "words"),
    [
        ({"text": ""}, 400, "text"),
        ({"text": None}, 400, "text is missing"),
        ({"text": "x" * 10_001}, 400, "at most 10000 characters"),
        ({"text": "x" * (1 << 20)}, 413, "too large"),
        ({"who": "x" * 101}, 400, "at most 100 characters"),
        ({"start": None}, 400, "both or neither"),
        ({"start": 2}, 400, "end must be after start"),
        ({"start": -1}, 400, "start is -1"),
        ({"start": "now"}, 400, "seconds"),
        ({"view": 3}, 400, "view is 3"),
        ({"colour": "red"}, 400, "no field 'colour'"),
    ],
)
def test_a_note_has_bounds(client: FlaskClient, more: Mapping[str, Any], status: int, words: str) -> None:
    answer = client.post(URL, json={**NOTE, **more})
    assert (answer.status_code, answer.is_json) == (status, True)
    assert words in (answer.json or {})["error"]
    assert listed(client) == []


def test_notes_need_the_right_to_change(settings: Settings, client: FlaskClient) -> None:
    kept = (client.post(URL, json=NOTE).json or {})["id"]
    closed = create_app(replace(settings, read_only=True)).test_client()
    assert closed.post(URL, json=NOTE).status_code == 403
    assert closed.delete(f"{URL}&note={kept}").status_code == 403
    assert [one["id"] for one in listed(closed)] == [kept]
    elsewhere = client.post(URL, json=NOTE, headers={"Origin": "https://example.org"})
    assert elsewhere.status_code == 403


@pytest.mark.parametrize("name", ["../small.perf", ".small.perf.notes.jsonl", "none.perf"])
def test_there_are_notes_of_profiles_only(client: FlaskClient, name: str) -> None:
    client.post(URL, json=NOTE)
    assert client.post("/notes/", query_string={"filename": name}, json=NOTE).status_code == 404
    assert client.get("/notes/", query_string={"filename": name}).status_code == 404


def test_a_damaged_line_hides_no_other_note(client: FlaskClient, profiles: Path) -> None:
    client.post(URL, json=NOTE)
    with (profiles / ".small.perf.notes.jsonl").open("ab") as file:
        file.write(b'{"id": 3}\nnot json\n[]\n')
    assert [one["text"] for one in listed(client)] == [NOTE["text"]]


def test_writers_at_the_same_time_lose_nothing_and_stop_at_the_bound(tmp_path: Path) -> None:
    stores = [Notes(tmp_path) for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda number: stores[number % 4].add(["a"], {"id": str(number)}), range(40)))
    assert {note["id"] for note in Notes(tmp_path).read(["a"])} == {str(number) for number in range(40)}
    (tmp_path / ".b.notes.jsonl").write_text('{"id": "x"}\n' * MAX_NOTES)
    with pytest.raises(Exception, match=f"has {MAX_NOTES} notes"):
        stores[0].add(["b"], {"id": "y"})
