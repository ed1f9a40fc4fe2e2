"""The programs of the machine that tests and tools run, and where they are."""

from __future__ import annotations

import os
import shutil
from typing import NamedTuple

# sshd lives in /usr/sbin, which an ordinary user's PATH may lack.
PATH = os.pathsep.join([os.environ.get("PATH", os.defpath), "/usr/sbin", "/sbin"])


class Program(NamedTuple):
    """A program: its commands, best first, the variable that names another one, and Debian's package."""

    commands: tuple[str, ...]
    variable: str
    package: str

    def find(self) -> str | None:
        """Return its path, or None if it is not installed."""
        chosen = os.environ.get(self.variable)
        found = (shutil.which(command, path=PATH) for command in ([chosen] if chosen else self.commands))
        return next(filter(None, found), None)

    @property
    def missing(self) -> str:
        """The sentence for a program that is not installed."""
        return f"needs {self.commands[0]}: install Debian's {self.package}, or name it in {self.variable}"


PROGRAMS = {
    # The headless shell takes half as much of the processor as the whole browser.
    "chromium": Program(("chromium-headless-shell", "chromium"), "CHROMIUM", "chromium-headless-shell"),
    "firefox": Program(("firefox-esr", "firefox"), "FIREFOX", "firefox-esr"),
    "sshd": Program(("sshd",), "SSHD", "openssh-server"),
    "perf": Program(("perf",), "PERF", "linux-perf"),
    "faketime": Program(("faketime",), "FAKETIME", "faketime"),
    "nginx": Program(("nginx",), "NGINX", "nginx-light"),
}
