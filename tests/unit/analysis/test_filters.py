"""Named frame filters: the frames they drop and rewrite, and their costs. They lose no sample."""

from __future__ import annotations

from pathlib import Path

import pytest

from flamescope_py.analysis.filters.frames import map_frames
from flamescope_py.analysis.filters.named import FrameFilter, Group, Rewrite, builtin_filters, load_filters
from flamescope_py.analysis.flamegraph import FilterCost, FlameGraph, filter_cost, flame_graph
from flamescope_py.analysis.selection import Selection
from flamescope_py.errors import ConfigError, ParameterError
from flamescope_py.model import Frame, FrameTable
from tests.support import trees
from tests.support.perf_text import sample
from tests.support.reading import read_perf
from tests.support.views import select

NODE = builtin_filters()["node"]
# The patterns of FlameScope's users' guide, word for word; tests/compat runs its `sed` command.
DOCUMENTED = (
    " __libc_start",
    " uv_",
    " LazyCompile ",
    " v8::internal::",
    " node::",
    " Builtins_",
    " Builtin:",
    " Stub:",
    " LoadIC:",
    r" \[unknown\]",
    " LoadPolymorphicIC:",
)


def through(frame_filter: FrameFilter, *names: str, library: str = "/x") -> list[str | None]:
    """Return the filter's new name of each frame, None if dropped."""
    mapped = map_frames(FrameTable.of([(name, library, "user") for name in names]), [frame_filter]).frame
    return [None if frame is None else frame.name for frame in mapped]


def filtered(picture: str, *filters: FrameFilter, drop: tuple[str, ...] = ()) -> FlameGraph:
    return flame_graph(select(trees.profile(picture), Selection(filters=filters, drop=drop)))


def dropping(*patterns: str) -> FrameFilter:
    return FrameFilter("test", "Test", drop=patterns)


def test_the_node_filter_is_the_documented_list_exactly() -> None:
    assert NODE.drop == DOCUMENTED
    assert NODE.rewrite == (Rewrite(" LazyCompile:[*~]?", " "),)


@pytest.mark.parametrize(
    "name",
    [
        "__libc_start_main",
        "__libc_start_call_main",
        "uv_run",
        "uv__io_poll",
        "LazyCompile f",
        "v8::internal::Heap::Scavenge()",
        "node::Start(int, char**)",
        "Builtins_CallApiCallback",
        "Builtin:ArgumentsAdaptorTrampoline",
        "Stub:CEntryStub",
        "LoadIC:A load IC from the snapshot",
        "[unknown]",
        "LoadPolymorphicIC:A",
        # A blank may precede it anywhere in the line.
        "void node::StreamBase::JSMethod()",
        "LazyCompile:* uv_run /a.js",
        "non-virtual thunk to v8::internal::X",
    ],
)
def test_the_node_filter_drops(name: str) -> None:
    assert through(NODE, name) == [None]


@pytest.mark.parametrize(
    "name",
    [
        "my_uv_",
        "my_uv_run",
        "__my__libc_start",
        "v8::Function::Call",
        "xnode::Start",
        "(node::Start)",
        "std::function<node::X>",
        "JS:*hash /srv/app/server.js:3:6",
        "InterpretedFunction:f",
        "Uv_run",
        "unknown",
        "_start",
    ],
)
def test_the_node_filter_keeps(name: str) -> None:
    assert through(NODE, name) == [name]


def test_the_library_is_part_of_the_text_that_a_pattern_sees() -> None:
    assert through(NODE, "f", library="/srv/my uv_lib.so") == [None]
    assert through(NODE, "f", library="/srv/uv_lib.so") == ["f"]
    assert through(dropping(r"\(/x\)$"), "f") == [None]
    assert through(dropping("^ f "), "f", "gf") == [None, "gf"]


