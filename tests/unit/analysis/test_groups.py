"""Groups of frame filters: one frame in place of all frames of one job. They lose no sample."""

from __future__ import annotations

from flamescope_py.analysis.filters.named import FrameFilter, Group
from flamescope_py.analysis.flamegraph import FilterCost, FlameGraph, flame_graph
from flamescope_py.analysis.selection import Selection
from tests.support import trees
from tests.support.perf_text import sample
from tests.support.reading import read_perf
from tests.support.views import select

COLLECTION = Group("(gc)", (" gc_",))
COMPILING = Group("(compiling)", (" compile",))
LOOP = Group("(loop)", (" uv_",), rest=True)


def grouped(picture: str, *groups: Group, drop: tuple[str, ...] = ()) -> FlameGraph:
    return drawn(picture, FrameFilter("test", "Test", drop=drop, groups=groups))


def drawn(picture: str, *filters: FrameFilter) -> FlameGraph:
    return flame_graph(select(trees.profile(picture), Selection(filters=filters)))


def test_a_group_takes_everything_below_its_first_frame() -> None:
    graph = grouped(
        """
        app       app       app   app
        f         f         f     gc_task
        gc_start  gc_start  .     memset
        gc_mark   memset    .     .
        page      .         .     .
        """,
        COLLECTION,
    )
    assert trees.drawn(graph) == trees.lines("""
        root 4
          app 4
            (gc)[user] 1 (1 own)
            f 3 (1 own)
              (gc)[user] 2 (2 own)
        """)
    # gc_mark, page and memset have no place in the new tree.
    assert graph.cost == FilterCost(frames=3, samples_moved=3, samples_emptied=0, samples=4)


def test_another_group_inside_keeps_its_name() -> None:
    graph = grouped(
        """
        app       app      app
        compile   compile  compile
        parse     gc_mark  gc_mark
        .         memset   compile_more
        .         .        gc_mark
        """,
        COLLECTION,
        COMPILING,
    )
    assert trees.drawn(graph) == trees.lines("""
        root 3
          app 3
            (compiling)[user] 3 (1 own)
              (gc)[user] 2 (1 own)
                (compiling)[user] 1
                  (gc)[user] 1 (1 own)
        """)


def test_the_first_group_of_a_frame_counts() -> None:
    both = Group("(first)", (" gc_",)), Group("(second)", (" gc_", " f "))
    graph = grouped(
        """
        app  app
        f    gc_x
        """,
        *both,
    )
    assert "(first)[user] 1" in trees.drawn(graph)
    assert "(second)[user] 1" in trees.drawn(graph)


def test_a_rest_group_takes_only_samples_that_keep_no_frame() -> None:
    graph = grouped(
        """
        app     app     app     app
        uv_run  uv_run  start   uv_run
        uv_io   f       .       start
        .       uv_io   .       .
        """,
        LOOP,
        drop=(" uv_", " start "),
    )
    assert trees.drawn(graph) == trees.lines("""
        root 4
          app 4 (1 own)
            (loop)[user] 2 (2 own)
            f 1 (1 own)
        """)
    assert graph.cost == FilterCost(frames=3, samples_moved=4, samples_emptied=1, samples=4)


def test_the_nearest_rest_group_takes_the_sample() -> None:
    outer = Group("(outer)", (" start ",), rest=True)
    graph = grouped(
        """
        app     app
        start   start
        uv_run  .
        """,
        outer,
        LOOP,
        drop=(".*",),
    )
    assert trees.drawn(graph) == trees.lines("""
        root 2
          app 2
            (loop)[user] 1 (1 own)
            (outer)[user] 1 (1 own)
        """)


def test_a_command_is_never_in_a_group() -> None:
    graph = grouped(
        """
        gc_tool  uv_tool
        f        x
        """,
        COLLECTION,
        LOOP,
        drop=(" x ",),
    )
    assert trees.drawn(graph) == trees.lines("""
        root 2
          gc_tool 1
            f 1 (1 own)
          uv_tool 1 (1 own)
        """)


def test_a_later_filter_sees_the_groups() -> None:
    first = FrameFilter("one", "One", groups=(COLLECTION,))
    graph = drawn(
        """
        app
        f
        gc_x
        page
        """,
        first,
        FrameFilter("two", "Two", drop=(r" \(gc\) ",)),
    )
    assert trees.drawn(graph) == trees.lines("""
        root 1
          app 1
            f 1 (1 own)
        """)


def test_frames_without_a_symbol_are_named_by_their_library_once_in_a_row() -> None:
    addon, node = "[unknown] (/srv/addon.node)", "[unknown] (/usr/bin/node)"
    profile = read_perf(
        sample("1.0", addon, addon, node, addon, "f (/x)"),
        sample("1.1", "[unknown] ([unknown])", "[unknown] ([vdso])", "f (/x)"),
    )
    one = FrameFilter("test", "Test", drop=(r" \[node\] ",), name_by_library=True)
    graph = flame_graph(select(profile, Selection(filters=(one,))))
    assert trees.drawn(graph) == trees.lines("""
        root 2
          node 2
            f[user] 2
              [addon.node][user] 1 (1 own)
              [vdso][kernel] 1
                [unknown][kernel] 1 (1 own)
        """)
