from __future__ import annotations

from pathlib import Path

from flask.testing import FlaskClient


def test_progress_of_a_reading(client: FlaskClient, profiles: Path) -> None:
    size = (profiles / "small.perf").stat().st_size
    url = "/profile/progress?filename=small.perf"
    assert client.get(url).json == {"state": "new", "done": 0, "size": size}
    client.get("/heatmap/?filename=small.perf")
    assert client.get(url).json == {"state": "ready", "done": size, "size": size}
    (profiles / "small.perf").write_bytes(b"")
    client.get("/heatmap/?filename=small.perf")
    assert client.get(url).json == {"state": "failed", "done": 0, "size": 0}
    assert client.get("/profile/progress?filename=none").status_code == 404
    assert client.get("/profile/progress").status_code == 400
