"""Hostile inputs of seven kinds, counted, then the property tests with new seeds; `make fuzz`.

Stops after `--seconds`, or with `--inputs` once as many were tried. An input that crashes, hangs, takes too
much memory or leads to an error that is none of ours is written to a file: it becomes a test.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import subprocess
import sys
from pathlib import Path
from time import monotonic

from tools.fuzz.campaign import HANG_SECONDS, Campaign
from tools.fuzz.child import MEMORY_BYTES
from tools.fuzz.kinds import SHARES

ROOT = Path(__file__).resolve().parents[2]
TARGETS = ("tests/property",)
MOST_SECONDS = 24 * 3600
# schemathesis never ends by itself: it gets a fifth of the time, at most two minutes a round.
SHARE, MOST_SHARE = 5, 120


def main() -> int:
    """Try inputs for two thirds of the time, then run the property tests. Return 1 if something was found."""
    options = _options()
    seconds = min(max(options.seconds, 1), MOST_SECONDS)
    kinds = {name: SHARES[name] for name in options.kind or SHARES}
    campaign = Campaign(options.inputs, Path(options.findings), kinds)
    began = monotonic()
    campaign.run(MOST_SECONDS if options.inputs else seconds * 2 / 3)
    print(campaign.report())
    print(
        f"{monotonic() - began:.0f} s; a finding is a crash, an unexpected exception or status, more than "
        f"{HANG_SECONDS} s, or more than {MEMORY_BYTES >> 20} MB",
        flush=True,
    )
    left = 0 if options.inputs else seconds - (monotonic() - began)
    return int(campaign.failed) or _run_properties(left)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tools.fuzz")
    parser.add_argument("--seconds", type=int, default=300)
    parser.add_argument("--inputs", type=int, help="how many to try, in place of a time")
    parser.add_argument("--kind", action="append", choices=list(SHARES), help="only this kind; may repeat")
    parser.add_argument("--findings", default="fuzz-findings", help="the folder for inputs that go wrong")
    return parser.parse_args()


def _run_properties(seconds: float) -> int:
    """Run rounds until the time is over. Return the exit code of the round that failed, else 0."""
    if seconds <= 0:
        return 0
    share = {"FUZZ_SECONDS": str(min(max(int(seconds) // SHARE, 10), MOST_SHARE))}
    share["EXAMPLES"] = os.environ.get("EXAMPLES", "100")
    deadline, rounds = monotonic() + seconds, 0
    while (left := deadline - monotonic()) > 0:
        seed = random.randrange(1 << 32)
        command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider"]
        process = subprocess.Popen(
            [*command, f"--hypothesis-seed={seed}", *TARGETS], cwd=ROOT, env=os.environ | share
        )
        try:
            code = process.wait(left)
        except subprocess.TimeoutExpired:
            # Like Ctrl-C, so that pytest stops the servers of its tests.
            process.send_signal(signal.SIGINT)
            process.wait()
            break
        if code:
            print(f"Round {rounds + 1} failed; again with: --hypothesis-seed={seed}")
            return code
        rounds += 1
    print(f"{rounds} whole rounds of the property tests in {seconds:.0f} s, nothing found")
    return 0


if __name__ == "__main__":
    sys.exit(main())
