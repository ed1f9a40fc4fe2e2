"""A real Chromium with pinned flags, and pages that record their own marks and frames."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any
from urllib.parse import quote

from playwright.sync_api import Browser, Page, Response

from tests.e2e.running import BROWSER_ARGUMENTS, browsing
from tests.support.processes.installed import PROGRAMS
from tools.bench.inputs import MB
from tools.bench.ui.times import Mark

WINDOW = (1400, 900)
# Without these, runs differ by the screen's density and colours and by throttled timers.
PINNED_ARGUMENTS = [
    *BROWSER_ARGUMENTS,
    "--force-device-scale-factor=1",
    "--force-color-profile=srgb",
    "--disable-background-timer-throttling",
    "--disable-backgrounding-occluded-windows",
    "--disable-renderer-backgrounding",
    "--disable-extensions",
]
WAIT_MS = 60_000
KILOBYTE = 1000
HEATMAP_PAINTED, GRAPH_PAINTED, RANGE_ASKED = "heatmap painted", "graph painted", "range asked"
LANES_PAINTED = "lanes painted"
TIME_ORDER_PAINTED = "time order painted"

# The page keeps only its newest marks. Frames are requested only while they are counted, because a request
# makes the browser draw.
RECORD = """
window.bench = { marks: [], frames: [], counting: false };
new PerformanceObserver((list) => {
  for (const { name, startTime: at, detail } of list.getEntries()) bench.marks.push({ name, at, ...detail });
}).observe({ type: "mark", buffered: true });
bench.count = () => {
  bench.frames = [];
  bench.counting = true;
  const frame = (now) => {
    bench.frames.push(now);
    if (bench.counting) requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
};
bench.counted = () => {
  bench.counting = false;
  return bench.frames;
};
"""


class BenchPage:
    """One window with the explorer and empty caches."""

    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        self._url = url
        self._protocol = page.context.new_cdp_session(page)

    def open(self, file: str, zoomed: bool = False) -> float:
        """Open a profile, or a part of its time. Return the milliseconds to the painted heatmap.

        They begin with the navigation.
        """
        part = ""
        if zoomed:
            self.open(file)
            columns = int(self.page.get_by_test_id("heatmap").get_attribute("data-columns") or 0)
            part = f"&from={columns // 5}&to={3 * columns // 5}"
        self.page.goto("about:blank")
        self.page.goto(f"{self._url}#/explore?file={quote(file, safe='')}{part}")
        self.wait_for_mark(HEATMAP_PAINTED)
        self.wait_for_mark(GRAPH_PAINTED)
        self.settle()
        return float(self.marks(HEATMAP_PAINTED)[0]["at"])

    def resize(self, height: int) -> None:
        """Make the window as high as this, in CSS pixels, and as wide as WINDOW."""
        self.page.set_viewport_size({"width": WINDOW[0], "height": height})

    def wait_for_mark(self, name: str) -> None:
        """Wait until a mark was set since the last `forget`."""
        self.page.wait_for_function("(name) => bench.marks.some((mark) => mark.name === name)", arg=name)

    def settle(self) -> None:
        """Wait until the graph shows the selection and the page is idle."""
        self.page.wait_for_selector('[data-testid="flamegraph-panel"][data-behind="false"]')
        self.page.evaluate("() => new Promise((done) => requestIdleCallback(done, { timeout: 5000 }))")

    def has_lanes(self) -> bool:
        """Check whether lanes are shown."""
        return self.page.get_by_test_id("lanes").count() > 0

    def settle_lanes(self) -> None:
        """Wait until the lanes show the range that was requested last."""
        self.page.wait_for_function(
            """([asked, painted]) => {
              const last = (name) => bench.marks.findLast((mark) => mark.name === name);
              const [wanted, shown] = [last(asked), last(painted)];
              return !wanted || (shown && shown.start === wanted.start && shown.end === wanted.end);
            }""",
            arg=[RANGE_ASKED, LANES_PAINTED],
        )

    def marks(self, name: str) -> list[dict[str, Any]]:
        """Return the marks of a name since the last `forget`."""
        found: list[dict[str, Any]] = self.page.evaluate(
            "(name) => bench.marks.filter((mark) => mark.name === name)", name
        )
        return found

    def ranges(self, name: str) -> list[Mark]:
        """Return the marks of a name with their ranges."""
        return [Mark(mark["at"], (mark["start"], mark["end"])) for mark in self.marks(name)]

    def forget(self) -> None:
        """Forget the marks so far."""
        self.page.evaluate("() => { bench.marks.length = 0; }")

    def count_frames(self) -> None:
        """Begin to record when frames begin."""
        self.page.evaluate("() => bench.count()")

    def counted_frames(self) -> list[float]:
        """Stop recording. Return the begin of each frame in milliseconds."""
        found: list[float] = self.page.evaluate("() => bench.counted()")
        return found

    def memory(self) -> float:
        """Return the JavaScript heap after a collection in MB, including typed arrays."""
        self._protocol.send("HeapProfiler.collectGarbage")
        usage = self._protocol.send("Runtime.getHeapUsage")
        return float(usage["usedSize"] + usage.get("backingStorageSize", 0)) / MB


def chromium() -> AbstractContextManager[Browser]:
    """Start the browser. Raise FileNotFoundError if there is none."""
    executable = PROGRAMS["chromium"].find()
    if executable is None:
        raise FileNotFoundError(PROGRAMS["chromium"].missing)
    return browsing(executable, PINNED_ARGUMENTS)


@contextmanager
def new_page(browser: Browser, url: str) -> Iterator[BenchPage]:
    """Open a window with empty caches."""
    size = {"width": WINDOW[0], "height": WINDOW[1]}
    with browser.new_context(viewport=size, reduced_motion="no-preference") as context:  # type: ignore[arg-type]
        context.set_default_timeout(WAIT_MS)
        context.add_init_script(RECORD)
        yield BenchPage(context.new_page(), url)


def first_screen_kilobytes(browser: Browser, url: str) -> float:
    """Return the size of the first screen's scripts and styles, each gzipped, in kB."""
    loaded: list[Response] = []

    def keep(response: Response) -> None:
        loaded.append(response)

    with browser.new_context() as context:
        page = context.new_page()
        page.on("response", keep)
        page.goto(url, wait_until="networkidle")
        packed = [gzip.compress(response.body()) for response in loaded if _is_bundle(response)]
    return sum(map(len, packed)) / KILOBYTE


def _is_bundle(response: Response) -> bool:
    return response.request.resource_type in {"script", "stylesheet"} and response.ok
