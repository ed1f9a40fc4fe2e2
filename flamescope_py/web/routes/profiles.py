"""`/profile/`: the list of profiles, the facts of one, and the progress of its reading."""

from __future__ import annotations

from flask import Blueprint, Response, request

from flamescope_py.errors import ParameterError
from flamescope_py.service import ProfileFacts, facts
from flamescope_py.service.wire import encode
from flamescope_py.web import context, listing, params, wire
from flamescope_py.web.admission import spending
from flamescope_py.web.openapi.operation import QUERY_ERRORS, Operation, describes, json_answer
from flamescope_py.web.respond import answer, conditional, uncached

blueprint = Blueprint("profiles", __name__)

_LIST = Operation(
    json_answer(list[wire.Profile]),
    listing.LIST,
    headers={
        listing.TOTAL: "The number of files to page through.",
        listing.SKIPPED: "The number of unreadable folders.",
        listing.PENDING: "The number of files whose type is not known yet.",
        listing.AGE: "The seconds since the directory was listed; many if a bucket does not answer.",
    },
    conditional=True,
    detail="Files of other formats are listed as unknown, with the reason.",
)
_INFO = Operation(
    json_answer(ProfileFacts),
    (params.FILENAME, params.TYPE),
    QUERY_ERRORS,
    conditional=True,
    detail="Its events, commands, processes, threads and processors are the values that a selection can "
    "name; its report counts what the reader had to skip.",
)

MAX_PREVIEWS = 100
_NAMES = params.FILENAME._replace(repeats=True)
_PREVIEW = Operation(
    json_answer(list[wire.PreviewItem]),
    (_NAMES,),
    detail="Small files (max_preview_bytes) are read behind the answer, one at a time; ask again while any "
    "is reading. Their leading findings follow when all are read. The answer comes at once.",
)


@blueprint.get("/profile/")
@describes(_LIST)
def list_profiles() -> Response:
    """List every file below the profile directory, or a page of those that match a search."""
    return listing.list_response(context.service().listing(listing.read_query(params.Query(request))))


@blueprint.get("/profile/info")
@describes(_INFO)
def show_info() -> Response:
    """Return the facts of a profile and the values in it."""
    ref, service = params.profile_ref(params.Query(request)), context.service()
    with service.open(ref) as opened:

        def make() -> Response:
            profile = opened.profile()
            with spending(service.queries.costs.facets(profile)):
                return answer(encode(facts(service.info(ref.name, profile))))

        return conditional(opened.version, make)


@blueprint.get("/profile/progress")
@describes(Operation(json_answer(wire.ReadingProgress), (params.FILENAME, params.TYPE), (404,)))
def show_progress() -> Response:
    """Return how much of a profile has been read, while another request waits for it."""
    ref = params.profile_ref(params.Query(request))
    return answer(wire.progress(context.service().progress(ref.name)))


@blueprint.get("/profile/preview")
@describes(_PREVIEW)
def show_previews() -> Response:
    """Return the activity, leading command, host and event of some profiles, as far as they are known."""
    names = params.Query(request).value(_NAMES)
    if len(names) > MAX_PREVIEWS:
        raise ParameterError(f"{len(names)} files are named: at most {MAX_PREVIEWS} are allowed at once.")
    return uncached(wire.previews(context.service().previews.of(names)))
