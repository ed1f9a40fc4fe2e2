"""Links of the original's front end, which people have in chats and tickets, open the same thing here."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, urlencode
from urllib.request import urlopen

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import NewPage, Serve, rested
from tests.e2e.explorer import Explorer, containing
from tests.e2e.raw import raw_samples, within
from tests.e2e.running import EXAMPLES, NODE18, NODE20, ROOT, Server, copy_examples, serving

pytestmark = pytest.mark.chromium

SAMPLES = raw_samples(EXAMPLES / NODE18)
OTHER_SAMPLES = raw_samples(EXAMPLES / NODE20)
DATA = ROOT / "tests" / "data"
CPU_PROFILE = "a folder/node.cpuprofile.gz"
# Holds both kinds; the link names the one that is meant.
TRACE = "chromium trace.json.gz"
FLIX = "stack.nflxprofile"
FILES = {
    CPU_PROFILE: DATA / "cpuprofile" / "node20.cpuprofile.gz",
    TRACE: DATA / "trace_event" / "chromium.json.gz",
    FLIX: DATA / "nflxprofile" / FLIX,
}


@pytest.fixture(scope="module")
def mixed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server of every format that the original opens."""
    folder = copy_examples(tmp_path_factory.mktemp("mixed"))
    for name, file in FILES.items():
        (folder / name).parent.mkdir(exist_ok=True)
        shutil.copyfile(file, folder / name)
    with serving(folder, tmp_path_factory.mktemp("cache")) as server:
        yield server


@pytest.fixture
def page(window: Page, server: Server) -> Page:
    """The window of the module, at the examples' list."""
    return rested(window, server.url)


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


@pytest.mark.parametrize(
    ("link", "start", "end"),
    [
        (f"#/heatmap/perf/{NODE18}", None, None),
        (f"#/flamegraph/perf/{NODE18}", None, None),
        (f"#/flamegraph/perf/{NODE18}/14.76/15.52", 14.76, 15.52),
        (f"#/heatmap/unknown/{NODE18}", None, None),
    ],
)
def test_old_links_open_the_same_thing(
    page: Page, server: Server, link: str, start: float | None, end: float | None
) -> None:
    page.goto(server.url + link)
    explorer = Explorer(page, server.url)
    if start is None or end is None:
        explorer.expect_whole(len(SAMPLES))
    else:
        explorer.expect_selected(start, end, len(within(SAMPLES, start, end)))
    expect(explorer.id("profile-name")).to_have_text(NODE18)
    expect(page).to_have_url(containing("#/explore?"))


def test_an_old_link_into_a_folder(new_page: NewPage, serve: Serve, tmp_path: Path) -> None:
    # Of its own: the window of the module would go on asking a server that ends with this test.
    page, folder = new_page(), tmp_path / "profiles"
    copy_examples(folder / "a b" / "c%d")
    server = serve(folder)
    page.goto(f"{server.url}#/flamegraph/perf/a%20b%2Fc%25d%2F{NODE18}/0/4.5")
    Explorer(page, server.url).expect_selected(0, 4.5, len(within(SAMPLES, 0, 4.5)))
    # A redirect, not a step: Back does not lead into it again.
    page.get_by_test_id("home-link").click()
    expect(page.get_by_test_id("profile-folder")).to_have_attribute("data-folder", "a b/c%d")
    page.go_back()
    expect(page.get_by_test_id("profile-name")).to_have_text(f"a b/c%d/{NODE18}")


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("cpuprofile", CPU_PROFILE),
        ("cpuprofile", TRACE),
        ("trace_event", TRACE),
        ("nflxprofile", FLIX),
    ],
)
def test_the_type_of_a_link_says_how_a_file_is_read(
    window: Page, mixed: Server, kind: str, name: str
) -> None:
    explorer = Explorer(window, mixed.url)
    for link, bounds in (("heatmap", ()), ("flamegraph", ("0", "1"))):
        rested(window, mixed.url)
        window.goto("/".join((f"{mixed.url}#", link, kind, quote(name, safe=""), *bounds)))
        expect(explorer.id("profile-name")).to_have_text(name)
        explorer.settled()
        assert value(mixed, name, kind, *bounds) > 0
        expect(explorer.flame).to_have_attribute("data-samples", str(value(mixed, name, kind, *bounds)))
        assert explorer.summary.get_attribute("data-end") == (bounds[1] if bounds else None)
    # One file, two readings.
    assert value(mixed, TRACE, "cpuprofile") != value(mixed, TRACE, "trace_event")


