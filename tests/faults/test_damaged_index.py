"""Indexes that are cut, changed, removed or closed while the server runs: the answers stay the same.

FAULT_ROUNDS=50 runs as many seeds, each with DAMAGES faults drawn from it.
"""

from __future__ import annotations

import os
import random
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from tests.e2e.running import EXAMPLES, NODE20, SYSTEM, Server, serving
from tests.faults.asking import all_answers, ask, paths
from tests.faults.unprivileged import WITHOUT_RIGHTS

ROUNDS = int(os.environ.get("FAULT_ROUNDS", "2"))
DAMAGES = 20
NAMES = (NODE20, SYSTEM)
# So little that opening one profile closes the other: every request opens an index.
SMALL_MEMORY = ("--max-open-bytes", "1K")
Chance = random.Random


def files_of(index: Path) -> list[Path]:
    with suppress(OSError):
        return sorted(path for path in index.rglob("*") if path.is_file())
    return []


def sizes_of(index: Path) -> dict[str, int]:
    """Return the size of each file. A folder that is being written has another name than when it is whole.

    Previews are left out: they come with the index, or later.
    """
    found = {}
    for path in files_of(index):
        if path.name == "preview.json":
            continue
        with suppress(OSError):
            found[path.relative_to(index).as_posix()] = path.stat().st_size
    return found


def cut(path: Path, chance: Chance) -> None:
    os.truncate(path, chance.randrange(path.stat().st_size + 1))


def empty(path: Path, chance: Chance) -> None:
    os.truncate(path, 0)


def flip(path: Path, chance: Chance) -> None:
    with path.open("r+b") as file:
        place = chance.randrange(max(1, path.stat().st_size))
        file.seek(place)
        byte = file.read(1) or b"\0"
        file.seek(place)
        file.write(bytes([byte[0] ^ 1 << chance.randrange(8)]))


def remove(path: Path, chance: Chance) -> None:
    path.unlink()


def close(path: Path, chance: Chance) -> None:
    path.chmod(0)


def close_folder(path: Path, chance: Chance) -> None:
    path.parent.chmod(0)


def remove_folder(path: Path, chance: Chance) -> None:
    shutil.rmtree(path.parent, ignore_errors=True)


def make_folder(path: Path, chance: Chance) -> None:
    path.unlink()
    path.mkdir()


DAMAGE: tuple[Callable[[Path, Chance], None], ...] = (
    cut,
    empty,
    flip,
    remove,
    close,
    close_folder,
    remove_folder,
    make_folder,
)


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("profiles")
    for name in NAMES:
        shutil.copy(EXAMPLES / name, folder)
    return folder


@pytest.fixture(scope="module")
def expected(directory: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    with serving(directory, tmp_path_factory.mktemp("calm") / "cache") as server:
        return all_answers(server.url, NAMES)


@pytest.fixture
def server(directory: Path, tmp_path: Path) -> Iterator[Server]:
    """A server that cannot read files without permissions, even if root runs the tests."""
    with serving(directory, tmp_path / "cache", *SMALL_MEMORY, under=WITHOUT_RIGHTS) as running:
        yield running


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(ROUNDS))
def test_damage_at_any_moment_changes_no_answer(
    server: Server, tmp_path: Path, expected: dict[str, bytes], seed: int
) -> None:
    chance = random.Random(seed)
    index = tmp_path / "cache" / "index"
    stop = threading.Event()
    wrong: list[str] = []

    def keep_asking(first: int) -> None:
        questions = paths(NAMES)[first:] + paths(NAMES)[:first]
        while not stop.is_set():
            for path in questions:
                answer = ask(server.url, path)
                if (answer.status, answer.body) != (200, expected[path]):
                    wrong.append(f"{path}: {answer.status} {answer.body[:200]!r}")

    assert all_answers(server.url, NAMES) == expected
    threads = [threading.Thread(target=keep_asking, args=(first,)) for first in (0, 7)]
    for thread in threads:
        thread.start()
    try:
        done = 0
        while done < DAMAGES and not wrong:
            files = files_of(index)
            if files:
                # The server may be replacing the file, or an earlier damage has closed it to this user.
                with suppress(OSError):
                    chance.choice(DAMAGE)(chance.choice(files), chance)
                    done += 1
            stop.wait(chance.uniform(0, 0.05))
    finally:
        stop.set()
        for thread in threads:
            thread.join(120)
    assert wrong == []
    assert all_answers(server.url, NAMES) == expected
    assert "Traceback" not in server.log.read_text()


def test_an_index_is_made_again_after_each_damage(
    server: Server, tmp_path: Path, expected: dict[str, bytes]
) -> None:
    index = tmp_path / "cache" / "index"
    all_answers(server.url, NAMES)
    server.stop()
    whole = sizes_of(index)
    server.start()
    for damage in DAMAGE:
        for folder in list(index.iterdir()):
            damage(folder / "samples.arrow", random.Random(1))
        assert all_answers(server.url, NAMES) == expected, damage.__name__
        while sizes_of(index) != whole:  # it is written after the answer
            time.sleep(0.01)
    log = len(server.log.read_text())
    assert all_answers(server.url, NAMES) == expected
    assert "damaged" not in server.log.read_text()[log:]


def test_a_cache_that_is_closed_is_none(server: Server, tmp_path: Path, expected: dict[str, bytes]) -> None:
    all_answers(server.url, NAMES)
    closed = tmp_path / "cache" / "index"
    closed.chmod(0)
    try:
        assert all_answers(server.url, NAMES) == expected
        server.stop()
        server.start()
        assert all_answers(server.url, NAMES) == expected
        assert "Traceback" not in server.log.read_text()
    finally:
        closed.chmod(0o700)
    assert all_answers(server.url, NAMES) == expected


def test_an_index_that_is_cut_while_it_is_open_ends_nothing(
    directory: Path, tmp_path: Path, expected: dict[str, bytes]
) -> None:
    """A mapped file that is cut would end the server with SIGBUS at the next request."""
    with serving(directory, tmp_path / "cache") as server:
        all_answers(server.url, NAMES)
        server.stop()
        server.start()
        for path in paths(NAMES):
            ask(server.url, path)
        for file in files_of(tmp_path / "cache" / "index"):
            os.truncate(file, 0)
        assert all_answers(server.url, NAMES) == expected
        assert "damaged" not in server.log.read_text()
