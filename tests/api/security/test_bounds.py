"""A request over a bound gets a clear 4xx, or a 503 with Retry-After. It never hangs."""

from __future__ import annotations

import socket
import threading
import time
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from pathlib import Path
from typing import Any

import pytest

from flamescope_py.readers.pool import pool as pool_module
from flamescope_py.readers.pool.pool import ReaderPool
from flamescope_py.settings import Settings
from flamescope_py.store import attempts
from flamescope_py.web.context import service_of
from tests.api.conftest import SMALL, app_with, assert_refused, client_with
from tests.api.server.test_serve import raw, serving
from tests.support.perf_text import sample, script
from tests.support.processes.readers import ReaderWatch, stopped
from tests.support.reading import COMPRESSIONS


@pytest.mark.parametrize("codec", COMPRESSIONS)
@pytest.mark.parametrize("small", [True, False], ids=["here", "elsewhere"])
def test_a_decompression_bomb_is_given_up(
    settings: Settings, profiles: Path, monkeypatch: pytest.MonkeyPatch, codec: str, small: bool
) -> None:
    if not small:
        monkeypatch.setattr(pool_module, "SMALL_COMPRESSED_FILE", 0)
    bomb = COMPRESSIONS[codec](SMALL + b"\n" * (8 << 20))
    assert len(bomb) < 1 << 18
    (profiles / "bomb").write_bytes(bomb)
    client = client_with(settings, max_decompressed_bytes=1 << 20, workers=1)
    assert_refused(client.get("/heatmap/?filename=bomb"), 413, "max_decompressed_bytes")
    service_of(client.application).close()


@pytest.mark.parametrize("small", [True, False], ids=["here", "elsewhere"])
def test_a_file_that_takes_too_long_is_given_up(
    settings: Settings, profiles: Path, monkeypatch: pytest.MonkeyPatch, small: bool
) -> None:
    if not small:
        monkeypatch.setattr(pool_module, "SMALL_FILE", 0)
    client = client_with(settings, max_parse_seconds=0, workers=1)
    assert_refused(client.get("/heatmap/?filename=small.perf"), 413, "max_parse_seconds")
    service_of(client.application).close()


