"""Links to screens, and another front end in place of ours."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Serve
from tests.e2e.explorer import Explorer
from tests.e2e.raw import having, raw_samples, within
from tests.e2e.running import EXAMPLES, NODE18, Server, copy_examples

pytestmark = pytest.mark.chromium

SAMPLES = raw_samples(EXAMPLES / NODE18)

# Like the original front end: an inline script, inline styles, a font and a picture as data.
BUNDLE = """<!doctype html><meta charset="utf-8"><title>other</title><link rel="icon" href="data:,">
<style>
  @font-face { font-family: icons; src: url(data:font/woff2;base64,d09GMgABAAAAAA==) }
  #out { font-family: icons, monospace; color: rgb(1, 2, 3) }
</style>
<img id="picture" src="data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' width='7' height='7'/%3E">
<p id="out" style="margin: 5px">waiting</p>
<script>
  const ask = async (url) => (await fetch(url)).json();
  const total = (node) => node.v + node.c.reduce((sum, child) => sum + total(child), 0);
  (async () => {
    const [{filename, type}] = (await ask("/profile/")).filter(({filename}) => filename.startsWith("node18"));
    const query = `filename=${encodeURIComponent(filename)}&type=${type}`;
    const {values, maxvalue} = await ask(`/heatmap/?${query}&rows=50`);
    const graph = await ask(`/flamegraph/?${query}&flavor=standard&start=14&end=16`);
    const cells = values.flat().reduce((sum, value) => sum + value, 0);
    document.querySelector("#out").textContent = [cells, values.length, maxvalue, total(graph)].join(" ");
  })();
</script>"""


def test_an_address_that_is_none_leads_to_the_list(page: Page, server: Server) -> None:
    for address in ("#/nowhere", "#/heatmap/perf", "#/explore", "#/explore?file="):
        page.goto(server.url + address)
        expect(page.get_by_test_id("profile-row")).to_have_count(3)


def test_a_link_in_a_chat_shows_the_same_screen(page: Page, server: Server) -> None:
    """Every parameter at once, as a user would paste it, with numbers typed by hand."""
    explorer = Explorer(page, server.url).open(
        NODE18,
        start=9.76,
        end=10.28,
        rows=25,
        q="rebuildSearchIndex",
        layout="icicle",
        palette="safe",
        colour="name",
    )
    burst = within(SAMPLES, 9.76, 10.28)
    explorer.expect_selected(9.76, 10.28, len(burst))
    matched = len(having(burst, "rebuildSearchIndex"))
    expect(explorer.id("search-result")).to_have_attribute("data-matched", str(matched))
    expect(explorer.heatmap).to_have_attribute("data-rows", "25")
    expect(explorer.heatmap).to_have_attribute("data-palette", "safe")
    expect(explorer.flame).to_have_attribute("data-layout", "icicle")
    expect(explorer.look("colour")).to_have_value("name")


def test_another_front_end_works_under_its_own_policy(page: Page, serve: Serve, tmp_path: Path) -> None:
    bundle = tmp_path / "bundle"
    bundle.mkdir()
    (bundle / "index.html").write_text(BUNDLE)
    server = serve(copy_examples(tmp_path / "profiles"), "--frontend", str(bundle))
    page.goto(server.url)
    out = page.locator("#out")
    selected = len(within(SAMPLES, 14, 16))
    expect(out).to_have_text(f"{len(SAMPLES)} 61 4 {selected}")
    expect(out).to_have_css("color", "rgb(1, 2, 3)")
    expect(out).to_have_css("margin", "5px")
    assert page.locator("#picture").evaluate("image => image.naturalWidth") == 7
    # A violation would have been reported by now and fail the test: the font was requested with the text.
    page.evaluate("document.fonts.ready.then(() => 0)")
