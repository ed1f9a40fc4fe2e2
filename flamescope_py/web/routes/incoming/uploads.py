"""Upload, removal and download of profiles.

A body is written to disk as it is read, whatever its size. Flask would collect a multipart body first, so
this module feeds Werkzeug's multipart parser itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from urllib.parse import quote

from flask import Blueprint, Response, request
from werkzeug.sansio.multipart import Data, Epilogue, Field, File, MultipartDecoder, NeedData
from werkzeug.wsgi import get_input_stream, wrap_file

from flamescope_py.errors import ParameterError
from flamescope_py.service import NAME_SCHEMA, OpenProfile, ProfileRef, Wish
from flamescope_py.service.parameters import SWITCH, Parameter, ValueType, choice_of
from flamescope_py.web import context, params, wire
from flamescope_py.web.middleware import guard
from flamescope_py.web.openapi.operation import BINARY, FORM, Operation, describes, json_answer
from flamescope_py.web.respond import answer, as_download, conditional

blueprint = Blueprint("uploads", __name__)

CHUNK_BYTES = 256 << 10
# For the part of a multipart body beside the file.
MULTIPART_ROOM = 1 << 20
_MOST_PARTS = 20

NAME = Parameter(
    "filename", "The name that the profile is to have.", ValueType(str, {"type": "string", **NAME_SCHEMA})
)
EXISTS = Parameter(
    "exists", "What to do if the name is taken.", choice_of("number", "refuse"), default="number"
)
FORCE = Parameter("force", "Take a file that is not recognised as a profile.", SWITCH, default=False)
_UPLOAD = Operation(
    json_answer(wire.Profile),
    (NAME, EXISTS, FORCE),
    (409, 413, 415, 507),
    status=201,
    body={FORM: None, BINARY: None},
    changes=True,
    headers={"Location": "The address of the file's download, relative to the request."},
    detail="A raw body needs filename; a form has its own name, which filename replaces.",
)
_REMOVAL = Operation({}, (params.FILENAME,), (404,), status=204, changes=True)
_DOWNLOAD = Operation(
    {BINARY: ()},
    (params.FILENAME,),
    (404,),
    conditional=True,
    headers={"Content-Disposition": "The name to save the file under."},
)


@blueprint.post("/profile/")
@describes(_UPLOAD)
def upload() -> Response:
    """Take a file: the multipart field `file`, or a raw body with `?filename=`."""
    guard.require_changes()
    values, service = params.Query(request).read(_UPLOAD.parameters), context.service()
    landing = service.imports.landing
    multipart = request.mimetype == FORM
    name = values[NAME.name] or ""
    if not multipart and not name:
        raise ParameterError("filename is missing: name the profile, or send a multipart form with a file.")
    if name:
        landing.check(name)
    if not multipart and not (request.content_length or request.headers.get("Transfer-Encoding")):
        raise ParameterError("The body is empty: send a file that holds something.")
    with landing.receive() as arriving:
        arriving.expect(max(0, (request.content_length or 0) - (MULTIPART_ROOM if multipart else 0)))
        body = _chunks(landing.bounds.max_bytes + MULTIPART_ROOM)
        if multipart:
            for piece in _file_field(body):
                if isinstance(piece, str):
                    name = name or piece.replace("\\", "/").rpartition("/")[2]
                    landing.check(name)
                else:
                    arriving.write(piece)
        else:
            for chunk in body:
                arriving.write(chunk)
        landed = arriving.land(Wish(name, values[EXISTS.name] == "refuse", values[FORCE.name]))
    response = answer(wire.profile_item(service.listed(landed)))
    response.status_code = 201
    response.headers["Location"] = f"./download?filename={quote(landed, safe='')}"
    return response


@blueprint.delete("/profile/")
@describes(_REMOVAL)
def remove() -> Response:
    """Remove a file."""
    guard.require_changes()
    context.service().remove(params.Query(request).value(params.FILENAME))
    return Response(status=204)


@blueprint.get("/profile/download")
@describes(_DOWNLOAD)
def download() -> Response:
    """Return a file unchanged. The ETag of a HEAD shows whether it has changed."""
    name = params.Query(request).value(params.FILENAME)
    opened = context.service().open(ProfileRef(name))
    with ExitStack() as stack:
        stack.push(opened)
        response = conditional(opened.version, lambda: _whole(name, opened))
        # The body is sent later, from the same open file.
        response.call_on_close(stack.pop_all().close)
    return response


def _whole(name: str, opened: OpenProfile) -> Response:
    response = Response(
        wrap_file(request.environ, opened.file, CHUNK_BYTES),
        content_type=BINARY,
        direct_passthrough=True,
    )
    response.content_length = opened.size
    return as_download(response, name)


def _chunks(most: int) -> Iterator[bytes]:
    """Read the body; Werkzeug raises RequestEntityTooLarge past `most`."""
    stream = get_input_stream(request.environ, max_content_length=most)
    while chunk := stream.read(CHUNK_BYTES):
        yield chunk


def _file_field(body: Iterator[bytes]) -> Iterator[str | bytes]:
    """Yield the name and then the bytes of the one field `file` of a multipart body."""
    boundary = request.mimetype_params.get("boundary", "").encode("ascii", "replace")
    if not boundary:
        raise ParameterError("The multipart body names no boundary.")
    decoder, found, inside = MultipartDecoder(boundary, max_parts=_MOST_PARTS), False, False
    try:
        while not isinstance(event := decoder.next_event(), Epilogue):
            if isinstance(event, NeedData):
                decoder.receive_data(next(body, None))
            elif isinstance(event, (Field, File)):
                inside = isinstance(event, File) and event.name == "file"
                if inside and found:
                    raise ParameterError("There are several files in the request: send one at a time.")
                if isinstance(event, File) and inside:
                    found = True
                    yield event.filename
            elif isinstance(event, Data) and inside:
                yield event.data
    except (ValueError, AttributeError) as error:
        raise ParameterError("The multipart body is cut off or broken.") from error
    if not found:
        raise ParameterError("There is no file in the request: send it as the field file.")
