"""SECURITY.md names a test for every promise, and each of them exists."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ROWS = [
    line
    for line in (ROOT / "SECURITY.md").read_text("utf-8").splitlines()
    if line.startswith("| ") and not re.match(r"\| (promise|attack|---)", line)
]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[2:42])
def test_every_promise_has_a_test_that_exists(row: str) -> None:
    named = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", row)
    assert named
    for path, name in named:
        tree = ast.parse((ROOT / path).read_text("utf-8"))
        assert name in {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}, path


def test_the_tables_are_found() -> None:
    assert len(ROWS) > 40


# The attacks that an instance for many people must withstand.
ATTACKS = [
    "path traversal",
    "symlinks and races",
    "NUL bytes",
    "decompression bombs",
    "deep nesting",
    "pattern bombs",
    "header injection",
    "cross-origin POST",
    "cross-origin DELETE",
    "DNS rebinding",
    "SSRF",
    "XSS in the page",
    "XSS in SVG",
    "XSS in error texts",
    "log injection",
    "timing of the token",
    "request smuggling",
    "other protocols",
    "half-open connections",
    "slow clients",
]


@pytest.mark.parametrize("attack", ATTACKS)
def test_every_attack_has_its_line(attack: str) -> None:
    lines = [row for row in ROWS if row.lower().startswith(f"| {attack}".lower())]
    assert len(lines) == 1
