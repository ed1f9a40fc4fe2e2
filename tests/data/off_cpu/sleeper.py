"""A process that sleeps 20 times for 50 ms, and computes for 5 ms between."""

from __future__ import annotations

import time
from pathlib import Path


def compute(seconds: float) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        pass


def main() -> None:
    Path("/proc/self/comm").write_text("sleeper")
    for _ in range(20):
        time.sleep(0.05)
        compute(0.005)


if __name__ == "__main__":
    main()
