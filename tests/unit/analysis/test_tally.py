"""A tally counts any range, and the rest of it, as one look at every sample would."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest

from flamescope_py.analysis import counting
from flamescope_py.analysis.breakdown.counts import Kept, keep
from flamescope_py.analysis.breakdown.groups import Groups, sample_groups
from flamescope_py.analysis.breakdown.stacks import stack_groups
from flamescope_py.analysis.breakdown.tally import Tally
from flamescope_py.analysis.selection import Selection
from flamescope_py.analysis.view import rewrite_stacks
from flamescope_py.analysis.vocabulary import COMM, FUNCTION, PERIOD
from flamescope_py.model import Profile, ProfileBuilder, TimeRange

SAMPLES, UNTIMED = 90, 10
COMMANDS = ("app", "db", "cron")
RANGES = [
    TimeRange(),
    TimeRange(0, 1),
    TimeRange(1.25, 7.5),
    TimeRange(8.9, 9),
    TimeRange(None, 4),
    TimeRange(2),
]
SELECTIONS = [
    Selection(),
    Selection(comm=("app", "cron")),
    Selection(weight=PERIOD),
]


@pytest.fixture(autouse=True)
def small_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counting, "LEAST_STEP", 10)


@pytest.fixture(scope="module")
def profile() -> Profile:
    """90 samples in 9 s and ten without a time, of three commands; `work` calls itself in every other one."""
    builder = ProfileBuilder()
    frames = [builder.frame(name, "/bin/app", "user") for name in ("main", "work", "leaf")]
    commands = [builder.frame(name) for name in COMMANDS]
    nodes = [
        builder.stack([commands[row % 3], *(frames[: row % 4]), *(frames[1:2] * (row % 2))])
        for row in range(SAMPLES + UNTIMED)
    ]
    builder.add_samples(
        time=np.concatenate((1000 + np.arange(SAMPLES) / 10, np.full(UNTIMED, np.nan))),
        node=nodes,
        thread=[builder.thread(row % 3, row % 3, COMMANDS[row % 3]) for row in range(SAMPLES + UNTIMED)],
        period=np.arange(SAMPLES + UNTIMED) + 1,
    )
    return builder.finish("tally")


def grouped(profile: Profile, by: str) -> Groups:
    if by == FUNCTION:
        return stack_groups(profile, rewrite_stacks(profile, Selection()), by)
    return sample_groups(profile, by)


def own_of(kept: Kept, groups: Groups, inside: npt.NDArray[np.bool_]) -> list[int]:
    """Count the samples of a mask one by one."""
    counts = [0] * len(groups.values)
    for row in np.flatnonzero(inside & (True if kept.mask is None else kept.mask)).tolist():
        value = int(groups.table[int(groups.column[row])])
        counts[value] += 1 if kept.weight is None else int(kept.weight[row])
    return counts


def mask_of(profile: Profile, part: TimeRange) -> npt.NDArray[np.bool_]:
    """Return a mask of the samples of a range; the whole has those without a time."""
    if part == TimeRange():
        return np.ones(len(profile.samples), np.bool_)
    time = profile.samples.time - profile.origin
    end = float(profile.seconds) if part.end is None else part.end
    return np.asarray((time >= (part.start or 0.0)) & (time < end))


@pytest.mark.parametrize("selection", SELECTIONS)
@pytest.mark.parametrize("by", [COMM, FUNCTION])
def test_ranges_and_rests_are_the_counts_of_their_samples(
    profile: Profile, by: str, selection: Selection
) -> None:
    kept, groups = keep(profile, selection, profile.meta.events), grouped(profile, by)
    tally = Tally(kept, groups)
    everything = tally.count(TimeRange())
    for part in RANGES:
        inside = mask_of(profile, part)
        found, rest = tally.count(part), tally.count(part._replace(outside=True))
        assert found.own.tolist() == own_of(kept, groups, inside), part
        assert rest.own.tolist() == own_of(kept, groups, ~inside), part
        assert found.samples == found.own.sum()
        for one, other, whole in zip(found[:3], rest[:3], everything[:3], strict=True):
            np.testing.assert_array_equal(one + other, whole)
        assert found.samples + rest.samples == everything.samples
        assert found.ticks + rest.ticks == everything.ticks
        assert found.untimed is (part == TimeRange())
        assert rest.untimed is (part != TimeRange())


def test_a_function_that_calls_itself_counts_once(profile: Profile) -> None:
    kept, groups = keep(profile, SELECTIONS[0], profile.meta.events), grouped(profile, FUNCTION)
    found = Tally(kept, groups).count(TimeRange())
    samples = dict(zip(groups.labels, found.total.tolist(), strict=True))
    # Of four stacks: none, main and work, main and work, main, work, leaf and work.
    assert samples["work"] == 75


def test_the_whole_and_long_ranges_are_kept_and_accounted(profile: Profile) -> None:
    kept, groups = keep(profile, SELECTIONS[0], profile.meta.events), grouped(profile, COMM)
    tally = Tally(kept, groups)
    bare = tally.nbytes
    assert bare == kept.nbytes + groups.nbytes
    assert tally.count(TimeRange()) is tally.count(TimeRange())
    assert tally.nbytes > bare
