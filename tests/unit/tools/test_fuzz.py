"""`make fuzz` counts inputs and finds its kinds of faults: exceptions, crashes, hangs, too much memory."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest

from tools.fuzz import campaign, child
from tools.fuzz.campaign import Campaign
from tools.fuzz.kinds import SHARES, TITLES, make_kind


class Planted:
    """Inputs of one byte, of which one does harm."""

    harm: Callable[[], object]

    def __init__(self, chance: Random, folder: Path) -> None:
        self.made = 0

    def make(self) -> bytes:
        self.made += 1
        return bytes([self.made])

    def check(self, data: bytes) -> bool:
        if data == b"\x05":
            type(self).harm()
        return data[0] % 2 == 0

    def close(self) -> None:
        """Nothing was started."""


def fail() -> None:
    raise KeyError("planted")


@pytest.mark.parametrize(
    ("harm", "said"),
    [
        (fail, "KeyError: 'planted'"),
        (lambda: os.kill(os.getpid(), signal.SIGSEGV), f"ended with status {-signal.SIGSEGV}"),
        (lambda: time.sleep(60), "took more than 1 s"),
        (lambda: bytearray(2 * child.MEMORY_BYTES), "MemoryError"),
    ],
    ids=["exception", "crash", "hang", "memory"],
)
def test_what_goes_wrong_is_kept(
    harm: Callable[[], object], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Planted, "harm", staticmethod(harm), raising=False)
    monkeypatch.setattr(child, "make_kind", lambda name, chance, folder: Planted(chance, folder))
    monkeypatch.setattr(campaign, "MOST_FINDINGS", 1)
    monkeypatch.setattr(campaign, "HANG_SECONDS", 1)
    run = Campaign(20, tmp_path, {"perf_text": 1})
    run.run(60)
    assert run.failed
    assert said in run.report()
    assert [path.read_bytes() for path in tmp_path.iterdir()] == [b"\x05"]


def test_inputs_are_counted_by_kind(tmp_path: Path) -> None:
    kinds = {"perf_text": 3.0, "json_files": 2.0, "protobuf": 1.0, "index": 1.0}
    run = Campaign(70, tmp_path, kinds)
    run.run(120)
    assert not run.failed, run.report()
    counts = [line.split()[-4] for line in run.report().splitlines()[1:]]
    assert counts == ["30", "20", "10", "10", "70"]


@pytest.mark.parametrize("name", SHARES)
def test_each_kind_has_inputs_that_are_taken_and_that_are_refused(name: str, tmp_path: Path) -> None:
    kind = make_kind(name, Random(7), tmp_path)
    taken = [kind.check(kind.make()) for _ in range(60)]
    kind.close()
    assert 0 < sum(taken) < len(taken)
    assert name in TITLES
