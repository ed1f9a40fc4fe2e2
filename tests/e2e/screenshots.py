"""Makes the pictures of docs/images from the real server and the example profiles: `make screenshots`."""

from __future__ import annotations

import os
import re
import shutil
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, Page, expect

from tests.e2e.explorer import Cell, Explorer
from tests.e2e.running import NODE18, NODE20, ROOT, WINDOW, browsing, copy_examples, serving

IMAGES = ROOT / "docs" / "images"
BURST = (Cell(14, 19), Cell(15, 12))
BURST_OF_20 = (Cell(7, 4), Cell(7, 47))
SEARCH = "rebuildSearchIndex"


def open_page(browser: Browser, scheme: str) -> Page:
    """Open a window whose system is light or dark."""
    context = browser.new_context(
        viewport={"width": WINDOW[0], "height": WINDOW[1]},
        color_scheme="dark" if scheme == "dark" else "light",
        timezone_id="UTC",
        locale="en-GB",
    )
    return context.new_page()


def take(page: Page, name: str) -> None:
    """Write one picture."""
    page.mouse.move(0, 0)
    page.screenshot(path=IMAGES / name, animations="disabled")
    print(f"docs/images/{name}: {(IMAGES / name).stat().st_size // 1000} kB")


def explorer(browser: Browser, url: str) -> None:
    """A burst selected, seen through the Node filter."""
    page = open_page(browser, "light")
    shown = Explorer(page, url).open(NODE18, filter="node-v8", rows=25, q=SEARCH)
    shown.drag(*BURST)
    shown.settled()
    expect(shown.heatmap).to_have_attribute("data-marked", re.compile(r"\d"))
    take(page, "explorer.png")


def explorer_dark(browser: Browser, url: str) -> None:
    """The other Node example, in the dark."""
    page = open_page(browser, "dark")
    shown = Explorer(page, url).open(NODE20, filter="node-v8")
    shown.drag(*BURST_OF_20)
    shown.settled()
    take(page, "explorer-dark.png")


def profiles(browser: Browser, url: str) -> None:
    """The list."""
    page = open_page(browser, "light")
    page.goto(url)
    expect(page.get_by_test_id("profile-row")).to_have_count(3)
    take(page, "profiles.png")


def main() -> None:
    """Make all pictures, or those named."""
    makers = {"explorer": explorer, "profiles": profiles, "explorer-dark": explorer_dark}
    chromium = shutil.which(os.environ.get("CHROMIUM") or "chromium")
    if chromium is None:
        raise SystemExit("needs chromium: install it, or name it in CHROMIUM")
    IMAGES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as temporary:
        folder = copy_examples(Path(temporary) / "profiles")
        with serving(folder, Path(temporary) / "cache") as server, browsing(chromium) as browser:
            for name in sys.argv[1:] or makers:
                makers[name](browser, server.url)


if __name__ == "__main__":
    main()
