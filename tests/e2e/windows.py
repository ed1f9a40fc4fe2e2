"""Windows of the browser: a watch on their errors, and windows that tests use one after the other."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

from playwright.sync_api import Browser, BrowserContext, Dialog, Page, Request, expect

from tests.e2e.running import WINDOW

# Long, because other tests keep the machine busy.
WAIT_MS = 30_000
BLANK = "about:blank"
# A violation of the content security policy is an event of the document.
TELL_VIOLATIONS = """document.addEventListener("securitypolicyviolation",
  (event) => window.tellViolation(`${event.violatedDirective}: ${event.blockedURI} ${event.sourceFile}`))"""

# The page hears of cleared storage from other tabs only.
FORGET = """() => {
  localStorage.clear();
  sessionStorage.clear();
  dispatchEvent(new StorageEvent("storage", {key: null}));
}"""


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

    def forget(self) -> None:
        """Begin anew, for the next test."""
        for records in (self.requests, self._problems, self._allowed):
            records.clear()

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


def watch_of(page: Page) -> Watch:
    """Return the watch on a window."""
    found = page.watch  # type: ignore[attr-defined]
    assert isinstance(found, Watch)
    return found


def opened(browser: Browser, options: dict[str, object]) -> Page:
    """Open a window without shared cookies, and watch it.

    Motion is reduced, since drawing it takes an eighth of the processor time of a test.
    """
    defaults = {
        "viewport": {"width": WINDOW[0], "height": WINDOW[1]},
        "timezone_id": "UTC",
        "reduced_motion": "reduce",
    }
    context = browser.new_context(**{**defaults, **options})  # type: ignore[arg-type]
    context.set_default_timeout(WAIT_MS)
    watch = Watch(context)
    page = context.new_page()
    page.watch = watch  # type: ignore[attr-defined]
    return page


class Windows:
    """Opens windows by a call, with the options of a browser context."""

    def __init__(self, browser: Browser, stack: ExitStack) -> None:
        self._browser = browser
        self._stack = stack
        self.pages: list[Page] = []

    def __call__(self, **options: object) -> Page:
        page = opened(self._browser, options)
        self._stack.callback(page.context.close)
        self.pages.append(page)
        return page


def leave(window: Page | Windows) -> None:
    """Leave the pages of windows, so that none asks a server that ends."""
    for page in window.pages if isinstance(window, Windows) else [window]:
        page.goto(BLANK)


@contextmanager
def windows(browser: Browser) -> Iterator[Windows]:
    """Open windows. At the end, none may have recorded a problem."""
    with ExitStack() as stack:
        found = Windows(browser, stack)
        yield found
        assert [problem for page in found.pages for problem in watch_of(page).problems()] == []


class Kept:
    """A window for one test after the other, since a new one takes a second of the processor.

    A test that adds listeners, scripts or permissions needs a window of its own. `prepare` sets up each
    new window, for example with a clock. With `goes_on`, a window stays on the list of its server after a
    test, for the next one; otherwise it leaves the page.
    """

    def __init__(
        self,
        browser: Browser,
        prepare: Callable[[Page], object] = lambda page: None,
        *,
        goes_on: bool = False,
    ) -> None:
        self._browser = browser
        self._prepare = prepare
        self._goes_on = goes_on
        self._page: Page | None = None

    def lent(self) -> Page:
        """Return the window as it was left, with nothing recorded."""
        if self._page is None:
            self._page = opened(self._browser, {"color_scheme": "light"})
            self._prepare(self._page)
        watch_of(self._page).forget()
        return self._page

    def take_back(self, *, failed: bool) -> None:
        """Expect that nothing was recorded. After a failed test, the next one gets a new window."""
        page, self._page = self._page, None
        assert page is not None
        problems = watch_of(page).problems()
        if failed or problems:
            page.context.close()
        else:
            renew(page, goes_on=self._goes_on)
            self._page = page
        assert problems == []

    def leave(self, *, but: str = "") -> None:
        """Leave the page and all that its browser stored, unless it is of one server."""
        if self._page is not None and not (but and self._page.url.startswith(but)):
            self._page.goto(BLANK)
            clear(self._page)

    def close(self) -> None:
        """Close the window, if it is open."""
        if self._page is not None:
            self._page.context.close()


def renew(page: Page, *, goes_on: bool) -> None:
    """Undo the changes that tests make to a window."""
    page.unroute_all(behavior="ignoreErrors")
    for other in page.context.pages:
        if other != page:
            other.close()
    # Another scheme or size draws a page anew, and a list is drawn sooner than a profile.
    address = page.url.partition("#")[0]
    page.goto(f"{address}#/" if goes_on and address != BLANK else BLANK)
    page.emulate_media(color_scheme="light")
    page.set_viewport_size({"width": WINDOW[0], "height": WINDOW[1]})
    page.mouse.move(0, 0)


def clear(page: Page) -> None:
    """Remove the cookies and everything that pages of any server of the tests have stored."""
    page.context.clear_cookies()
    session = page.context.new_cdp_session(page)
    origins = {match[0] for url in watch_of(page).requests if (match := re.match(r"http://[^/]+", url))}
    for origin in origins:
        session.send("Storage.clearDataForOrigin", {"origin": origin, "storageTypes": "local_storage"})
    session.detach()


def rested(page: Page, url: str) -> Page:
    """Lead a window of earlier tests back to the list of profiles, without anything that they stored."""
    if page.url != BLANK:
        page.goto(f"{url}#/")
        expect(page.get_by_test_id("profile-search")).to_be_visible()
        page.evaluate(FORGET)
        page.mouse.move(0, 0)
    return page
