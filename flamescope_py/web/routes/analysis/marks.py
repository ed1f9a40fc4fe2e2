"""`/marks/`: events from elsewhere on the time axis of a profile."""

from __future__ import annotations

from flask import Blueprint, Response, request

from flamescope_py.service import BYTES_A_SECOND, version_of
from flamescope_py.service.parameters import DECIMAL, TEXT, Parameter
from flamescope_py.web import context, params, wire
from flamescope_py.web.admission import spending
from flamescope_py.web.openapi.operation import QUERY_ERRORS, Operation, describes, json_answer
from flamescope_py.web.respond import answer, conditional

blueprint = Blueprint("marks", __name__)

MARKS = Parameter(
    "marks", "A marks file of the profile directory, besides those of the profile.", TEXT, repeats=True
)
BEGAN = Parameter(
    "began",
    "The seconds since 1970 at which the profile's first whole second began, for marks with dates. Without "
    "it the file's own start is taken.",
    DECIMAL,
)
_OPERATION = Operation(
    json_answer(wire.Marks),
    (params.FILENAME, params.TYPE, MARKS, BEGAN),
    QUERY_ERRORS,
    conditional=True,
    detail="The files NAME.marks.csv, NAME.marks.json and alike beside a profile NAME are its marks: CSV "
    "with a header, JSON objects or lines, or the output of node --trace-gc. A file that cannot be read has "
    "its error in the answer. Markers of the profile itself, as Firefox writes them, come first, under its "
    "name.",
)


@blueprint.get("/marks/")
@describes(_OPERATION)
def list_marks() -> Response:
    """List the marks of a profile, such as deploys, slow requests and collections."""
    query, service = params.Query(request), context.service()
    ref = params.profile_ref(query)
    named, began = query.read((MARKS, BEGAN)).values()
    with service.open(ref) as opened:
        found = service.marks.find(ref.name, named)

        def make() -> Response:
            profile = opened.profile()
            with spending(sum(one.stamp.size for one in found) / BYTES_A_SECOND):
                own = service.marks.own(profile, ref.name)
                files = [service.marks.read(profile, one, began) for one in found]
                return answer(wire.marks_answer([*own, *files]))

        return conditional(f"{opened.version} {version_of(found)}", make)
