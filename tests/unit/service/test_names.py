"""The names that other modules take from the service, and those that must agree with their tables."""

from __future__ import annotations

import ast
from pathlib import Path

from flamescope_py import service
from flamescope_py.analysis.flavours.table import FLAVOURS
from flamescope_py.analysis.vocabulary import FLAVOUR_NAMES
from flamescope_py.readers.registry import readers
from flamescope_py.readers.types import TYPES


def test_every_name_of_the_service_is_where_it_says() -> None:
    declared = set()
    for node in ast.walk(ast.parse(Path(service.__file__).read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("flamescope_py."):
            module = str(node.module).removeprefix("flamescope_py.")
            declared |= {(alias.name, module) for alias in node.names}
    assert declared == set(service._HOMES.items())
    for name in service._HOMES:
        assert getattr(service, name) is not None


def test_there_is_no_other_name() -> None:
    assert not hasattr(service, "nothing")


def test_names_for_the_command_line_are_those_of_the_tables() -> None:
    assert tuple(FLAVOURS) == FLAVOUR_NAMES
    assert {reader.type for reader in readers()} == set(TYPES)
