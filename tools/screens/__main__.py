"""Takes the pictures of docs/images from the real server with the example profiles: `make screenshots`.

Every screen in both themes and three sizes of the window, as WebP, which is a third of a PNG.
`make screenshots ONLY="explorer profiles"`.
"""

from __future__ import annotations

import base64
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import product
from pathlib import Path
from typing import NamedTuple

from playwright.sync_api import Browser, Page

from tests.e2e.running import ROOT, browsing, copy_examples, serving
from tests.support.processes.installed import PROGRAMS
from tools.captures import fleet as captured_fleet
from tools.captures.whole_machine import write
from tools.screens.states import SCREENS, Servers

IMAGES = ROOT / "docs" / "images"
SCHEMES = ("light", "dark")
# The limits of one picture and of all.
MOST_BYTES = 150_000
MOST_BYTES_IN_ALL = 9_500_000
INCIDENT = "incident.perf.out.gz"


class Size(NamedTuple):
    """A size of the window in pixels, the folder of its pictures, and their quality as WebP."""

    width: int
    height: int
    folder: str
    quality: int


SIZES = (Size(1400, 900, "", 68), Size(900, 700, "900x700", 45), Size(1920, 1080, "1920x1080", 35))


def place_of(screen: str, scheme: str, size: Size) -> Path:
    """Return the path of a picture."""
    return IMAGES / size.folder / f"{screen}-{scheme}.webp"


def open_page(browser: Browser, scheme: str, size: Size) -> Page:
    """Open a window of this size with the light or the dark colour scheme."""
    context = browser.new_context(
        viewport={"width": size.width, "height": size.height},
        color_scheme="dark" if scheme == "dark" else "light",
        reduced_motion="reduce",
        timezone_id="UTC",
        locale="en-GB",
    )
    return context.new_page()


def take(page: Page, place: Path, quality: int) -> None:
    """Write one picture."""
    page.mouse.move(0, 0)
    page.evaluate("document.fonts.ready.then(() => new Promise(requestAnimationFrame))")
    session = page.context.new_cdp_session(page)
    # Playwright itself writes PNG and JPEG only.
    answer = session.send("Page.captureScreenshot", {"format": "webp", "quality": quality})
    picture = base64.b64decode(answer["data"])
    if len(picture) > MOST_BYTES:
        raise SystemExit(f"{place} would have {len(picture)} bytes, more than {MOST_BYTES}")
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(picture)
    print(f"{place.relative_to(ROOT)}: {len(picture) // 1000} kB")


def _collected(place: Path) -> Path:
    """Ingest the captures of a fleet, by the command of docs/fleet.md."""
    captured_fleet.write(place / "captures")
    labels = ["--label", "service=web", "--labels-from", r"/(?P<host>[^/]+)/(?P<start>[^/]+)\.perf$"]
    command = ["ingest", str(place / "captures"), "--into", str(place / "fleet"), *labels]
    subprocess.run([sys.executable, "-m", "flamescope_py", *command], check=True)
    return place / "fleet"


@contextmanager
def _serving(place: Path) -> Iterator[Servers]:
    """Serve all that the screens show."""
    (place / "empty").mkdir()
    (place / "incident").mkdir()
    write(place / "incident" / INCIDENT)
    collection = _collected(place)
    with (
        serving(copy_examples(place / "profiles"), place / "cache") as examples,
        serving(place / "empty", place / "other cache") as nothing,
        serving(place / "incident", place / "third cache") as busy,
        serving(place / "empty", place / "fourth cache", "--fleet", str(collection)) as hosts,
    ):
        yield Servers(examples, nothing, busy, hosts)


def main() -> None:
    """Take all pictures, or those of the named screens."""
    chromium = PROGRAMS["chromium"].find()
    if chromium is None:
        raise SystemExit(PROGRAMS["chromium"].missing)
    with (
        tempfile.TemporaryDirectory() as place,
        _serving(Path(place)) as servers,
        browsing(chromium) as browser,
    ):
        for name, scheme, size in product(sys.argv[1:] or SCREENS, SCHEMES, SIZES):
            page = open_page(browser, scheme, size)
            SCREENS[name](page, servers)
            take(page, place_of(name, scheme, size), size.quality)
            page.context.close()
    total = sum(file.stat().st_size for file in IMAGES.rglob("*.webp"))
    if total > MOST_BYTES_IN_ALL:
        raise SystemExit(f"docs/images has {total} bytes, more than {MOST_BYTES_IN_ALL}")


if __name__ == "__main__":
    main()
