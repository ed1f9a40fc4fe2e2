"""A measured process: `python -m tools.bench.worker STEP FILE CACHE` prints one line of JSON.

A step first prepares the state of a running server (imports, a warm pool), then times the part a user
waits for. Numbers are seconds unless their name has another unit.
"""

from __future__ import annotations

import gc
import json
import mmap
import os
import shutil
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from statistics import median

from flask.testing import FlaskClient

from flamescope_py.analysis.heatmap import heatmap
from flamescope_py.analysis.selection import Selection
from flamescope_py.readers import registry
from flamescope_py.readers.source import read_profile
from flamescope_py.settings import Settings
from flamescope_py.web.app import create_app
from flamescope_py.web.context import service_of
from tests.support.views import select
from tools.bench.large import large_profile, read_as
from tools.bench.shares import shares

ROWS = 50
RUNS = 15
RANGE_START = 3
FILTER = "node"
Numbers = Mapping[str, float]


def contents(file: Path, _: Path) -> Numbers:
    """Count the contents of a file."""
    stacks: set[bytes] = set()
    with file.open("rb") as opened:
        profile = read_profile(opened, "perf")
    with mmap.mmap(os.open(file, os.O_RDONLY), 0, prot=mmap.PROT_READ) as text:
        for block in _blocks(text):
            stacks.add(block.partition(b"\n")[2])
    return {
        "samples": len(profile.samples),
        "distinct stack texts": len(stacks),
        "distinct frame lines": len({line for stack in stacks for line in stack.split(b"\n")}),
        "frames": len(profile.frames),
        "tree nodes": len(profile.tree),
    }


def _blocks(text: mmap.mmap) -> Iterator[bytes]:
    start = 0
    while (end := text.find(b"\n\n", start)) >= 0:
        yield text[start:end]
        start = end + 2


def one_core(file: Path, cache: Path) -> Numbers:
    """Read a file in this process, up to the heatmap."""
    _become_reader()
    with file.open("rb") as opened:
        start, processor = time.perf_counter(), time.process_time()
        profile = read_profile(opened, "perf")
        heatmap(select(profile, Selection()), ROWS)
        seconds = time.perf_counter() - start
    return {"cold": seconds, "processor": time.process_time() - processor}


def parts(file: Path, cache: Path) -> Numbers:
    """Read a file in this process. Return the share of each function in the time."""
    _become_reader()
    with file.open("rb") as opened:
        return shares(lambda: read_profile(opened, "perf"))


def _become_reader() -> None:
    """Bring this process into the state of a reading one, which has rehearsed and has no application."""
    registry.warm()
    for reader in registry.parallel_readers():
        if reader.parallel is not None:
            reader.parallel.rehearse()
    gc.collect()
    gc.freeze()


def all_cores(file: Path, cache: Path) -> Numbers:
    """Request the heatmap of an unknown file from a running server, which then leaves an index."""
    shutil.rmtree(cache, ignore_errors=True)
    with _server(file, cache) as ask:
        return {"cold": _seconds(lambda: ask("heatmap"))}


def all_cores_large(file: Path, cache: Path) -> Numbers:
    """Leave the index of the large profile, whose samples come from repeating those of `file`."""
    with read_as(large_profile(file)):
        return all_cores(file, cache)


def reopen(file: Path, cache: Path) -> Numbers:
    """Request the heatmap of a file with an index from a server that has just started."""
    with _server(file, cache) as ask:
        return {"reopen": _seconds(lambda: ask("heatmap"))}


def warm(file: Path, cache: Path) -> Numbers:
    """Send all requests of the page for an open profile, encoding included."""
    with _server(file, cache) as ask:
        ask("heatmap")
        graph, seconds = partial(ask, "flamegraph"), ask.seconds()

        def second(run: int, **query: str) -> int:
            start = RANGE_START + run / 10
            return graph(start=start, end=start + 1, format="columns", **query)

        return {
            "heatmap": _median(lambda run: ask("heatmap", rows=ROWS + 1 + run)),
            "heatmap_again": _median(lambda _: ask("heatmap")),
            "range_columns": _median(second),
            "whole_columns": _median(lambda _: graph(format="columns")),
            "whole_nested": _median(lambda _: graph()),
            "filter_first": _seconds(partial(graph, format="columns", filter=FILTER)),
            "filter_again": _median(partial(second, filter=FILTER)),
            "filter_again_whole": _median(lambda _: graph(format="columns", filter=FILTER)),
            "differential": _median(lambda run: ask("differential", **_halves(file.name, seconds, run))),
            "heatmap_bytes": ask("heatmap"),
            "columns_bytes": graph(format="columns"),
            "nested_bytes": graph(),
        }


