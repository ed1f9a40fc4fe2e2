"""Links of the original's front end, which people have in chats and tickets, open the same thing here."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from urllib.parse import quote, urlencode
from urllib.request import urlopen

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.conftest import rested
from tests.e2e.explorer import Explorer, containing
from tests.e2e.raw import raw_samples, within
from tests.e2e.running import EXAMPLES, NODE18, NODE20, ROOT, Server, copy_examples, serving

pytestmark = pytest.mark.chromium

SAMPLES = raw_samples(EXAMPLES / NODE18)
OTHER_SAMPLES = raw_samples(EXAMPLES / NODE20)
DATA = ROOT / "tests" / "data"
FOLDER = "a b/c%d"
CPU_PROFILE = "a folder/node.cpuprofile.gz"
# Holds both kinds; the link names the one that is meant.
TRACE = "chromium trace.json.gz"
FLIX = "stack.nflxprofile"
FILES = {
    CPU_PROFILE: DATA / "cpuprofile" / "node20.cpuprofile.gz",
    TRACE: DATA / "trace_event" / "chromium.json.gz",
    FLIX: DATA / "nflxprofile" / FLIX,
}
KINDS = (
    ("cpuprofile", CPU_PROFILE),
    ("cpuprofile", TRACE),
    ("trace_event", TRACE),
    ("nflxprofile", FLIX),
)


@pytest.fixture(scope="module")
def mixed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server of every format that the original opens, and of a folder."""
    folder = copy_examples(tmp_path_factory.mktemp("mixed"))
    copy_examples(folder / FOLDER)
    for name, file in FILES.items():
        (folder / name).parent.mkdir(exist_ok=True)
        shutil.copyfile(file, folder / name)
    with serving(folder, tmp_path_factory.mktemp("cache")) as server:
        yield server


def value(server: Server, name: str, kind: str, *bounds: str) -> int:
    """Return the sum of all values in the answer to a request as FlameScope's page sends it."""
    query = {"filename": name, "type": kind} | dict(zip(("start", "end"), bounds, strict=False))
    with urlopen(f"{server.url}flamegraph/?{urlencode(query)}", timeout=60) as answer:
        nodes = [json.load(answer)]
    total = 0
    while nodes:
        node = nodes.pop()
        total += node["v"]
        nodes += node["c"]
    return total


def test_old_links_open_the_same_thing(window: Page, mixed: Server) -> None:
    page = rested(window, mixed.url)
    explorer = Explorer(page, mixed.url)
    page.goto(f"{mixed.url}#/heatmap/unknown/{NODE18}")
    explorer.expect_whole(len(SAMPLES))
    expect(explorer.id("profile-name")).to_have_text(NODE18)
    page.goto(f"{mixed.url}#/flamegraph/perf/{NODE18}/14.76/15.52")
    explorer.expect_selected(14.76, 15.52, len(within(SAMPLES, 14.76, 15.52)))
    expect(page).to_have_url(containing("#/explore?"))
    # From the list, into a folder.
    rested(page, mixed.url)
    page.goto(f"{mixed.url}#/flamegraph/perf/{quote(FOLDER, safe='')}%2F{NODE18}/0/4.5")
    explorer.expect_selected(0, 4.5, len(within(SAMPLES, 0, 4.5)))
    # A redirect, not a step: Back does not lead into it again.
    page.get_by_test_id("home-link").click()
    folder = page.locator(f"[data-testid=profile-folder][data-folder='{FOLDER}']")
    expect(folder).to_be_visible()
    page.go_back()
    expect(page.get_by_test_id("profile-name")).to_have_text(f"{FOLDER}/{NODE18}")


def test_the_type_of_a_link_says_how_a_file_is_read(window: Page, mixed: Server) -> None:
    explorer = Explorer(rested(window, mixed.url), mixed.url)
    for kind, name in KINDS:
        for link, bounds in (("heatmap", ()), ("flamegraph", ("0", "1"))):
            window.goto("/".join((f"{mixed.url}#", link, kind, quote(name, safe=""), *bounds)))
            expect(explorer.id("profile-name")).to_have_text(name)
            total = value(mixed, name, kind, *bounds)
            assert total > 0
            expect(explorer.flame).to_have_attribute("data-samples", str(total))
            expect_bounds(explorer.summary, (0, 1) if bounds else None)
    # One file, two readings.
    assert value(mixed, TRACE, "cpuprofile") != value(mixed, TRACE, "trace_event")