@pytest.mark.parametrize("kind", ["differential", "elided"])
def test_a_comparison_of_two_ranges_of_one_profile(page: Page, server: Server, kind: str) -> None:
    page.goto(f"{server.url}#/{kind}/perf/{NODE18}/14.76/15.52/compare/perf/{NODE18}/1/2.5")
    explorer = expect_compared(Explorer(page, server.url), kind, (14.76, 15.52), (1, 2.5))
    expect(explorer.summary).to_have_attribute("data-samples", str(len(within(SAMPLES, 14.76, 15.52))))
    second = explorer.id("compare-summary")
    expect(second).to_have_attribute("data-samples", str(len(within(SAMPLES, 1, 2.5))))
    expect(explorer.id("compare-heatmap")).to_have_count(0)
    # Stacks only in the second profile are drawn with the second's own counts.
    drawn = (14.76, 15.52) if kind == "differential" else (1, 2.5)
    expect(explorer.flame).to_have_attribute("data-samples", str(len(within(SAMPLES, *drawn))))


@pytest.mark.parametrize(
    "link",
    [
        f"#/differential/perf/{NODE18}/14.76/15.52/compare/perf/{NODE20}/5/6",
        # On the way there: the other side was chosen first.
        f"#/compare/perf/{NODE20}/5/6/heatmap/perf/{NODE18}",
    ],
)
def test_a_comparison_of_two_profiles(page: Page, server: Server, link: str) -> None:
    page.goto(server.url + link)
    explorer = Explorer(page, server.url)
    chosen = (14.76, 15.52) if "differential" in link else None
    expect_compared(explorer, "differential", chosen, (5, 6))
    expect(explorer.id("profile-name")).to_have_text(NODE18)
    expect(explorer.id("compare-file")).to_contain_text(NODE20)
    expect(explorer.id("compare-heatmap")).to_have_attribute("data-samples", str(len(OTHER_SAMPLES)))
    samples = within(SAMPLES, *chosen) if chosen else SAMPLES
    expect(explorer.flame).to_have_attribute("data-samples", str(len(samples)))


def test_whole_profiles_of_two_types_are_compared(page: Page, mixed: Server) -> None:
    first, second = quote(CPU_PROFILE, safe=""), quote(TRACE, safe="")
    page.goto(f"{mixed.url}#/elided/cpuprofile/{first}/compare/trace_event/{second}")
    explorer = expect_compared(Explorer(page, mixed.url), "elided", None, None)
    expect(explorer.id("profile-name")).to_have_text(CPU_PROFILE)
    expect(explorer.id("compare-file")).to_contain_text(TRACE)
    rested(page, mixed.url)
    page.goto(f"{mixed.url}#/differential/cpuprofile/{second}/compare/trace_event/{second}")
    explorer = expect_compared(Explorer(page, mixed.url), "differential", None, None)
    total = value(mixed, TRACE, "cpuprofile")
    expect(explorer.flame).to_have_attribute("data-samples", str(total))


def test_nothing_of_its_own_is_said(page: Page, server: Server) -> None:
    page.goto(f"{server.url}#/elided/perf/{NODE18}/14/16/compare/perf/{NODE18}/14/16")
    explorer = expect_compared(Explorer(page, server.url), "elided", (14, 16), (14, 16))
    expect(explorer.id("no-samples")).to_have_text("B has no stacks of its own.Show those only in A")


def test_a_choice_of_what_to_compare_with(page: Page, server: Server) -> None:
    page.goto(f"{server.url}#/compare/perf/{NODE18}/14.76/15.52")
    explorer = expect_compared(Explorer(page, server.url), "differential", (14.76, 15.52), None)
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
    explorer.settled()
    for test_id, chosen in (("selection-summary", first), ("compare-summary", second)):
        bounds = [explorer.id(test_id).get_attribute(f"data-{name}") for name in ("start", "end")]
        assert bounds == ([f"{bound:g}" for bound in chosen] if chosen else [None, None]), test_id
    expect(explorer.page).to_have_url(containing("#/explore?"))
    return explorer
