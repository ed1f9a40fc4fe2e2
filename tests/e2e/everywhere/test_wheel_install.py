"""The wheel installs and serves in an environment without Node, compiler and network.

One test, because two would build the wheel twice where they run in two processes.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator
from importlib.metadata import distribution, distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from playwright.sync_api import Page, expect

from tests.e2e.explorer import Explorer
from tests.e2e.raw import cells, raw_samples
from tests.e2e.running import EXAMPLES, NODE20, ROOT, copy_examples

pytestmark = [pytest.mark.chromium, pytest.mark.slow]

ROWS = 50
SOURCES = ("setup.cfg", "pyproject.toml", "README.md", "LICENSE")


def run(*command: str | Path, cwd: Path, **more: str) -> None:
    words = [str(word) for word in command]
    done = subprocess.run(words, cwd=cwd, capture_output=True, text=True, env=os.environ | more, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def without_network() -> list[str]:
    """Return the command that runs another without a network. Skip the test if this user may not."""
    unshare = shutil.which("unshare")
    if unshare is None:
        pytest.skip("needs unshare: install Debian's util-linux")
    command = [unshare, *([] if os.geteuid() == 0 else ["--map-root-user"]), "--net", "--"]
    if subprocess.run([*command, "true"], capture_output=True, check=False).returncode:
        pytest.skip("this user may not make a network of its own")
    return command


@pytest.fixture
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build our wheel."""
    if not (ROOT / "flamescope_py" / "static" / "index.html").exists():
        pytest.fail("the front end is not built: make frontend")
    source, house = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("wheels")
    for name in SOURCES:
        shutil.copy(ROOT / name, source)
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "flamescope_py", source / "flamescope_py", ignore=ignored)
    run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", house, cwd=source)
    (wheel,) = house.glob("*.whl")
    return wheel


def link_needed(site: Path, requirements: Iterable[str] | None) -> None:
    """Link the distributions that requirements name, and theirs, from this environment into another one.

    A distribution that is not required stays unseen there. To download and install them takes a minute.
    """
    for requirement in map(Requirement, requirements or ()):
        if requirement.marker is not None and not requirement.marker.evaluate({"extra": ""}):
            continue
        found = distribution(requirement.name)
        parts = {file.parts[0] for file in found.files or () if file.parts[0] not in {"..", "__pycache__"}}
        new = [part for part in parts if not (site / part).exists()]
        for part in new:
            (site / part).symlink_to(str(found.locate_file(part)))
        if new:
            link_needed(site, found.requires)


@pytest.fixture
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Install with nothing on the path but Python. Return the environment."""
    place = tmp_path_factory.mktemp("installed") / "env"
    run(sys.executable, "-m", "venv", "--without-pip", place, cwd=place.parent)
    python = place / "bin" / "python"
    pip: list[str | Path] = [*without_network(), sys.executable, "-m", "pip", "--python", python]
    path = {"PATH": str(place / "bin")}
    run(*pip, "install", "--quiet", "--no-index", "--no-deps", wheel, cwd=place.parent, **path)
    [site] = place.glob("lib/python*/site-packages")
    [own] = distributions(name="flamescope-py", path=[str(site)])
    link_needed(site, own.requires)
    # Everything that anything there requires is there, in a version that suits.
    run(*pip, "check", cwd=place.parent, **path)
    return place


@pytest.fixture
def address(installed: Path, tmp_path: Path) -> Iterator[str]:
    """Serve the examples by the installed command, with only the environment on its path."""
    profiles = copy_examples(tmp_path / "profiles")
    command = [installed / "bin" / "flamescope-py", "serve", profiles, "--port", "0"]
    with (tmp_path / "log").open("w") as log:
        process = subprocess.Popen(
            [str(word) for word in command],
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            cwd=tmp_path,
            env={"PATH": str(installed / "bin"), "HOME": str(tmp_path)},
        )
    assert process.stdout is not None
    line = process.stdout.readline()
    found = re.search(r"http://\S+/", line)
    assert found, line + (tmp_path / "log").read_text()
    yield found[0]
    process.terminate()
    process.communicate(timeout=60)
    assert process.returncode == 0


def check_that_it_finds_no_other_tools(installed: Path) -> None:
    code = "import flamescope_py as f, shutil as s; print(f.__file__, s.which('node'), s.which('gcc'))"
    found = subprocess.run(
        [installed / "bin" / "python", "-c", code],
        capture_output=True,
        text=True,
        cwd=installed,
        env={"PATH": str(installed / "bin")},
        check=True,
    ).stdout.split()
    assert found[0].startswith(str(installed))
    assert found[1:] == ["None", "None"]


def test_it_shows_a_heatmap_with_nothing_else_installed(installed: Path, address: str, page: Page) -> None:
    check_that_it_finds_no_other_tools(installed)
    explorer = Explorer(page, address).open(NODE20, rows=ROWS)
    counted = cells(raw_samples(EXAMPLES / NODE20), ROWS)
    assert max(counted.values()) > 3
    expect(explorer.heatmap).to_have_attribute("data-maxvalue", str(max(counted.values())))
    expect(explorer.heatmap).to_have_attribute("data-rows", str(ROWS))
