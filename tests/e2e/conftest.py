"""One browser and one server for all tests here, a new window for each test, and a watch on its errors."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Dialog, Page, Request, expect

from tests.e2e.explorer import Explorer
from tests.e2e.running import WINDOW, Server, browsing, copy_examples, serving

# Long, because other tests keep the machine busy.
WAIT_MS = 30_000
# A violation of the content security policy is an event of the document.
TELL_VIOLATIONS = """document.addEventListener("securitypolicyviolation",
  (event) => window.tellViolation(`${event.violatedDirective}: ${event.blockedURI} ${event.sourceFile}`))"""

# The page hears of cleared storage from other tabs only.
FORGET = """() => {
  localStorage.clear();
  sessionStorage.clear();
  dispatchEvent(new StorageEvent("storage", {key: null}));
}"""

Serve = Callable[..., Server]
ServeFiles = Callable[[Mapping[str, bytes]], Server]
NewPage = Callable[..., Page]


class Watch:
    """Records errors, dialogs, violations of the page's policy and requests to other sites."""

    def __init__(self, context: BrowserContext) -> None:
        self.requests: list[str] = []
        self._problems: list[str] = []
        self._allowed: list[str] = []
        context.on("console", lambda message: self._console(message.type, message.text))
        context.on("weberror", lambda error: self._problems.append(f"uncaught: {error.error}"))
        context.on("request", self._request)
        context.on("dialog", self._dialog)
        context.expose_function("tellViolation", lambda text: self._problems.append(f"policy: {text}"))
        context.add_init_script(TELL_VIOLATIONS)

    def allow(self, pattern: str) -> None:
        """Allow problems that match a pattern, for a test that provokes them."""
        self._allowed.append(pattern)

    def problems(self) -> list[str]:
        """Return the problems that were not allowed."""
        return [text for text in self._problems if not any(re.search(one, text) for one in self._allowed)]

    def _console(self, kind: str, text: str) -> None:
        if kind in {"error", "assert"}:
            self._problems.append(f"console: {text}")

    def _dialog(self, dialog: Dialog) -> None:
        self._problems.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def _request(self, request: Request) -> None:
        self.requests.append(request.url)
        if not re.match(r"http://127\.0\.0\.1:\d+/|data:|blob:", request.url):
            self._problems.append(f"another site: {request.url}")


# The browser's driver keeps an event loop running in this thread, so other tests could not use
# asyncio.run. Therefore it ends with this package, not with the session.
@pytest.fixture(scope="package")
def browser(chromium: str) -> Iterator[Browser]:
    expect.set_options(timeout=WAIT_MS)
    with browsing(chromium) as browser:
        yield browser


@contextmanager
def windows(browser: Browser) -> Iterator[NewPage]:
    """Open windows without shared cookies. At the end, none may have recorded a problem."""
    with ExitStack() as stack:
        watches = []

        def open_page(**options: object) -> Page:
            size = {"width": WINDOW[0], "height": WINDOW[1]}
            context = browser.new_context(**{"viewport": size, "timezone_id": "UTC", **options})  # type: ignore[arg-type]
            stack.callback(context.close)
            context.set_default_timeout(WAIT_MS)
            watch = Watch(context)
            watches.append(watch)
            page = context.new_page()
            page.watch = watch  # type: ignore[attr-defined]
            return page

        yield open_page
        assert [problem for watch in watches for problem in watch.problems()] == []


@pytest.fixture
def new_page(browser: Browser) -> Iterator[NewPage]:
    """Windows of one test."""
    with windows(browser) as open_page:
        yield open_page


@pytest.fixture(scope="module")
def new_module_page(browser: Browser) -> Iterator[NewPage]:
    """Windows of a module. Loading the page takes a second of the processor, another address a quarter."""
    with windows(browser) as open_page:
        yield open_page


def rested(page: Page, url: str) -> Page:
    """Lead a window of earlier tests back to the list of profiles, without anything that they stored."""
    if page.url != "about:blank":
        page.goto(f"{url}#/")
        expect(page.get_by_test_id("profile-search")).to_be_visible()
        page.evaluate(FORGET)
        page.mouse.move(0, 0)
    return page


@pytest.fixture
def page(new_page: NewPage) -> Page:
    """A window with the light colour scheme."""
    return new_page(color_scheme="light")


@pytest.fixture
def watch(page: Page) -> Watch:
    """The watch on that window."""
    found = page.watch  # type: ignore[attr-defined]
    assert isinstance(found, Watch)
    return found


@pytest.fixture(scope="package")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server of the examples, which no test changes."""
    folder = tmp_path_factory.mktemp("e2e")
    with serving(copy_examples(folder / "profiles"), folder / "cache") as running:
        yield running


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Serve]:
    """Start other servers: `serve(folder, *arguments)`."""
    with ExitStack() as stack:

        def start(folder: Path, *arguments: str) -> Server:
            return stack.enter_context(serving(folder, tmp_path / "cache", *arguments))

        yield start


@pytest.fixture(scope="module")
def serve_files(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServeFiles]:
    """Start servers for the tests of a module, each of some files by name."""
    with ExitStack() as stack:

        def start(files: Mapping[str, bytes]) -> Server:
            folder = tmp_path_factory.mktemp("files")
            for name, content in files.items():
                (folder / name).parent.mkdir(parents=True, exist_ok=True)
                (folder / name).write_bytes(content)
            return stack.enter_context(serving(folder, tmp_path_factory.mktemp("cache")))

        yield start


@pytest.fixture
def alone(page: Page, server: Server) -> Explorer:
    """The explorer in a window of its own, for a test that changes the window or watches its requests."""
    return Explorer(page, server.url)


@pytest.fixture(scope="module")
def window(new_module_page: NewPage) -> Page:
    """A window for the tests of a module that provoke no error and leave the browser as it is."""
    return new_module_page(color_scheme="light")


@pytest.fixture
def explorer(window: Page, server: Server) -> Explorer:
    """The explorer on the examples' server, in the window of the module, before a profile is opened."""
    return Explorer(rested(window, server.url), server.url)
