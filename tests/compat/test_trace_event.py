"""FlameScope's recorded answers for a Node trace, against reading and analysis without HTTP."""

from __future__ import annotations

from functools import cache

from flamescope_py.analysis.flamegraph import flame_graph
from flamescope_py.analysis.selection import Selection
from flamescope_py.analysis.view import View
from tests.support.reading import read
from tests.support.recorded import assert_heatmaps_are_equal, input_bytes, recordings
from tests.support.trees import drawn, lines
from tests.support.views import select

NAME = "node.trace.json"


@cache
def view() -> View:
    return select(read(input_bytes(NAME), "trace_event"), Selection())


def test_every_cell_of_every_heatmap_is_the_same() -> None:
    assert_heatmaps_are_equal(NAME, view(), 24)


def test_where_flamescope_failed_there_is_a_flame_graph_in_microseconds() -> None:
    (failed,) = [one for one in recordings(NAME) if one.status == 500]
    assert failed.route == "/flamegraph/"
    assert drawn(flame_graph(view())) == lines("""
        root 21489
          JavaScriptMainThread 19365
            AtExit 2 (2 own)
            BeforeExit 22 (22 own)
            CheckImmediate 54 (11 own)
              RunAndClearNativeImmediates 43 (43 own)
            ContextifyScript::New 29 (29 own)
            RunCleanup 43 (25 own)
              RunAndClearNativeImmediates 2 (2 own)
              RunCleanup 16 (16 own)
            RunInContext 7456 (7433 own)
              fs.sync.close 3 (3 own)
              fs.sync.fstat 4 (4 own)
              fs.sync.open 11 (11 own)
              fs.sync.read 5 (5 own)
            RunTimers 374 (374 own)
            V8.DeserializeContext 2941 (2941 own)
            V8.DeserializeIsolate 8444 (8444 own)
          node 13504 2103
            zlib 2103 (2103 own)
          node 13505 21
            zlib 21 (21 own)
    """)
