"""Names of files and frames come from anywhere: they are shown as text, and no script runs."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from urllib.parse import quote

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import NewPage, Watch, rested
from tests.e2e.explorer import Explorer
from tests.e2e.running import NODE18, WINDOW, Server, serving
from tests.e2e.windows import watch_of
from tests.support.perf_text import sample, script

pytestmark = pytest.mark.chromium

FILES = {
    b"<img src=x onerror=window.__pwned=1>.perf.out": "<img src=x onerror=window.__pwned=1>.perf.out",
    b"<script>window.__pwned=1<%2fscript>": "<script>window.__pwned=1<%2fscript>",
    b"with space  two.perf": "with space  two.perf",
    b"%41.perf": "%41.perf",
    b"a#b?c&d=e+f.perf": "a#b?c&d=e+f.perf",
    b"new\nline.perf": "new\nline.perf",
    b"not utf-8 \xff\xfe.perf": "not utf-8 \\xff\\xfe.perf",
    "smörgås \u202efdp.exe 🔥".encode(): "smörgås \u202efdp.exe 🔥",
    b"sub dir/${7*7}{{7*7}}.perf": "sub dir/${7*7}{{7*7}}.perf",
    b"'\"><svg onload=window.__pwned=1>": "'\"><svg onload=window.__pwned=1>",
}
FRAMES = [
    "<img src=x onerror=window.__pwned=1>",
    "<script>window.__pwned=1</script>",
    "\u202eevil\u2066 moc.rekcatta//:sptth",
    "javascript:window.__pwned=1",
    "x" * 10_000,
]
COMMAND = "<b onmouseover=window.__pwned=1>"
LIBRARY = "/srv/<svg onload=window.__pwned=1>"
# Their names are addresses of something else, unless they are encoded.
RELOADED = (FILES[b"a#b?c&d=e+f.perf"], FILES[b"%41.perf"], FILES[b"new\nline.perf"])
READ_NAMES = "rows => rows.map(row => row.dataset.filename)"


def profile() -> bytes:
    """One second a frame, nine samples each."""
    return script(
        *[
            sample(f"{3000 + second}.{number:06}", f"{frame}+0x1 ({LIBRARY})", command=COMMAND)
            for second, frame in enumerate(FRAMES)
            for number in range(9)
        ]
    )


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("hostile")
    for name in FILES:
        path = os.path.join(os.fsencode(folder), name)  # noqa: PTH118 - a Path has no bytes
        os.makedirs(os.path.dirname(path), exist_ok=True)  # noqa: PTH103, PTH120
        with open(path, "wb") as file:  # noqa: PTH123
            file.write(profile())
    with serving(folder, tmp_path_factory.mktemp("cache")) as server:
        yield server


@pytest.fixture
def page(window: Page, hostile: Server) -> Page:
    """The kept window, at the list of these files."""
    return rested(window, hostile.url)


def expect_harmless(page: Page) -> None:
    assert page.evaluate("typeof window.__pwned") == "undefined"
    assert page.locator("img, b, svg[onload], body script").count() == 0


def test_every_file_is_listed_and_opens(page: Page, hostile: Server) -> None:
    page.goto(f"{hostile.url}#/")
    rows = page.get_by_test_id("profile-row")
    expect(rows).to_have_count(len(FILES))
    assert set(rows.evaluate_all(READ_NAMES)) == set(FILES.values())
    expect_harmless(page)
    explorer = Explorer(page, hostile.url)
    for name in FILES.values():
        link = rows.nth(rows.evaluate_all(READ_NAMES).index(name)).get_by_test_id("profile-link")
        assert link.evaluate("element => element.textContent") == name.rpartition("/")[2]
        link.click()
        explorer.expect_whole(9 * len(FRAMES))
        expect_title(explorer, name)
        expect_harmless(page)
        if name in RELOADED:
            survive_a_reload(explorer, name)
        page.go_back()
        expect(rows).to_have_count(len(FILES))


def expect_title(explorer: Explorer, name: str) -> None:
    assert explorer.id("profile-name").evaluate("element => element.textContent") == name


def survive_a_reload(explorer: Explorer, name: str) -> None:
    """Select something, load the address anew, and go back to the whole file."""
    page, summary = explorer.page, explorer.summary
    explorer.heatmap.press("ArrowRight")
    expect(summary).to_have_attribute("data-end", re.compile(r"\d"))
    selected = explorer.settled().summary.inner_text()
    page.reload()
    expect(summary).to_have_text(selected)
    expect_title(explorer, name)
    page.go_back()
    explorer.expect_whole(9 * len(FRAMES))


def written_out(name: str) -> str:
    """Return a name as tooltips show it, with characters that turn the writing direction written out."""
    return name.replace("\u202e", "\\u202e").replace("\u2066", "\\u2066")


def test_frames_are_text(page: Page, hostile: Server) -> None:
    explorer = Explorer(page, hostile.url)
    tooltip = explorer.id("flamegraph-tooltip")
    for second, frame in enumerate(FRAMES):
        explorer.open("%41.perf", start=second, end=second + 1)
        explorer.expect_selected(second, second + 1, 9)
        page.mouse.move(*explorer.frame_at(2, 900))
        expect(tooltip).to_have_attribute("data-name", frame)
        assert written_out(frame) in (tooltip.text_content() or "")
        assert LIBRARY in (tooltip.text_content() or "")
        expect(tooltip).to_be_in_viewport(ratio=1)
        assert frame in (explorer.id("frame-table").text_content() or "")
        page.mouse.move(*explorer.frame_at(1, 600))
        expect(tooltip).to_have_attribute("data-name", COMMAND)
        page.mouse.click(*explorer.frame_at(2, 900))
        expect(explorer.flame).to_have_attribute("data-zoom", frame)
        # Nor do long names make the page wider.
        assert page.evaluate("document.documentElement.scrollWidth") <= WINDOW[0]
        assert frame in (explorer.id("zoomed").text_content() or "")
        expect_harmless(page)


def test_the_explorer_needs_no_scroll_bar(explorer: Explorer) -> None:
    explorer.open(NODE18)
    expect(explorer.id("frame-table").locator("tbody tr")).to_have_count(25)
    assert explorer.page.evaluate("document.documentElement.scrollHeight") <= WINDOW[1]


def test_search_for_markup(page: Page, hostile: Server) -> None:
    explorer = Explorer(page, hostile.url).open("%41.perf", q="<img src=x onerror")
    expect(explorer.id("search-result")).to_have_attribute("data-matched", "9")
    explorer.id("search").fill("</script>")
    expect(explorer.id("search-result")).to_have_attribute("data-matched", "9")
    # An expression that is not finished finds nothing and breaks nothing.
    explorer.id("search").fill("/(((/")
    expect(explorer.id("search-result")).to_have_text("")
    expect_harmless(page)


def test_a_link_cannot_bring_markup(page: Page, watch: Watch, hostile: Server) -> None:
    watch.allow("400|404")
    name = "<img src=x onerror=window.__pwned=1>"
    page.goto(
        f"{hostile.url}#/explore?file={quote(name)}&type={quote(name)}&palette={quote(name)}&q={quote(name)}"
    )
    expect(page.get_by_test_id("error")).to_be_visible()
    expect(page.get_by_test_id("profile-name")).to_have_text(name)
    expect_harmless(page)


def test_our_policy_lets_no_inline_script_run(new_page: NewPage, hostile: Server) -> None:
    """Simulate a name that became markup: the policy must still block it."""
    page = new_page()
    page.goto(hostile.url)
    expect(page.get_by_test_id("profile-row")).to_have_count(len(FILES))
    watch_of(page).allow("script-src|Content Security Policy")
    page.evaluate("""() => {
      window.seen = [];
      const see = ({violatedDirective}) => window.seen.push(violatedDirective);
      document.addEventListener("securitypolicyviolation", see);
      const place = document.createElement("div");
      place.innerHTML = "<img src='data:,' onerror='window.__pwned=1'>";
      document.body.append(place);
      const inline = document.createElement("script");
      inline.textContent = "window.__pwned=2";
      document.body.append(inline);
    }""")
    page.wait_for_function("window.seen.length >= 2")
    assert page.evaluate("typeof window.__pwned") == "undefined"
