"""schemathesis sends a running server every kind of request that its description allows or forbids.

Every answer must be of a described status, type and shape, with the described headers. Bodies against the
schema must be refused, as must requests that lack a required token. In `make test` it always asks the
same; in `make fuzz` something else each time, for longer.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from flamescope_py.settings import Settings
from flamescope_py.web import create_app
from flamescope_py.web.openapi.document import document
from tests.api.conftest import SMALL
from tests.e2e.running import ROOT, Server, serving

CONFIG = Path(__file__).with_name("schemathesis.toml")
TOKEN = "a-token-of-some-length"
# `make fuzz` sets a share of its time.
FUZZ_SECONDS = int(os.environ.get("FUZZ_SECONDS", "120"))
# The server reaches no host: none has this name.
SETTINGS = [
    "--ssh-hosts",
    "nowhere.invalid",
    "--max-file-bytes",
    "1M",
    "--max-jobs",
    "64",
    "--max-client-jobs",
    "320",
]

pytestmark = pytest.mark.skipif(sys.version_info < (3, 11), reason="schemathesis needs Python 3.11")


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """A server of one profile that asks for its token, and knows no host."""
    folder = tmp_path / "profiles"
    folder.mkdir()
    (folder / "perf.out").write_bytes(SMALL)
    files = {"--token-file": TOKEN, "--ssh-config": "", "--known-hosts-file": ""}
    arguments = ["--token-for", "everything", *SETTINGS]
    for option, text in files.items():
        path = tmp_path / option.strip("-")
        path.write_text(text)
        arguments += [option, str(path)]
    with serving(folder, tmp_path / "cache", *arguments) as running:
        yield running


@pytest.mark.slow
@pytest.mark.timeout(FUZZ_SECONDS + 600)
def test_the_server_is_as_it_describes_itself(
    server: Server, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    seed = request.config.getoption("--hypothesis-seed", None)
    how = ["--generation-deterministic"]
    if seed is not None:
        how = ["--seed", str(seed), "--max-time", str(FUZZ_SECONDS), "--max-examples", "30"]
    report = tmp_path / "report.json"
    program = Path(sys.executable).with_name("schemathesis")
    command: list[str | Path] = [
        program,
        "--config-file",
        CONFIG,
        "--no-color",
        "run",
        f"{server.url}openapi.json",
    ]
    shown = ["-H", f"Authorization: Bearer {TOKEN}"]
    # Hypothesis would make its tables of Unicode anew. With a seed it also keeps examples there.
    tables = {} if seed is not None else {"HYPOTHESIS_STORAGE_DIRECTORY": str(ROOT / ".hypothesis")}
    done = subprocess.run(
        [*command, *shown, *how, "--report-json-path", report],
        cwd=tmp_path,
        env={**os.environ, **tables, "TOKEN": TOKEN},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    found = json.loads(report.read_text())
    statuses = {phase["status"] for phase in found["phases"].values()}
    if seed is not None:
        # The time may be over before the last phases begin.
        assert statuses <= {"success", "skip"}
        return
    assert statuses == {"success"}
    described = create_app(Settings(profile_dir=tmp_path, cache_dir=tmp_path / "cache"))
    methods = [one for path in document(described)["paths"].values() for one in path]
    assert found["operations"]["tested"] == len(methods)
    assert found["test_cases"]["generated"] > 1000
