"""Firefox over WebDriver BiDi: one window, its input and its errors (https://w3c.github.io/webdriver-bidi/)."""

from __future__ import annotations

import itertools
import json
import os
import re
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from websockets.sync.client import ClientConnection, connect

LISTENING = re.compile(r"WebDriver BiDi listening on (ws://127\.0\.0\.1:\d+)")
WAIT_SECONDS = 100
PAUSE_SECONDS = 0.05
# Of an element whose place is read twice.
STILL_SECONDS = 0.2
# Without these, the browser sends requests of its own to other sites.
PREFERENCES = {
    "app.normandy.enabled": False,
    "app.update.disabledForTesting": True,
    "browser.safebrowsing.downloads.enabled": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "extensions.getAddons.cache.enabled": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "services.settings.server": "data:,",
    "toolkit.telemetry.enabled": False,
}


class Window:
    """The window of a session; coordinates are in CSS pixels from its corner."""

    def __init__(self, connection: ClientConnection) -> None:
        self.errors: list[str] = []
        self._connection = connection
        self._numbers = itertools.count(1)
        self.call("session.new", capabilities={})
        self.call("session.subscribe", events=["log.entryAdded"])
        self._context = self.call("browsingContext.getTree")["contexts"][0]["context"]

    def call(self, method: str, **parameters: Any) -> Any:
        """Send a command and return its result; errors of the page that come meanwhile are kept."""
        number = next(self._numbers)
        self._connection.send(json.dumps({"id": number, "method": method, "params": parameters}))
        while True:
            message = json.loads(self._connection.recv(WAIT_SECONDS))
            if message.get("method") == "log.entryAdded" and message["params"]["level"] == "error":
                self.errors.append(str(message["params"]["text"]))
            if message.get("id") == number:
                assert message["type"] == "success", message
                return message["result"]

    def open(self, url: str, width: int, height: int) -> None:
        """Open an address in a window of this size, and wait until it is loaded."""
        size = {"width": width, "height": height}
        self.call("browsingContext.setViewport", context=self._context, viewport=size)
        self.call("browsingContext.navigate", context=self._context, url=url, wait="complete")

    def value(self, expression: str) -> Any:
        """Return the JSON value of an expression in the page; `one(id)` finds an element by its test id."""
        text = (
            f"(one => JSON.stringify({expression}))(id => document.querySelector(`[data-testid='${{id}}']`))"
        )
        found = self.call(
            "script.evaluate", expression=text, target={"context": self._context}, awaitPromise=False
        )
        assert found["type"] == "success", found
        return json.loads(found["result"].get("value", "null"))

    def attribute(self, test_id: str, name: str) -> str | None:
        """Return an attribute, None where the element or the attribute is not there."""
        found: str | None = self.value(
            f"one({json.dumps(test_id)})?.getAttribute({json.dumps(name)}) ?? null"
        )
        return found

    def expect(self, test_id: str, name: str, wanted: str) -> None:
        """Wait until an attribute has a value."""
        end = time.monotonic() + WAIT_SECONDS
        while (found := self.attribute(test_id, name)) != wanted:
            assert time.monotonic() < end, f"{test_id} has {name}={found!r}, not {wanted!r}: {self.errors}"
            time.sleep(PAUSE_SECONDS)

    def settle(self) -> None:
        """Wait until everything of the explorer has its place."""
        end = time.monotonic() + WAIT_SECONDS
        while self.value("document.querySelector('main')?.ariaBusy ?? 'true'") != "false":
            assert time.monotonic() < end, self.errors
            time.sleep(PAUSE_SECONDS)

    def drag(self, points: Sequence[Sequence[float]]) -> None:
        """Press the pointer at the first point, move it over the others, and release it."""
        first, *rest = ({"type": "pointerMove", "x": round(x), "y": round(y)} for x, y in points)
        down, up = ({"type": kind, "button": 0} for kind in ("pointerDown", "pointerUp"))
        self._act({"type": "pointer", "id": "mouse", "actions": [first, down, *rest, up]})

    def point(self, expression: str) -> tuple[float, float]:
        """Return the point of an expression once it stays where it is."""
        last = None
        while (found := self.value(expression)) != last:
            last = found
            time.sleep(STILL_SECONDS)
        x, y = found
        return x, y

    def click(self, test_id: str) -> None:
        """Click the middle of an element."""
        middle = "({x, y, width, height}) => [x + width / 2, y + height / 2]"
        self.drag([self.point(f"({middle})(one({json.dumps(test_id)}).getBoundingClientRect())")])

    def type(self, text: str) -> None:
        """Type into the element that has the focus."""
        keys = [{"type": kind, "value": key} for key in text for kind in ("keyDown", "keyUp")]
        self._act({"type": "key", "id": "keyboard", "actions": keys})

    def _act(self, source: dict[str, Any]) -> None:
        self.call("input.performActions", context=self._context, actions=[source])


@contextmanager
def firefox_window(program: str, folder: Path) -> Iterator[Window]:
    """Run Firefox with a new profile in a folder, and stop it at the end."""
    lines = (f"user_pref({json.dumps(name)}, {json.dumps(value)});" for name, value in PREFERENCES.items())
    (folder / "user.js").write_text("\n".join(lines))
    command = [program, "--headless", "--no-remote", "--profile", str(folder), "--remote-debugging-port", "0"]
    with (folder / "log").open("w+") as log:
        # Of a home of another user, Firefox complains.
        home = os.environ | {"HOME": str(folder)}
        process = subprocess.Popen(command, stdout=log, stderr=log, env=home)
        try:
            address = _address(process, log)
            with connect(f"{address}/session", origin=None, max_size=None) as connection:
                yield Window(connection)
        finally:
            process.terminate()
            try:
                process.wait(WAIT_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _address(process: subprocess.Popen[bytes], log: IO[str]) -> str:
    """Wait for the address that Firefox prints."""
    end = time.monotonic() + WAIT_SECONDS
    while True:
        log.seek(0)
        text = log.read()
        if found := LISTENING.search(text):
            return found[1]
        assert process.poll() is None, text
        assert time.monotonic() < end, text
        time.sleep(PAUSE_SECONDS)
