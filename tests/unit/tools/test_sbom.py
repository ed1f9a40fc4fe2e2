"""The bill of materials names the needs and the contents of a wheel."""

from __future__ import annotations

import configparser
import hashlib
import json
import re
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tools import sbom

ROOT = Path(__file__).resolve().parents[3]


def wheel_in(folder: Path) -> Path:
    wheel = folder / "flamescope_py-0.1.0-py3-none-any.whl"
    wheel.write_bytes(b"content")
    return wheel


def test_it_has_every_dependency_once_and_no_tool(tmp_path: Path) -> None:
    found = sbom.bill_of(wheel_in(tmp_path))["components"]
    references = [one["bom-ref"] for one in found]
    assert len(references) == len(set(references))
    config = configparser.ConfigParser()
    config.read(ROOT / "setup.cfg")
    lines = config["options"]["install_requires"].split("\n")
    wanted = {canonicalize_name(Requirement(line).name) for line in lines if line.strip()}
    python = {one["name"] for one in found if one["purl"].startswith("pkg:pypi/")}
    assert wanted <= python
    assert not python & {"pip", "pytest", "setuptools"}
    page = json.loads((ROOT / "frontend" / "package.json").read_text())["dependencies"]
    assert set(page) <= {one["name"] for one in found if one["purl"].startswith("pkg:npm/")}


def test_each_component_has_its_version_and_address(tmp_path: Path) -> None:
    for one in sbom.bill_of(wheel_in(tmp_path))["components"]:
        assert re.fullmatch(r"pkg:(pypi|npm)/[A-Za-z0-9%./_-]+@[A-Za-z0-9.%+-]+", one["purl"]), one
        assert one["version"]
        for checksum in one.get("hashes", ()):
            assert re.fullmatch(r"[0-9a-f]{64}|[0-9a-f]{96}|[0-9a-f]{128}", checksum["content"])


def test_it_is_that_of_the_wheel_and_the_same_every_time(tmp_path: Path) -> None:
    wheel = wheel_in(tmp_path)
    first = sbom.bill_of(wheel)
    assert first == sbom.bill_of(wheel)
    digest = hashlib.sha256(b"content").hexdigest()
    assert first["metadata"]["component"]["hashes"] == [{"alg": "SHA-256", "content": digest}]
    assert (first["bomFormat"], first["specVersion"]) == ("CycloneDX", "1.6")
    wheel.write_bytes(b"other")
    assert sbom.bill_of(wheel)["serialNumber"] != first["serialNumber"]
