"""Findings: false alarms and detection with fixed seeds, and sentences about recorded profiles."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from flamescope_py.analysis.filters.patterns import matching_frames
from flamescope_py.analysis.findings.all import MAX_FINDINGS, find
from flamescope_py.analysis.findings.combs import combs
from flamescope_py.analysis.findings.material import Finding, Material
from flamescope_py.analysis.findings.names import own_code, pattern_of, shown
from flamescope_py.model import FrameTable, Profile
from tests.support import planted
from tests.support.perf_text import sample, script
from tests.support.reading import read
from tests.support.recorded import input_bytes
from tools.captures import whole_machine

ROOT = Path(__file__).resolve().parents[4]
SEEDS = range(6)


def kinds(profile: Profile) -> Counter[str]:
    return Counter(one.kind for one in find(profile))


def example(name: str) -> Profile:
    return read((ROOT / "examples" / f"{name}.perf.out.gz").read_bytes())


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Profile:
    path = tmp_path_factory.mktemp("machine") / "machine.gz"
    whole_machine.write(path)
    return read(path.read_bytes())


def test_random_samples_have_no_findings() -> None:
    """At most one of six profiles of 140 functions may have one."""
    assert sum(len(find(planted.many(planted.poisson, seed))) for seed in SEEDS) <= 1


@pytest.mark.parametrize(
    "make",
    [
        planted.bursts,
        planted.renewals,
        *(partial(planted.renewals, deviation=deviation) for deviation in (0.1, 0.05, 0.03)),
        *(partial(planted.uniform_renewals, most=most) for most in (0.1, 0.05)),
    ],
)
def test_random_bursts_and_nearly_regular_runs_are_not_periodic(make: planted.Make) -> None:
    found = sum(kinds(planted.many(make, seed))["periodic"] for seed in SEEDS)
    assert found < 0.5 * len(SEEDS)


@pytest.mark.parametrize("name", ["node18-http", "node20-http", "system-wide"])
def test_shuffled_recordings_have_nothing_of_functions(name: str) -> None:
    """Their load stays as it was. Only which stack fell when is random."""
    profile = example(name)
    found: Counter[str] = Counter()
    for seed in SEEDS:
        node = profile.samples.node.copy()
        busy = np.flatnonzero(~profile.samples.idle)
        node[busy] = np.random.default_rng(seed).permutation(node[busy])
        found += kinds(replace(profile, samples=replace(profile.samples, node=node)))
    assert found["periodic"] + found["change"] + found["unusual"] + found["startup"] < 0.5 * len(SEEDS)


@pytest.mark.parametrize("period", [0.25, 0.5, 1, 2, 5, 10])
def test_planted_combs_are_found(period: float) -> None:
    length, found, tries = max(120.0, 15 * period), 0, 20
    for seed in range(tries):
        random = np.random.default_rng(1000 + seed)
        others = [planted.poisson(random, int(10 ** random.uniform(1, 3)), length) for _ in range(20)]
        profile = planted.profile([planted.comb(random, period, length), *others])
        found += any(
            "f0" in comb.functions.names and abs(comb.period / period - 1) < 0.02
            for comb in combs(Material(profile))
        )
    assert found >= 0.9 * tries


def test_several_timers_in_one_profile_are_found() -> None:
    """Each deviates from its slots as much as the one above."""
    found = 0
    for seed in SEEDS:
        random = np.random.default_rng(seed)
        timers = [planted.comb(random, random.uniform(1, 4), 120) for _ in range(10)]
        others = [planted.poisson(random, int(10 ** random.uniform(1, 3)), 120) for _ in range(130)]
        names = {
            name
            for comb in combs(Material(planted.profile([*timers, *others])))
            for name in comb.functions.names
        }
        found += sum(f"f{row}" in names for row in range(10))
    assert found >= 0.9 * 10 * len(SEEDS)


def test_the_example_of_node_has_its_timer() -> None:
    """The numbers of examples/README.md: twelve bars, one every five seconds."""
    (found,) = (one for one in find(example("node18-http")) if one.kind == "periodic")
    assert found.text.startswith("`rebuildSearchIndex` runs every 5.0")
    assert found.numbers["runs"] == len(found.ranges) == 12
    assert found.numbers["period"] == pytest.approx(5.04, abs=0.05)
    assert found.numbers["cpuSeconds"] == pytest.approx(found.numbers["samples"] / 99 / 12, rel=0.01)
    starts = [int(start) for start, _ in found.ranges]
    assert starts[:3] == [4, 9, 14]


def test_its_selection_and_ranges_hold_its_samples() -> None:
    profile = example("node18-http")
    (found,) = (one for one in find(profile) if one.kind == "periodic")
    (pattern,) = found.selection["include"]
    frames = profile.frames
    names = {frames.name[row] for row in np.flatnonzero(matching_frames(frames, (pattern,))).tolist()}
    assert names == {"LazyCompile:*rebuildSearchIndex /srv/app/service.js:101"}


def test_a_thread_of_two_seconds_in_a_saturated_machine_comes_first(machine: Profile) -> None:
    first = find(machine)[0]
    assert first.kind == "visit"
    assert first.text.startswith("`compactor` runs only from 52")
    assert first.selection == {"comm": ["compactor"]}
    assert [(round(start), round(end)) for start, end in first.ranges] == [(52, 54), (90, 92)]
    rows = [row for row, thread in enumerate(machine.threads) if thread.command == "compactor"]
    assert first.numbers["samples"] == np.isin(machine.samples.thread, rows).sum()


def ticks(start: float, end: float) -> list[float]:
    return [start + row / 100 for row in range(int((end - start) * 100))]


def running(*parts: tuple[float, float, str, int, int]) -> Profile:
    """Return a profile at 100 Hz with two CPUs: (start, end, function, thread, CPU)."""
    blocks = [
        (
            time,
            sample(
                f"{3000 + time:.6f}",
                f"{function} (/bin/app)",
                "main (/bin/app)",
                command="app",
                task=f"7/{tid}",
                cpu=cpu,
                period=10_000_000,
                event="cpu-clock",
            ),
        )
        for start, end, function, tid, cpu in parts
        for time in ticks(start, end)
    ]
    text = script(*(block for _, block in sorted(blocks)))
    return read(b"# nrcpus online : 2\n" + text)


def only(profile: Profile, kind: str) -> Finding:
    (found,) = (one for one in find(profile) if one.kind == kind)
    return found


def test_one_thread_that_saturates_a_cpu_is_named() -> None:
    found = only(running((0, 10, "spin", 8, 0), (12, 13, "other", 9, 1)), "saturated")
    assert "`app 8`" in found.text
    assert found.selection == {"tid": ["8"]}
    assert found.numbers["cpus"] == 2
    assert found.numbers["busy"] == pytest.approx(1, abs=0.01)
    assert found.ranges[0] == pytest.approx((0, 10), abs=0.01)


def test_a_thread_beside_another_busy_one_is_not() -> None:
    assert not kinds(running((0, 10, "spin", 8, 0), (0, 10, "spin", 9, 1)))["saturated"]


def test_a_gap_is_found() -> None:
    found = only(running((0, 10, "spin", 8, 0), (12.5, 20, "spin", 8, 0)), "gap")
    assert found.ranges[0] == pytest.approx((9.99, 12.5))
    assert found.numbers["longest"] == pytest.approx(2.51)


def test_a_burst_above_the_median_is_found() -> None:
    steady = [(second, second + 0.2, "tick", 8, 0) for second in range(30)]
    found = only(running(*steady, (12.2, 13, "work", 8, 0)), "burst")
    ((start, end),) = found.ranges
    assert 11.9 <= start <= 12.3
    assert 12.9 <= end <= 13.3


def test_the_largest_burst_comes_first() -> None:
    steady = [(second, second + 0.2, "tick", 8, 0) for second in range(30)]
    found = only(running(*steady, (5.2, 5.8, "work", 8, 0), (12.2, 13.4, "work", 8, 0)), "burst")
    (largest, _), (other, _) = found.ranges
    assert 11.9 <= largest <= 12.3
    assert 4.9 <= other <= 5.3
    assert found.text.startswith(f"2 bursts, the largest from {largest:g} to ")
    assert found.text.endswith(" of the samples in them (0% elsewhere) are in `work`.")


def test_a_burst_is_as_long_as_its_function_runs() -> None:
    """What runs behind it, and a sample of it that stands apart, belong to other sentences."""
    steady = [(tenth / 10, tenth / 10 + 0.01, "tick", 8, 0) for tenth in range(400)]
    work = [(12.31, 13.3, "work", 8, 0), (13.3, 14.1, "_start", 9, 1), (14.08, 14.095, "work", 8, 0)]
    beside = (12.5, 12.605, "tick", 9, 1)
    found = only(running(*steady, *work, beside), "burst")
    ((start, end),) = found.ranges
    assert (start, end) == pytest.approx((12.31, 13.3), abs=0.011)
    assert found.around[0][1] >= 13.9
    # In these 0.99 s, 99 samples are of it and 10 run beside it. One of the others, outside, is of it.
    assert found.numbers["share"] == pytest.approx(99 / 109, abs=0.02)
    assert found.function == "work"


def test_a_lasting_change_of_a_share_is_found() -> None:
    found = only(running((0, 16, "old", 8, 0), (16, 40, "new", 8, 0)), "change")
    assert found.numbers["at"] == pytest.approx(16, abs=1)
    assert found.numbers["after"] - found.numbers["before"] == pytest.approx(1, abs=0.05)


def test_a_start_up_is_found() -> None:
    random = np.random.default_rng(3)
    steady = [planted.poisson(random, 60, 60) for _ in range(30)]
    loading = [random.random(80) * 3 for _ in range(5)]
    found = only(planted.profile([*(one[one > 3] for one in steady), *loading]), "startup")
    assert found.ranges[0][1] == pytest.approx(3, abs=1.1)


def test_an_unusual_stretch_is_found_with_its_function() -> None:
    random = np.random.default_rng(3)
    steady = [planted.poisson(random, 400, 60) for _ in range(10)]
    found = only(planted.profile([*steady, 40 + random.random(60) * 2]), "unusual")
    assert found.ranges[0] == pytest.approx((40, 42), abs=1.1)
    assert re.search(r"% of the samples there \([\d.]+% elsewhere\) are in `f10`", found.text)
    assert found.function == "f10"


def test_lost_events_and_another_frequency_are_told() -> None:
    profile = running((0, 10, "spin", 8, 0))
    lost = replace(profile, report=replace(profile.report, lost_events=500))
    assert only(lost, "lost").numbers == {"lost": 500, "share": pytest.approx(1 / 3, abs=1e-3)}
    asked, same = (
        replace(profile, meta=replace(profile.meta, header={"cmdline": f"perf record -F {number} -a"}))
        for number in (997, 99)
    )
    assert only(asked, "frequency").numbers == {"asked": 997, "taken": pytest.approx(100, rel=0.01)}
    assert kinds(same)["frequency"] == 0


@pytest.mark.parametrize("name", ["node18-http", "node20-http", "system-wide"])
def test_findings_are_few_and_inside_of_the_profile(name: str) -> None:
    profile = example(name)
    found = find(profile)
    assert 0 < len(found) <= MAX_FINDINGS
    for one in found:
        assert one.text.endswith(".")
        assert one.ranges
        assert all(0 <= start < end <= profile.seconds for start, end in one.ranges), one
        assert all(np.isfinite(number) for number in one.numbers.values())


def test_profiles_without_times_or_samples_have_none() -> None:
    assert find(read(script(sample(None, "f (/x)")))) == []
    assert find(read(script(sample("1.0", "f (/x)")))) == []
    assert find(read(b"app;main;f 3\n", "folded")) == []


def test_names_of_a_runtime_are_not_own_code() -> None:
    assert own_code("checksum_page", "/opt/store", "user")
    assert own_code("JS:*hash /srv/app/server.js:3:6", "/tmp/perf-1.map", "jit")
    assert not own_code("JS:*listOnTimeout node:internal/timers:517:9", "/tmp/perf-1.map", "jit")
    assert not own_code("uv__run_timers", "/usr/bin/node", "user")
    assert not own_code("vfs_read", "[kernel.kallsyms]", "kernel")
    assert shown("JS:*get size /srv/app/server.js:3:6") == "get size"
    frames = FrameTable.of([("a.b*(c) [x]", "/x", ""), ("aXb*(c) [x]", "/x", "")])
    assert matching_frames(frames, (pattern_of("a.b*(c) [x]"),)).tolist() == [True, False]


def test_the_recorded_pool_of_node_is_periodic() -> None:
    found = only(read(input_bytes("node16.perf.out")), "periodic")
    assert found.numbers["period"] == pytest.approx(1, abs=0.02)
