"""Write captures of a fleet: `python -m tools.captures.fleet FOLDER`.

FOLDER/HOST/START.perf are texts as perf script makes them of `perf record -F 19 -a -g`, a minute each, of
invented hosts: an hour of a dozen web servers, every five minutes. From half past on, web-07 compiles the
same patterns again and again, in bursts of two seconds. Every run writes the same bytes.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path

SEED = 20
FREQUENCY = 19
PERIOD = 1_000_000_000 // FREQUENCY
SECONDS = 60
CPUS = 2
HOSTS = tuple(f"web-{number:02}" for number in range(1, 13))
ODD_HOST, ODD_FUNCTION = "web-07", "compilePattern"
START = datetime(2026, 11, 29, 10, tzinfo=timezone.utc)
MINUTES = tuple(range(0, 60, 5))
ODD_FROM = 30
BURST_EVERY, BURST_SECONDS = 10, 2
STACKS = (
    ("main", "serve", "handleRequest", "parseRequest"),
    ("main", "serve", "handleRequest", "readCache"),
    ("main", "serve", "handleRequest", "renderPage", "escapeText"),
    ("main", "serve", "handleRequest", "renderPage", "fillTemplate"),
    ("main", "serve", "writeResponse", "compress"),
    ("main", "collectGarbage", "markObjects"),
)
WEIGHTS = (3, 4, 5, 6, 3, 2)
ODD_STACK = ("main", "serve", "handleRequest", "routeRequest", ODD_FUNCTION)


def text(host: str, minute: int) -> str:
    """Return the capture of one host that begins so many minutes after START."""
    chance = random.Random(f"{SEED} {host} {minute}")
    busy = 0.35 + 0.3 * chance.random()
    lines = [
        f"# hostname : {host}",
        f"# nrcpus online : {CPUS}",
        f"# cmdline : /usr/bin/perf record -F {FREQUENCY} -a -g -- sleep {SECONDS}",
    ]
    for tick in range(SECONDS * FREQUENCY):
        for cpu in range(CPUS):
            time = 1000 + tick / FREQUENCY + cpu / 1000
            odd = host == ODD_HOST and minute >= ODD_FROM and (tick / FREQUENCY) % BURST_EVERY < BURST_SECONDS
            if odd and chance.random() < 0.9:
                lines += _sample(time, cpu, ODD_STACK)
            elif chance.random() < busy:
                (stack,) = chance.choices(STACKS, WEIGHTS)
                lines += _sample(time, cpu, stack)
    return "\n".join(lines) + "\n"


def _sample(time: float, cpu: int, stack: tuple[str, ...]) -> Iterator[str]:
    yield f"web  100/{101 + cpu} [{cpu:03}] {time:.6f}: {PERIOD} cpu-clock:ppp: "
    for depth, name in enumerate(reversed(stack)):
        yield f"\t{0x401000 + 64 * depth:16x} {name}+0x10 (/opt/web/server)"
    yield ""


def write(folder: Path) -> None:
    """Write all captures."""
    for host in HOSTS:
        (folder / host).mkdir(parents=True, exist_ok=True)
        for minute in MINUTES:
            start = START + timedelta(minutes=minute)
            (folder / host / f"{start:%Y%m%dT%H%M%SZ}.perf").write_text(text(host, minute), "utf-8")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    write(parser.parse_args().folder)
