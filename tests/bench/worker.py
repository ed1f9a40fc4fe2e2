"""What a measured process does: `python -m tests.bench.worker STEP FILE CACHE` prints one line of JSON.

A step prepares what a running server has (imports, a warm pool), then times what a user waits for.
Numbers are seconds unless their name says otherwise.
"""

from __future__ import annotations

import gc
import json
import mmap
import os
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from statistics import median

from flask.testing import FlaskClient

from flamescope_py.analysis.heatmap import heatmap
from flamescope_py.analysis.selection import Selection
from flamescope_py.analysis.view import select
from flamescope_py.config import Settings
from flamescope_py.readers.parallel import ReaderPool
from flamescope_py.readers.source import read_profile
from flamescope_py.web.app import create_app
from tests.bench.large import large_profile, read_as

ROWS = 50
RUNS = 15
RANGE_START = 3
FILTER = "node"
Numbers = Mapping[str, float]


def contents(file: Path, _: Path) -> Numbers:
    """Count what a file holds."""
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
    with file.open("rb") as opened:
        start, processor = time.perf_counter(), time.process_time()
        profile = read_profile(opened, "perf")
        heatmap(select(profile, Selection()), ROWS)
        seconds = time.perf_counter() - start
    return {"cold": seconds, "processor": time.process_time() - processor}


def all_cores(file: Path, cache: Path) -> Numbers:
    """Read a file with a warm pool of one process a core, up to the heatmap."""
    pool = ReaderPool(os.cpu_count() or 1)
    pool.warm()
    with file.open("rb") as opened:
        start = time.perf_counter()
        profile = pool.read(opened, "perf")
        heatmap(select(profile, Selection()), ROWS)
        seconds = time.perf_counter() - start
    pool.close()
    return {"cold": seconds}


def first_open(file: Path, cache: Path) -> Numbers:
    """Ask a server for the heatmap of a file that it has never seen; it leaves an index."""
    client = _client(file, cache)
    return {"cold": _seconds(lambda: _get(client, "heatmap", filename=file.name))}


def first_open_large(file: Path, cache: Path) -> Numbers:
    """Leave the index of the large profile, whose samples come from repeating those of `file`."""
    with read_as(large_profile(file)):
        return first_open(file, cache)


def reopen(file: Path, cache: Path) -> Numbers:
    """Ask a server that has just started for the heatmap of a file that was open before."""
    client = _client(file, cache)
    return {"reopen": _seconds(lambda: _get(client, "heatmap", filename=file.name))}


def warm(file: Path, cache: Path) -> Numbers:
    """Ask an open profile everything that the page asks; bytes as they would be sent."""
    client = _client(file, cache)

    def graph(**query: object) -> Callable[[], int]:
        return lambda: _get(client, "flamegraph", filename=file.name, **query)

    _get(client, "heatmap", filename=file.name)
    second: dict[str, object] = {"start": RANGE_START, "end": RANGE_START + 1, "format": "columns"}
    found = {
        "heatmap": _median(lambda: _get(client, "heatmap", filename=file.name)),
        "range_columns": _median(graph(**second)),
        "whole_columns": _median(graph(format="columns")),
        "whole_nested": _median(graph()),
        "filter_first": _seconds(graph(format="columns", filter=FILTER)),
        "filter_again": _median(graph(**second, filter=FILTER)),
        "filter_again_whole": _median(graph(format="columns", filter=FILTER)),
    }
    sizes = {
        "columns_bytes": graph(format="columns")(),
        "nested_bytes": graph()(),
        "heatmap_bytes": _get(client, "heatmap", filename=file.name),
    }
    return {**found, **sizes}


STEPS = {
    step.__name__: step
    for step in (contents, one_core, all_cores, first_open, first_open_large, reopen, warm)
}


def _client(file: Path, cache: Path) -> FlaskClient:
    settings = Settings(profile_dir=file.parent, cache_dir=cache)
    return create_app(settings).test_client()


def _get(client: FlaskClient, resource: str, **query: object) -> int:
    """Ask once and give the length of the answer."""
    response = client.get(f"/{resource}/", query_string={key: str(value) for key, value in query.items()})
    if response.status_code != 200:
        raise RuntimeError(f"{resource} {query}: {response.status_code} {response.text[:200]}")
    return len(response.data)


def _seconds(question: Callable[[], object]) -> float:
    gc.collect()
    start = time.perf_counter()
    question()
    return time.perf_counter() - start


def _median(question: Callable[[], object]) -> float:
    question()
    return median(_seconds(question) for _ in range(RUNS))


if __name__ == "__main__":
    step, file, cache = sys.argv[1:]
    print(json.dumps(STEPS[step](Path(file), Path(cache))))
