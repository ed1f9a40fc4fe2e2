"""Small files that hold much, at default settings: /healthz answers within a second meanwhile."""

from __future__ import annotations

import sys
import threading
from pathlib import Path

import psutil

from tests.api.server.test_serve import raw
from tests.e2e.running import serving
from tests.faults.test_connections import path_request
from tests.faults.test_slow_clients import assert_healthy
from tests.support.bombs import BOMBS
from tests.unit.readers.pool.test_memory import nodes

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

MIB = 1 << 20


def test_a_small_file_of_many_nodes_keeps_no_client_waiting(profiles: Path, tmp_path: Path) -> None:
    (profiles / "bomb.cpuprofile").write_bytes(zstd.compress(nodes(12 * MIB), 19))
    assert (profiles / "bomb.cpuprofile").stat().st_size < MIB
    with serving(profiles, tmp_path / "cache") as server:
        answers: list[int] = []
        request = path_request("/heatmap/?filename=bomb.cpuprofile")
        asking = threading.Thread(target=lambda: answers.append(raw(server.url, request)[0]))
        asking.start()
        most = 0
        while asking.is_alive():
            assert_healthy(server, 1)
            most = max(most, psutil.Process(server.pid).memory_info().rss)
        asking.join()
        assert answers == [200]
        assert most < 600 * MIB


def test_a_reading_has_its_share_of_memory_at_most(profiles: Path, tmp_path: Path) -> None:
    (profiles / "bomb.cpuprofile").write_bytes(zstd.compress(nodes(60 * MIB), 19))
    with serving(profiles, tmp_path / "cache", "--max-reader-bytes", "64M") as server:
        status, _, body = raw(server.url, path_request("/heatmap/?filename=bomb.cpuprofile"))
        assert (status, b"max_reader_bytes" in body) == (413, True)
        assert_healthy(server, 1)


def test_no_bomb_keeps_a_client_from_the_list_or_a_health_check(profiles: Path, tmp_path: Path) -> None:
    for number, make in enumerate(BOMBS.values()):
        (profiles / f"bomb{number}").write_bytes(make())
    with serving(profiles, tmp_path / "cache") as server:
        answers: list[int] = []

        def ask() -> None:
            answers.append(raw(server.url, path_request("/profile/"))[0])
            for number in range(len(BOMBS)):
                request = path_request(f"/heatmap/?filename=bomb{number}")
                answers.append(raw(server.url, request)[0])

        asking = threading.Thread(target=ask)
        asking.start()
        most = 0
        while asking.is_alive():
            assert_healthy(server, 1)
            most = max(most, psutil.Process(server.pid).memory_info().rss)
        asking.join()
        assert answers[0] == 200
        assert len(answers) == 1 + len(BOMBS)
        assert set(answers[1:]) <= {413, 415, 422}
        assert most < 400 * MIB
