"""Paging and searching the list; without parameters it stays FlameScope's."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from flask.testing import FlaskClient

NAMES = ["beta/Node.perf", "beta/node 2.perf", "gamma.txt", "small.perf"]


@pytest.fixture(autouse=True)
def files(profiles: Path) -> None:
    (profiles / "beta").mkdir()
    for number, name in enumerate(NAMES[:3]):
        (profiles / name).write_bytes(b"x" * (9 - number))
    for number, name in enumerate(NAMES):
        os.utime(profiles / name, (1_700_000_000 - number, 1_700_000_000 - number))


def names(client: FlaskClient, query: str) -> list[str]:
    return [item["filename"] for item in client.get(f"/profile/?{query}").json or ()]


@pytest.mark.parametrize(
    ("query", "expected", "total"),
    [
        ("", NAMES, 4),
        ("limit=2", NAMES[:2], 4),
        ("limit=2&offset=3", NAMES[3:], 4),
        ("offset=9", [], 4),
        ("search=NODE", NAMES[:2], 2),
        ("search=2%20beta", NAMES[1:2], 1),
        ("search=nothing", [], 0),
        ("sort=-name", NAMES[::-1], 4),
        ("sort=modified", NAMES[::-1], 4),
        ("sort=size&limit=1", NAMES[2:3], 4),
        ("sort=-type&limit=1", ["gamma.txt"], 4),
        ("_=1700000000", NAMES, 4),
    ],
)
def test_a_page_of_what_is_searched(client: FlaskClient, query: str, expected: list[str], total: int) -> None:
    answer = client.get(f"/profile/?{query}")
    assert [item["filename"] for item in answer.json or ()] == expected
    assert answer.headers["X-Total-Count"] == str(total)
    assert answer.headers["X-Skipped-Folders"] == answer.headers["X-Pending-Files"] == "0"


def test_items_that_were_opened_meanwhile_say_more(client: FlaskClient) -> None:
    client.get("/profile/")
    client.get("/heatmap/?filename=small.perf")
    assert [item["samples"] for item in client.get("/profile/?search=small").json or ()] == [5]
