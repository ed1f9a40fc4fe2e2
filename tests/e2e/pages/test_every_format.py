"""The sample of every format opens without a message in the console, which failed requests leave too."""

from __future__ import annotations

import pytest
from playwright.sync_api import ConsoleMessage, Page

from tests.e2e.conftest import ServeFiles, rested
from tests.e2e.explorer import Explorer
from tests.e2e.running import EXAMPLES, NODE18, NODE20, SYSTEM
from tests.unit.readers.test_every_format import DATA, SAMPLES

pytestmark = pytest.mark.chromium


def test_every_format_opens_in_silence(window: Page, serve_files: ServeFiles) -> None:
    places = [DATA / place for place in SAMPLES.values()] + [
        EXAMPLES / name for name in (NODE18, NODE20, SYSTEM)
    ]
    # Other modules serve some of them, too.
    files = {f"in-silence-{place.name}": place.read_bytes() for place in places}
    server = serve_files(files)
    explorer = Explorer(rested(window, server.url), server.url)
    said: list[str] = []

    def hear(message: ConsoleMessage) -> None:
        said.append(message.text)

    # The watch of windows fails on errors only. Other tests use this window, too.
    window.on("console", hear)
    try:
        for name in files:
            explorer.open(name)
            explorer.page.wait_for_load_state("networkidle")
            assert not said, name
    finally:
        window.remove_listener("console", hear)
