"""The kinds of inputs, and which share of all inputs each has."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from random import Random

from tools.fuzz.kinds.kind import Kind

# By the name of the module: the printed name, and its share of the inputs.
TITLES: Mapping[str, str] = {
    "perf_text": "perf text",
    "json_files": "JSON",
    "protobuf": "protobuf",
    "formats": "other formats",
    "index": "index files",
    "heads": "HTTP heads",
    "ssh": "SSH output",
}
SHARES: Mapping[str, float] = {
    "perf_text": 0.25,
    "json_files": 0.15,
    "protobuf": 0.05,
    "formats": 0.2,
    "index": 0.1,
    "heads": 0.15,
    "ssh": 0.1,
}


def make_kind(name: str, chance: Random, folder: Path) -> Kind:
    """Return a kind that is ready to make and to try inputs; it may write below `folder`."""
    kind: Kind = import_module(f"tools.fuzz.kinds.{name}").Inputs(chance, folder)
    return kind
