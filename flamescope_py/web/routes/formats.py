"""`/format/`: the formats that can be read."""

from __future__ import annotations

from flask import Blueprint, Response

from flamescope_py.service import FILE_FORMATS, TYPES
from flamescope_py.web import wire
from flamescope_py.web.openapi.operation import Operation, describes, json_answer
from flamescope_py.web.respond import answer

blueprint = Blueprint("formats", __name__)


@blueprint.get("/format/")
@describes(Operation(json_answer(list[wire.Format])))
def list_formats() -> Response:
    """List the formats that can be read, the most frequent type first."""
    return answer(wire.format_list(sorted(FILE_FORMATS, key=lambda row: TYPES.index(row.type))))
