"""`/profile/`: which profiles there are."""

from __future__ import annotations

from flask import Blueprint, Response

from flamescope_py.web import context, wire
from flamescope_py.web.respond import answer

blueprint = Blueprint("profiles", __name__)


@blueprint.get("/profile/")
def list_profiles() -> Response:
    """List every file below the profile directory."""
    return answer(wire.profile_list(context.service().profiles()))
