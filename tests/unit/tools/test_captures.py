"""The capture of a whole machine is as its script describes it."""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np

from flamescope_py.analysis.breakdown.rates import rate
from tests.support.reading import read
from tools.captures import whole_machine


def test_it_has_the_commands_and_threads_and_two_bursts_of_one_thread(tmp_path: Path) -> None:
    path = tmp_path / "machine.perf.out.gz"
    whole_machine.write(path)
    profile = read(gzip.decompress(path.read_bytes()))
    assert profile.report.skipped == 0
    assert len({thread.command for thread in profile.threads}) == whole_machine.COMMANDS
    assert len({thread.tid for thread in profile.threads}) == whole_machine.THREADS
    found = rate(profile, profile.meta.events)
    assert (round(found.frequency or 0), found.frequency_from, found.cpus, found.cpus_from) == (
        whole_machine.FREQUENCY,
        "period",
        whole_machine.CPUS,
        "header",
    )
    (compactor,) = (row for row, one in enumerate(profile.threads) if one.command == "compactor")
    mine = profile.samples.thread == compactor
    seconds = profile.samples.time[mine] - whole_machine.ORIGIN
    for start, end in whole_machine.BURSTS:
        count = np.count_nonzero((seconds >= start) & (seconds < end))
        both = whole_machine.CPUS * whole_machine.FREQUENCY * (end - start)
        assert 0.08 < count / both < 0.2
        seconds = seconds[(seconds < start) | (seconds >= end)]
    assert not len(seconds)
    assert set(profile.samples.cpu[mine].tolist()) == {1}


def test_every_run_writes_the_same_bytes(tmp_path: Path) -> None:
    for name in ("one", "two"):
        whole_machine.write(tmp_path / name)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()
