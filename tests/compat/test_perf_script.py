"""FlameScope's recorded answers for perf script inputs, against reading and analysis without HTTP."""

from __future__ import annotations

import re
import subprocess
from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from flamescope_py.analysis.filters.named import builtin_filters
from flamescope_py.analysis.flamegraph import FlameGraph, flame_graph
from flamescope_py.analysis.heatmap import heatmap
from flamescope_py.analysis.selection import Selection
from flamescope_py.analysis.view import View
from flamescope_py.model import Profile
from tests.support.reading import read, stack
from tests.support.recorded import (
    FOLDER,
    Recording,
    Tree,
    flamescope_form,
    input_bytes,
    nested,
    of_route,
    recordings,
)
from tests.support.trees import stack_counts
from tests.support.views import select

NODE_FILTER = Selection(filters=(builtin_filters()["node"],))
INPUTS = [
    "node16.perf.out",
    "node18.perf.out",
    "node18.perf.filtered",
    "node99.perf.out",
    "sys49.perf.out",
    "sched_switch.perf.out",
    "multi.perf.out",
]
# The `sed` command of FlameScope's users' guide.
DROPPED = " __libc_start| uv_| LazyCompile | v8::internal::| node::| Builtins_| Builtin:| Stub:| LoadIC:"
SED = ["-e", rf"/({DROPPED}| \[unknown\]| LoadPolymorphicIC:)/d", "-e", "s/ LazyCompile:[*~]?/ /"]


@cache
def profile(name: str) -> Profile:
    return read(input_bytes(name))


@cache
def view(name: str) -> View:
    """Return the view to compare with FlameScope's answers for an input."""
    if name == "multi.perf.out":
        return select(as_flamescope_sees_idle(profile(name)), Selection())
    return select(profile(name), Selection())


def graph(seen: View, asked: Recording) -> FlameGraph:
    start, end = (float(asked.query[name]) if name in asked.query else None for name in ("start", "end"))
    return flame_graph(seen, start, end)


def own_values(answer: Recording) -> Tree:
    return flamescope_form(answer.body)


def check_heatmap(seen: View, asked: Recording) -> int:
    """Compare every cell. Return the number of samples."""
    found = heatmap(seen, int(asked.query.get("rows", 50)))
    assert found.rows == asked.body["rows"]
    assert list(range(found.columns)) == asked.body["columns"]
    assert found.values.tolist() == asked.body["values"]
    assert found.maxvalue == asked.body["maxvalue"]
    return int(found.values.sum())


@pytest.mark.parametrize("name", INPUTS)
def test_every_cell_of_every_heatmap_is_the_same(name: str) -> None:
    asked = of_route(name, "/heatmap/")
    assert [int(one.query.get("rows", 50)) for one in asked] == [50, 10, 49, 99, 50]
    counted = {check_heatmap(view(name), one) for one in asked}
    assert counted == {sum(map(sum, asked[0].body["values"]))} == {len(view(name).time)}
    assert min(counted) > 100


@pytest.mark.parametrize("name", INPUTS)
def test_every_flame_graph_is_the_same(name: str) -> None:
    asked = of_route(name, "/flamegraph/")
    assert len(asked) == 5
    for one in asked:
        assert flamescope_form(nested(graph(view(name), one))) == own_values(one), one.url
    whole, *parts = [sum(own_values(one).values()) for one in asked]
    assert whole == len(view(name).time)
    assert max(parts) > 0


def test_all_recordings_of_perf_inputs_are_compared() -> None:
    asked = {path.name.removesuffix(".expected.json.gz") for path in FOLDER.glob("*.expected.json.gz")}
    others = {"burn.cpuprofile", "node.trace.json", "compare"}
    assert asked == set(INPUTS) | others
    for name in INPUTS:
        assert len(recordings(name)) == len(of_route(name, "/heatmap/")) + len(of_route(name, "/flamegraph/"))


def as_flamescope_sees_idle(seen: Profile) -> Profile:
    """Mark samples idle by FlameScope's rule: a swapper stack with an idle frame anywhere in it."""
    idle = seen.samples.idle.copy()
    idle[interrupted(seen)] = True
    return replace(seen, samples=replace(seen.samples, idle=idle))


def interrupted(seen: Profile) -> list[int]:
    """Return the rows of the swapper samples that we count although they hold an idle frame."""
    idle_frame = re.compile("cpuidle|cpu_idle|native_safe_halt")
    stacks = [stack(seen, row) for row in range(len(seen.samples))]
    return [
        row
        for row, frames in enumerate(stacks)
        if frames[-1] == "swapper" and any(map(idle_frame.search, frames)) and not seen.samples.idle[row]
    ]


