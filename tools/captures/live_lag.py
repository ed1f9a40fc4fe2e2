"""How long after a burst the page shows its column, in Chromium, while it is recorded.

    python -m tools.captures.live_lag CHROMIUM [BURSTS]

CHROMIUM is a binary. A process of this machine sleeps, and computes for half a second now and then. It writes
when, and the page writes when it has painted the new column, both by the clock of the day. Prints the least,
the longest and the median of BURSTS (10) delays in seconds.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from statistics import median
from time import sleep

from tests.e2e.pages.test_live import begin, expect_more_than, painted_at, service, times_in
from tests.e2e.running import browsing, serving

# Another second than that of the burst before, at any part of it.
PAUSE_SECONDS = 2.3


def main(browser: str, bursts: int = 10) -> None:
    """Print the line."""
    with tempfile.TemporaryDirectory() as place, service() as one, browsing(browser) as chromium:
        profiles = Path(place) / "profiles"
        profiles.mkdir()
        with serving(profiles, Path(place) / "cache", "--allow-record") as server:
            page = chromium.new_page()
            begin(page, server, one.process.pid)
            one.burst()
            expect_more_than(page, 0)
            zero = int(times_in(profiles / "live.perf")[0])
            lags = []
            for _ in range(bursts):
                sleep(PAUSE_SECONDS)
                begun = one.begin_burst()
                lags.append(painted_at(page, int(begun) - zero) - begun)
                one.end_burst()
    print(f"{bursts} bursts: {min(lags):.2f} to {max(lags):.2f} s, median {median(lags):.2f} s")


if __name__ == "__main__":
    main(sys.argv[1], *map(int, sys.argv[2:]))
