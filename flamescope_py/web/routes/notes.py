"""`/notes/`: notes on stretches of a profile."""

from __future__ import annotations

from flask import Blueprint, Response, request

from flamescope_py.service.notes import NoteBody, NoteItem, ProfileNotes, note_answer, notes_answer
from flamescope_py.service.parameters import TEXT, Parameter
from flamescope_py.web import context, params
from flamescope_py.web.bodies import json_body
from flamescope_py.web.middleware import guard
from flamescope_py.web.openapi.operation import Operation, describes, json_answer
from flamescope_py.web.respond import JSON, uncached

blueprint = Blueprint("notes", __name__)

NOTE = Parameter("note", "The id of a note.", TEXT, required=True)
_LIST = Operation(
    json_answer(ProfileNotes),
    (params.FILENAME,),
    (404,),
    detail="They are kept in a hidden file beside the profile and are removed with it.",
)
_ADD = Operation(
    json_answer(NoteItem),
    (params.FILENAME,),
    (404, 413, 507),
    status=201,
    body={JSON: NoteBody},
    changes=True,
    detail="A profile may have 500 notes of 10 000 characters, and 4 MiB of them.",
)
_REMOVE = Operation({}, (params.FILENAME, NOTE), (404, 413, 507), status=204, changes=True)


@blueprint.get("/notes/")
@describes(_LIST)
def list_notes() -> Response:
    """List the notes of a profile."""
    name = params.Query(request).value(params.FILENAME)
    return uncached(notes_answer(context.service().notes.read(name)))


@blueprint.post("/notes/")
@describes(_ADD)
def add_note() -> Response:
    """Add a note."""
    guard.require_changes()
    name = params.Query(request).value(params.FILENAME)
    return uncached(note_answer(context.service().notes.add(name, json_body())), 201)


@blueprint.delete("/notes/")
@describes(_REMOVE)
def remove_note() -> Response:
    """Remove a note."""
    guard.require_changes()
    name, note = params.Query(request).read((params.FILENAME, NOTE)).values()
    context.service().notes.remove(name, note)
    return Response(status=204)
