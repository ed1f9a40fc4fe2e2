"""Sends a server the requests of many clients at once, on the loopback interface; `make load`.

Honest clients are alone first, then beside hostile ones that ask for as much work as they can, then beside a
cold reading of a large file.

Clients, time and bytes are bounded, and it stops by itself. It prints a table and fails only if a request
failed: a busy machine is no fault.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
import threading
from collections import Counter
from pathlib import Path
from time import monotonic

import psutil

from tests.e2e.running import Server, copy_examples
from tools.bench.texts import Variation, perf_text
from tools.load.clients import Clients, Hostile, Sample, ask
from tools.load.table import percentile, table

COLD = "cold.perf"
MIX = {
    "list": "profile/?limit=50",
    "heatmap": "heatmap/?filename=node18-http.perf.out.gz&rows=50",
    "range": "flamegraph/?filename=node20-http.perf.out.gz&start=0.5&end=1.5",
    "graph": "flamegraph/?filename=system-wide.perf.out.gz&format=columns",
}
# Each `{}` is a pattern that is new every time.
HOSTILE = {
    "inverted": "flamegraph/?filename=system-wide.perf.out.gz&inverted=true&format=columns&drop={}",
    "search": "heatmap/?filename=node18-http.perf.out.gz&rows=1000&search={}",
    "patterns": "flamegraph/?filename=system-wide.perf.out.gz&include={0}&exclude={0}z&drop={0}y",
    "compare": "differential/?filename=node18-http.perf.out.gz&rest=second&start=0&end=9&drop={}",
    "deep": "flamegraph/?filename=deep.cpuprofile&inverted=true&search={}",
}
DEEP_NODES = 3000
MOST_RATIO = 2
TURNS = 4
MOST_CLIENTS, MOST_SECONDS, MOST_MEGABYTES = 200, 300, 2000


def main() -> int:
    """Run the load. Return 1 if a request failed."""
    options = _options()
    folder = Path(tempfile.mkdtemp(prefix="flamescope-load-"))
    server = Server(
        copy_examples(folder / "profiles"),
        folder / "cache",
        "--log-requests",
        "false",
        "--trusted-proxies",
        "1",
    )
    try:
        _write_cold(folder / "profiles" / COLD, options.megabytes << 20)
        _write_deep(folder / "profiles" / "deep.cpuprofile")
        server.start()
        return _run(server, options)
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tools.load")
    parser.add_argument("--clients", type=int, default=50)
    parser.add_argument(
        "--hostile", type=int, default=5, help="clients, each with four connections; 0 for none"
    )
    parser.add_argument(
        "--seconds", type=int, default=20, help="of the load, without and with hostile clients"
    )
    parser.add_argument("--megabytes", type=int, default=300, help="size of the file that is read cold")
    options = parser.parse_args()
    options.clients = min(max(options.clients, 1), MOST_CLIENTS)
    options.hostile = min(max(options.hostile, 0), MOST_CLIENTS)
    options.seconds = min(max(options.seconds, 1), MOST_SECONDS)
    options.megabytes = min(max(options.megabytes, 1), MOST_MEGABYTES)
    return options


def _write_cold(path: Path, size: int) -> None:
    with path.open("wb") as file:
        for piece in perf_text(Variation()):
            file.write(piece)
            if file.tell() >= size:
                return


def _write_deep(path: Path) -> None:
    """Write a path of many nodes where stacks end: its inverted graph is the square of that."""
    frame = {"url": "", "lineNumber": 0, "columnNumber": 0}
    nodes = [
        {
            "id": n + 1,
            "callFrame": {"functionName": f"f{n}", **frame},
            "children": [n + 2] * (n + 1 < DEEP_NODES),
        }
        for n in range(DEEP_NODES)
    ]
    samples = list(range(1, DEEP_NODES + 1))
    path.write_text(json.dumps({"nodes": nodes, "samples": samples, "timeDeltas": [1000] * DEEP_NODES}))


def _run(server: Server, options: argparse.Namespace) -> int:
    for path in MIX.values():
        ask(server.url, path)
    before = _memory()
    everything: list[Sample] = []
    with Clients(server.url, MIX, options.clients) as clients:
        calm, calm_seconds = (
            _compared(clients, server.url, options) if options.hostile else _sampled(clients, options.seconds)
        )
        everything += calm
        reading = threading.Thread(target=ask, args=(server.url, f"heatmap/?filename={COLD}", MOST_SECONDS))
        clients.take()
        began = monotonic()
        reading.start()
        reading.join(MOST_SECONDS)
        during, cold_seconds = clients.take(), monotonic() - began
        everything += during
    print(f"{options.clients} clients alone, and for {cold_seconds:.1f} s beside a cold reading")
    print(table(MIX, calm, calm_seconds, during, cold_seconds))
    print(f"memory: {before:.0f} MB before, {_memory():.0f} MB after (server and its processes, shared once)")
    return _failures(everything)


def _compared(clients: Clients, url: str, options: argparse.Namespace) -> tuple[list[Sample], float]:
    """Run the clients alone and beside hostile ones, in turns: other work of the machine then falls on both.

    Prints both, and returns the samples without hostile clients and how long they took.
    """
    calm: list[Sample] = []
    beside: list[Sample] = []
    theirs: list[Sample] = []
    calm_seconds = seconds = 0.0
    for _ in range(TURNS):
        samples, took = _sampled(clients, options.seconds / TURNS)
        calm, calm_seconds = calm + samples, calm_seconds + took
        with Hostile(url, HOSTILE, options.hostile) as hostile:
            samples, took = _sampled(clients, options.seconds / TURNS)
            theirs += hostile.take()
        beside, seconds = beside + samples, seconds + took
    print(f"{options.clients} clients alone, and beside {options.hostile} hostile ones")
    print(table(MIX, calm, calm_seconds, beside, seconds))
    print(_verdict(calm, beside, theirs))
    return calm, calm_seconds


def _sampled(clients: Clients, seconds: float) -> tuple[list[Sample], float]:
    """Let the clients run; return their samples and how long that was."""
    clients.take()
    began = monotonic()
    clients.wait(seconds)
    return clients.take(), monotonic() - began


def _verdict(calm: list[Sample], beside: list[Sample], theirs: list[Sample]) -> str:
    """Return the growth of the honest clients' 99th percentile, and what became of the hostile requests."""
    alone, with_them = (percentile([one.seconds for one in part], 0.99) for part in (calm, beside))
    statuses = Counter(one.status for one in theirs)
    told = ", ".join(f"{count} with {status}" for status, count in sorted(statuses.items()))
    ratio = with_them / alone if alone else 0.0
    return (
        f"honest p99: {1000 * alone:.0f} ms alone, {1000 * with_them:.0f} ms beside them, ratio {ratio:.2f} "
        f"(at most {MOST_RATIO}); hostile requests: {told or 'none'}"
    )


def _failures(samples: list[Sample]) -> int:
    failed = [sample for sample in samples if sample.status not in {200, 304}]
    refused = [sample for sample in failed if sample.status == 503]
    print(f"requests: {len(samples)}, refused with 503: {len(refused)}, failed: {len(failed) - len(refused)}")
    return int(len(failed) > len(refused))


def _memory() -> float:
    """Return the proportional set size of our child, the server, and its processes in MB."""
    children = psutil.Process().children(recursive=True)
    return sum(getattr(child.memory_full_info(), "pss", 0) for child in children) / 1e6


if __name__ == "__main__":
    sys.exit(main())
