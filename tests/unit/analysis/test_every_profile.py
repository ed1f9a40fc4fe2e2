"""Breakdowns, lanes and findings answer for every recorded file, and lanes add up to its heatmap."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from flamescope_py.analysis.breakdown.lanes import LaneChoice
from flamescope_py.analysis.columns import Columns
from flamescope_py.analysis.findings.all import MAX_FINDINGS, find
from flamescope_py.analysis.selection import Selection
from flamescope_py.analysis.vocabulary import BY_SAMPLE, BY_STACK, MAIN
from flamescope_py.errors import FlameScopeError
from flamescope_py.model import TimeRange
from flamescope_py.service.queries.queries import Queries
from tests.support.perf_text import sample, script
from tests.support.reading import read

DATA = Path(__file__).resolve().parents[2] / "data"
FORMATS = ["cpuprofile", "folded", "java", "nflxprofile", "perf", "speedscope", "trace_event", "compat"]
CHOSEN = Selection(event=(MAIN,))


@pytest.mark.parametrize("folder", FORMATS)
def test_every_recorded_file_has_answers(folder: str) -> None:
    tried = 0
    for file in sorted(path for path in (DATA / folder).iterdir() if path.is_file()):
        try:
            profile = read(file.read_bytes(), "unknown")
        except FlameScopeError:
            continue
        tried += 1
        assert len(find(profile)) <= MAX_FINDINGS, file
        queries, whole = Queries(1 << 24), (profile, TimeRange())
        for by in BY_SAMPLE + BY_STACK:
            found = queries.breakdowns.breakdown(by, 5, whole, CHOSEN)
            assert found.rows.own.sum() + found.other_samples == found.samples, (file, by)
            if profile.seconds:
                lanes = queries.breakdowns.lanes(by, LaneChoice(3), whole, CHOSEN, 10, Columns(most=60))
                cells = queries.heatmaps.heatmap(profile, CHOSEN, 10, columns=Columns(most=60)).values
                parts = [lane.values for lane in lanes.lanes]
                np.testing.assert_array_equal(sum(parts, lanes.others), cells, str(file))
    assert tried


def test_samples_without_stacks_have_answers() -> None:
    blocks = [sample(f"{3000 + tick / 10:.6f}", command="app", task="7/7", cpu=0) for tick in range(200)]
    profile = read(script(*blocks))
    assert [one.kind for one in find(profile)] == []
    found = Queries(1 << 20).breakdowns.breakdown("function", 5, (profile, TimeRange()), Selection(idle=True))
    assert found.rows.label == ["(no stack)"]
    assert "The profile has no stacks." in found.missing


@pytest.mark.parametrize(("name", "frequency"), [("pprof/wall.pb.gz", None), ("otlp/profiles.otlp", 20)])
def test_only_counted_samples_have_a_frequency_and_busy_cpus(name: str, frequency: float | None) -> None:
    profile = read((DATA / name).read_bytes(), "unknown")
    queries, columns = Queries(1 << 20), Columns()
    assert queries.views.facets(profile).frequency == pytest.approx(frequency)
    busy = queries.breakdowns.busy_line(profile, CHOSEN, columns).busy
    assert all((one is None) == (frequency is None) for one in busy)
