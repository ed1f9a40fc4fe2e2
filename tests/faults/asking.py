"""What is asked of a server before and after a fault: every kind of answer, compared byte by byte."""

from __future__ import annotations

import json
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
    """A status, 0 where the connection broke, its Retry-After and body."""

    status: int
    body: bytes = b""
    retry_after: str | None = None


def ask(url: str, path: str) -> Answer:
    """Ask once, over a connection of its own."""
    connection = HTTPConnection(urlsplit(url).netloc, timeout=TIMEOUT)
    try:
        connection.request("GET", f"/{path}")
        answer = connection.getresponse()
        return Answer(answer.status, answer.read(), answer.headers["Retry-After"])
    except (OSError, HTTPException):
        return Answer(0)
    finally:
        connection.close()


def paths(names: Iterable[str]) -> list[str]:
    """Give all questions about some profiles."""
    return [question.format(quote(name)) for name in names for question in QUESTIONS]


def all_answers(url: str, names: Iterable[str]) -> dict[str, bytes]:
    """Ask everything about some profiles, each of which must be answered; the list comes last."""
    found = {path: ask(url, path) for path in paths(names)}
    assert {path: answer.body for path, answer in found.items() if answer.status != 200} == {}
    return {path: answer.body for path, answer in found.items()} | {"profile/": listed(url)}


def listed(url: str) -> bytes:
    """Give the list, without what is known only of profiles that were opened."""
    found = json.loads(ask(url, "profile/").body)
    kept = [{key: one[key] for key in ("filename", "type", "size", "modified")} for one in found]
    return json.dumps(kept).encode()
