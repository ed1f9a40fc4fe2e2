"""Requests of the page that wait until a test lets them go."""

from __future__ import annotations

from contextlib import suppress

from playwright.sync_api import Error, Page, Route


class Held:
    """Hold back the server's answers until the test releases them, in any order."""

    def __init__(self, page: Page, pattern: str) -> None:
        """`pattern` is that of the addresses, as `Page.route` takes it."""
        self.page = page
        self.routes: list[Route] = []
        self._released = False
        page.route(pattern, self.hold)

    def hold(self, route: Route) -> None:
        """Keep a question back."""
        if self._released:
            self.answer(route)
        self.routes.append(route)

    def answer(self, route: Route) -> None:
        """Release one answer, if the page still waits for it."""
        with suppress(Error):
            route.continue_()

    def release(self) -> None:
        """Release all answers, also later ones."""
        self._released = True
        for route in self.routes:
            self.answer(route)
