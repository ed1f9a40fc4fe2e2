"""Sends a server the requests of many clients at once, on the loopback interface; `make load`.

Clients, time and bytes are bounded, and it stops by itself. It prints a table and fails only if a request
failed: a busy machine is no fault.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
import threading
from pathlib import Path
from time import monotonic

import psutil

from tests.e2e.running import Server, copy_examples
from tools.bench.texts import Variation, perf_text
from tools.load.clients import Clients, Sample, ask
from tools.load.table import table

COLD = "cold.perf"
MIX = {
    "list": "profile/?limit=50",
    "heatmap": "heatmap/?filename=node18-http.perf.out.gz&rows=50",
    "range": "flamegraph/?filename=node20-http.perf.out.gz&start=0.5&end=1.5",
    "graph": "flamegraph/?filename=system-wide.perf.out.gz&format=columns",
}
MOST_CLIENTS, MOST_SECONDS, MOST_MEGABYTES = 200, 300, 2000


def main() -> int:
    """Run the load. Return 1 if a request failed."""
    options = _options()
    folder = Path(tempfile.mkdtemp(prefix="flamescope-load-"))
    server = Server(copy_examples(folder / "profiles"), folder / "cache", "--log-requests", "false")
    try:
        _write_cold(folder / "profiles" / COLD, options.megabytes << 20)
        server.start()
        return _run(server, options.clients, options.seconds)
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tools.load")
    parser.add_argument("--clients", type=int, default=50)
    parser.add_argument("--seconds", type=int, default=20, help="of the load before the cold reading")
    parser.add_argument("--megabytes", type=int, default=300, help="size of the file that is read cold")
    options = parser.parse_args()
    options.clients = min(max(options.clients, 1), MOST_CLIENTS)
    options.seconds = min(max(options.seconds, 1), MOST_SECONDS)
    options.megabytes = min(max(options.megabytes, 1), MOST_MEGABYTES)
    return options


def _write_cold(path: Path, size: int) -> None:
    with path.open("wb") as file:
        for piece in perf_text(Variation()):
            file.write(piece)
            if file.tell() >= size:
                return


def _run(server: Server, count: int, seconds: int) -> int:
    for path in MIX.values():
        ask(server.url, path)
    before = _memory()
    with Clients(server.url, MIX, count) as clients:
        began = monotonic()
        clients.wait(seconds)
        calm, calm_seconds = clients.take(), monotonic() - began
        reading = threading.Thread(target=ask, args=(server.url, f"heatmap/?filename={COLD}", MOST_SECONDS))
        began = monotonic()
        reading.start()
        reading.join(MOST_SECONDS)
        during, cold_seconds = clients.take(), monotonic() - began
    print(f"{count} clients, {calm_seconds:.0f} s without and {cold_seconds:.1f} s with a cold reading")
    print(table(MIX, calm, calm_seconds, during, cold_seconds))
    print(f"memory: {before:.0f} MB before, {_memory():.0f} MB after (server and its processes, shared once)")
    return _failures([*calm, *during])


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
