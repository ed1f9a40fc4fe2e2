"""All parts of one view in one answer, for `/report/` and `flamescope-py export --to html`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from msgspec import Meta

from flamescope_py.service.answers.breakdown import BreakdownAnswer
from flamescope_py.service.answers.flamegraph import FlameGraphColumns
from flamescope_py.service.answers.heatmap import HeatmapColumns
from flamescope_py.service.answers.marks import Marks
from flamescope_py.service.findings import Findings
from flamescope_py.service.info import ProfileFacts
from flamescope_py.service.notes import NoteItem
from flamescope_py.service.wire import Wire


class ReportGraph(Wire):
    """A flame graph of a report."""

    shows: Annotated[str, Meta(description="selection, whole or finding.")]
    finding: Annotated[int | None, Meta(description="The row of findings that it shows; else null.")]
    graph: Annotated[FlameGraphColumns, Meta(description="The graph; large ones with small frames merged.")]


class Report(Wire):
    """A view of a profile with everything that is needed to draw it again."""

    name: Annotated[str, Meta(description="The profile.")]
    made: Annotated[str, Meta(description="The program that made the report, with its version.")]
    view: Annotated[str, Meta(description="The part of the page's address that describes the view.")]
    start: Annotated[float | None, Meta(description="Start of the selected range, in seconds.")]
    end: Annotated[float | None, Meta(description="Its end; both are null for the whole profile.")]
    cut: Annotated[Sequence[str], Meta(description="The samples that count, and the filters, in words.")]
    facts: Annotated[
        ProfileFacts,
        Meta(description="The facts of the profile, with few values of each facet."),
    ]
    heatmap: Annotated[
        HeatmapColumns | None, Meta(description="The heatmap; null for a profile without times.")
    ]
    lanes: Annotated[
        HeatmapColumns | None,
        Meta(description="A heatmap with lanes, in 8 rows; null where one value has all samples."),
    ]
    who: Annotated[
        Sequence[BreakdownAnswer], Meta(description="The range by the property of the lanes and by function.")
    ]
    graphs: Annotated[
        Sequence[ReportGraph],
        Meta(description="The range, the whole profile, then ranges of findings while there is room."),
    ]
    findings: Annotated[Findings, Meta(description="The findings of the profile.")]
    marks: Annotated[Marks, Meta(description="Events from elsewhere.")]
    notes: Annotated[Sequence[NoteItem], Meta(description="Notes on stretches of the profile.")]