def test_exactly_one_more_sample_counts_than_in_flamescope() -> None:
    """A swapper woken by a softirq works. FlameScope loses it (docs/internals/design.md)."""
    counts = {name: interrupted(profile(name)) for name in INPUTS}
    (row,) = counts.pop("multi.perf.out")
    assert set(map(len, counts.values())) == {0}
    seen = profile("multi.perf.out")
    assert seen.samples.time[row] == 751.529510
    assert stack(seen, row)[:7] == [
        "sched_balance_update_blocked_averages ([kernel.kallsyms]) kernel",
        "_nohz_idle_balance.isra.0 ([kernel.kallsyms]) kernel",
        "handle_softirqs ([kernel.kallsyms]) kernel",
        "__irq_exit_rcu ([kernel.kallsyms]) kernel",
        "sysvec_call_function_single ([kernel.kallsyms]) kernel",
        "asm_sysvec_call_function_single ([kernel.kallsyms]) kernel",
        "pv_native_safe_halt ([kernel.kallsyms]) kernel",
    ]


def test_the_one_more_sample_is_one_more_in_one_cell_and_in_one_stack() -> None:
    ours = select(profile("multi.perf.out"), Selection())
    for asked in of_route("multi.perf.out", "/heatmap/"):
        rows = len(asked.body["rows"])
        more = heatmap(ours, rows).values - np.array(asked.body["values"])
        # 751.529510 s in a profile whose first second is 747.
        assert [tuple(cell) for cell in np.argwhere(more)] == [(4, rows - 1 - int(rows * 0.52951))]
        assert more.sum() == 1
    (asked,) = [one for one in of_route("multi.perf.out", "/flamegraph/") if "start" not in one.query]
    (path,) = flamescope_form(nested(graph(ours, asked))).items() - own_values(asked).items()
    assert path[0][-1] == ("sched_balance_update_blocked_averages", "kernel")
    assert path[1] == 1


def test_commands_with_digits_were_cut_and_are_whole_here() -> None:
    """The comparison above would also pass if we cut them as FlameScope does."""
    commands = {one.command for one in profile("sched_switch.perf.out").threads}
    assert {"kcompactd0", "migration/0", "kworker/u8:0-ev"} <= commands
    (asked,) = [one for one in of_route("sched_switch.perf.out", "/flamegraph/") if "start" not in one.query]
    assert {"kcompactd", "migration/", "kworker/u"} <= {child["n"] for child in asked.body["c"]}


def test_the_node_filter_gives_the_answers_recorded_for_the_filtered_file() -> None:
    filtered = select(profile("node18.perf.out"), NODE_FILTER)
    compared = 0
    for asked in recordings("node18.perf.filtered"):
        if asked.route == "/heatmap/":
            check_heatmap(filtered, asked)
        else:
            found = graph(filtered, asked)
            assert flamescope_form(nested(found)) == own_values(asked), asked.url
        compared += 1
    assert compared == 10
    assert filtered.moves is not None
    assert np.count_nonzero(filtered.moves.moved) > 0


@pytest.mark.parametrize("name", ["node16.perf.out", "node18.perf.out", "node99.perf.out", "multi.perf.out"])
def test_the_node_filter_equals_the_documented_sed(name: str) -> None:
    text = input_bytes(name)
    edited = subprocess.run(["sed", "-r", *SED], input=text, capture_output=True, check=True).stdout
    assert text.count(b"\n") - edited.count(b"\n") > 100
    seen, expected = select(profile(name), NODE_FILTER), select(read(edited), Selection())
    assert stack_counts(flame_graph(seen)) == stack_counts(flame_graph(expected))
    np.testing.assert_array_equal(heatmap(seen, 50).values, heatmap(expected, 50).values)
    middle = seen.profile.seconds / 2
    for start, end in [(0.0, middle), (middle, float(seen.profile.seconds))]:
        found = stack_counts(flame_graph(seen, start, end))
        assert found == stack_counts(flame_graph(expected, start, end))
        assert found


def test_the_recorded_filtered_file_is_what_sed_writes() -> None:
    edited = subprocess.run(
        ["sed", "-r", *SED], input=input_bytes("node18.perf.out"), capture_output=True, check=True
    )
    assert edited.stdout == input_bytes("node18.perf.filtered")
