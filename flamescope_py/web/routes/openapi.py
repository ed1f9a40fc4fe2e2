"""`/openapi.json`: the server's description of itself."""

from __future__ import annotations

from typing import Any

import orjson
from flask import Blueprint, Response, current_app

from flamescope_py.web.openapi.operation import Operation, describes, json_answer
from flamescope_py.web.respond import answer

blueprint = Blueprint("openapi", __name__)


@blueprint.get("/openapi.json")
@describes(Operation(json_answer(dict[str, Any])))
def show_document() -> Response:
    """Return this description, as OpenAPI 3.1."""
    # Built on demand, because the description is seldom requested and would delay the start.
    from flamescope_py.web.openapi.document import document

    return answer(orjson.dumps(document(current_app)))
