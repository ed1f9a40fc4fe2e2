"""The way from a service without names to its hot function, in the page and by commands, with real clocks.

    python -m tools.captures.node_way_page CHROMIUM NODE...

CHROMIUM and each NODE are binaries. A real sshd is the host, and perf records there. The service first runs
as most do. Its recording is watched until the page warns, and ended. Then it runs with the options of the
warning and is recorded again, until its hot function is in the page's table of frames, while the recording
goes on. The same by `flamescope-py capture`, twice for three seconds, and `flamescope-py breakdown`. Prints a
row for each: the clicks and the filled fields of the page, and the seconds from each Record, or from each
command, to its end.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from time import monotonic

from playwright.sync_api import Page, expect

from flamescope_py.recording.maps import NODE_OPTIONS
from tests.e2e.running import Server, browsing, serving
from tests.ssh.server import USER, Sshd, make_key, public, running
from tools.captures.node_way import FUNCTION, SECONDS, service

PATTERN = "node.* service.j[s]$"
EVENT = "cpu-clock"
LATE_MS = 120_000
HEAD = (
    "| Node | clicks | fields | s to warning | s to name | capture s | again s | breakdown s | named |\n"
    "| --- | --- | --- | --- | --- | --- | --- | --- | --- |"
)


class Hand:
    """A person at the page, whose actions are counted."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.clicks = 0
        self.fields = 0

    def click(self, name: str) -> None:
        self.page.get_by_test_id(name).click()
        self.clicks += 1

    def fill(self, **values: str) -> None:
        for name, value in values.items():
            self.page.get_by_test_id(f"field-{name}").fill(value)
            self.fields += 1

    def until(self, name: str, text: str) -> float:
        """Record, wait for a text in an element, and return the seconds."""
        begun = monotonic()
        self.click("start")
        expect(self.page.get_by_test_id(name)).to_contain_text(text, timeout=LATE_MS)
        return monotonic() - begun


def by_page(page: Page, server: Server, binary: str, folder: Path) -> tuple[Hand, float, float]:
    """Take the way in the page. Returns the hand, and the seconds of both recordings."""
    hand = Hand(page)
    page.goto(server.opened_url)
    hand.click("capture-ssh")
    hand.fill(host="beacon", pgrep=PATTERN, event=EVENT)
    with service(binary, folder):
        warned = hand.until("live-warning", NODE_OPTIONS[0])
        hand.click("live-stop")
        expect(page.get_by_test_id("live-bar")).to_have_count(0, timeout=LATE_MS)
    page.goto(server.url)
    hand.click("capture-ssh")
    with service(binary, folder, *NODE_OPTIONS):
        named = hand.until("frame-table", FUNCTION)
        hand.click("live-stop")
        expect(page.get_by_test_id("live-bar")).to_have_count(0, timeout=LATE_MS)
    return hand, warned, named


def by_command(binary: str, folder: Path, environment: Mapping[str, str]) -> tuple[list[float], bool]:
    """Take the way by commands. Returns the seconds of each, and whether the function was named."""
    profiles = folder / "by-command"
    profiles.mkdir(exist_ok=True)
    seconds: list[float] = []

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        begun = monotonic()
        command = [sys.executable, "-m", "flamescope_py", *words]
        done = subprocess.run(command, check=True, capture_output=True, text=True, env=environment)
        seconds.append(monotonic() - begun)
        return done

    capture = [
        "capture",
        "beacon",
        "--pgrep",
        PATTERN,
        "-e",
        EVENT,
        "-s",
        str(SECONDS),
        "--dir",
        str(profiles),
    ]
    with service(binary, folder):
        warned = NODE_OPTIONS[0] in run(*capture).stderr
    with service(binary, folder, *NODE_OPTIONS):
        name = run(*capture).stdout.strip()
    found = run("breakdown", str(profiles / name), "--by", "function").stdout
    return seconds, warned and FUNCTION in found


def main(chromium: str, binaries: Sequence[str]) -> None:
    """Print the table."""
    print(HEAD)
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        home = folder / "home"
        (home / ".ssh").mkdir(parents=True, mode=0o700)
        sshd = Sshd("/usr/sbin/sshd", folder / "sshd")
        sshd.authorize(public(make_key(home / ".ssh" / "id_ed25519")))
        lines = ["Host beacon", "HostName 127.0.0.1", f"Port {sshd.port}", f"User {USER}"]
        (home / ".ssh" / "config").write_text("\n".join(lines) + "\n")
        host_key = " ".join(sshd.host_key.with_suffix(".pub").read_text().split()[:2])
        (home / ".ssh" / "known_hosts").write_text(f"[127.0.0.1]:{sshd.port} {host_key}\n")
        os.environ.pop("SSH_AUTH_SOCK", None)
        environment = {**os.environ, "HOME": str(home)}
        (folder / "profiles").mkdir()
        with (
            running(sshd),
            browsing(chromium) as browser,
            serving(folder / "profiles", folder / "cache", more={"HOME": str(home)}) as server,
        ):
            for binary in binaries:
                told = subprocess.run([binary, "--version"], check=True, capture_output=True, text=True)
                page = browser.new_page()
                hand, *page_seconds = by_page(page, server, binary, folder)
                page.close()
                seconds, named = by_command(binary, folder, environment)
                numbers = [f"{one:.1f}" for one in (*page_seconds, *seconds)]
                cells = [told.stdout.strip(), str(hand.clicks), str(hand.fields), *numbers]
                print(f"| {' | '.join(cells)} | {'yes' if named else 'no'} |", flush=True)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
