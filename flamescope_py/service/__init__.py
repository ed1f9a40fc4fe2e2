"""The service joins store and analysis, for the web and the command line alike.

It is also the one door of web/ to the layers below. Each name is imported at its first use: a command
that reads one file needs neither SSH nor the store.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from flamescope_py.analysis.breakdown.lanes import Lane as Lane
    from flamescope_py.analysis.breakdown.lanes import LaneChoice as LaneChoice
    from flamescope_py.analysis.breakdown.lanes import Lanes as Lanes
    from flamescope_py.analysis.breakdown.sizes import RangeSize as RangeSize
    from flamescope_py.analysis.breakdown.table import Breakdown as Breakdown
    from flamescope_py.analysis.columns import HIGHEST as HIGHEST
    from flamescope_py.analysis.columns import SUM as SUM
    from flamescope_py.analysis.columns import Columns as Columns
    from flamescope_py.analysis.compare import Pair as Pair
    from flamescope_py.analysis.facets import Count as Count
    from flamescope_py.analysis.filters.named import FrameFilter as FrameFilter
    from flamescope_py.analysis.flamegraph import FilterCost as FilterCost
    from flamescope_py.analysis.flamegraph import FlameGraph as FlameGraph
    from flamescope_py.analysis.flamegraph import without_libraries as without_libraries
    from flamescope_py.analysis.functions import changes as changes
    from flamescope_py.analysis.heatmap import Heatmap as Heatmap
    from flamescope_py.analysis.measure import Measure as Measure
    from flamescope_py.analysis.measure import share_measure as share_measure
    from flamescope_py.analysis.selection import Selection as Selection
    from flamescope_py.analysis.timeline.chart import Timeline as Timeline
    from flamescope_py.analysis.vocabulary import BY_CHANGE as BY_CHANGE
    from flamescope_py.analysis.vocabulary import BY_SAMPLE as BY_SAMPLE
    from flamescope_py.analysis.vocabulary import BY_SELECTION as BY_SELECTION
    from flamescope_py.analysis.vocabulary import BY_STACK as BY_STACK
    from flamescope_py.analysis.vocabulary import BY_WHOLE as BY_WHOLE
    from flamescope_py.export import DIFFERENCES as DIFFERENCES
    from flamescope_py.export import EXPORTS as EXPORTS
    from flamescope_py.export import FORMATS as FORMATS
    from flamescope_py.export.about import About as About
    from flamescope_py.fleet.asking.moment import Moment as Moment
    from flamescope_py.fleet.cut import Cut as Cut
    from flamescope_py.fleet.writing.ingest import Ingested as Ingested
    from flamescope_py.fleet.writing.processes import prepare_processes as prepare_processes
    from flamescope_py.incoming.landing import Landing as Landing
    from flamescope_py.incoming.names import NAME_SCHEMA as NAME_SCHEMA
    from flamescope_py.incoming.names import of_thread as of_thread
    from flamescope_py.incoming.placing import Wish as Wish
    from flamescope_py.jobs.job import JobView as JobView
    from flamescope_py.jobs.runner import JobRunner as JobRunner
    from flamescope_py.model import FrameTable as FrameTable
    from flamescope_py.model import ParseReport as ParseReport
    from flamescope_py.model import Profile as Profile
    from flamescope_py.model import TimeRange as TimeRange
    from flamescope_py.model.frame import ANONYMOUS as ANONYMOUS
    from flamescope_py.readers.source import read_profile as read_profile
    from flamescope_py.readers.source import why_not_confined as why_not_confined
    from flamescope_py.readers.types import FILE_FORMATS as FILE_FORMATS
    from flamescope_py.readers.types import TYPES as TYPES
    from flamescope_py.readers.types import UNKNOWN_TYPE as UNKNOWN_TYPE
    from flamescope_py.readers.types import Format as Format
    from flamescope_py.recording.bodies import ONE_TARGET as ONE_TARGET
    from flamescope_py.recording.bodies import RecordBody as RecordBody
    from flamescope_py.recording.bodies import bounded as bounded
    from flamescope_py.recording.maps import NODE_OPTIONS as NODE_OPTIONS
    from flamescope_py.recording.maps import runtime_of as runtime_of
    from flamescope_py.remote.bodies import CaptureBody as CaptureBody
    from flamescope_py.remote.bodies import FetchBody as FetchBody
    from flamescope_py.remote.importer import Importer as Importer
    from flamescope_py.service.about import about_cost as about_cost
    from flamescope_py.service.about import about_export as about_export
    from flamescope_py.service.answers.breakdown import BreakdownAnswer as BreakdownAnswer
    from flamescope_py.service.answers.breakdown import breakdown_answer as breakdown_answer
    from flamescope_py.service.answers.breakdown import rounded as rounded
    from flamescope_py.service.exports import exported as exported
    from flamescope_py.service.exports import of_samples as of_samples
    from flamescope_py.service.filters import all_filters as all_filters
    from flamescope_py.service.findings import Findings as Findings
    from flamescope_py.service.findings import findings_answer as findings_answer
    from flamescope_py.service.fleet.questions import Fleet as Fleet
    from flamescope_py.service.info import ProfileFacts as ProfileFacts
    from flamescope_py.service.info import ProfileInfo as ProfileInfo
    from flamescope_py.service.info import facts as facts
    from flamescope_py.service.marks import BYTES_A_SECOND as BYTES_A_SECOND
    from flamescope_py.service.marks import MarksFile as MarksFile
    from flamescope_py.service.marks import version_of as version_of
    from flamescope_py.service.opened import OpenProfile as OpenProfile
    from flamescope_py.service.previews import Preview as Preview
    from flamescope_py.service.previews import Previewed as Previewed
    from flamescope_py.service.queries.breakdowns import BusyLine as BusyLine
    from flamescope_py.service.queries.breakdowns import HeatmapAnswer as HeatmapAnswer
    from flamescope_py.service.queries.graphs import FIRST as FIRST
    from flamescope_py.service.queries.graphs import SECOND as SECOND
    from flamescope_py.service.queries.graphs import GraphAnswer as GraphAnswer
    from flamescope_py.service.queries.graphs import Question as Question
    from flamescope_py.service.queries.graphs import error_prefix as error_prefix
    from flamescope_py.service.queries.queries import Queries as Queries
    from flamescope_py.service.report import Wanted as Wanted
    from flamescope_py.service.report import make_report as make_report
    from flamescope_py.service.report import report_cost as report_cost
    from flamescope_py.service.report import report_page as report_page
    from flamescope_py.service.service import Service as Service
    from flamescope_py.service.timelines import make_timeline as make_timeline
    from flamescope_py.service.values import ListAnswer as ListAnswer
    from flamescope_py.service.values import ListedProfile as ListedProfile
    from flamescope_py.service.values import ProfileRef as ProfileRef
    from flamescope_py.service.values import Vitals as Vitals
    from flamescope_py.service.words import ranged_name as ranged_name
    from flamescope_py.store.attempts import ReadingState as ReadingState
    from flamescope_py.store.catalog import ProfileFile as ProfileFile
    from flamescope_py.store.catalog_query import SORTS as SORTS
    from flamescope_py.store.catalog_query import ListQuery as ListQuery

_NAMES = {
    "analysis.breakdown.lanes": ["Lane", "LaneChoice", "Lanes"],
    "analysis.breakdown.sizes": ["RangeSize"],
    "analysis.breakdown.table": ["Breakdown"],
    "analysis.compare": ["Pair"],
    "analysis.facets": ["Count"],
    "analysis.filters.named": ["FrameFilter"],
    "analysis.flamegraph": ["FilterCost", "FlameGraph", "without_libraries"],
    "analysis.functions": ["changes"],
    "analysis.heatmap": ["Heatmap"],
    "analysis.columns": ["HIGHEST", "SUM", "Columns"],
    "analysis.measure": ["Measure", "share_measure"],
    "analysis.selection": ["Selection"],
    "analysis.vocabulary": ["BY_CHANGE", "BY_SAMPLE", "BY_SELECTION", "BY_STACK", "BY_WHOLE"],
    "analysis.timeline.chart": ["Timeline"],
    "export": ["DIFFERENCES", "EXPORTS", "FORMATS"],
    "export.about": ["About"],
    "fleet.asking.moment": ["Moment"],
    "fleet.cut": ["Cut"],
    "fleet.writing.ingest": ["Ingested"],
    "fleet.writing.processes": ["prepare_processes"],
    "incoming.names": ["NAME_SCHEMA", "of_thread"],
    "incoming.landing": ["Landing"],
    "incoming.placing": ["Wish"],
    "jobs.job": ["JobView"],
    "jobs.runner": ["JobRunner"],
    "model.frame": ["ANONYMOUS"],
    "model": ["FrameTable", "ParseReport", "Profile", "TimeRange"],
    "readers.source": ["read_profile", "why_not_confined"],
    "readers.types": ["FILE_FORMATS", "TYPES", "UNKNOWN_TYPE", "Format"],
    "recording.bodies": ["ONE_TARGET", "RecordBody", "bounded"],
    "recording.maps": ["NODE_OPTIONS", "runtime_of"],
    "remote.bodies": ["CaptureBody", "FetchBody"],
    "remote.importer": ["Importer"],
    "service.about": ["about_cost", "about_export"],
    "service.answers.breakdown": ["BreakdownAnswer", "breakdown_answer", "rounded"],
    "service.exports": ["exported", "of_samples"],
    "service.filters": ["all_filters"],
    "service.findings": ["Findings", "findings_answer"],
    "service.fleet.questions": ["Fleet"],
    "service.info": ["ProfileFacts", "ProfileInfo", "facts"],
    "service.marks": ["BYTES_A_SECOND", "MarksFile", "version_of"],
    "service.opened": ["OpenProfile"],
    "service.previews": ["Preview", "Previewed"],
    "service.queries.breakdowns": ["BusyLine", "HeatmapAnswer"],
    "service.queries.graphs": ["FIRST", "SECOND", "GraphAnswer", "Question", "error_prefix"],
    "service.queries.queries": ["Queries"],
    "service.report": ["Wanted", "make_report", "report_cost", "report_page"],
    "service.service": ["Service"],
    "service.timelines": ["make_timeline"],
    "service.values": ["ListAnswer", "ListedProfile", "ProfileRef", "Vitals"],
    "service.words": ["ranged_name"],
    "store.attempts": ["ReadingState"],
    "store.catalog": ["ProfileFile"],
    "store.catalog_query": ["SORTS", "ListQuery"],
}
_HOMES = {name: module for module, names in _NAMES.items() for name in names}


def __getattr__(name: str) -> Any:
    """Import a name of the layers below. Raises AttributeError for any other."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"flamescope_py.{_HOMES[name]}"), name)
