"""Files exported by the page: of a selection, and of a comparison with both sides."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from pathlib import Path

import orjson
import pytest
from playwright.sync_api import expect

from tests.e2e.explorer import Explorer
from tests.e2e.raw import raw_samples, within
from tests.e2e.running import EXAMPLES, NODE18

pytestmark = pytest.mark.chromium

SAMPLES = raw_samples(EXAMPLES / NODE18)
A, B = (9.76, 10.28), (0.0, 4.0)
PNG = b"\x89PNG\r\n\x1a\n"


def saved(explorer: Explorer, form: str) -> tuple[str, bytes]:
    """Choose a format in the menu. Return the name and the content of the file."""
    explorer.id("export").click()
    with explorer.page.expect_download() as waiting:
        explorer.id(f"export-{form}").click()
    return waiting.value.suggested_filename, Path(waiting.value.path()).read_bytes()


def counts(folded: bytes) -> list[int]:
    """Add up the numbers behind the stacks, by their place."""
    rows = [line.rsplit(" ", 2)[1:] for line in folded.decode().splitlines()]
    return [sum(int(row[place]) for row in rows) for place in (0, 1)]


def compared(explorer: Explorer, **more: str | float) -> Explorer:
    ranges = {"start": A[0], "end": A[1], "compareStart": B[0], "compareEnd": B[1]}
    return explorer.open(NODE18, **{"compare": "differential", **ranges, **more})


def test_a_difference_is_saved_with_both_sides(explorer: Explorer) -> None:
    numbers = [len(within(SAMPLES, *side)) for side in (A, B)]
    compared(explorer)
    name, folded = saved(explorer, "folded")
    assert name == f"{NODE18}.9.76-10.28s.diff.folded"
    assert counts(folded) == numbers
    name, picture = saved(explorer, "svg")
    assert name == f"{NODE18}.9.76-10.28s.diff.svg"
    titles = [element.text for element in ET.fromstring(picture).iter() if element.tag.endswith("title")]
    assert titles[0] == f"{NODE18} 9.76 to 10.28 s beside {NODE18} 0 to 4 s"
    assert f"root: {numbers[0]} samples, 100.00%" in titles
    assert any(title and title.startswith("+") for title in titles)
    name, nested = saved(explorer, "nested")
    assert name == f"{NODE18}.9.76-10.28s.diff.json"
    assert "d" in orjson.loads(nested)
    name, drawn = saved(explorer, "png")
    assert name == f"{NODE18}.9.76-10.28s.diff.png"
    assert drawn.startswith(PNG)
    explorer.id("compare-flip").click()
    expect(explorer.id("compare-bar")).to_have_attribute("data-flip", "true")
    explorer.settled()
    assert counts(saved(explorer, "folded")[1]) == numbers[::-1]
    explorer.id("export").click()
    expect(explorer.id("export-pprof")).to_contain_text("one side only")


def test_what_only_the_other_side_has_is_saved_in_every_form(explorer: Explorer) -> None:
    compared(explorer, compare="elided")
    shown = explorer.number(explorer.flame, "zoom-samples")
    name, folded = saved(explorer, "folded")
    assert name == f"{NODE18}.0-4s.elided.folded"
    assert sum(int(line.rpartition(" ")[2]) for line in folded.decode().splitlines()) == shown
    for form in ("svg", "speedscope", "pprof", "nested", "png"):
        name, content = saved(explorer, form)
        assert ".elided." in name
        assert content


def test_a_selection_and_the_rest_are_saved_in_every_form(explorer: Explorer) -> None:
    numbers = [len(within(SAMPLES, *A)), len(SAMPLES) - len(within(SAMPLES, *A))]
    explorer.open(NODE18, start=A[0], end=A[1], compare="differential", rest=1)
    expect(explorer.flame).to_have_attribute("data-samples", str(numbers[0]))
    name, folded = saved(explorer, "folded")
    assert name == f"{NODE18}.9.76-10.28s.diff.folded"
    assert counts(folded) == numbers
    picture = saved(explorer, "svg")[1]
    assert f"{NODE18} 9.76 to 10.28 s beside {NODE18} without 9.76 to 10.28 s" in picture.decode()
    assert "d" in orjson.loads(saved(explorer, "nested")[1])
    assert saved(explorer, "png")[1].startswith(PNG)
    explorer.id("compare-flip").click()
    expect(explorer.flame).to_have_attribute("data-samples", str(numbers[1]))
    explorer.settled()
    assert counts(saved(explorer, "folded")[1]) == numbers[::-1]
    explorer.id("compare-kind").get_by_text("Only in A").click()
    expect(explorer.id("compare-bar")).to_have_attribute("data-kind", "elided")
    explorer.settled()
    for form in ("folded", "speedscope", "pprof", "svg", "nested", "png"):
        name, content = saved(explorer, form)
        assert ".elided." in name
        assert content


def test_the_samples_of_a_range_are_saved_with_their_times_and_it_is_linked(explorer: Explorer) -> None:
    explorer.open(NODE18, start=A[0], end=A[1])
    name, content = saved(explorer, "firefox")
    assert name == f"{NODE18}.9.76-10.28s.firefox.json"
    found = orjson.loads(content)
    times = [time for thread in found["threads"] for time in thread["samples"]["time"]]
    expected = [float(sample.written) * 1e3 for sample in within(SAMPLES, *A)]
    assert sorted(times) == pytest.approx(sorted(expected), abs=1e-6)
    link_to_the_rest(explorer)


def link_to_the_rest(explorer: Explorer) -> None:
    """Compare a selection with the rest. A link to it shows the same."""
    explorer.id("compare").click()
    explorer.id("compare-rest").click()
    explorer.settled()
    expect(explorer.id("compare-words")).to_have_text("A 9.76–10.28 s, compared with B the rest")
    shown = explorer.id("frame-table").text_content()
    address = explorer.page.url
    assert "rest=1" in address
    explorer.page.reload()
    explorer.settled()
    assert explorer.page.url == address
    expect(explorer.id("compare-words")).to_have_text("A 9.76–10.28 s, compared with B the rest")
    assert explorer.id("frame-table").text_content() == shown
