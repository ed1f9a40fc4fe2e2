"""Examples of requests and answers, by endpoint; a test sends each of them to a server.

They are about a profile of five samples, `perf.out`.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import orjson

from flamescope_py.web.respond import JSON


class Example(NamedTuple):
    """A request and its answer.

    `query` holds the parameters of address and path, `body` a JSON object or the name of a file, `answer`
    the parsed JSON or a text, None for a file.
    """

    title: str
    query: Mapping[str, Any] = {}
    body: Mapping[str, Any] | str | None = None
    answer: Any = None
    media_type: str = JSON

    @property
    def name(self) -> str:
        """Its name among the examples of its route."""
        return "-".join(word for word in self.title.lower().split() if word.isalnum())


_FOUND = orjson.loads(Path(__file__).with_name("examples.json").read_bytes())

EXAMPLES: Mapping[str, tuple[Example, ...]] = {
    view: tuple(Example(**row) for row in rows) for view, rows in _FOUND["views"].items()
}
# Status → a sentence that comes with it.
ERRORS: Mapping[int, str] = {int(status): sentence for status, sentence in _FOUND["errors"].items()}
