"""The order of findings: causes before the threads that they keep busy."""

from __future__ import annotations

from flamescope_py.analysis.findings.all import find
from tests.support.perf_text import sample, script
from tests.support.reading import read


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
