"""A recording on the server's machine, watched in the page while it goes on."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from time import sleep, time

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.explorer import Explorer, containing
from tests.e2e.running import Server
from tests.ssh.conftest import perf
from tests.ssh.test_import_capture import EVENT
from tests.ssh.test_inspector import service as running_node
from tests.support.processes.nodes import computed

__all__ = ["perf"]

pytestmark = [pytest.mark.chromium, pytest.mark.perf]

# Sleeps, and computes for half a second at each line of its input. Writes when each burst began and ended.
SERVICE = """
import sys, time
print("ready", flush=True)
for line in sys.stdin:
    print(time.time(), flush=True)
    end = time.process_time() + 0.5
    while time.process_time() < end:
        sum(range(1000))
    print(time.time(), flush=True)
"""
LATE_MS = 120_000


class Service:
    """A process that is idle between bursts."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process

    def begin_burst(self) -> float:
        """Let it compute, and return when it began, by the clock of the day."""
        assert self.process.stdin is not None
        self.process.stdin.write("burst\n")
        self.process.stdin.flush()
        return self.end_burst()

    def end_burst(self) -> float:
        """Return when the burst ended, once it has."""
        assert self.process.stdout is not None
        return float(self.process.stdout.readline())

    def burst(self) -> tuple[float, float]:
        """Let it compute, and return from when to when it did."""
        return self.begin_burst(), self.end_burst()


@contextmanager
def service() -> Iterator[Service]:
    command = [sys.executable, "-c", SERVICE]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        try:
            yield Service(process)
        finally:
            process.kill()


@pytest.fixture
def server(tmp_path: Path, serve: Callable[..., Server]) -> Server:
    profiles = tmp_path / "profiles"
    profiles.mkdir()
    return serve(profiles, "--allow-record")


def begin(page: Page, server: Server, pid: int) -> None:
    """Fill in the form, and start."""
    page.goto(server.opened_url)
    page.get_by_test_id("record-here").click()
    page.get_by_text("Process by pid").click()
    for name, value in {"pid": str(pid), "seconds": "300", "event": EVENT, "filename": "live.perf"}.items():
        page.get_by_test_id(f"field-{name}").fill(value)
    expect(page.get_by_test_id("command").first).to_contain_text(f"-p {pid}")
    page.get_by_test_id("start").click()
    expect(page.get_by_test_id("job-view")).to_have_attribute("data-step", "recording", timeout=LATE_MS)


def samples(page: Page) -> int:
    return int(page.get_by_test_id("live-bar").get_attribute("data-samples") or 0)


def expect_more_than(page: Page, count: int) -> int:
    """Wait until the heatmap has more samples, and return how many."""
    page.wait_for_function(
        "count => Number(document.querySelector('[data-testid=live-bar]')?.dataset.samples ?? 0) > count",
        arg=count,
        timeout=LATE_MS,
    )
    return samples(page)


def times_in(path: Path) -> list[float]:
    """Return the times of all samples of a perf script text."""
    return [float(found) for found in re.findall(rf" (\d+\.\d{{6}}): .* {EVENT}:", path.read_text())]


def painted_at(page: Page, column: int) -> float:
    """Wait until the heatmap has painted a column of a recording that goes on, and return the time of day."""
    seen = page.wait_for_function(
        """column => {
          const bar = document.querySelector("[data-testid=live-bar][data-step=recording]");
          const canvas = document.querySelector("[data-testid=heatmap]");
          const whole = Number(canvas?.dataset.from) + Number(canvas?.dataset.seconds);
          return bar && Number(bar.dataset.seconds) > column && whole > column && Date.now() / 1000;
        }""",
        arg=column,
        timeout=LATE_MS,
    )
    return float(seen.json_value())


def test_bursts_show_while_it_is_recorded(page: Page, server: Server, perf: str) -> None:
    with service() as one:
        begin(page, server, one.process.pid)
        one.burst()
        bar = page.get_by_test_id("live-bar")
        expect(bar).to_be_visible(timeout=LATE_MS)
        seen = expect_more_than(page, 0)
        live = server.profiles / "live.perf"
        zero = int(times_in(live)[0])
        # A second burst, in columns of its own.
        while int(time()) == zero:
            sleep(0.02)
        began, ended = one.burst()
        first, end = int(began) - zero, int(ended) + 1 - zero
        painted = painted_at(page, first)
        assert painted > began
        seen = expect_more_than(page, seen)
        expect(page).not_to_have_url(containing("0.5"))
        # A range of the past is selected while more comes.
        explorer = Explorer(page, server.url)
        box = explorer.heatmap.bounding_box()
        assert box is not None
        page.mouse.click(box["x"] + 4, box["y"] + box["height"] / 2)
        one.burst()
        seen = expect_more_than(page, seen)
        expect(page.get_by_test_id("changed-on-disk")).to_have_count(0)
        assert painted < page.evaluate("Date.now() / 1000")
        page.get_by_test_id("live-stop").click()
        expect(bar).to_have_count(0, timeout=LATE_MS)
    times = times_in(live)
    assert len(times) >= seen
    expect(page.get_by_test_id("changed-on-disk")).to_have_count(0)
    # Half a second of processor time at 99 Hz.
    assert sum(began <= moment <= ended for moment in times) > 30
    count = sum(first <= moment - zero < end for moment in times)
    explorer.open("live.perf", start=first, end=end).expect_selected(first, end, count)


def test_a_viewer_who_leaves_ends_nothing(page: Page, server: Server, perf: str) -> None:
    with service() as one:
        begin(page, server, one.process.pid)
        one.burst()
        expect(page.get_by_test_id("live-bar")).to_be_visible(timeout=LATE_MS)
        seen = expect_more_than(page, 0)
        address = page.url
        page.goto("about:blank")
        one.burst()
        # Back, and beside it a second viewer.
        page.goto(address)
        other = page.context.new_page()
        other.goto(address)
        for viewer in (page, other):
            expect(viewer.get_by_test_id("live-bar")).to_be_visible(timeout=LATE_MS)
            expect_more_than(viewer, seen)
        other.get_by_test_id("live-stop").click()
        for viewer in (page, other):
            expect(viewer.get_by_test_id("live-bar")).to_have_count(0, timeout=LATE_MS)
    assert (server.profiles / "live.perf").stat().st_size > 0


def test_node_samples_itself_from_the_form(page: Page, server: Server, tmp_path: Path) -> None:
    with running_node(tmp_path) as process:
        page.goto(server.opened_url)
        page.get_by_test_id("record-here").click()
        page.get_by_text("Process by pid").click()
        page.get_by_test_id("field-pid").fill(str(process.pid))
        expect(page.get_by_test_id("field-ring")).to_be_visible()
        page.get_by_test_id("field-cpu-prof").check()
        for name in ("ring", "event", "sudo"):
            expect(page.get_by_test_id(f"field-{name}")).to_have_count(0)
        expect(page.get_by_test_id("command").first).to_contain_text(f"kill -USR1 {process.pid}")
        page.get_by_test_id("start").click()
        job = page.get_by_test_id("job-view")
        expect(job).to_have_attribute("data-step", "recording", timeout=LATE_MS)
        computed(process.pid)
        page.get_by_test_id("job-finish").click()
        expect(page.get_by_test_id("heatmap")).to_be_visible(timeout=LATE_MS)
    explorer = Explorer(page, server.url).settled()
    assert explorer.number(explorer.heatmap, "samples") > 0
    kept = sorted(path.suffixes[-1] for path in server.profiles.iterdir() if path.is_file())
    assert kept == [".cpuprofile", ".cpuprofile"]
