"""Writes the bill of materials of a wheel in CycloneDX 1.6: what it needs and what is in it; `make wheel`.

The Python packages are those of requirements/run.txt, with which the tests ran; a wheel may be installed with
others. The npm packages are those of the lock file that become part of the page. The same wheel has the same
list: it holds no time, and its number follows from the wheel.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

ROOT = Path(__file__).resolve().parents[1]
PYTHON = ROOT / "requirements" / "run.txt"
NPM = ROOT / "frontend" / "package-lock.json"
# They build and install, and are no part of what runs.
TOOLS = frozenset({"pip", "setuptools", "wheel"})
_LINE = re.compile(r"(?m)^([A-Za-z0-9._-]+)==([^\s;\\]+)(?: *; *([^\\\n]+?))? *\\?$")
_HASHES = {"sha256": "SHA-256", "sha384": "SHA-384", "sha512": "SHA-512"}
_MODULES = "node_modules/"

Component = dict[str, Any]


def main() -> None:
    """Write the list beside each wheel that is named."""
    for argument in sys.argv[1:]:
        wheel = Path(argument)
        target = wheel.with_suffix(".cdx.json")
        target.write_text(json.dumps(bill_of(wheel), indent=2) + "\n")


def bill_of(wheel: Path) -> dict[str, Any]:
    """Return the bill of materials of a wheel."""
    name, version = wheel.name.split("-")[:2]
    digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
    root = _component("application", name.replace("_", "-"), version, "pypi")
    root["hashes"] = [{"alg": "SHA-256", "content": digest}]
    found = sorted((*python_packages(), *npm_packages()), key=lambda one: str(one["bom-ref"]))
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, digest)}",
        "version": 1,
        "metadata": {"component": root},
        "components": found,
        "dependencies": [{"ref": root["bom-ref"], "dependsOn": [one["bom-ref"] for one in found]}],
    }


def python_packages() -> Iterator[Component]:
    """Yield the Python packages that run, each with the condition under which it is installed."""
    for name, version, marker in _LINE.findall(PYTHON.read_text("utf-8")):
        if name in TOOLS:
            continue
        component = _component("library", name, version, "pypi")
        if marker:
            component["properties"] = [{"name": "flamescope-py:marker", "value": marker}]
        yield component


def npm_packages() -> Iterator[Component]:
    """Yield the npm packages of the page."""
    for path, entry in json.loads(NPM.read_text("utf-8"))["packages"].items():
        if not path or entry.get("dev"):
            continue
        component = _component("library", path.rpartition(_MODULES)[2], entry["version"], "npm")
        if "license" in entry:
            component["licenses"] = [{"expression": entry["license"]}]
        kind, _, value = entry.get("integrity", "").partition("-")
        if kind in _HASHES:
            content = base64.b64decode(value).hex()
            component["hashes"] = [{"alg": _HASHES[kind], "content": content}]
        yield component


def _component(kind: str, name: str, version: str, source: str) -> Component:
    purl = f"pkg:{source}/{quote(name, safe='/')}@{quote(version)}"
    return {"type": kind, "bom-ref": purl, "name": name, "version": version, "purl": purl}


if __name__ == "__main__":
    main()
