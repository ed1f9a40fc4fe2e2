"""Requests for every kind of answer, to compare the answers before and after a fault byte by byte."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable
from http.client import HTTPConnection, HTTPException
from typing import NamedTuple
from urllib.parse import quote, urlsplit

TIMEOUT = 120
QUESTIONS = (
    "heatmap/?filename={}&rows=50",
    "heatmap/?filename={}&format=columns&search=e",
    "flamegraph/?filename={}",
    "flamegraph/?filename={}&format=columns&filter=node",
    "flamegraph/?filename={}&start=0&end=1&inverted=true",
    "profile/info?filename={}",
)


class Answer(NamedTuple):
    """A status (0 if the connection broke), the body and two headers."""

    status: int
    body: bytes = b""
    retry_after: str | None = None
    pending: str | None = None


def ask(url: str, path: str) -> Answer:
    """Send one GET request over a connection of its own."""
    connection = HTTPConnection(urlsplit(url).netloc, timeout=TIMEOUT)
    try:
        connection.request("GET", f"/{path}")
        answer = connection.getresponse()
        headers = answer.headers
        return Answer(answer.status, answer.read(), headers["Retry-After"], headers["X-Pending-Files"])
    except (OSError, HTTPException):
        return Answer(0)
    finally:
        connection.close()


def paths(names: Iterable[str]) -> list[str]:
    """Return all requests for some profiles."""
    return [question.format(quote(name)) for name in names for question in QUESTIONS]


def all_answers(url: str, names: Iterable[str]) -> dict[str, bytes]:
    """Request everything about some profiles, and the list at the end. Each answer must be 200."""
    found = {path: ask(url, path) for path in paths(names)}
    assert {path: answer.body for path, answer in found.items() if answer.status != 200} == {}
    return {path: answer.body for path, answer in found.items()} | {"profile/": listed(url)}


def listed(url: str) -> bytes:
    """Return the list, without the fields that only opened profiles have.

    A list waits a second for the types of new files, and a busy machine may need longer to look at them.
    """
    while (answer := ask(url, "profile/")).pending != "0":
        assert answer.status == 200, answer
        time.sleep(0.05)
    found = json.loads(answer.body)
    kept = [{key: one[key] for key in ("filename", "type", "size", "modified")} for one in found]
    return json.dumps(kept).encode()
