"""`/report/`: a view of a profile in one answer, or in one file that draws it without a server."""

from __future__ import annotations

from flask import Blueprint, Response, request

from flamescope_py.service import (
    BYTES_A_SECOND,
    Question,
    Wanted,
    make_report,
    ranged_name,
    report_cost,
    report_page,
    version_of,
)
from flamescope_py.service.answers.report import Report
from flamescope_py.service.parameters import (
    BY,
    COLUMN_LENGTH,
    INVERTED,
    SELECTION,
    Parameter,
    ValueType,
    choice_of,
)
from flamescope_py.web import context, params, wire
from flamescope_py.web.admission import spending
from flamescope_py.web.openapi.operation import QUERY_ERRORS, Operation, describes, json_answer
from flamescope_py.web.respond import JSON, answer, as_download, conditional
from flamescope_py.web.routes.analysis.marks import BEGAN, MARKS

blueprint = Blueprint("report", __name__)

HTML, LONGEST_VIEW = "html", 4000


def _view(text: str) -> str:
    if len(text) > LONGEST_VIEW:
        raise ValueError(f"at most {LONGEST_VIEW} characters")
    return text


FORMAT = Parameter(
    "format", "A file that draws the report, or its data.", choice_of(HTML, "json"), default=HTML
)
VIEW = Parameter(
    "view",
    "The part of the page's address behind its question mark: search, palette and layout of the report.",
    ValueType(_view, {"type": "string", "minLength": 1, "maxLength": LONGEST_VIEW}),
    default="",
)
_BY = BY._replace(
    meaning="The property of the lanes; the first that has several values by default.", required=False
)
_ROWS = params.ROWS._replace(
    meaning="The rows of the heatmap; by the rate of the samples by default.", default=None
)
_OPERATION = Operation(
    {"text/html": (), **json_answer(Report)},
    (*params.RANGE, FORMAT, VIEW, _BY, _ROWS, COLUMN_LENGTH, *SELECTION, INVERTED, MARKS, BEGAN),
    (*QUERY_ERRORS, 416),
    conditional=True,
    headers={"Content-Disposition": "The name to save the file under; not in the form json."},
    detail="The file needs neither this server nor a network. It holds the heatmap, lanes, the graphs of the "
    "range and of findings, findings and marks. It is at most about 2 MB: large graphs have their smallest "
    "frames merged, and a long profile 1 000 columns.",
)


@blueprint.get("/report/")
@describes(_OPERATION)
def show_report() -> Response:
    """Return everything that a view of a profile shows."""
    query, service = params.Query(request), context.service()
    ref, part = params.time_range(query)
    values = query.read((FORMAT, VIEW, _BY, COLUMN_LENGTH, *SELECTION, INVERTED, MARKS, BEGAN))
    rows = None if query.value(_ROWS) is None else params.rows(query, context.settings().max_rows)
    question = Question(params.selection(values, service), values[INVERTED.name])
    shown = (values[VIEW.name], values[BY.name], rows, values[COLUMN_LENGTH.name])
    wanted = Wanted(ref.name, part, question, *shown)
    with service.open(ref) as opened:
        files, notes = service.marks.find(ref.name, values[MARKS.name]), service.notes.read(ref.name)

        def make() -> Response:
            profile, queries = opened.profile(), service.queries
            cost = report_cost(queries, profile, wanted)
            cost += sum(one.stamp.size for one in files) / BYTES_A_SECOND
            if not service.findings.known(profile):
                cost += queries.costs.findings(profile)
            with spending(cost):
                marks = service.marks.own(profile, ref.name)
                marks += [service.marks.read(profile, one, values[BEGAN.name]) for one in files]
                findings = opened.findings(service.findings)
                data = make_report(queries, profile, wanted, findings, wire.marks_answer(marks), notes)
            if values[FORMAT.name] != HTML:
                return answer(data, JSON)
            response = answer(report_page(ref.name, data), "text/html; charset=utf-8")
            return as_download(response, f"{ranged_name(ref.name, part)}.html")

        return conditional(f"{opened.version} {version_of(files)} {[note.id for note in notes]}", make)
