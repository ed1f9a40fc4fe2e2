"""`/format/` lists every format that a file can be read as."""

from __future__ import annotations

from flask.testing import FlaskClient

from flamescope_py.readers.types import FILE_FORMATS, TYPES


def test_every_format_is_listed_with_its_type_title_and_command(client: FlaskClient) -> None:
    answer = client.get("/format/")
    assert answer.status_code == 200
    items = answer.json or []
    listed = {(one["type"], one["title"], one["command"]) for one in items}
    assert listed == {(row.type, row.title, row.command) for row in FILE_FORMATS}
    assert len(items) == len(FILE_FORMATS)
    assert all(one.keys() == {"type", "title", "command"} for one in items)


def test_types_are_those_of_requests_the_most_frequent_one_first(client: FlaskClient) -> None:
    items = client.get("/format/").json or []
    assert tuple(dict.fromkeys(one["type"] for one in items)) == TYPES
    for type_name in TYPES:
        answer = client.get("/profile/info", query_string={"filename": "none", "type": type_name})
        assert answer.status_code == 404, type_name
    refused = client.get("/profile/info", query_string={"filename": "small.perf", "type": "other"})
    assert refused.status_code == 400


def test_the_list_changes_only_with_the_server(client: FlaskClient) -> None:
    assert client.get("/format/").headers["Cache-Control"] == "private, no-cache"
    assert client.post("/format/").status_code in {403, 405}
