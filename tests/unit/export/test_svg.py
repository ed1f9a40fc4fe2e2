from __future__ import annotations

import re
import xml.etree.ElementTree as ET

import numpy as np
import pytest

from flamescope_py.analysis.flamegraph import FlameGraph
from flamescope_py.export.about import About, SmallHeatmap
from flamescope_py.export.svg import MARGIN, ROW, colour, svg
from flamescope_py.model import Frame
from tests.support.exports import GRAPHS, HOSTILE, PLAIN, graph_of, names

NS = "{http://www.w3.org/2000/svg}"


def drawn(graph: FlameGraph, title: str = "perf.out", width: int = 1200) -> ET.Element:
    return ET.fromstring(b"".join(svg(graph, title, width)))


def boxes(root: ET.Element) -> dict[str, tuple[float, float, float]]:
    """Return left edge, top and width of each frame by its tooltip."""
    return {
        box.findtext(f"{NS}title") or "": (
            float(box.attrib["x"]),
            float(box.attrib["y"]),
            float(box.attrib["width"]),
        )
        for box in root.findall(f"{NS}svg")
    }


@pytest.mark.parametrize("name", GRAPHS)
def test_every_graph_is_well_formed_and_harmless(name: str) -> None:
    text = b"".join(svg(GRAPHS[name], HOSTILE)).decode()
    root = ET.fromstring(text)
    tags = {element.tag.removeprefix(NS) for element in root.iter()}
    assert tags <= {"svg", "title", "rect", "text"}
    attributes = {key for element in root.iter() for key in element.attrib}
    assert not {key for key in attributes if key.startswith("on") or "href" in key or key == "style"}
    links = re.findall(r"https?://[^\s\"]+", text)
    assert links == ["http://www.w3.org/2000/svg"]


def test_frames_stand_on_their_callers_with_widths_by_samples() -> None:
    found = boxes(drawn(PLAIN))
    inside = 1200 - 2 * MARGIN
    left, bottom, width = found["root: 5 samples, 100.00%"]
    assert (left, width) == (MARGIN, inside - 0.5)
    node = found["node: 4 samples, 80.00%"]
    assert node[1] == bottom - ROW
    assert node[2] == pytest.approx(inside * 4 / 5 - 0.5)
    main = found["main (/usr/bin/node): 4 samples, 80.00%"]
    assert main[0] == node[0] == pytest.approx(MARGIN + inside / 5)
    f, read = (
        found["f (/tmp/perf-1.map): 2 samples, 40.00%"],
        found["sys_read ([kernel.kallsyms]): 1 samples, 20.00%"],
    )
    assert f[0] == main[0]
    assert read[0] == pytest.approx(f[0] + inside * 2 / 5)


def test_whole_names_are_text_though_their_frame_is_narrower() -> None:
    long = "n" * 500
    root = drawn(graph_of(names(f"a;{long}", "b")), width=300)
    assert long in [text.text for text in root.iter(f"{NS}text")]


def test_narrow_frames_are_left_out_with_what_stands_on_them_and_counted() -> None:
    root = drawn(graph_of(names("a;b", "x;y;z", "x;y;w"), [1_000_000, 1, 1]))
    assert len(boxes(root)) == 3
    notes = [text.text or "" for text in root.findall(f"{NS}text")]
    assert "1,000,002 samples; 4 frames narrower than 0.2 pixels are not drawn" in notes
    notes = [text.text or "" for text in drawn(PLAIN).findall(f"{NS}text")]
    assert "5 samples" in notes


def test_width_and_unit() -> None:
    assert drawn(PLAIN, width=640).attrib["width"] == "640"
    assert drawn(PLAIN, width=1).attrib["width"] == "200"
    assert b"5 microseconds, 100.00%" in b"".join(svg(PLAIN, "t", unit="microseconds"))


def test_colours_say_the_kind_and_are_always_the_same() -> None:
    kinds = ("", "user", "kernel", "jit", "inlined", "other")
    colours = {kind: colour(Frame("f", "", kind)) for kind in kinds}
    assert len(set(colours.values())) == 5
    assert colours["other"] == colours[""]
    assert colour(Frame("f", "", "user")) == "#f3c28f"
    assert colour(Frame("g", "", "user")) != colour(Frame("f", "", "user"))


def test_deep_stacks() -> None:
    found = boxes(drawn(GRAPHS["deep"]))
    assert len(found) == 5_001
    tops = sorted(top for _, top, _ in found.values())
    assert tops[-1] - tops[0] == 5_000 * ROW


def test_range_filters_and_a_small_heatmap_stand_above_the_graph() -> None:
    cells = np.array([[0, 2], [1, 0], [4, 4]])
    about = About("perf.out", ("1 to 2 s", f"command {HOSTILE}"), SmallHeatmap(cells, 1, (1.0, 2.0)))
    root = ET.fromstring(b"".join(svg(PLAIN, about.title, about=about)))
    texts = [element.text or "" for element in root.findall(f"{NS}text")]
    assert texts[2].startswith("1 to 2 s · command </title>")
    drawn_cells = "".join(path.attrib["d"] for path in root.findall(f"{NS}path")).count("M")
    assert drawn_cells == np.count_nonzero(cells)
    field, selected = root.findall(f"{NS}rect")[1:]
    assert float(selected.attrib["x"]) - float(field.attrib["x"]) == float(selected.attrib["width"]) == 12
    plain = drawn(PLAIN)
    assert float(root.attrib["height"]) > float(plain.attrib["height"])
    assert len(boxes(root)) == len(boxes(plain))
