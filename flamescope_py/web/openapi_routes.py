"""What each route takes and gives: one row a view, by its name in Flask, which has its path and method."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from flamescope_py.service import DIFFERENCES, FORMATS
from flamescope_py.service.parameters import Kind, Parameter, choice_of
from flamescope_py.web import listing, params
from flamescope_py.web.openapi_bodies import FILENAME
from flamescope_py.web.respond import JSON
from flamescope_py.web.routes import filters

BINARY = "application/octet-stream"
FORM = "multipart/form-data"


class Operation(NamedTuple):
    """One row. `answers` and `body` map media types to names of schemas, "" where bytes are as they come.

    `errors` are the statuses that a view adds to those of every route; `validated` views answer 304 too;
    `changes` says that the request may need the token. `later` views answer 202 too, while something goes
    on. `headers` are those of the answer that a program may want; `detail` goes beyond the view's own line.
    """

    answers: Mapping[str, tuple[str, ...]]
    parameters: tuple[Parameter, ...] = ()
    errors: tuple[int, ...] = ()
    status: int = 200
    body: Mapping[str, str] | None = None
    validated: bool = False
    changes: bool = False
    later: bool = False
    headers: Mapping[str, str] = {}
    detail: str = ""


# Blueprint → the group that its routes are shown in.
GROUPS: Mapping[str, str] = {
    "profiles": "Profiles",
    "uploads": "Profiles",
    "heatmap": "Heatmaps and flame graphs",
    "flamegraph": "Heatmaps and flame graphs",
    "compare": "Heatmaps and flame graphs",
    "filters": "Heatmaps and flame graphs",
    "imports": "Imports over SSH",
    "health": "Watching the server",
    "metrics": "Watching the server",
    "openapi": "This description",
}


def _json(*schemas: str) -> dict[str, tuple[str, ...]]:
    return {JSON: schemas}


def _graph(*rows: Parameter, detail: str, form: Parameter = params.GRAPH_FORMAT) -> Operation:
    exports = DIFFERENCES if form is params.DIFFERENTIAL_FORMAT else FORMATS
    answers: Mapping[str, tuple[str, ...]] = {
        one.media_type.partition(";")[0]: () for one in exports.values()
    }
    # speedscope's is JSON, too.
    shapes = ("Node", "FlameGraphColumns", *(("Speedscope",) if "speedscope" in exports else ()))
    return Operation(
        {**answers, **_json(*shapes)},
        (*rows, form, *params.QUESTION),
        (*_PROFILE_ERRORS, 416),
        validated=True,
        headers=_DOWNLOAD,
        detail=detail,
    )


# No such file, not readable, changed meanwhile, too large, no format of ours, broken, busy.
_PROFILE_ERRORS = (404, 409, 413, 415, 422, 503)
_CHANGE_ERRORS = (409, 413, 415, 507)
_EXISTS = Parameter(
    "exists", "What to do where the name is taken.", choice_of("number", "refuse"), default="number"
)
_FORCE = Parameter(
    "force", "Whether to take a file that looks like no profile.", choice_of("true", "false"), default="false"
)
_NAME = Parameter("filename", "The name that the profile is to have.", Kind(str, FILENAME))

_DOWNLOAD = {"Content-Disposition": "The name to save a file under; not in the forms nested and columns."}
_JOB_PLACE = {"Location": "Where the job is, relative to the request."}

OPERATIONS: Mapping[str, Operation] = {
    "profiles.list_profiles": Operation(
        _json("Profiles"),
        listing.LIST,
        headers={
            listing.TOTAL: "How many files there are to page through.",
            listing.SKIPPED: "How many folders could not be read.",
            listing.PENDING: "How many files nobody has looked at yet.",
        },
        validated=True,
        detail="Files of no format that is read are there too, as unknown and with the reason.",
    ),
    "profiles.show_info": Operation(
        _json("ProfileInfo"),
        (params.FILENAME, params.TYPE),
        _PROFILE_ERRORS,
        validated=True,
        detail="Its events, commands, processes, threads and processors are the values that a selection can "
        "name; its report counts what the reader had to skip.",
    ),
    "profiles.show_progress": Operation(_json("Progress"), (params.FILENAME, params.TYPE), (404,)),
    "uploads.upload": Operation(
        _json("Profile"),
        (_NAME, _EXISTS, _FORCE),
        _CHANGE_ERRORS,
        status=201,
        body={FORM: "", BINARY: ""},
        changes=True,
        headers={"Location": "Where the file can be downloaded, relative to the request."},
        detail="A raw body needs filename; a form has its own name, which filename replaces.",
    ),
    "uploads.remove": Operation({}, (params.FILENAME,), (404,), status=204, changes=True),
    "uploads.download": Operation(
        {BINARY: ()},
        (params.FILENAME,),
        (404,),
        validated=True,
        headers={"Content-Disposition": "The name to save the file under."},
    ),
    "heatmap.show_heatmap": Operation(
        _json("Heatmap", "HeatmapColumns"),
        (
            *(params.FILENAME, params.TYPE, params.ROWS, params.HEATMAP_FORMAT),
            *(*params.HEATMAP_COLUMNS, *params.QUESTION),
        ),
        (*_PROFILE_ERRORS, 416),
        validated=True,
        detail="values[column][row] counts samples: columns are seconds from the profile's first, rows the "
        "offset inside the second, the highest first. The form columns is flat, one column after the other.",
    ),
    "flamegraph.show_flame_graph": _graph(
        *params.RANGE,
        detail="Without start and end it is the whole profile. The forms folded, speedscope, pprof and svg "
        "are files for other programs.",
    ),
    "compare.show_differential": _graph(
        *params.RANGE,
        *params.OTHER_RANGE,
        params.REST,
        form=params.DIFFERENTIAL_FORMAT,
        detail="The graph is that of the first range; d, in columns delta, is how many samples more a node "
        "has than in the second, which is scaled to the first one's total. rest takes the place of the "
        "second profile. The forms folded (both counts behind every stack of either) and svg are files for "
        "other programs.",
    ),
    "compare.show_elided": _graph(
        *params.RANGE,
        *params.OTHER_RANGE,
        params.REST,
        detail="The graph is that of the second range. Nodes that the first has, too, count 0. FlameScope's "
        "form scales counts to the first range's total and rounds them; the others have the second range's "
        "own counts. "
        "rest takes the place of the second profile.",
    ),
    "filters.list_filters": Operation(
        _json("Filters"),
        filters.PARAMETERS,
        (*_PROFILE_ERRORS, 416),
        validated=True,
        detail="With filename every filter also says in cost what it would do to the range, in place of "
        "those that the request names.",
    ),
    "imports.fetch_file": Operation(
        _json("Job"),
        errors=(413, 503),
        status=202,
        body={JSON: "Fetch"},
        changes=True,
        headers=_JOB_PLACE,
        detail="path may name a perf.data: then perf script runs on the host. The host key must be known, or "
        "named in hostKey; a job that meets an unknown one fails and carries it.",
    ),
    "imports.capture": Operation(
        _json("Job"),
        errors=(413, 503),
        status=202,
        body={JSON: "Capture"},
        changes=True,
        headers=_JOB_PLACE,
        detail="Exactly one of pid, pgrep and system says what perf is to record.",
    ),
    "imports.list_jobs": Operation(_json("Jobs")),
    "imports.list_hosts": Operation(_json("Hosts")),
    "imports.show_job": Operation(_json("Job"), errors=(404,)),
    "imports.cancel_job": Operation(_json("Job"), errors=(404,), changes=True, later=True),
    "health.show_health": Operation(_json("Health")),
    "health.show_readiness": Operation(_json("Health"), errors=(503,)),
    "metrics.show_metrics": Operation({"text/plain": ()}, detail="In the text format of Prometheus."),
    "openapi.show_document": Operation(_json("Document")),
}
