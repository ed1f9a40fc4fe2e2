"""What each route takes and gives: one row a view, by its name in Flask, which has its path and method."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from flamescope_py.parameters import TEXT, Parameter, choice_of
from flamescope_py.service import FORMATS
from flamescope_py.web import listing, params
from flamescope_py.web.respond import JSON

BINARY = "application/octet-stream"
FORM = "multipart/form-data"


class Operation(NamedTuple):
    """One row. `answers` and `body` map media types to names of schemas, "" where bytes are as they come.

    `errors` are the statuses that a view adds to those of every route; `validated` views answer 304 too;
    `changes` says that the request may need the token.
    """

    answers: Mapping[str, tuple[str, ...]]
    parameters: tuple[Parameter, ...] = ()
    errors: tuple[int, ...] = ()
    status: int = 200
    body: Mapping[str, str] | None = None
    validated: bool = False
    changes: bool = False


def _json(*schemas: str) -> dict[str, tuple[str, ...]]:
    return {JSON: schemas}


def _graph(*rows: Parameter, exports: bool = True) -> Operation:
    answers = _json("Node", "FlameGraphColumns")
    if exports:
        answers = {one.media_type.partition(";")[0]: () for one in FORMATS.values()} | answers
    form = params.GRAPH_FORMAT if exports else params.DIFFERENTIAL_FORMAT
    return Operation(answers, (*rows, form, *params.QUESTION), (*_PROFILE_ERRORS, 416), validated=True)


# No such file, not readable, changed meanwhile, too large, no format of ours, broken, busy.
_PROFILE_ERRORS = (404, 409, 413, 415, 422, 503)
_CHANGE_ERRORS = (409, 413, 415, 507)
_EXISTS = Parameter(
    "exists", "What to do where the name is taken.", choice_of("number", "refuse"), default="number"
)
_FORCE = Parameter(
    "force", "Whether to take a file that looks like no profile.", choice_of("true", "false"), default="false"
)
_NAME = Parameter("filename", "The name that the profile is to have.", TEXT)
_JOB = Operation(_json("Job"), errors=(404,))

OPERATIONS: Mapping[str, Operation] = {
    "profiles.list_profiles": Operation(_json("Profiles"), listing.LIST),
    "profiles.show_info": Operation(
        _json("ProfileInfo"), (params.FILENAME, params.TYPE), _PROFILE_ERRORS, validated=True
    ),
    "profiles.show_progress": Operation(_json("Progress"), (params.FILENAME, params.TYPE), (404,)),
    "uploads.upload": Operation(
        _json("Profile"),
        (_NAME, _EXISTS, _FORCE),
        _CHANGE_ERRORS,
        status=201,
        body={FORM: "", BINARY: ""},
        changes=True,
    ),
    "uploads.remove": Operation({}, (params.FILENAME,), (404,), status=204, changes=True),
    "uploads.download": Operation({BINARY: ()}, (params.FILENAME,), (404,)),
    "heatmap.show_heatmap": Operation(
        _json("Heatmap", "HeatmapColumns"),
        (
            *(params.FILENAME, params.TYPE, params.ROWS, params.HEATMAP_FORMAT),
            *(*params.HEATMAP_COLUMNS, *params.QUESTION),
        ),
        (*_PROFILE_ERRORS, 416),
        validated=True,
    ),
    "flamegraph.show_flame_graph": _graph(*params.RANGE),
    "compare.show_differential": _graph(*params.RANGE, *params.OTHER_RANGE, exports=False),
    "compare.show_elided": _graph(*params.RANGE, *params.OTHER_RANGE),
    "filters.list_filters": Operation(_json("Filters")),
    "imports.fetch_file": Operation(
        _json("Job"), errors=(409, 503), status=202, body={JSON: "Fetch"}, changes=True
    ),
    "imports.capture": Operation(
        _json("Job"), errors=(409, 503), status=202, body={JSON: "Capture"}, changes=True
    ),
    "imports.list_jobs": Operation(_json("Jobs")),
    "imports.list_hosts": Operation(_json("Hosts")),
    "imports.show_job": _JOB,
    "imports.cancel_job": _JOB._replace(changes=True),
    "health.show_health": Operation(_json("Health")),
    "health.show_readiness": Operation(_json("Health"), errors=(503,)),
    "metrics.show_metrics": Operation({"text/plain": ()}),
    "openapi.show_document": Operation(_json("Document")),
}
