"""The step that measures a server without requests."""

from __future__ import annotations

import time
from collections.abc import Iterator

from tests.e2e.running import EXAMPLES, Server
from tools.bench.inputs import MB
from tools.bench.memory import tree_bytes
from tools.bench.rows import MEGABYTES, Row
from tools.bench.runner import Bench

MEMORY_TARGET = 110.0
PROCESSES = (1, 4)
# From the start until the server has done all that it does by itself, and then between two samples.
SETTLE_SECONDS = 10.0
QUICK_SECONDS = 2.0
SAMPLES = 3


def idle(bench: Bench) -> Iterator[Row]:
    """Memory of an idle server, all its processes together."""
    for count in PROCESSES:
        server = Server(EXAMPLES, bench.caches / f"idle-{count}", "--processes", str(count))
        server.start()
        try:
            runs = []
            for _ in range(SAMPLES):
                time.sleep(QUICK_SECONDS if bench.quick else SETTLE_SECONDS)
                runs.append(tree_bytes(server.pid) / MB)
        finally:
            server.stop()
        name = "serve" if count == 1 else f"serve --processes {count}"
        yield Row("Memory of an idle server", name, MEGABYTES, runs, MEMORY_TARGET if count == 1 else None)
