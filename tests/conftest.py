"""Tests that need a tool of the machine: a marker for each, skipped where the tool is missing.

With CI=true such a skip is a failure, whether it came from here or from the test itself: there, `make test`
has installed the tools, and a suite that quietly runs less than it says is worse than one that fails.
"""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Generator
from typing import NamedTuple

import pytest
from hypothesis import settings

# A busy machine must not fail the suite: no test asserts a time, an example's neither.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")

# What was started in the background (`make test &`) inherits that Ctrl-C is ignored, and hands it on to every
# process that a test means to interrupt.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

ON_CI = os.environ.get("CI", "").lower() in {"1", "true"}
# sshd lives in /usr/sbin, which an ordinary user's PATH may lack.
TOOL_PATH = os.pathsep.join([os.environ.get("PATH", os.defpath), "/usr/sbin", "/sbin"])


class Tool(NamedTuple):
    """A command that tests need, the variable that may name another one, and Debian's package of it."""

    command: str
    variable: str
    package: str

    def find(self) -> str | None:
        """Return where the command is, or None."""
        return shutil.which(os.environ.get(self.variable) or self.command, path=TOOL_PATH)


TOOLS = {
    "chromium": Tool("chromium", "CHROMIUM", "chromium"),
    "sshd": Tool("sshd", "SSHD", "openssh-server"),
    "perf": Tool("perf", "PERF", "linux-perf"),
    "faketime": Tool("faketime", "FAKETIME", "faketime"),
    "nginx": Tool("nginx", "NGINX", "nginx-light"),
}


def required(name: str) -> str:
    """Return the path of a tool, or skip the test that asked for it."""
    tool = TOOLS[name]
    path = tool.find()
    if path is None:
        pytest.skip(f"needs {tool.command}: install Debian's {tool.package}, or name it in {tool.variable}")
    return path


def tools_of(item: pytest.Item) -> list[str]:
    """Return the tools that a test asks for, by a marker or by a fixture."""
    fixtures = getattr(item, "fixturenames", [])
    return [name for name in TOOLS if item.get_closest_marker(name) or name in fixtures]


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip a test whose tool is missing."""
    for name in tools_of(item):
        required(name)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Turn the skip of a test that needs a tool into a failure on CI."""
    report = yield
    if ON_CI and tools_of(item) and report.skipped and not hasattr(report, "wasxfail"):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        report.outcome = "failed"
        report.longrepr = f"skipped on CI, where nothing may be: {reason}"
    return report


@pytest.fixture(scope="session")
def chromium() -> str:
    """Path of the browser; $CHROMIUM names another one."""
    return required("chromium")


@pytest.fixture(scope="session")
def sshd() -> str:
    """Path of the SSH server, absolute as sshd demands; $SSHD names another one."""
    return required("sshd")


@pytest.fixture(scope="session")
def perf() -> str:
    """Path of perf; $PERF names another one."""
    return required("perf")


@pytest.fixture(scope="session")
def nginx() -> str:
    """Path of the proxy; $NGINX names another one."""
    return required("nginx")
