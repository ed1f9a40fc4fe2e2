"""`/findings/`: periodic, odd and new behaviour of a profile, as sentences."""

from __future__ import annotations

from flask import Blueprint, Response, request

from flamescope_py.service import Findings
from flamescope_py.web import context, params
from flamescope_py.web.admission import spending
from flamescope_py.web.openapi.operation import QUERY_ERRORS, Operation, describes, json_answer
from flamescope_py.web.respond import answer, conditional

blueprint = Blueprint("findings", __name__)

_OPERATION = Operation(
    json_answer(Findings),
    (params.FILENAME, params.TYPE),
    QUERY_ERRORS,
    conditional=True,
    detail="They are about the samples of the main event that are not idle. Those of large profiles are made "
    "when the file is read, and all are kept with the index.",
)


@blueprint.get("/findings/")
@describes(_OPERATION)
def list_findings() -> Response:
    """List periodic functions, bursts, gaps, lasting changes and unusual stretches of a profile."""
    ref, service = params.profile_ref(params.Query(request)), context.service()
    with service.open(ref) as opened:

        def make() -> Response:
            profile = opened.profile()
            known = service.findings.known(profile)
            with spending(0.0 if known else service.queries.costs.findings(profile)):
                return answer(opened.findings(service.findings))

        return conditional(opened.version, make)
