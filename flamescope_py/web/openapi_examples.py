"""One question and its answer for each route, as it answers them: a test asks every one of them.

They are about a profile of five samples, `perf.out`; openapi_examples.json has them by the view's name.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import orjson

from flamescope_py.web.respond import JSON


class Example(NamedTuple):
    """One row: `query` has the parameters of address and path, `body` is a JSON object or the name of a file.

    `answer` is as JSON is read, or a text; None where it is a file.
    """

    title: str
    query: Mapping[str, Any] = {}
    body: Mapping[str, Any] | str | None = None
    answer: Any = None
    media_type: str = JSON

    @property
    def name(self) -> str:
        """A name for it among those of its route."""
        return "-".join(word for word in self.title.lower().split() if word.isalnum())


_FOUND = orjson.loads(Path(__file__).with_name("openapi_examples.json").read_bytes())

EXAMPLES: Mapping[str, tuple[Example, ...]] = {
    view: tuple(Example(**row) for row in rows) for view, rows in _FOUND["views"].items()
}
# Status → a sentence that comes with it.
ERRORS: Mapping[int, str] = {int(status): sentence for status, sentence in _FOUND["errors"].items()}
