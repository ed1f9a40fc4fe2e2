"""Two graphs in one file."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

import pytest

from flamescope_py.analysis.compare import Pair, differential, elided
from flamescope_py.analysis.flamegraph import FlameGraph
from flamescope_py.analysis.measure import TIME, Measure, share_measure
from flamescope_py.export import DIFFERENCES
from flamescope_py.export.difference import folded_difference, svg_difference
from tests.support.exports import GRAPHS, HOSTILE, PLAIN, graph_of, names

NS = "{http://www.w3.org/2000/svg}"
ONE = graph_of(names("a;b", "a;b", "a;c", "a;d 7"))
OTHER = graph_of(names("a;b", "a;e"))


def pair(first: FlameGraph, second: FlameGraph) -> Pair:
    return Pair(first, second, differential(first, second), share_measure(first.samples, second.samples))


def lines(first: FlameGraph, second: FlameGraph) -> list[str]:
    return b"".join(folded_difference(pair(first, second))).decode().splitlines()


def boxes(first: FlameGraph, second: FlameGraph) -> dict[str, tuple[str, str | None]]:
    """Return fill and text of each frame by its tooltip."""
    root = ET.fromstring(b"".join(svg_difference(pair(first, second), "title")))
    found = {}
    for box in root.findall(f"{NS}svg"):
        rect = box.find(f"{NS}rect")
        assert rect is not None
        found[box.findtext(f"{NS}title") or ""] = (rect.attrib["fill"], box.findtext(f"{NS}text"))
    return found


def test_both_counts_stand_behind_every_stack_of_either() -> None:
    assert lines(ONE, OTHER) == ["a;b 2 1", "a;c 1 0", "a;d 7 1 0", "a;e 0 1"]
    assert lines(OTHER, ONE)[0] == "a;b 1 2"
    assert lines(graph_of([]), OTHER) == ["a;b 0 1", "a;e 0 1"]
    assert lines(graph_of([]), graph_of([])) == []


def test_a_picture_says_and_shows_what_is_more_and_less() -> None:
    found = boxes(ONE, graph_of(names("a;b", "a;b", "a;b", "a;c")))
    # 2 of 4 to 3 of 4; 1 to 1; 1 to none.
    assert found == {
        "root: 4 samples, 100.00%": ("#e8e8e8", "root"),
        "a: 4 samples, 100.00%": ("#e8e8e8", "a"),
        "-25.0 b: 2 samples, 50.00%": ("#62a9ff", "-25.0 b"),
        "c: 1 samples, 25.00%": ("#e8e8e8", "c"),
        "+25.0 d 7: 1 samples, 25.00%": ("#fa7d73", "+25.0 d 7"),
    }


def test_a_picture_of_amounts_has_no_change_where_only_another_function_grew() -> None:
    # Each sample is 10 ms of CPU time; one side has 2 s of recording, the other 1 s.
    compared = pair(graph_of(names("a;b", "a;b", "a;c")), graph_of(names("a;b")))
    text = b"".join(svg_difference(compared._replace(measure=Measure(TIME, 0.005, 0.01)), "title")).decode()
    assert "difference by CPU time per second of recording" in text
    assert "<title>b: 2 samples, 66.67%</title>" in text
    assert "<title>+5.00 ms c: 1 samples, 33.33%</title>" in text


def test_a_caller_counts_what_only_the_other_has_below_it() -> None:
    found = boxes(graph_of(names("a;b", "a;c")), graph_of(names("a;x", "a;y")))
    assert found["a: 2 samples, 100.00%"][0] == "#e8e8e8"
    assert found["+50.0 b: 1 samples, 50.00%"][0] == "#fa7d73"


@pytest.mark.parametrize("form", DIFFERENCES)
@pytest.mark.parametrize("name", GRAPHS)
def test_every_graph_can_be_compared(form: str, name: str) -> None:
    for first, second in ((GRAPHS[name], PLAIN), (PLAIN, GRAPHS[name]), (GRAPHS[name], GRAPHS[name])):
        text = b"".join(DIFFERENCES[form].write(pair(first, second), HOSTILE, "samples")).decode()
        if form == "svg":
            tags = {element.tag.removeprefix(NS) for element in ET.fromstring(text).iter()}
            assert tags <= {"svg", "title", "rect", "text"}
        else:
            found = [re.fullmatch(r".+ ([0-9]+) ([0-9]+)", line) for line in text.split("\n")[:-1]]
            sums = [sum(int(one[side]) for one in found if one) for side in (1, 2)]
            assert sums == [first.samples, second.samples]


def test_an_elided_graph_has_no_difference_to_draw() -> None:
    with pytest.raises(ValueError, match="elided"):
        list(svg_difference(Pair(ONE, OTHER, elided(ONE, OTHER), share_measure(4, 2)), "title"))