def test_comparisons_of_ranges(explorer: Explorer) -> None:
    """Of two ranges of one profile, of one range with itself, and of two profiles."""
    page = explorer.page
    for kind in ("differential", "elided"):
        page.goto(f"{explorer.url}#/{kind}/perf/{NODE18}/14.76/15.52/compare/perf/{NODE18}/1/2.5")
        expect_compared(explorer, kind, (14.76, 15.52), (1, 2.5))
        expect(explorer.summary).to_have_attribute("data-samples", str(len(within(SAMPLES, 14.76, 15.52))))
        second = explorer.id("compare-summary")
        expect(second).to_have_attribute("data-samples", str(len(within(SAMPLES, 1, 2.5))))
        expect(explorer.id("compare-heatmap")).to_have_count(0)
        # Stacks only in the second profile are drawn with the second's own counts.
        drawn = (14.76, 15.52) if kind == "differential" else (1, 2.5)
        expect(explorer.flame).to_have_attribute("data-samples", str(len(within(SAMPLES, *drawn))))
    page.goto(f"{explorer.url}#/elided/perf/{NODE18}/14/16/compare/perf/{NODE18}/14/16")
    expect_compared(explorer, "elided", (14, 16), (14, 16))
    expect(explorer.id("no-samples")).to_have_text("B has no stacks of its own.Show those only in A")
    for link, chosen in {
        f"#/differential/perf/{NODE18}/14.76/15.52/compare/perf/{NODE20}/5/6": (14.76, 15.52),
        # On the way there: the other side was chosen first.
        f"#/compare/perf/{NODE20}/5/6/heatmap/perf/{NODE18}": None,
    }.items():
        page.goto(explorer.url + link)
        expect_compared(explorer, "differential", chosen, (5, 6))
        expect(explorer.id("profile-name")).to_have_text(NODE18)
        expect(explorer.id("compare-file")).to_contain_text(NODE20)
        expect(explorer.id("compare-heatmap")).to_have_attribute("data-samples", str(len(OTHER_SAMPLES)))
        samples = within(SAMPLES, *chosen) if chosen else SAMPLES
        expect(explorer.flame).to_have_attribute("data-samples", str(len(samples)))


def test_whole_profiles_of_two_types_are_compared(window: Page, mixed: Server) -> None:
    page = rested(window, mixed.url)
    first, second = quote(CPU_PROFILE, safe=""), quote(TRACE, safe="")
    page.goto(f"{mixed.url}#/elided/cpuprofile/{first}/compare/trace_event/{second}")
    explorer = expect_compared(Explorer(page, mixed.url), "elided", None, None)
    expect(explorer.id("profile-name")).to_have_text(CPU_PROFILE)
    expect(explorer.id("compare-file")).to_contain_text(TRACE)
    page.goto(f"{mixed.url}#/differential/cpuprofile/{second}/compare/trace_event/{second}")
    explorer = expect_compared(Explorer(page, mixed.url), "differential", None, None)
    total = value(mixed, TRACE, "cpuprofile")
    expect(explorer.flame).to_have_attribute("data-samples", str(total))


def test_a_choice_of_what_to_compare_with(explorer: Explorer) -> None:
    explorer.page.goto(f"{explorer.url}#/compare/perf/{NODE18}/14.76/15.52")
    expect_compared(explorer, "differential", (14.76, 15.52), None)
    expect(explorer.id("profile-name")).to_have_text(NODE18)
    # The next drag on the same heatmap may choose it.
    expect(explorer.id("compare-side")).to_be_visible()


def expect_compared(
    explorer: Explorer, kind: str, first: tuple[float, float] | None, second: tuple[float, float] | None
) -> Explorer:
    """Wait until two ranges are compared in a way; None for all of a profile."""
    bar = explorer.id("compare-bar")
    expect(bar).to_have_attribute("data-kind", kind)
    expect(bar).to_have_attribute("data-rest", "false")
    expect(bar).to_have_attribute("data-flip", "false")
    for test_id, chosen in (("selection-summary", first), ("compare-summary", second)):
        expect_bounds(explorer.id(test_id), chosen)
    expect(explorer.page).to_have_url(containing("#/explore?"))
    return explorer.settled()


def expect_bounds(summary: Locator, chosen: tuple[float, float] | None) -> None:
    """Wait until a summary is of a range; None for all of a profile."""
    for number, name in enumerate(("data-start", "data-end")):
        if chosen:
            expect(summary).to_have_attribute(name, f"{chosen[number]:g}")
        else:
            expect(summary).not_to_have_attribute(name, re.compile(""))
