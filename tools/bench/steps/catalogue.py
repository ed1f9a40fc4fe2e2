"""The list of 100 000 files. `python -m tools.bench.steps.catalogue FOLDER CACHE` is the measured process."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from flask.testing import FlaskClient

from flamescope_py.settings import Settings
from flamescope_py.store.directory import ProfileDirectory
from flamescope_py.web.app import create_app
from flamescope_py.web.context import service_of
from flamescope_py.web.listing import PENDING
from tools.bench import machine
from tools.bench.rows import MEGABYTES, MILLISECONDS, Row
from tools.bench.runner import ROOT, Bench

FOLDERS, IN_EACH = 200, 500
TARGET = 1000.0
RUNS = 5
QUESTIONS = {
    "list": "the whole list, nothing new",
    "list_new": "the whole list, one file new",
    "gzip": "the whole list, compressed",
    "search": "a page of 50 of a search",
    "sorted": "a page of 50, the newest first",
}
TARGETS = {"list": TARGET, "list_new": TARGET, "gzip": TARGET}


def catalogue(bench: Bench) -> Iterator[Row]:
    """Lists of 100 000 files, after their heads were looked at."""
    in_each = IN_EACH // 10 if bench.quick else IN_EACH
    folder = written(bench.folder, in_each)
    arguments = [str(folder), str(bench.caches / "catalogue")]
    command = [sys.executable, "-m", "tools.bench.steps.catalogue", *arguments]
    machine.wait_until_quiet(bench.patience)
    found = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, check=True)
    numbers: dict[str, list[float]] = json.loads(found.stdout)
    section = f"List of {FOLDERS * in_each} files, warm"
    for key, question in QUESTIONS.items():
        yield Row(section, question, MILLISECONDS, [1000 * one for one in numbers[key]], TARGETS.get(key))
    yield Row(section, "a walk through the directory", MILLISECONDS, [1000 * one for one in numbers["walk"]])
    yield Row(section, "size of the list", MEGABYTES, numbers["megabytes"])


def written(inputs: Path, in_each: int) -> Path:
    """Write the files, `in_each` in each of FOLDERS folders. Return the folder of these folders.

    Its name begins with a dot, which no list shows: the other steps serve the folder of all inputs, and their
    servers would look into each of these files while they are measured.
    """
    root = inputs / f".catalogue-{FOLDERS * in_each}"
    for folder in range(FOLDERS):
        (root / f"team-{folder:03}").mkdir(parents=True, exist_ok=True)
        for number in range(in_each):
            path = root / f"team-{folder:03}" / f"service-{number:04}.perf.out"
            if not path.exists():
                path.write_text(f"node 1 {number}.5: cycles:\n\t 1 main (/srv/app)\n\n")
    return root


def _measure(root: Path, cache: Path) -> dict[str, list[float]]:
    app = create_app(Settings(profile_dir=root, cache_dir=cache))
    service, client = service_of(app), app.test_client()
    while client.get("/profile/?limit=1").headers[PENDING] != "0":
        time.sleep(0.1)

    def ask(path: str = "/profile/", **headers: str) -> int:
        return len(client.get(path, headers=headers).data)

    size = ask()
    numbers = {
        "list": _times(ask),
        "gzip": _times(lambda: ask(**{"Accept-Encoding": "gzip"})),
        "search": _times(lambda: ask("/profile/?search=team-1+77&limit=50")),
        "sorted": _times(lambda: ask("/profile/?sort=-modified&limit=50")),
        "list_new": [_time_with_new(root / "team-000", client, number) for number in range(RUNS)],
        "walk": _times(lambda: list(ProfileDirectory(root).folders())),
        "megabytes": [size / 1e6],
    }
    service.close()
    return numbers


def _times(work: Callable[[], object]) -> list[float]:
    found = []
    for _ in range(RUNS):
        began = time.perf_counter()
        work()
        found.append(time.perf_counter() - began)
    return found


def _time_with_new(folder: Path, client: FlaskClient, number: int) -> float:
    """Add a file and time the first request that shows it. Earlier ones may get an older list."""
    name = f"new-{number}.perf.out"
    (folder / name).write_text("node 1 1.5: cycles:\n\t 1 main (/srv/app)\n\n")
    try:
        while True:
            began = time.perf_counter()
            body = client.get("/profile/").data
            took = time.perf_counter() - began
            if name.encode() in body:
                return took
    finally:
        (folder / name).unlink()


if __name__ == "__main__":
    print(json.dumps(_measure(Path(sys.argv[1]), Path(sys.argv[2]))))
