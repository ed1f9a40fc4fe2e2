"""One browser and one server for all tests here, and windows with a watch on their errors."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing
from functools import partial
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.explorer import Explorer
from tests.e2e.running import BROWSER_ARGUMENTS, Server, Shelf, browsing, copy_examples, serving
from tests.e2e.windows import WAIT_MS, Kept, Watch, Windows, leave, rested, watch_of, windows

Serve = Callable[..., Server]
ServeFiles = Callable[[Mapping[str, bytes]], Server]
NewPage = Callable[..., Page]

__all__ = ["NewPage", "Serve", "ServeFiles", "Watch", "rested", "windows"]
# A window that leaves a page would get a new renderer, which starts and compiles everything anew.
# Windows of different contexts never share one.
ONE_RENDERER = "--renderer-process-limit=1"
FAILED = pytest.StashKey[bool]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Note that a test failed: its window is not used again."""
    report = yield
    item.stash[FAILED] = item.stash.get(FAILED, False) or report.failed
    return report


# The browser's driver keeps an event loop running in this thread, so other tests could not use
# asyncio.run. Therefore it ends with this package, not with the session.
@pytest.fixture(scope="package")
def browser(chromium: str) -> Iterator[Browser]:
    expect.set_options(timeout=WAIT_MS)
    with browsing(chromium, [*BROWSER_ARGUMENTS, ONE_RENDERER]) as browser:
        yield browser


@pytest.fixture
def new_page(browser: Browser) -> Iterator[Windows]:
    """Windows of one test."""
    with windows(browser) as open_page:
        yield open_page


def lent(kept: Kept, item: pytest.Item) -> Iterator[Page]:
    """Lend a window to a test."""
    yield kept.lent()
    kept.take_back(failed=item.stash.get(FAILED, False))


@pytest.fixture(scope="package")
def kept_blank(browser: Browser) -> Iterator[Kept]:
    """A window for all tests here that begin without a page."""
    with closing(Kept(browser)) as found:
        yield found


@pytest.fixture
def page(request: pytest.FixtureRequest, kept_blank: Kept) -> Iterator[Page]:
    """A window with the light colour scheme and without a page."""
    yield from lent(kept_blank, request.node)
    kept_blank.leave()


@pytest.fixture
def watch(page: Page) -> Watch:
    """The watch on that window."""
    return watch_of(page)


@pytest.fixture(scope="package")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server of the examples, which no test changes."""
    folder = tmp_path_factory.mktemp("e2e")
    with serving(copy_examples(folder / "profiles"), folder / "cache") as running:
        yield running


@pytest.fixture
def serve(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Serve]:
    """Start other servers: `serve(folder, *arguments)`, by the command `under`.

    They end after the windows of the test have left their pages, which would ask them in vain.
    """
    names = {"page", "new_page"}.intersection(request.fixturenames)
    opened = [request.getfixturevalue(name) for name in names]
    with ExitStack() as stack:

        def start(folder: Path, *arguments: str, under: Sequence[str] = ()) -> Server:
            return stack.enter_context(serving(folder, tmp_path / "cache", *arguments, under=under))

        yield start
        for one in opened:
            leave(one)


@pytest.fixture(scope="package")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shelf]:
    """A server of files that modules add. None of them changes a file, or counts the files of the list."""
    with serving(tmp_path_factory.mktemp("shelf"), tmp_path_factory.mktemp("cache")) as running:
        yield Shelf(running)


@pytest.fixture(scope="module")
def serve_files(request: pytest.FixtureRequest, shelf: Shelf) -> ServeFiles:
    """Put files of a module on a server, by name, and return the server."""
    return partial(shelf.put, request.module.__name__)


@pytest.fixture
def alone(page: Page, server: Server) -> Explorer:
    """The explorer in a window of its own, for a test that changes the window or watches its requests."""
    return Explorer(page, server.url)


@pytest.fixture(scope="package")
def kept(browser: Browser) -> Iterator[Kept]:
    """A window for all tests here that go on where another has ended."""
    with closing(Kept(browser, goes_on=True)) as found:
        yield found


@pytest.fixture(scope="module")
def kept_by_module(kept: Kept, server: Server) -> Iterator[Kept]:
    """The same. After a module it shows the examples' server, or nothing."""
    yield kept
    kept.leave(but=server.url)


@pytest.fixture(scope="package")
def kept_at_shelf(browser: Browser) -> Iterator[Kept]:
    """A window for all tests here that show files of the shelf."""
    with closing(Kept(browser, goes_on=True)) as found:
        yield found


@pytest.fixture
def window(request: pytest.FixtureRequest, kept_by_module: Kept, kept_at_shelf: Kept) -> Iterator[Page]:
    """One of these windows, with the light colour scheme, for a test that leaves the browser as it is."""
    here = kept_at_shelf if "serve_files" in request.fixturenames else kept_by_module
    yield from lent(here, request.node)


@pytest.fixture
def explorer(window: Page, server: Server) -> Explorer:
    """The explorer on the examples' server, in that window, before a profile is opened."""
    return Explorer(rested(window, server.url), server.url)