def test_a_file_that_was_given_up_is_not_tried_again_at_once(
    settings: Settings, profiles: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = client_with(settings, max_parse_seconds=0)
    service = service_of(client.application)
    first = client.get("/heatmap/?filename=small.perf")
    assert first.status_code == 413
    assert int(first.headers["Retry-After"]) == 30
    for question in ("heatmap/?filename=small.perf&rows=10", "profile/info?filename=small.perf"):
        again = client.get(f"/{question}")
        assert (again.status_code, again.json) == (413, first.json)
        assert 0 < int(again.headers["Retry-After"]) <= 30
    assert service.vitals().parse_failures == 1
    (profiles / "small.perf").write_bytes(SMALL + b"\n")
    assert client.get("/heatmap/?filename=small.perf").status_code == 413
    assert service.vitals().parse_failures == 2
    monkeypatch.setattr(attempts, "monotonic", lambda: time.monotonic() + 31)
    assert client.get("/heatmap/?filename=small.perf").status_code == 413
    assert service.vitals().parse_failures == 3


def test_too_many_rows_are_refused(settings: Settings) -> None:
    client = client_with(settings, max_rows=20)
    assert client.get("/heatmap/?filename=small.perf&rows=20").status_code == 200
    assert_refused(client.get("/heatmap/?filename=small.perf&rows=21"), 400, "20")


def test_too_many_cells_are_refused(settings: Settings) -> None:
    client = client_with(settings, max_cells=30)
    assert client.get("/heatmap/?filename=small.perf&rows=10").status_code == 200
    assert_refused(client.get("/heatmap/?filename=small.perf&rows=11"), 413, "10 rows (max_cells)")
    assert client.get("/heatmap/?filename=small.perf&rows=11&step=2").status_code == 200


def test_a_question_may_bound_its_graph_further(settings: Settings, profiles: Path) -> None:
    text = "".join(f"a 1 {n}.0: x:\n\t 1 f{n} (/a)\n\t 1 main (/a)\n\n" for n in range(1, 400))
    (profiles / "wide").write_bytes(text.encode())
    client = client_with(settings, max_graph_nodes=100)
    sizes = {}
    for nodes in (20, 400):
        answer = client.get(f"/flamegraph/?filename=wide&format=columns&nodes={nodes}").json or {}
        assert sum(answer["nodes"]["self"]) == answer["samples"] == 399
        sizes[nodes] = len(answer["nodes"]["frame"])
    assert sizes[20] <= 21
    assert sizes[400] <= 101, "the setting holds whatever is asked"
    assert_refused(client.get("/flamegraph/?filename=wide&format=columns&nodes=1"), 400, "nodes")


def test_a_large_graph_keeps_its_sums(settings: Settings, profiles: Path) -> None:
    text = "".join(f"a 1 {n}.0: x:\n\t 1 f{n} (/a)\n\t 1 main (/a)\n\n" for n in range(1, 400))
    (profiles / "wide").write_bytes(text.encode())
    for form in ("nested", "columns", "folded"):
        client = client_with(settings, max_graph_nodes=100)
        assert "(399 small frames)" in client.get(f"/flamegraph/?filename=wide&format={form}").text
        whole = client_with(settings).get(f"/flamegraph/?filename=wide&format={form}")
        assert "small frames" not in whole.text
    assert sum((client.get("/flamegraph/?filename=wide&format=columns").json or {})["nodes"]["self"]) == 399


def test_patterns_are_bounded_on_every_route_that_takes_them(settings: Settings) -> None:
    client = client_with(settings, max_patterns=2, max_pattern_chars=5)
    paths: dict[str, Any] = (client.get("/openapi.json").json or {})["paths"]
    taking = [
        path
        for path, methods in paths.items()
        if "drop" in {one["name"] for one in methods.get("get", {"parameters": []})["parameters"]}
    ]
    routes = {
        "/heatmap/",
        "/flamegraph/",
        "/differential/",
        "/elided/",
        "/filter/",
        "/breakdown/",
        "/report/",
        "/timeline/",
    }
    assert set(taking) == routes
    needed = dict.fromkeys(("/differential/", "/elided/"), "&compareFilename=small.perf") | {
        "/breakdown/": "&by=comm"
    }
    for path in taking:
        asked = f"{path}?filename=small.perf{needed.get(path, '')}&drop=a&include=leaf"
        assert client.get(asked).status_code == 200
        for more, bound in (("&exclude=b", "(max_patterns)"), ("a" * 2, "(max_pattern_chars)")):
            answer = client.get(asked + more)
            assert answer.status_code == 400, path
            assert bound in (answer.json or {})["error"]
    without_profile = client.get("/filter/?drop=a&drop=b&drop=c")
    assert without_profile.status_code == 400


def test_a_large_body_is_refused(settings: Settings, profiles: Path, tmp_path: Path) -> None:
    client = client_with(settings, max_body_bytes=1000)
    assert client.post("/import/ssh", json={"host": "h" * 1000}).status_code == 413
    head = b"POST /import/ssh HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2000\r\n\r\n"
    with serving(tmp_path, str(profiles), "--max-body-bytes", "1K") as (_, _, url):
        assert raw(url, head)[0] == 413


def test_more_readings_than_allowed_are_refused(
    settings: Settings, profiles: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pool_module, "SMALL_FILE", 0)
    (profiles / "other.perf").write_bytes(SMALL)
    watch = ReaderWatch()
    app = app_with(settings, max_parses=1, workers=1)
    service_of(app).warm()

    def ask(name: str) -> tuple[int, str | None]:
        answer = app.test_client().get(f"/heatmap/?filename={name}")
        return answer.status_code, answer.headers.get("Retry-After")

    with ThreadPoolExecutor(2) as threads:
        with stopped(watch.wait(1)):
            asked = [threads.submit(ask, name) for name in ("other.perf", "small.perf")]
            refused, reading = wait(asked, return_when=FIRST_COMPLETED)
            assert [one.result() for one in refused] == [(503, "2")]
        assert [one.result() for one in reading] == [(200, None)]
    assert ask("small.perf") == (200, None)
    service_of(app).close()


@pytest.mark.parametrize("most", [0, 1 << 20])
def test_indexes_are_bounded_and_can_be_switched_off(settings: Settings, most: int) -> None:
    client = client_with(settings, max_index_bytes=most)
    assert client.get("/heatmap/?filename=small.perf").status_code == 200
    service_of(client.application).close()
    assert (settings.cache_dir / "index").exists() == bool(most)


def test_a_recording_that_is_too_long_is_refused(settings: Settings) -> None:
    client = client_with(settings, max_record_seconds=10)
    body = {"host": "h.invalid", "pid": 1, "seconds": 11}
    assert_refused(client.post("/import/ssh/capture", json=body), 400, "10")
    service_of(client.application).close()


def test_a_job_takes_as_long_as_the_settings_allow(settings: Settings) -> None:
    client = client_with(settings, job_seconds=1)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        body = {"host": "127.0.0.1", "port": silent.getsockname()[1], "path": "x"}
        job = client.post("/import/ssh", json=body).json or {}
        service = service_of(client.application)
        ended = service.imports.jobs.wait(job["id"], lambda view: view.over, 60)
    assert (ended.state, ended.error) == ("failed", "Stopped after 1 seconds: raise job_seconds.")
    service.close()


def test_a_long_query_is_refused(settings: Settings) -> None:
    client = client_with(settings, max_query_bytes=100)
    assert_refused(client.get("/profile/?x=" + "a" * 99), 414, "max_query_bytes")
    assert client.get("/profile/?x=" + "a" * 98).status_code == 200


def test_waiting_requests_leave_threads_for_others(
    settings: Settings, profiles: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (profiles / "open.perf").write_bytes(SMALL)
    go_on, real = threading.Event(), ReaderPool.read
    go_on.set()

    def slow(*arguments: Any) -> Any:
        go_on.wait(60)
        return real(*arguments)

    monkeypatch.setattr(ReaderPool, "read", slow)
    app = app_with(settings, threads=8)
    assert app.test_client().get("/heatmap/?filename=open.perf").status_code == 200
    go_on.clear()

    def ask(name: str) -> tuple[int, str | None]:
        answer = app.test_client().get(f"/heatmap/?filename={name}")
        return answer.status_code, answer.headers.get("Retry-After")

    with ThreadPoolExecutor(8) as pool:
        waiting = [pool.submit(ask, "small.perf") for _ in range(6)]
        try:
            while service_of(app).vitals().waiting < 6:
                time.sleep(0.01)
            assert ask("small.perf") == (503, "2")
            assert ask("open.perf") == (200, None)
        finally:
            go_on.set()
        assert [one.result() for one in waiting] == [(200, None)] * 6
    assert service_of(app).vitals().waiting == 0


def test_a_large_head_is_refused(profiles: Path, tmp_path: Path) -> None:
    request = b"GET / HTTP/1.1\r\nHost: localhost\r\nX: " + b"a" * 9000 + b"\r\n\r\n"
    with serving(tmp_path, str(profiles), "--max-header-bytes", "8K") as (_, _, url):
        assert raw(url, request)[0] == 431


def test_what_a_profile_holds_is_bounded(settings: Settings, profiles: Path) -> None:
    samples = [sample(f"3000.{n:06}", f"leaf{n}+0x1 (/srv/app)") for n in range(1200)]
    (profiles / "many.perf").write_bytes(script(*samples))
    for name, client in (
        ("nodes", client_with(settings, max_profile_nodes=1000)),
        ("frames", client_with(settings, max_profile_frames=1000)),
        ("samples", client_with(settings, max_profile_samples=1000)),
    ):
        assert_refused(client.get("/heatmap/?filename=many.perf"), 413, f"max_profile_{name}")
        assert client.get("/heatmap/?filename=small.perf").status_code == 200
