"""OpenTelemetry's door: the profiles signal of OTLP/HTTP, as the collector's otlphttp exporter sends it.

https://opentelemetry.io/docs/specs/otlp/#otlphttp and profiles_service.proto (v1development).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import orjson
from flask import Blueprint, Response, request

from flamescope_py.errors import UnknownFormatError
from flamescope_py.web import context
from flamescope_py.web.openapi.operation import Operation, describes
from flamescope_py.web.respond import JSON

if TYPE_CHECKING:
    from flamescope_py.service.fleet.otlp import Taken

blueprint = Blueprint("otlp", __name__)

PATH = "/v1development/profiles"
PROTOBUF = "application/x-protobuf"
MAX_BODY = 16 << 20
_TYPE = f"The body is neither {PROTOBUF} nor {JSON}: set the exporter's encoding to proto or json."
_TAKE = Operation(
    {JSON: (), PROTOBUF: ()},
    (),
    (413, 415, 422, 429, 507),
    body={PROTOBUF: None, JSON: None},
    changes=True,
    detail="Bodies may be compressed by gzip. Profiles that cannot be read are counted in the answer "
    "(partial_success). A file for each service, host and minute is in the profile list at once.",
)


@blueprint.post(PATH)
@describes(_TAKE)
def take_profiles() -> Response:
    """Take a request to export OTLP profiles; it is on the disk when the answer comes."""
    request.max_content_length = MAX_BODY
    if request.mimetype not in (PROTOBUF, JSON):
        raise UnknownFormatError(_TYPE)
    json = request.mimetype == JSON
    taken = context.service().otlp_door().take(request.get_data(cache=False), json)
    return Response(_json(taken) if json else taken.message(), content_type=request.mimetype)


def _json(taken: Taken) -> bytes:
    if not taken.refused and not taken.faults:
        return b"{}"
    # 64-bit numbers are texts in the JSON of protocol buffers.
    partial = {"rejectedProfiles": str(taken.refused), "errorMessage": taken.faults}
    return orjson.dumps({"partialSuccess": partial})
