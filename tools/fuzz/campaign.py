"""Runs one process for each kind of inputs, watches for crashes and hangs, and counts."""

from __future__ import annotations

import multiprocessing
import os
import random
import signal
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic, sleep

from tools.fuzz import child
from tools.fuzz.child import BEGAN, TAKEN, TRIED, Slot
from tools.fuzz.kinds import SHARES, TITLES

HANG_SECONDS = 10
# A kind is given up after as many findings.
MOST_FINDINGS = 10
_TURN_SECONDS = 0.2
_END_SECONDS = 30
_UNBOUNDED = 1 << 62


@dataclass
class Lane:
    """One kind: its process, its counts and the files of its findings."""

    kind: str
    most: int
    slot: Slot = field(default_factory=Slot.make)
    process: multiprocessing.process.BaseProcess | None = None
    findings: list[str] = field(default_factory=list)

    @property
    def done(self) -> bool:
        """Return True if nothing is left to try."""
        return self.slot.get(TRIED) >= self.most or len(self.findings) >= MOST_FINDINGS


class Campaign:
    """Tries inputs of all kinds at the same time."""

    def __init__(self, inputs: int | None, findings: Path, kinds: Mapping[str, float] = SHARES) -> None:
        """Try so many `inputs` in all, or any number; inputs that go wrong are written to `findings`."""
        self._findings = findings
        self._context = multiprocessing.get_context("fork")
        total = sum(kinds.values())
        self.lanes = [
            Lane(kind, _UNBOUNDED if inputs is None else round(inputs * share / total))
            for kind, share in kinds.items()
        ]

    def run(self, seconds: float) -> None:
        """Go on until the time is over, or all inputs were tried."""
        deadline = monotonic() + seconds
        try:
            while monotonic() < deadline and not all(lane.done for lane in self.lanes):
                for lane in self.lanes:
                    self._look_after(lane)
                sleep(_TURN_SECONDS)
        finally:
            for lane in self.lanes:
                self._end(lane)

    def _look_after(self, lane: Lane) -> None:
        """Start a process where there is none, and note how one has ended or hangs."""
        process = lane.process
        if process is not None and not process.is_alive():
            process.join()
            if process.exitcode != 0:
                self._note(lane, f"ended with status {process.exitcode}")
            lane.process = process = None
        began = lane.slot.get(BEGAN)
        if process is not None and began and monotonic() * 1000 - began > 1000 * HANG_SECONDS:
            assert process.pid is not None
            os.kill(process.pid, signal.SIGKILL)
            process.join()
            self._note(lane, f"took more than {HANG_SECONDS} s")
            lane.process = process = None
        if process is None and not lane.done:
            lane.slot.set(BEGAN, 0)
            lane.slot.tell("")
            lane.process = self._start(lane)

    def _start(self, lane: Lane) -> multiprocessing.process.BaseProcess:
        seed = random.SystemRandom().randrange(1 << 32)
        process = self._context.Process(target=child.run, args=(lane.kind, seed, lane.most, lane.slot))
        process.start()
        return process

    def _note(self, lane: Lane, how: str) -> None:
        self._findings.mkdir(parents=True, exist_ok=True)
        path = self._findings / f"{lane.kind}-{len(lane.findings)}"
        path.write_bytes(lane.slot.kept())
        lane.findings.append(f"{how}: {path}\n{lane.slot.told()}")

    def _end(self, lane: Lane) -> None:
        process = lane.process
        if process is None:
            return
        process.terminate()
        process.join(_END_SECONDS)
        if process.is_alive():
            process.kill()
            process.join()
            self._note(lane, "did not end")
        elif process.exitcode != 0:
            self._note(lane, f"ended with status {process.exitcode}")

    def report(self) -> str:
        """Return the findings, and a table of the counts."""
        found = [f"{TITLES[lane.kind]}: {text}" for lane in self.lanes for text in lane.findings]
        lines = [f"{'kind':14}{'inputs':>10}{'taken':>10}{'refused':>10}{'findings':>10}"]
        for lane in self.lanes:
            tried, taken = lane.slot.get(TRIED), lane.slot.get(TAKEN)
            count = len(lane.findings)
            lines.append(f"{TITLES[lane.kind]:14}{tried:10,}{taken:10,}{tried - taken:10,}{count:10}")
        tried = sum(lane.slot.get(TRIED) for lane in self.lanes)
        taken = sum(lane.slot.get(TAKEN) for lane in self.lanes)
        lines.append(f"{'all':14}{tried:10,}{taken:10,}{tried - taken:10,}{len(found):10}")
        return "\n".join([*found, *lines])

    @property
    def failed(self) -> bool:
        """Return True if there is a finding."""
        return any(lane.findings for lane in self.lanes)
