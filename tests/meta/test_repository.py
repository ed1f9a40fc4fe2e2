"""Promises of the repository itself: pins, help, versions, sizes, paths."""

from __future__ import annotations

import ast
import configparser
import json
import re
import subprocess
from functools import cache
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import flamescope_py

ROOT = Path(__file__).resolve().parents[2]
PYTHONS = ["3.10", "3.11", "3.12", "3.13", "3.14"]
LONGEST_FILE = 400
GENERATED_TYPES = Path("frontend/src/types/api.ts")


@cache
def tracked_files() -> list[Path]:
    """Return the tracked files, relative to the root. Skip the test without git."""
    try:
        listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError) as problem:
        pytest.skip(f"not a git work tree: {problem}")
    names = [Path(name) for name in listed.decode().split("\0") if name]
    return [name for name in names if (ROOT / name).is_file()]


def setup_cfg() -> configparser.ConfigParser:
    config = configparser.ConfigParser()
    config.read(ROOT / "setup.cfg")
    return config


def requirements() -> list[Requirement]:
    config = setup_cfg()
    lines = config["options"]["install_requires"] + config["options.extras_require"]["dev"]
    return [Requirement(line) for line in lines.splitlines() if line.strip()]


def pins() -> list[Requirement]:
    lines = (ROOT / "constraints.txt").read_text().splitlines()
    return [Requirement(line) for line in lines if line and not line.startswith("#")]


@pytest.mark.parametrize("python", PYTHONS)
def test_every_dependency_has_one_pin_for_each_python(python: str) -> None:
    environment = {"python_version": python}
    pinned = [
        canonicalize_name(pin.name) for pin in pins() if not pin.marker or pin.marker.evaluate(environment)
    ]
    assert len(pinned) == len(set(pinned))
    needed = {
        canonicalize_name(one.name)
        for one in requirements()
        if not one.marker or one.marker.evaluate(environment)
    }
    assert needed - set(pinned) == set()


def test_pins_are_exact_and_name_no_index() -> None:
    for pin in pins():
        assert [one.operator for one in pin.specifier] == ["=="], pin
        assert pin.url is None


HASHED = ["run", "dev", "fleet", "node"]


def hashed(name: str) -> dict[Requirement, list[str]]:
    """Return the lines of a file of `requirements/`, and the hashes of each."""
    text = (ROOT / "requirements" / f"{name}.txt").read_text().replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    found = {}
    for line in lines:
        requirement, *hashes = line.split("--hash=")
        found[Requirement(requirement)] = [one.strip() for one in hashes]
    return found


@pytest.mark.parametrize("name", HASHED)
def test_what_make_installs_has_hashes_and_the_pinned_versions(name: str) -> None:
    versions = {(canonicalize_name(pin.name), str(pin.specifier)) for pin in pins()}
    # The list is for every platform. Some packages are for Windows only, where nothing of this runs.
    lines = {
        line: hashes for line, hashes in hashed(name).items() if any(applies(line, one) for one in PYTHONS)
    }
    assert lines
    for line, hashes in lines.items():
        assert (canonicalize_name(line.name), str(line.specifier)) in versions, f"run .ci/hashes.py: {line}"
        assert hashes
        assert all(re.fullmatch(r"sha256:[0-9a-f]{64}", one) for one in hashes)


def applies(requirement: Requirement, python: str) -> bool:
    environment = {"python_version": python, "python_full_version": f"{python}.20"}
    return not requirement.marker or requirement.marker.evaluate(environment)


@pytest.mark.parametrize("python", PYTHONS)
def test_every_dependency_is_among_them(python: str) -> None:
    lines = [canonicalize_name(one.name) for one in hashed("dev") if applies(one, python)]
    assert len(lines) == len(set(lines))
    assert {canonicalize_name(one.name) for one in requirements() if applies(one, python)} <= set(lines)


def test_pins_satisfy_the_ranges_of_setup_cfg() -> None:
    ranges = {canonicalize_name(one.name): one.specifier for one in requirements()}
    for pin in pins():
        version = str(pin.specifier).removeprefix("==")
        assert ranges.get(canonicalize_name(pin.name), pin.specifier).contains(version), pin


def test_make_help_lists_every_target() -> None:
    makefile = (ROOT / "Makefile").read_text()
    declared = re.search(r"^\.PHONY: (.*)$", makefile, re.MULTILINE)
    assert declared
    listed = subprocess.run(
        ["make", "--no-print-directory"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert re.findall(r"^make ([\w-]+) +\S", listed.stdout, re.MULTILINE) == declared[1].split()


def test_version_is_the_newest_of_the_changelog() -> None:
    changelog = (ROOT / "CHANGELOG.md").read_text()
    released = re.findall(r"^## \[(\d[^\]]*)\]", changelog, re.MULTILINE)
    # Before the first release the version is announced in the text of Unreleased.
    newest = released[0] if released else re.findall(r"to become (\d+\.\d+\.\d+)", changelog)[0]
    assert flamescope_py.__version__ == newest


def test_lock_file_names_no_registry() -> None:
    lock = json.loads((ROOT / "frontend/package-lock.json").read_text())
    assert [name for name, package in lock["packages"].items() if "resolved" in package] == []


def test_files_are_short_enough_to_read() -> None:
    sources = [
        name
        for name in tracked_files()
        if (name.parts[0] == "flamescope_py" or name.parts[:2] == ("frontend", "src"))
        and name.suffix in {".py", ".ts", ".tsx", ".css", ".proto"}
        and not name.stem.endswith("_pb2")
        and name != GENERATED_TYPES
    ]
    lengths = {str(name): len((ROOT / name).read_text().splitlines()) for name in sources}
    assert {name: length for name, length in lengths.items() if length > LONGEST_FILE} == {}


def test_no_tracked_file_names_a_path_of_the_machine_it_was_made_on() -> None:
    places = re.compile(rb"(?<![\w.])/(?:%s)/" % b"|".join([b"work", b"root"]))
    found = [
        f"{name}: {match[0].decode()}"
        for name in tracked_files()
        for match in [places.search((ROOT / name).read_bytes())]
        if match
    ]
    assert found == []


def test_nothing_that_make_makes_is_tracked() -> None:
    made = {".venv", "node_modules", "__pycache__", "static", "dist", "build"}
    assert [str(name) for name in tracked_files() if made & set(name.parts[:-1])] == []


CLOCKS = {"monotonic", "perf_counter", "process_time", "time"}


def measures_a_duration(node: ast.Assert) -> bool:
    """Return whether an assertion compares the difference of two readings of a clock."""
    differences = [
        inner
        for inner in ast.walk(node.test)
        if isinstance(inner, ast.BinOp) and isinstance(inner.op, ast.Sub)
    ]
    calls = [inner.func for one in differences for inner in ast.walk(one) if isinstance(inner, ast.Call)]
    return any(getattr(call, "attr", getattr(call, "id", None)) in CLOCKS for call in calls)


def test_no_test_asserts_a_duration() -> None:
    """Another machine is slower: a duration belongs in `make bench`."""
    assert measures_a_duration(ast.parse("assert monotonic() - began < 1").body[0])  # type: ignore[arg-type]
    found = [
        f"{name}:{node.lineno}"
        for name in tracked_files()
        if name.parts[0] == "tests" and name.suffix == ".py"
        for node in ast.walk(ast.parse((ROOT / name).read_text()))
        if isinstance(node, ast.Assert) and measures_a_duration(node)
    ]
    assert found == []
