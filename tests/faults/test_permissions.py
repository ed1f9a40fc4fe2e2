"""Files and folders that the server may not read, by real permissions, even if root runs the tests."""

from __future__ import annotations

import json
from pathlib import Path

from tests.api.conftest import SMALL
from tests.e2e.running import serving
from tests.faults.asking import ask
from tests.faults.unprivileged import WITHOUT_RIGHTS


def test_a_closed_file_is_listed_and_refused_and_a_closed_folder_left_out(
    profiles: Path, tmp_path: Path
) -> None:
    folder = profiles / "folder"
    folder.mkdir()
    for path in (folder / "inside.perf", profiles / "other.perf"):
        path.write_bytes(SMALL)
    (profiles / "small.perf").chmod(0)
    folder.chmod(0)
    try:
        with serving(profiles, tmp_path / "cache", under=WITHOUT_RIGHTS) as server:
            answer = ask(server.url, "heatmap/?filename=small.perf")
            assert answer.status == 403
            assert "permissions" in json.loads(answer.body)["error"]
            assert ask(server.url, "heatmap/?filename=folder/inside.perf").status == 403
            while (answer := ask(server.url, "profile/")).pending != "0":
                assert answer.status == 200
            assert [(item["filename"], item["type"]) for item in json.loads(answer.body)] == [
                ("other.perf", "perf"),
                ("small.perf", "unknown"),
            ]
            assert "Traceback" not in server.log.read_text()
    finally:
        folder.chmod(0o700)
