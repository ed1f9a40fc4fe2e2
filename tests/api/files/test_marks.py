"""`/marks/`: files beside a profile and files that a request names."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

PROFILE = "small.perf"
URL = f"/marks/?filename={PROFILE}"


@pytest.fixture
def beside(profiles: Path) -> Path:
    """A table beside the small profile, of 3 seconds."""
    path = profiles / f"{PROFILE}.marks.csv"
    path.write_text("time,end,kind,text\n0.5,,deploy,v2\n1,2,slow,GET /\n70,,deploy,v3\nx,,,\n")
    return path


def files(client: FlaskClient, url: str = URL) -> list[dict[str, Any]]:
    answer = client.get(url)
    assert answer.status_code == 200, answer.text
    assert answer.json is not None
    found: list[dict[str, Any]] = answer.json["files"]
    return found


@pytest.mark.usefixtures("beside")
def test_a_file_beside_the_profile_is_its_marks(client: FlaskClient) -> None:
    (found,) = files(client)
    assert found == {
        "name": f"{PROFILE}.marks.csv",
        "error": None,
        "clock": "axis",
        "series": ["deploy", "slow"],
        "rows": {
            "start": [0.5, 1.0],
            "end": [0.5, 2.0],
            "count": [1, 1],
            "series": [0, 1],
            "text": ["v2", "GET /"],
        },
        "outside": 1,
        "skipped": 1,
        "notes": ["row 5: 'x' is no time"],
    }


def test_a_named_file_and_a_broken_one(client: FlaskClient, profiles: Path, beside: Path) -> None:
    (profiles / "deploys.json").write_text('[{"time": 1, "text": "<b>v2</b>"}]')
    beside.write_text("when\nnow\n")
    broken, named = files(client, f"{URL}&marks=deploys.json")
    assert "a column named time" in broken["error"]
    assert broken["rows"]["start"] == []
    assert named["series"] == ["deploys"]
    assert named["rows"]["text"] == ["<b>v2</b>"]


def test_a_changed_file_has_another_tag(client: FlaskClient, beside: Path) -> None:
    tag = client.get(URL).headers["ETag"]
    assert client.get(URL, headers={"If-None-Match": tag}).status_code == 304
    beside.write_text("time\n1\n")
    changed = client.get(URL, headers={"If-None-Match": tag})
    assert changed.status_code == 200
    assert (changed.json or {})["files"][0]["rows"]["start"] == [1.0]


@pytest.mark.parametrize(
    ("more", "status", "words"),
    [
        ("&marks=nope.csv", 404, "no such profile"),
        ("&marks=../x", 404, "no such profile"),
        ("&marks=", 400, "marks is empty"),
        ("&began=soon", 400, "began is 'soon'"),
        ("".join(f"&marks=m{row}.csv" for row in range(9)), 400, "9 marks files"),
    ],
)
def test_bad_requests_say_what_is_wrong(client: FlaskClient, more: str, status: int, words: str) -> None:
    answer = client.get(URL + more)
    assert answer.status_code == status
    assert words in (answer.json or {})["error"]


def test_dates_are_placed_by_a_given_start(client: FlaskClient, profiles: Path) -> None:
    (profiles / f"{PROFILE}.marks.json").write_text('[{"date": "2026-01-05T09:30:01Z"}]')
    (unknown,) = files(client)
    assert "give its start" in unknown["error"]
    (found,) = files(client, f"{URL}&began=1767605400")
    assert found["rows"]["start"] == [1.0]
    assert found["clock"] == "unix"


def test_an_uploaded_file_is_beside_its_profile(client: FlaskClient) -> None:
    body = b"time,text\n1,v2\n"
    sent = client.post(f"/profile/?filename={PROFILE}.marks.deploys.csv&force=true", data=body)
    assert sent.status_code == 201
    (found,) = files(client)
    assert found["series"] == ["deploys"]
    assert client.delete(f"/profile/?filename={PROFILE}.marks.deploys.csv").status_code == 204
    assert files(client) == []


def test_markers_of_the_profile_itself_come_first(client: FlaskClient, profiles: Path) -> None:
    gecko = Path(__file__).resolve().parents[2] / "data" / "firefox" / "gecko.json.gz"
    (profiles / "gecko.json.gz").write_bytes(gecko.read_bytes())
    (profiles / "gecko.json.gz.marks.csv").write_text("time,text\n0.5,deploy\n")
    own, beside = files(client, "/marks/?filename=gecko.json.gz")
    assert (own["name"], own["clock"], own["error"]) == ("gecko.json.gz", "file", None)
    assert sum(own["rows"]["count"]) + own["outside"] > 0
    assert beside["name"] == "gecko.json.gz.marks.csv"
    # As the index has them.
    assert files(client, "/marks/?filename=gecko.json.gz")[0] == own
