"""Reports: everything of one view of a profile in one answer, as JSON or as a file that draws it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import orjson
from msgspec import structs

from flamescope_py import __version__
from flamescope_py.analysis.breakdown.lanes import LaneChoice
from flamescope_py.analysis.columns import Columns
from flamescope_py.analysis.selection import Selection
from flamescope_py.analysis.vocabulary import COMM, CPU, EVENT, FUNCTION, ONE_SECOND, PROCESS, THREAD
from flamescope_py.errors import NotBuiltError
from flamescope_py.export.page import page
from flamescope_py.model import Profile, TimeRange
from flamescope_py.service.answers.breakdown import breakdown_answer
from flamescope_py.service.answers.flamegraph import flame_graph_columns
from flamescope_py.service.answers.heatmap import heatmap_columns
from flamescope_py.service.answers.report import Report, ReportGraph
from flamescope_py.service.info import ProfileFacts, ProfileInfo, facts
from flamescope_py.service.notes import NoteItem
from flamescope_py.service.queries.breakdowns import HeatmapAnswer
from flamescope_py.service.queries.graphs import Question
from flamescope_py.service.queries.measures import with_interval
from flamescope_py.service.queries.queries import Queries
from flamescope_py.service.wire import encode
from flamescope_py.service.words import cut_words

VIEWER = Path(__file__).resolve().parents[1] / "static" / "report"
# Bytes of all graphs. The rest is some 600 kB at most, and the viewer 300 kB.
MAX_GRAPH_BYTES = 1_000_000
MOST_COLUMNS, MOST_LANES, LANE_ROWS = 1000, 10, 8
MOST_VALUES = 50
# Nodes of the graphs: of the range, with fewer where that is too much, of the whole profile and of findings.
NODES, WHOLE_NODES, FINDING_NODES = (20_000, 8_000, 2_000, 500), 5_000, 1_500
_FACETS = {COMM: "commands", PROCESS: "processes", THREAD: "threads", CPU: "cpus", EVENT: "events"}
_FINDING_CUTS = ("comm", "pid", "tid", "cpu", "include", "exclude")


@dataclass(frozen=True, slots=True)
class Wanted:
    """The view that a report is of.

    `by` is the property of its lanes, None for the first with several values. `length` is that of the columns
    of its heatmap and lanes, a name of LENGTHS or AUTO.
    """

    name: str
    part: TimeRange
    question: Question
    view: str = ""
    by: str | None = None
    rows: int | None = None
    length: str = ONE_SECOND

    @property
    def columns(self) -> Columns:
        """The columns of its heatmap and lanes."""
        return Columns(most=MOST_COLUMNS, length=self.length)


def make_report(
    queries: Queries,
    profile: Profile,
    wanted: Wanted,
    findings: bytes,
    marks: bytes,
    notes: Sequence[NoteItem] = (),
) -> bytes:
    """Return a `Report` as JSON. Raises RangeError and NoTimestampsError for a range that is not there."""
    selection, part = wanted.question.selection, wanted.part
    info = ProfileInfo(wanted.name, profile, queries.views.facets(profile))
    shown = _few_values(facts(info))
    by = wanted.by or _lanes_by(shown)
    rows = wanted.rows or queries.heatmaps.usual_rows(profile, wanted.columns)
    timed = profile.meta.timed
    return encode(
        Report(
            name=wanted.name,
            made=f"flamescope-py {__version__}",
            view=wanted.view,
            start=part.start,
            end=part.end,
            cut=cut_words(selection),
            facts=shown,
            heatmap=_fragment(_heatmap(queries, profile, wanted, rows)) if timed else None,
            lanes=_fragment(_lanes(queries, profile, wanted, by)) if timed and by else None,
            who=[_fragment(_who(queries, profile, wanted, one)) for one in (by, FUNCTION) if one],
            graphs=list(_graphs(queries, profile, wanted, findings)),
            findings=_fragment(findings),
            marks=_fragment(marks),
            notes=notes,
        )
    )


def report_cost(queries: Queries, profile: Profile, wanted: Wanted) -> float:
    """Return the seconds that a report is about to take, without its findings."""
    costs, selection, columns = queries.costs, wanted.question.selection, wanted.columns
    cells = costs.heatmap(profile, selection, 100, None, columns)
    lanes = costs.lanes(profile, selection, LANE_ROWS, columns, MOST_LANES)
    graphs = (len(NODES) + 13) * costs.graph(profile, selection)
    return costs.facets(profile) + cells + 2 * lanes + graphs + 2 * costs.breakdown((profile,), selection)


def report_page(name: str, data: bytes) -> bytes:
    """Return a report as one HTML file. Raises NotBuiltError without the front end."""
    try:
        script, style = ((VIEWER / leaf).read_text("utf-8") for leaf in ("report.js", "report.css"))
    except FileNotFoundError as error:
        raise NotBuiltError(
            "The viewer of reports has not been built: run make frontend, or install a released wheel."
        ) from error
    return page(f"{name} · FlameScope", data, script, style)


def _fragment(body: bytes) -> Any:
    """Return an encoded answer as a part of another one, without decoding it."""
    return orjson.Fragment(body)


def _few_values(found: ProfileFacts) -> ProfileFacts:
    return structs.replace(found, **{name: getattr(found, name)[:MOST_VALUES] for name in _FACETS.values()})


def _lanes_by(found: ProfileFacts) -> str | None:
    return next((by for by, name in _FACETS.items() if len(getattr(found, name)) > 1), None)


def _heatmap(queries: Queries, profile: Profile, wanted: Wanted, rows: int) -> bytes:
    selection, columns = wanted.question.selection, wanted.columns
    found = queries.heatmaps.heatmap(profile, selection, rows, None, columns)
    line = queries.breakdowns.busy_line(profile, selection, columns)
    return heatmap_columns(HeatmapAnswer(found, None, line))


def _lanes(queries: Queries, profile: Profile, wanted: Wanted, by: str) -> bytes:
    selection, columns = wanted.question.selection, wanted.columns
    found = queries.heatmaps.heatmap(profile, selection, LANE_ROWS, None, columns)
    sides = (profile, wanted.part)
    lanes = queries.breakdowns.lanes(by, LaneChoice(MOST_LANES), sides, selection, LANE_ROWS, columns)
    return heatmap_columns(HeatmapAnswer(found, lanes))


def _who(queries: Queries, profile: Profile, wanted: Wanted, by: str) -> bytes:
    selection = wanted.question.selection
    found = queries.breakdowns.against_rest(by, MOST_VALUES, (profile, wanted.part), selection)
    return breakdown_answer(found, queries.views.unit(profile, selection))


def _graphs(queries: Queries, profile: Profile, wanted: Wanted, findings: bytes) -> Iterator[ReportGraph]:
    """Yield the graphs while there is room: that of the range always, in as few nodes as it takes."""
    question, part = wanted.question, wanted.part
    room = MAX_GRAPH_BYTES
    for nodes in NODES:
        body = _graph(queries, profile, part, question, nodes)
        if len(body) <= room * 3 // 4:
            break
    yield ReportGraph("selection", None, _fragment(body))
    others: list[tuple[str, int | None, TimeRange, Question, int]] = []
    if part.start is not None or part.end is not None:
        others.append(("whole", None, TimeRange(), question, WHOLE_NODES))
    for row, one in enumerate(orjson.loads(findings)["findings"]):
        for start, end in one["ranges"][:1]:
            cut = replace(question, selection=_with_cut(question.selection, one["selection"]))
            others.append(("finding", row, TimeRange(start, end), cut, FINDING_NODES))
    room -= len(body)
    for shows, place, one_part, asked, nodes in others:
        body = _graph(queries, profile, one_part, asked, nodes)
        if (room := room - len(body)) < 0:
            return
        yield ReportGraph(shows, place, _fragment(body))


def _graph(queries: Queries, profile: Profile, part: TimeRange, question: Question, nodes: int) -> bytes:
    fewer = min(nodes, question.nodes or nodes)
    found = queries.graphs.flame_graph(profile, part, replace(question, nodes=fewer))
    return flame_graph_columns(with_interval(queries, found, profile, question.selection))


def _with_cut(selection: Selection, cut: Mapping[str, Sequence[str]]) -> Selection:
    """Return the samples of a finding: only its own cut, as on the page."""
    values = {name: tuple(cut.get(name, ())) for name in _FINDING_CUTS}
    pid, tid, cpu = (tuple(map(int, values[name])) for name in ("pid", "tid", "cpu"))
    include, exclude = values["include"], values["exclude"]
    return replace(
        selection, comm=values["comm"], pid=pid, tid=tid, cpu=cpu, include=include, exclude=exclude
    )
