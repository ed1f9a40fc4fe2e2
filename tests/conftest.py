"""Markers for tests that need a program of the machine. Such a test is skipped if the program is missing.

With CI=true the skip is a failure, whether it comes from here or from the test itself: there, `make test` has
installed the programs, and a suite that quietly runs fewer tests is worse than one that fails.
"""

from __future__ import annotations

import gc
import os
import signal
from collections.abc import Generator, Iterator

import pytest
from hypothesis import settings

from tests.support.processes import starting
from tests.support.processes.installed import PROGRAMS

# A busy machine must not fail the suite, so no example has a deadline. `make test` tries the same ones each
# time: a rare failure is found by `make fuzz`, which sets their number.
EXAMPLES = os.environ.get("EXAMPLES")
settings.register_profile(
    "suite", deadline=None, max_examples=int(EXAMPLES or "20"), derandomize=EXAMPLES is None
)
settings.load_profile("suite")

# A process in the background (`make test &`) ignores Ctrl-C, and its children inherit that: a test could not
# interrupt them.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

ON_CI = os.environ.get("CI", "").lower() in {"1", "true"}


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Collect the tests without collecting garbage, which they and their modules are never."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.collect()
        gc.freeze()
        gc.enable()


def required(name: str) -> str:
    """Return the path of a program, or skip the test that needs it."""
    path = PROGRAMS[name].find()
    if path is None:
        pytest.skip(PROGRAMS[name].missing)
    return path


def programs_of(item: pytest.Item) -> list[str]:
    """Return the programs that a test needs, by a marker or by a fixture."""
    fixtures = getattr(item, "fixturenames", [])
    return [name for name in PROGRAMS if item.get_closest_marker(name) or name in fixtures]


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip a test whose program is missing."""
    for name in programs_of(item):
        required(name)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Turn the skip of a test that needs a program into a failure on CI."""
    report = yield
    if ON_CI and programs_of(item) and report.skipped and not hasattr(report, "wasxfail"):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        report.outcome = "failed"
        report.longrepr = f"skipped on CI, where nothing may be: {reason}"
    return report


@pytest.fixture(scope="session", autouse=True)
def forking() -> Iterator[None]:
    """Start servers by forks, unless a test needs an interpreter of its own."""
    with starting.forking():
        yield


@pytest.fixture(scope="session")
def chromium() -> str:
    """Path of the browser; $CHROMIUM names another one."""
    return required("chromium")


@pytest.fixture(scope="session")
def firefox() -> str:
    """Path of the other browser; $FIREFOX names another one."""
    return required("firefox")


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