@pytest.mark.parametrize(
    ("name", "renamed"),
    [
        ("LazyCompile:*hash /srv/a.js:3", "hash /srv/a.js:3"),
        ("LazyCompile:~hash /srv/a.js:3", "hash /srv/a.js:3"),
        ("LazyCompile:hash /srv/a.js:3", "hash /srv/a.js:3"),
        ("LazyCompile:**hash", "*hash"),
        ("LazyCompile:~ /srv/a.js:3", " /srv/a.js:3"),
        ("LazyCompile:*a LazyCompile:*b", "a LazyCompile:*b"),
        ("my LazyCompile:*a", "my a"),
        ("myLazyCompile:*a", "myLazyCompile:*a"),
    ],
)
def test_the_node_filter_rewrites_the_first_tier_and_only_that(name: str, renamed: str) -> None:
    assert through(NODE, name) == [renamed]


def test_samples_of_dropped_frames_move_to_the_nearest_kept_caller() -> None:
    graph = filtered(
        """
        app    app     app
        A      A       uv_run
        uv_x   B       A
        uv_y   uv_x    .
        """,
        NODE,
    )
    assert trees.drawn(graph) == trees.lines("""
        root 3
          app 3
            A 3 (2 own)
              B 1 (1 own)
        """)
    assert graph.cost == FilterCost(frames=3, samples_moved=2, samples_emptied=0, samples=3)


def test_frames_that_become_equal_are_one() -> None:
    graph = filtered(
        """
        app              app              app
        LazyCompile:*f   LazyCompile:~f   f
        g                h                g
        """,
        NODE,
    )
    assert trees.drawn(graph) == trees.lines("""
        root 3
          app 3
            f 3
              g 2 (2 own)
              h 1 (1 own)
        """)
    assert graph.cost == FilterCost(0, 0, 0, 3)


def test_a_sample_left_without_frames_stays_on_its_command() -> None:
    graph = filtered(
        """
        app     app
        uv_run  .
        uv_x    .
        """,
        NODE,
    )
    assert trees.drawn(graph) == "root 2\n  app 2 (2 own)"
    # The second had no frame to lose.
    assert graph.cost == FilterCost(frames=2, samples_moved=1, samples_emptied=1, samples=2)


def test_a_command_is_never_dropped_nor_rewritten() -> None:
    graph = filtered(
        """
        uv_worker  LazyCompile:*x  app
        A          uv_worker       LazyCompile:*x
        """,
        NODE,
    )
    assert trees.drawn(graph) == trees.lines("""
        root 3
          LazyCompile:*x 1 (1 own)
          app 1
            x 1 (1 own)
          uv_worker 1
            A 1 (1 own)
        """)
    # Of the two names dropped or not, only the frame uv_worker was dropped.
    assert graph.cost == FilterCost(frames=1, samples_moved=1, samples_emptied=1, samples=3)


def test_the_cost_counts_the_range_alone() -> None:
    profile = trees.profile(
        """
        app     app     app
        A       uv_run  A
        uv_run  .       .
        """,
        [3000.1, 3000.5, 3001.1],
    )
    view = select(profile, Selection(filters=(NODE,)))
    assert flame_graph(view, 0, 0.5).cost == FilterCost(1, 1, 0, 1)
    assert flame_graph(view, 0.5, 1).cost == FilterCost(1, 1, 1, 1)
    assert flame_graph(view, 1, 2).cost == FilterCost(1, 0, 0, 1)
    assert flame_graph(view).cost == FilterCost(1, 2, 1, 3)
    assert flame_graph(view, 0.5, 1, outside=True).cost == FilterCost(1, 1, 0, 2)
    assert filter_cost(view, 0.5, 1) == FilterCost(1, 1, 1, 1)


def test_filters_run_in_order_and_dropped_patterns_last() -> None:
    first = FrameFilter("one", "One", rewrite=(Rewrite("^ A$", " B"),))
    picture = """
        app  app
        A    C
        """
    assert trees.drawn(filtered(picture, first, dropping("^ B "))) == trees.lines("""
        root 2
          app 2 (1 own)
            C 1 (1 own)
        """)
    assert "B 1" in trees.drawn(filtered(picture, dropping("^ B "), first))
    assert trees.drawn(filtered(picture, first, drop=("^ B ",))) == trees.lines("""
        root 2
          app 2 (1 own)
            C 1 (1 own)
        """)


def test_without_filters_there_is_no_cost() -> None:
    assert filtered("app").cost is None


