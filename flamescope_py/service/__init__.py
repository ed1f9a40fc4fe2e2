"""The service joins store and analysis, for the web and the command line alike.

It is also their one door: web/ imports every name of the layers below from here.
"""

from flamescope_py.analysis.compare import Pair
from flamescope_py.analysis.facets import Count
from flamescope_py.analysis.filters.named import FrameFilter
from flamescope_py.analysis.flamegraph import FilterCost, FlameGraph
from flamescope_py.analysis.flamegraph import merged as without_libraries
from flamescope_py.analysis.flavours.javascript import ANONYMOUS
from flamescope_py.analysis.functions import changes
from flamescope_py.analysis.heatmap import Heatmap
from flamescope_py.analysis.joined import HIGHEST, SUM, Columns
from flamescope_py.analysis.selection import Selection
from flamescope_py.export import DIFFERENCES, FORMATS
from flamescope_py.incoming.part import Wish
from flamescope_py.jobs.job import JobView
from flamescope_py.jobs.runner import JobRunner
from flamescope_py.model import FrameTable, ParseReport, Profile, TimeRange
from flamescope_py.readers.registry import TYPES, UNKNOWN_TYPE
from flamescope_py.remote.importer import Importer
from flamescope_py.remote.requests import CALL_GRAPHS, LONGEST_TEXT, MAX_FREQUENCY, MAX_PID, SHAPES
from flamescope_py.service.info import ProfileInfo, facts
from flamescope_py.service.opened import OpenProfile
from flamescope_py.service.queries import GraphAnswer, Question
from flamescope_py.service.service import Service
from flamescope_py.service.values import ListAnswer, ListedProfile, ProfileRef, Vitals
from flamescope_py.service.wiring import all_filters, read_alone
from flamescope_py.store.catalog import ProfileFile
from flamescope_py.store.catalog_query import SORTS, ListQuery
from flamescope_py.store.open_profiles import Progress

__all__ = [
    "ANONYMOUS",
    "CALL_GRAPHS",
    "DIFFERENCES",
    "FORMATS",
    "HIGHEST",
    "LONGEST_TEXT",
    "MAX_FREQUENCY",
    "MAX_PID",
    "SHAPES",
    "SORTS",
    "SUM",
    "TYPES",
    "UNKNOWN_TYPE",
    "Columns",
    "Count",
    "FilterCost",
    "FlameGraph",
    "FrameFilter",
    "FrameTable",
    "GraphAnswer",
    "Heatmap",
    "Importer",
    "JobRunner",
    "JobView",
    "ListAnswer",
    "ListQuery",
    "ListedProfile",
    "OpenProfile",
    "Pair",
    "ParseReport",
    "Profile",
    "ProfileFile",
    "ProfileInfo",
    "ProfileRef",
    "Progress",
    "Question",
    "Selection",
    "Service",
    "TimeRange",
    "Vitals",
    "Wish",
    "all_filters",
    "changes",
    "facts",
    "read_alone",
    "without_libraries",
]
