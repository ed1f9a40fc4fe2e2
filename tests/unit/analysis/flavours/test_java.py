"""A real recording of Java, with the names of the JDK's own map."""

from __future__ import annotations

from pathlib import Path

import pytest

from flamescope_py.analysis.flamegraph import FlameGraph, flame_graph
from flamescope_py.analysis.selection import Selection
from flamescope_py.export.folded import folded
from flamescope_py.readers.source import read_profile
from tests.support.views import select

RECORDING = Path(__file__).resolve().parents[3] / "data" / "java" / "prices.perf.out.gz"
MAIN = "Prices.main(java.lang.String[])"


def graph(flavor: str) -> FlameGraph:
    with RECORDING.open("rb") as file:
        return flame_graph(select(read_profile(file, "perf"), Selection(flavor=flavor)))


def stacks(flavor: str) -> dict[str, int]:
    text = b"".join(folded(graph(flavor))).decode()
    lines = (line.rpartition(" ") for line in text.splitlines())
    found: dict[str, int] = {}
    for stack, _, count in lines:
        found[stack] = found.get(stack, 0) + int(count)
    return found


def test_packages_are_levels() -> None:
    plain, packages = stacks("standard"), stacks("java-packages")
    leaf = f"void org.example.shop.{MAIN}"
    own = sum(count for stack, count in plain.items() if stack.removesuffix("_[j]").endswith(leaf))
    assert own > 10
    assert sum(count for stack, count in packages.items() if f"java;org;example;shop;{MAIN}" in stack) == own
    assert any(stack.startswith("java;java;util;HashMap.") for stack in packages)


@pytest.mark.parametrize("flavor", ["nodejs", "nodejs-packages", "java-packages"])
def test_no_sample_is_lost(flavor: str) -> None:
    assert sum(stacks(flavor).values()) == sum(stacks("standard").values()) == graph(flavor).samples > 50
