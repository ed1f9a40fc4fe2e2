"""The step that counts the requests that several clients get answered, by one server process and by more.

The clients run on the same machine, and take a part of its processors.
"""

from __future__ import annotations

from collections.abc import Iterator

from tests.e2e.running import EXAMPLES, NODE20, Server
from tools.bench.rows import Row, Unit
from tools.bench.runner import Bench
from tools.load.clients import Clients, ask

PROCESSES = (1, 2, 4)
CLIENTS = 10
WARMING = 5
SECONDS, QUICK_SECONDS = 5.0, 1.0
REQUESTS = Unit("requests/s", 0, more=True)
# Each of an open profile, and answered before: what is measured is the server, not a query.
MIX = {
    "heatmap": f"heatmap/?filename={NODE20}&rows=50",
    "range": f"flamegraph/?filename={NODE20}&start=0.5&end=1.5&format=columns",
}


def throughput(bench: Bench) -> Iterator[Row]:
    """Requests a second of ten clients, by the number of server processes."""
    seconds = QUICK_SECONDS if bench.quick else SECONDS
    for count in PROCESSES:
        name = f"throughput-{count}"
        # Each client has an address of its own, so that none is limited as one of many.
        arguments = ["--processes", str(count), "--log-requests", "false", "--trusted-proxies", "1"]
        server = Server(EXAMPLES, bench.caches / name, *arguments)
        server.start()
        try:
            # Every process opens the profile with its first request.
            for path in [*MIX.values()] * (WARMING * count):
                ask(server.url, path)
            with Clients(server.url, MIX, CLIENTS) as clients:
                clients.wait(seconds)
                clients.take()
                runs = [_answered(clients, seconds) for _ in range(bench.runs)]
        finally:
            server.stop()
        yield Row(f"Throughput: {CLIENTS} clients", f"serve --processes {count}", REQUESTS, runs)


def _answered(clients: Clients, seconds: float) -> float:
    """Return the answers a second. Raises RuntimeError for any that is not 200."""
    clients.wait(seconds)
    samples = clients.take()
    failed = [sample for sample in samples if sample.status != 200]
    if failed or not samples:
        raise RuntimeError(f"{len(failed)} of {len(samples)} requests failed: {failed[:1]}")
    return len(samples) / seconds
