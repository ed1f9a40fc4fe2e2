from __future__ import annotations

import pytest

from flamescope_py.export import FORMATS, stacks
from flamescope_py.export.about import About
from tests.support.exports import GRAPHS, PLAIN


@pytest.mark.parametrize("name", FORMATS)
def test_each_format_of_the_table_writes_bytes(name: str) -> None:
    export = FORMATS[name]
    assert export.name == name
    assert export.suffix.startswith(".")
    assert "/" in export.media_type
    for graph in GRAPHS.values():
        assert all(isinstance(part, bytes) for part in export.write(graph, About("a title"), "samples"))
    assert b"".join(export.write(PLAIN, About("a title"), "microseconds"))


@pytest.mark.parametrize("size", [1, 2, 3])
def test_stacks_are_the_same_in_batches(monkeypatch: pytest.MonkeyPatch, size: int) -> None:
    whole = {name: list(stacks.stacks(graph)) for name, graph in GRAPHS.items()}
    for name, graph in GRAPHS.items():
        assert sum(own for _, own in whole[name]) == int(graph.own.sum())
    monkeypatch.setattr(stacks, "BATCH", size)
    assert {name: list(stacks.stacks(graph)) for name, graph in GRAPHS.items()} == whole
