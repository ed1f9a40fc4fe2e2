"""Runs the server as a user does, and the browser. Used by the tests and by tools/."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from tests.support.processes import starting

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "examples"
NODE18 = "node18-http.perf.out.gz"
NODE20 = "node20-http.perf.out.gz"
SYSTEM = "system-wide.perf.out.gz"
# Their modification times, oldest first, so that sorted lists are the same everywhere.
EXAMPLE_TIMES = {SYSTEM: 1_767_258_000, NODE18: 1_767_268_800, NODE20: 1_767_272_400}

# Without these, the browser sends requests of its own to other sites.
BROWSER_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
WINDOW = (1400, 900)
STOP_SECONDS = 20


class Server:
    """`flamescope-py serve` in a process of its own. It can be stopped and started again on its port.

    `under` is a command that runs it, with its arguments; `more` are further variables.
    """

    def __init__(
        self,
        profiles: Path,
        cache: Path,
        *arguments: str,
        under: Sequence[str] = (),
        more: Mapping[str, str] | None = None,
    ) -> None:
        self.profiles = profiles
        self.url = ""
        # As above, with the token that SSH needs.
        self.opened_url = ""
        self._under = under
        self._arguments = ["serve", str(profiles), "--cache-dir", str(cache), *arguments]
        self.log = cache.with_name(f"{cache.name}.log")
        kept = {name: value for name, value in os.environ.items() if not name.startswith("FLAMESCOPE_")}
        self._environment = kept | {"XDG_CONFIG_HOME": str(cache.with_name("config"))} | dict(more or {})
        self._process: starting.Started | None = None

    def start(self) -> None:
        """Start on a free port, later on the same one, and wait for the line with the address."""
        port = re.findall(r":(\d+)/", self.url)[0] if self.url else "0"
        with self.log.open("a") as log:
            self._process = starting.start(
                [*self._arguments, "--port", port], self._environment, log.fileno(), under=self._under
            )
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        found = re.search(r"http://\S+/", line)
        assert found, line + self.log.read_text()
        self.url = found[0]
        self.opened_url = re.findall(r"http://[^\s,]+", line)[0]

    @property
    def pid(self) -> int:
        """The process that was started."""
        assert self._process is not None
        return self._process.pid

    def wait(self, seconds: float) -> int:
        """Wait for its end, and return the exit code."""
        assert self._process is not None
        return self._process.wait(seconds)

    def kill(self) -> None:
        """Kill the server with SIGKILL, as the kernel does when memory runs out."""
        assert self._process is not None
        self._process.kill()
        self._process.communicate()
        self._process = None

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Pause the server with SIGSTOP, to look at an intermediate state."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self._process.send_signal(signal.SIGCONT)

    def stop(self) -> None:
        """Stop the server with SIGTERM if it is running."""
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.communicate(timeout=STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.communicate()
        self._process = None


@contextmanager
def serving(
    profiles: Path,
    cache: Path,
    *arguments: str,
    under: Sequence[str] = (),
    more: Mapping[str, str] | None = None,
) -> Iterator[Server]:
    """Yield a running server, and stop it afterwards."""
    server = Server(profiles, cache, *arguments, under=under, more=more)
    server.start()
    try:
        yield server
    finally:
        server.stop()


class Shelf:
    """A server to whose directory several owners add files."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._owners: dict[str, str] = {}

    def put(self, owner: str, files: Mapping[str, bytes]) -> Server:
        """Add files by name, those of an owner once, and return the server."""
        for name, content in files.items():
            path = self._server.profiles / name
            assert self._owners.setdefault(name, owner) == owner, f"{self._owners[name]} has a {name}, too"
            if not path.exists():
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content)
        return self._server


@contextmanager
def browsing(executable: str, arguments: Sequence[str] = BROWSER_ARGUMENTS) -> Iterator[Browser]:
    """Yield a browser without a window."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=arguments)
        try:
            yield browser
        finally:
            browser.close()


def copy_examples(folder: Path) -> Path:
    """Copy the example profiles and set their modification times."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, time in EXAMPLE_TIMES.items():
        shutil.copyfile(EXAMPLES / name, folder / name)
        os.utime(folder / name, (time, time))
    return folder
