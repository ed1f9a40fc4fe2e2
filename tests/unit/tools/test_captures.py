"""The capture of a whole machine is as its script describes it."""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import pytest

from flamescope_py.analysis.breakdown.rates import rate
from tests.support.reading import read
from tools.captures import whole_machine


@pytest.fixture(scope="module")
def capture(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("capture") / "machine.perf.out.gz"
    whole_machine.write(path)
    return path.read_bytes()


def test_it_has_the_commands_and_threads_and_two_bursts_of_one_thread(capture: bytes) -> None:
    profile = read(gzip.decompress(capture))
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


def test_every_run_writes_the_same_bytes(tmp_path: Path, capture: bytes) -> None:
    whole_machine.write(tmp_path / "another")
    assert (tmp_path / "another").read_bytes() == capture