def who(file: Path, cache: Path) -> Numbers:
    """Send the requests of breakdowns, lanes and findings for an open profile, encoding included."""
    with _server(file, cache) as ask:
        # The answer of a cold server is that of the findings: made, not read from the index.
        for note in cache.rglob("findings.json"):
            note.unlink()
        found = {"findings": _seconds(partial(ask, "findings"))}
        seconds = ask.seconds()
        for by in ("comm", "thread", "cpu", "function"):
            found |= _breakdowns(partial(ask, "breakdown", by=by), by, seconds)
        lanes = partial(ask, "heatmap", by="thread", lanes=20, columns=1000, rows=10, format="columns")
        lanes()
        found["lanes"] = _median(lambda run: lanes(**{"from": run / 10, "to": 1 + run / 10}))
        found["busy"] = _median(lambda _: ask("heatmap", columns=1000, busy="true", format="columns"))
        return found


def _breakdowns(ask: Callable[..., int], by: str, seconds: int) -> Numbers:
    """Ask for ranges of one second and for nearly the whole, each time others."""
    ask()

    def second(run: int) -> int:
        start = min(RANGE_START, seconds - 2) + run / 20
        return ask(start=start, end=start + 1)

    return {
        f"{by}_second": _median(second),
        f"{by}_whole": _median(lambda run: ask(end=seconds - run / 20)),
    }


def _halves(name: str, seconds: int, run: int) -> dict[str, object]:
    """Return the query of a differential of two halves, each time other ones."""
    middle = seconds / 2 + run / 10
    sides = {"start": 0, "end": middle, "compareStart": middle, "compareEnd": seconds}
    return {"compareFilename": name, "format": "columns", **sides}


STEPS = {
    step.__name__: step for step in (contents, one_core, parts, all_cores, all_cores_large, reopen, warm, who)
}


class _Ask:
    """Sends requests about one profile, without a socket in between."""

    def __init__(self, client: FlaskClient, name: str) -> None:
        self._client = client
        self._name = name

    def __call__(self, resource: str, **query: object) -> int:
        """Send one request and return the length of the answer."""
        return len(self._answer(resource, query))

    def seconds(self) -> int:
        """Return the number of the heatmap's columns."""
        return len(json.loads(self._answer("heatmap", {}))["columns"])

    def _answer(self, resource: str, query: Mapping[str, object]) -> bytes:
        texts = {"filename": self._name, **{key: str(value) for key, value in query.items()}}
        response = self._client.get(f"/{resource}/", query_string=texts)
        if response.status_code != 200:
            raise RuntimeError(f"{resource} {query}: {response.status_code} {response.text[:200]}")
        return bytes(response.data)


@contextmanager
def _server(file: Path, cache: Path) -> Iterator[_Ask]:
    """Run an application whose reading processes have started."""
    app = create_app(Settings(profile_dir=file.parent, cache_dir=cache))
    service = service_of(app)
    service.warm()
    client = app.test_client()
    # The first request of a test client imports codecs, which a server does not need.
    client.get("/healthz")
    try:
        yield _Ask(client, file.name)
    finally:
        service.close()


def _seconds(question: Callable[[], object]) -> float:
    gc.collect()
    start = time.perf_counter()
    question()
    return time.perf_counter() - start


def _median(question: Callable[[int], object]) -> float:
    """Return the median of several runs. The request gets the number of the run, and may depend on it."""
    question(RUNS)
    return median(_seconds(partial(question, run)) for run in range(RUNS))


if __name__ == "__main__":
    step, file, cache = sys.argv[1:]
    print(json.dumps(STEPS[step](Path(file), Path(cache))))
