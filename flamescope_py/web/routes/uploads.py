"""Files that come and go over HTTP: upload, removal, download.

A body is written to disk as it is read, whatever its size. Flask would collect a multipart body first,
so it is taken apart here, with Werkzeug's own parser.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack
from urllib.parse import quote

from flask import Blueprint, Response, request
from werkzeug.sansio.multipart import Data, Epilogue, Field, File, MultipartDecoder, NeedData
from werkzeug.wsgi import get_input_stream, wrap_file

from flamescope_py.errors import ParameterError
from flamescope_py.service import OpenProfile, ProfileRef, Wish
from flamescope_py.web import context, params, wire
from flamescope_py.web.middleware import guard
from flamescope_py.web.respond import answer, as_download, validated

blueprint = Blueprint("uploads", __name__)

CHUNK_BYTES = 256 << 10
# What a multipart body holds beside the file.
MULTIPART_ROOM = 1 << 20
_MOST_PARTS = 20


@blueprint.post("/profile/")
def upload() -> Response:
    """Take a file: the multipart field `file`, or a raw body with `?filename=`."""
    guard.require_changes()
    query, service = params.Query(request), context.service()
    landing = service.imports.landing
    multipart = request.mimetype == "multipart/form-data"
    if not multipart and query.one("filename") is None:
        raise ParameterError("filename is missing: name the profile, or send a multipart form with a file.")
    name = query.one("filename") or ""
    if name:
        landing.check(name)
    if not multipart and not (request.content_length or request.headers.get("Transfer-Encoding")):
        raise ParameterError("The body is empty: send a file that holds something.")
    with landing.receive() as part:
        part.expect(max(0, (request.content_length or 0) - (MULTIPART_ROOM if multipart else 0)))
        body = _chunks(landing.bounds.max_bytes + MULTIPART_ROOM)
        if multipart:
            for piece in _file_field(body):
                if isinstance(piece, str):
                    name = name or piece.replace("\\", "/").rpartition("/")[2]
                    landing.check(name)
                else:
                    part.write(piece)
        else:
            for chunk in body:
                part.write(chunk)
        landed = part.land(_wish(query, name))
    response = answer(wire.profile_item(service.listed(landed)))
    response.status_code = 201
    response.headers["Location"] = f"./download?filename={quote(landed, safe='')}"
    return response


@blueprint.delete("/profile/")
def remove() -> Response:
    """Remove a file."""
    guard.require_changes()
    context.service().remove(_filename(params.Query(request)))
    return Response(status=204)


@blueprint.get("/profile/download")
def download() -> Response:
    """Send a file as it is; HEAD tells by its ETag whether the file is still the same."""
    name = _filename(params.Query(request))
    opened = context.service().open(ProfileRef(name))
    with ExitStack() as stack:
        stack.push(opened)
        response = validated(opened.version, lambda: _whole(name, opened))
        # The body is sent later, from the same open file.
        response.call_on_close(stack.pop_all().close)
    return response


def _whole(name: str, opened: OpenProfile) -> Response:
    file = opened.file
    response = Response(
        wrap_file(request.environ, file, CHUNK_BYTES),
        content_type="application/octet-stream",
        direct_passthrough=True,
    )
    response.content_length = os.fstat(file.fileno()).st_size
    return as_download(response, name)


def _filename(query: params.Query) -> str:
    name = query.one("filename")
    if name is None:
        raise ParameterError("filename is missing: name a profile of the list.")
    return name


def _wish(query: params.Query, name: str) -> Wish:
    """Join a name with what is to happen when it is taken, or when the file is no profile."""
    exact = params.choice(query, "exists", ("number", "refuse"), "number") == "refuse"
    force = params.choice(query, "force", ("true", "false"), "false") == "true"
    return Wish(name, exact, force)


def _chunks(most: int) -> Iterator[bytes]:
    """Read the body; Werkzeug raises RequestEntityTooLarge past `most`."""
    stream = get_input_stream(request.environ, max_content_length=most)
    while chunk := stream.read(CHUNK_BYTES):
        yield chunk


def _file_field(body: Iterator[bytes]) -> Iterator[str | bytes]:
    """Give the name and then the bytes of the one field `file` of a multipart body."""
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
