"""`/profile/`: which profiles there are."""

from __future__ import annotations

from flask import Blueprint, Response, request

from flamescope_py.web import context, listing, params, wire, wire_info
from flamescope_py.web.respond import answer, validated

blueprint = Blueprint("profiles", __name__)


@blueprint.get("/profile/")
def list_profiles() -> Response:
    """List every file below the profile directory, or a page of those that are searched for."""
    return listing.sent(context.service().listing(listing.asked(params.Query(request))))


@blueprint.get("/profile/info")
def show_info() -> Response:
    """Say what a profile is and what it consists of."""
    ref, service = params.profile_ref(params.Query(request)), context.service()
    with service.open(ref) as opened:

        def make() -> Response:
            return answer(wire_info.profile_info(service.info(ref.name, opened.profile())))

        return validated(opened.version, make)


@blueprint.get("/profile/progress")
def show_progress() -> Response:
    """Say how far the reading of a profile is, while another request waits for it."""
    ref = params.profile_ref(params.Query(request))
    return answer(wire.progress(context.service().progress(ref.name)))
