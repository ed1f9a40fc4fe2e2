"""1 500 threads with hostile names: their lanes scroll and filter, and only those in sight exist."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.explorer import Explorer
from tests.e2e.running import Server
from tests.support.perf_text import sample, script

pytestmark = pytest.mark.chromium

THREADS = 1500
FILE = "threads.perf"
NAMES = ["<img src=x onerror=window.__pwned=1>", "\u202egnp.live", "{{7*7}}", "'\"><svg onload=a>", "`tick`"]
# Thread 2000 + n has n samples in the first second, and one in the second.
SAMPLED = [number for number in range(THREADS) for _ in range(1 + (number % 7 == 0) * 5)]
COUNTS = Counter(SAMPLED)


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("many")
    blocks = [
        sample(
            f"{3000 + 4 * place / len(SAMPLED):.6f}",
            "work+0x1 (/srv/app)",
            command=NAMES[number % len(NAMES)],
            task=f"9/{2000 + number}",
        )
        for place, number in enumerate(SAMPLED)
    ]
    (folder / FILE).write_bytes(script(*blocks))
    return folder


def test_lanes_of_1500_hostile_threads(page: Page, serve: Callable[[Path], Server], many: Path) -> None:
    explorer = Explorer(page, serve(many).url).open(FILE, lanes="thread", fold="open", rows=10)
    lanes = explorer.id("lane")
    expect(explorer.id("lanes")).to_have_attribute("data-count", str(THREADS))
    expect(explorer.id("lanes")).to_have_attribute("data-samples", str(len(SAMPLED)))
    assert lanes.count() < 40
    lanes.first.focus()
    page.keyboard.press("End")
    last = page.locator("[data-testid=lane]:focus")
    expect(last).to_have_attribute("data-index", str(THREADS - 1))
    assert lanes.count() < 40
    value = int(last.get_attribute("data-value") or 0) - 2000
    expect(last).to_have_attribute("data-samples", str(COUNTS[value]))
    # The wheel scrolls too.
    explorer.id("lanes-scroller").hover()
    page.mouse.wheel(0, -28 * THREADS)
    expect(page.locator("[data-testid=lane][data-index='0']")).to_be_in_viewport()
    first = lanes.first
    number = int(first.get_attribute("data-value") or 0) - 2000
    assert COUNTS[number] == max(COUNTS.values())
    first.click()
    explorer.expect_whole(COUNTS[number])
    # Names are text, and characters that turn it around are shown as such.
    assert page.evaluate("typeof window.__pwned") == "undefined"
    assert page.locator("main img, main svg[onload]").count() == 0
    texts = page.locator("[data-testid=lane], [data-testid=who-row]").all_inner_texts()
    assert not any("\u202e" in text for text in texts)
