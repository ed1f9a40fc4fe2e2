"""FlameScope's recorded answers for a V8 CPU profile, against reading and analysis without HTTP."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from functools import cache

import numpy as np

from flamescope_py.analysis.flamegraph import FlameGraph, flame_graph
from flamescope_py.analysis.selection import Selection
from flamescope_py.analysis.view import View
from flamescope_py.model import Profile
from tests.support.reading import read
from tests.support.recorded import (
    Recording,
    Tree,
    assert_heatmaps_are_equal,
    flamescope_form,
    input_bytes,
    nested,
    of_route,
)
from tests.support.views import select

NAME = "burn.cpuprofile"


@cache
def profile() -> Profile:
    return read(input_bytes(NAME), "cpuprofile")


@cache
def view() -> View:
    return select(profile(), Selection())


def graph(seen: View, asked: Recording) -> FlameGraph:
    start, end = (float(asked.query[name]) if name in asked.query else None for name in ("start", "end"))
    return flame_graph(seen, start, end)


def values(tree: Tree) -> Counter[str]:
    """Count own samples by the names of a stack. FlameScope omits functions without a name."""
    found: Counter[str] = Counter()
    for path, value in tree.items():
        found[";".join("" if name == "(anonymous)" else name for name, _ in path)] += value
    return found


def test_every_cell_of_every_heatmap_is_the_same() -> None:
    assert_heatmaps_are_equal(NAME, view(), 2791)


def as_flamescope_stamps(seen: Profile) -> Profile:
    """Move each sample to the time of the next one, and leave out the last."""
    columns = seen.samples.columns()
    moved = {name: column[:-1] for name, column in columns.items()} | {"time": columns["time"][1:]}
    return replace(seen, samples=replace(seen.samples, **moved))


def test_every_flame_graph_is_the_same_with_flamescopes_times() -> None:
    """FlameScope's flame graph stamps a sample with the following delta, ours does not."""
    stamped = select(as_flamescope_stamps(profile()), Selection())
    asked = of_route(NAME, "/flamegraph/")
    assert len(asked) == 5
    for one in asked:
        found = values(flamescope_form(nested(graph(stamped, one))))
        assert found == values(flamescope_form(one.body)), one.url


def test_no_sample_is_lost_and_times_are_the_heatmaps() -> None:
    asked = of_route(NAME, "/flamegraph/")
    (whole,) = [one for one in asked if "start" not in one.query]
    found = values(flamescope_form(nested(graph(view(), whole))))
    more = found - values(flamescope_form(whole.body))
    assert sum(more.values()) == 1
    assert list(more) == ["root;(root);;executeUserEntryPoint;Module._load;Module.load"]
    weightless = int(np.count_nonzero(profile().samples.columns()["weight"] == 0))
    assert found.total() == 2791 - weightless == 2788
