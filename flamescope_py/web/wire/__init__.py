"""The types of answers, and the functions that write them as JSON."""

from flamescope_py.service.answers.flamegraph import FlameGraphColumns, Node, Speedscope, flame_graph_columns
from flamescope_py.service.answers.heatmap import (
    Heatmap,
    HeatmapColumns,
    heatmap_columns,
    heatmap_nested,
    no_heatmap,
)
from flamescope_py.service.answers.marks import Marks, marks_answer
from flamescope_py.service.wire import Wire, encode
from flamescope_py.web.wire.filters import Filter, filter_list
from flamescope_py.web.wire.formats import Format, format_list
from flamescope_py.web.wire.imports import Alias, Commands, Hosts, Job, Permission, job, job_list
from flamescope_py.web.wire.nested import flame_graph_nested
from flamescope_py.web.wire.profiles import (
    PreviewItem,
    Profile,
    ReadingProgress,
    previews,
    profile_item,
    progress,
)
from flamescope_py.web.wire.status import Error, Health
from flamescope_py.web.wire.timeline import Timeline, timeline_columns

__all__ = [
    "Alias",
    "Commands",
    "Error",
    "Filter",
    "FlameGraphColumns",
    "Format",
    "Health",
    "Heatmap",
    "HeatmapColumns",
    "Hosts",
    "Job",
    "Marks",
    "Node",
    "Permission",
    "PreviewItem",
    "Profile",
    "ReadingProgress",
    "Speedscope",
    "Timeline",
    "Wire",
    "encode",
    "filter_list",
    "flame_graph_columns",
    "flame_graph_nested",
    "format_list",
    "heatmap_columns",
    "heatmap_nested",
    "job",
    "job_list",
    "marks_answer",
    "no_heatmap",
    "previews",
    "profile_item",
    "progress",
    "timeline_columns",
]
