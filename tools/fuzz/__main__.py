"""Runs the property tests again and again, each time with new inputs; `make fuzz`.

Stops after `--seconds`, or at the first failure, which hypothesis prints with the input that shows it:
that input becomes a test.
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

ROOT = Path(__file__).resolve().parents[2]
TARGETS = ("tests/property",)
MOST_SECONDS = 24 * 3600
# schemathesis never ends by itself: it gets a fifth of the time, at most two minutes a round.
SHARE, MOST_SHARE = 5, 120


def main() -> int:
    """Run rounds until the time is over. Return the exit code of the round that failed, else 0."""
    parser = argparse.ArgumentParser(prog="python -m tools.fuzz")
    parser.add_argument("--seconds", type=int, default=300)
    seconds = min(max(parser.parse_args().seconds, 1), MOST_SECONDS)
    share = {"FUZZ_SECONDS": str(min(max(seconds // SHARE, 10), MOST_SHARE))}
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
    print(f"{rounds} whole rounds in {seconds} s, nothing found")
    return 0


if __name__ == "__main__":
    sys.exit(main())
