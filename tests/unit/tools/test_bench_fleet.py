"""The collection of `make bench-fleet` holds the samples that it promises, and its questions have answers."""

from __future__ import annotations

from pathlib import Path

import pytest

from flamescope_py.fleet.cut import Cut
from tests.support.fleet import opened
from tools.bench.fleet.made import Size, make
from tools.bench.fleet.questions import Floor, questions

SMALL = Size(services=2, hosts=3, days=2, samples=200)


@pytest.mark.parametrize("size", [SMALL, SMALL._replace(drawn=1)], ids=["every day drawn", "one day drawn"])
def test_the_made_collection_answers_as_its_floors_do(tmp_path: Path, size: Size) -> None:
    make(tmp_path, size)
    collection, floor = opened(tmp_path), Floor(tmp_path, 1)
    at = collection.moment()
    assert at.left_out == ()
    cut = Cut(collection.span(at))
    totals = collection.totals(at, cut, "host").to_pylist()
    assert [row["samples"] for row in totals] == [2 * 200] * 6
    assert [row["windows"] for row in totals] == [2 * 24] * 6
    for kind, (question, _) in questions(size, tmp_path, 1):
        floor.prepare(question)
        found = floor.ask(question)
        if kind.name.startswith("tree"):
            service = Cut(cut.span, services=(question.query["service"],))
            assert len(collection.tree(at, service).samples) == found
    collection.close()
