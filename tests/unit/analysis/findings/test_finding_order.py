"""The order of findings: causes before the threads that they keep busy."""

from __future__ import annotations

import gzip
from pathlib import Path

from flamescope_py.analysis.findings.all import find
from tests.support.perf_text import sample, script
from tests.support.reading import read

EXAMPLES = Path(__file__).resolve().parents[4] / "examples"


def test_the_main_thread_comes_before_the_collector_that_it_keeps_busy() -> None:
    """Both are busy in the same two seconds, V8's worker for longer."""
    main, worker = ("node 10/10", "search ([app])"), ("node-V8Worker 10/12", "Scavenge ([app])")
    rare = [(second / 2, ("sh 20/20", "main ([app])")) for second in range(80)]
    here = [(20 + step / 100, worker) for step in range(200)] + [
        (20 + step / 60, main) for step in range(120)
    ]
    blocks = [
        sample(f"{100 + at:.6f}", stack, command=task.rpartition(" ")[0], task=task.rpartition(" ")[2])
        for at, (task, stack) in sorted([*rare, *here])
    ]
    order = [one.selection["comm"][0] for one in find(read(script(*blocks))) if one.kind == "visit"]
    assert order == ["node", "node-V8Worker"]


def test_a_burst_names_own_code_and_not_the_collector_that_it_keeps_busy() -> None:
    """For two seconds `search` runs, and a collector even more, on a thread that only its stacks tell."""
    collector = [
        "Scavenge (node)",
        "v8::platform::DefaultJobWorker::Run (node)",
        "PlatformWorkerThread (node)",
    ]
    usual = [(second / 10, ["tick (/srv/app)"], 10) for second in range(400)]
    here = [(20 + step / 60, ["search (/srv/app)"], 10) for step in range(120)]
    freed = [(20 + step / 100, collector, 12) for step in range(200)]
    blocks = [
        sample(f"{100 + at:.6f}", *stack, command="node", task=f"10/{tid}")
        for at, stack, tid in sorted([*usual, *here, *freed])
    ]
    found = find(read(script(*blocks)))
    (burst,) = (one for one in found if one.kind == "burst")
    # Where `search` runs, 120 of 340 samples are of it, elsewhere none.
    assert burst.text.endswith(" 35% of the samples in it (0% elsewhere) are in `search`.")
    assert burst.function == "search"


def test_the_burst_of_an_example_names_own_code_and_comes_before_the_workers_of_v8() -> None:
    burst, worker = find(read(gzip.decompress((EXAMPLES / "node20-http.perf.out.gz").read_bytes())))[:2]
    assert burst.kind == "burst"
    assert burst.text.endswith("are in `rebuildSearchIndex`.")
    assert worker.ranges[0][0] > burst.ranges[0][0]
    assert "DefaultJobWorker" in worker.text
