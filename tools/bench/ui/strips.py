"""The list of 200 small files on the first visit: the time until each row has its strip of activity."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import Browser

from tests.e2e.running import serving
from tools.bench.inputs import SMALL, prepared
from tools.bench.ui.browser import new_page

FILES = 200
_STRIPS = "(count) => document.querySelectorAll('[data-testid=profile-strip]').length >= count"


def first_visit(browser: Browser, folder: Path) -> float:
    """Return the milliseconds from the navigation to the last strip. Nothing is cached before."""
    text = prepared(SMALL, folder)
    with TemporaryDirectory(dir=folder) as place:
        profiles = Path(place) / "profiles"
        profiles.mkdir()
        for number in range(FILES):
            # Links would be one file for every cache.
            (profiles / f"{number:03}.perf").write_bytes(text.read_bytes())
        with serving(profiles, Path(place) / "cache") as server, new_page(browser, server.url) as page:
            page.page.wait_for_timeout(1500)
            page.page.goto(server.url)
            page.page.wait_for_function(_STRIPS, arg=FILES)
            return float(page.page.evaluate("() => performance.now()"))