def test_a_dropped_frame_in_the_middle_joins_what_is_around_it() -> None:
    graph = filtered(
        """
        app  app
        A    A
        X    B
        B    .
        """,
        dropping("^ X "),
    )
    assert trees.drawn(graph) == trees.lines("""
        root 2
          app 2
            A 2
              B 2 (2 own)
        """)
    # The leaf kept its place: no sample moved to a caller.
    assert graph.cost == FilterCost(1, 0, 0, 2)


def test_idleness_is_judged_before_frames_are_dropped() -> None:
    text = sample("3000.000000", "native_safe_halt ([kernel.kallsyms])", command="swapper", task="0")
    profile = read_perf(text, sample("3000.100000", "f (/x)"))
    view = select(profile, Selection(filters=(dropping("halt"),)))
    assert len(view.time) == 1


@pytest.mark.parametrize("pattern", ["(", "[a", "a**", r"\1", "(?=a)", "a" * 501])
def test_a_pattern_that_does_not_compile_is_the_users_error(pattern: str) -> None:
    with pytest.raises(ParameterError):
        filtered("app", dropping(pattern))


def test_a_hostile_pattern_takes_linear_time() -> None:
    """A backtracking engine would never end."""
    assert through(dropping("(a*)*b$"), "a" * 5000) == ["a" * 5000]


def test_more_patterns_than_the_bound_are_refused() -> None:
    with pytest.raises(ParameterError, match="at most 32"):
        filtered("app", dropping(*(str(number) for number in range(33))))


def test_every_filter_that_comes_with_the_package_says_what_it_is() -> None:
    assert set(builtin_filters()) == {"node", "node-v8", "node-v8-gc"}
    for name, one in builtin_filters().items():
        assert one.name == name
        assert one.title
        assert one.description.endswith(".")
        assert set(DOCUMENTED) <= set(one.drop)


def test_a_users_file_has_the_same_form(tmp_path: Path) -> None:
    path = tmp_path / "filters.toml"
    path.write_text(
        '[mine]\ntitle = "Mine"\nhint = "mine only"\ndrop = [" a "]\n'
        'rewrite = [{ pattern = " b", replacement = " c" }]\n[bare]\n'
    )
    assert load_filters(path) == {
        "mine": FrameFilter("mine", "Mine", "", (" a ",), (Rewrite(" b", " c"),), "mine only"),
        "bare": FrameFilter("bare", "bare"),
    }


def test_a_filter_continues_the_lists_of_another(tmp_path: Path) -> None:
    path = tmp_path / "filters.toml"
    path.write_text(
        'one.drop = [" a "]\none.name_by_library = true\none.group = [{ name = "(g)", patterns = [" b "] }]\n'
        '[two]\nlike = "one"\ndrop = [" c "]\n'
        'group = [{ name = "(h)", patterns = [" d "], rest = true }]\n'
    )
    groups = (Group("(h)", (" d ",), rest=True), Group("(g)", (" b ",)))
    assert load_filters(path)["two"] == FrameFilter(
        "two", "two", drop=(" a ", " c "), groups=groups, name_by_library=True
    )


@pytest.mark.parametrize(
    "text",
    [
        "not toml",
        '[a]\ndrop = ["("]',
        '[a]\ndorp = ["x"]',
        '[a]\nrewrite = [{ pattern = "x" }]',
        "[a]\ndrop = 5",
        "a = 5",
        "\udcff",
    ],
    ids=["not toml", "pattern", "key", "rewrite", "type", "no table", "not utf-8"],
)
def test_a_users_file_that_cannot_be_used_is_named(tmp_path: Path, text: str) -> None:
    path = tmp_path / "filters.toml"
    path.write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(ConfigError, match=r"filters\.toml cannot be used") as caught:
        load_filters(path)
    assert str(tmp_path) not in str(caught.value)


def test_a_users_file_that_is_not_there_is_named_without_its_folder(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"filters\.toml cannot be used: No such file") as caught:
        load_filters(tmp_path / "filters.toml")
    assert str(tmp_path) not in str(caught.value)


def test_a_frames_text() -> None:
    assert Frame("f", "/x", "user").text == " f (/x)"
    assert FrameTable.of([("f", "/x", "user"), ("g", "", "")]).texts() == [" f (/x)", " g ()"]
