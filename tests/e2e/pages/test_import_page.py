"""The two forms of the page against a real sshd: an unknown host, a choice of processes, a recording."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.e2e import axe
from tests.e2e.conftest import Watch
from tests.e2e.everywhere.test_hostile import expect_harmless
from tests.e2e.explorer import Explorer
from tests.e2e.running import Server
from tests.ssh.conftest import PERF_TEXT, arrived
from tests.ssh.server import USER, Sshd, fingerprint, make_key, public, running
from tests.ssh.test_import_capture import EVENT
from tests.support.processes.nodes import node, pause, small_program, unique, working

pytestmark = [pytest.mark.chromium, pytest.mark.sshd]

SAMPLES = 200
RECORD_MS = 60_000
DIALOG = "[role=dialog]"
# The steps of a recording, or the profile that it fills, whichever is up.
RECORDING = ':is([data-testid="job-view"], [data-testid="live-bar"])[data-step="recording"]'


class Host:
    """A machine with an sshd, the home directory of the server's user, and that server."""

    def __init__(self, sshd: Sshd, home: Path, server: Server) -> None:
        self.sshd = sshd
        self.home = home
        self.server = server

    @property
    def fingerprint(self) -> str:
        return fingerprint(self.sshd.host_key)

    @property
    def profiles(self) -> Path:
        return self.server.profiles


@pytest.fixture
def host(
    sshd: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, serve: Callable[..., Server]
) -> Iterator[Host]:
    """The host is in ~/.ssh/config as `beacon`, and its key is not known."""
    home, profiles = tmp_path / "home", tmp_path / "profiles"
    (home / ".ssh").mkdir(parents=True, mode=0o700)
    profiles.mkdir()
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.delenv("SSH_AUTH_SOCK", raising=False)
    one = Sshd(sshd, tmp_path / "sshd")
    one.authorize(public(make_key(home / ".ssh" / "id_ed25519")))
    lines = ["Host beacon", "HostName 127.0.0.1", f"Port {one.port}", f"User {USER}"]
    (home / ".ssh" / "config").write_text("\n".join(lines) + "\n")
    with running(one):
        yield Host(one, home, serve(profiles, "--known-hosts-file", str(home / "known_hosts")))


def fill(page: Page, **fields: str) -> None:
    for name, value in fields.items():
        page.get_by_test_id(f"field-{name}").fill(value)


def trust(page: Page, host: Host) -> None:
    """Answer the question about the host's key."""
    shown = page.get_by_test_id("host-key")
    expect(shown).to_have_attribute("data-fingerprint", host.fingerprint)
    expect(shown).to_have_attribute("data-algorithm", "ssh-ed25519")
    page.get_by_test_id("trust-host").click()


def test_a_file_comes_from_a_host_that_was_unknown(page: Page, host: Host, tmp_path: Path) -> None:
    path = tmp_path / "perf of $(a) 'host'.out"
    path.write_bytes(PERF_TEXT)
    page.goto(host.server.opened_url)
    page.get_by_test_id("import-ssh").click()
    place = f"{USER}@127.0.0.1:{host.sshd.port}"
    fill(page, host=place, path=str(path), filename="far/perf.out")
    page.get_by_test_id("start").click()
    expect(page.get_by_test_id("host-key")).to_be_visible()
    axe.expect_usable(page, DIALOG)
    trust(page, host)
    expect(page.get_by_test_id("profile-name")).to_have_text("far/perf.out")
    expect(page.get_by_test_id("heatmap")).to_have_attribute("data-samples", str(SAMPLES))
    expect(page.get_by_test_id("import-dialog")).to_have_count(0)

    # The host is known now, and the form remembers it.
    page.goto(host.server.opened_url)
    page.get_by_test_id("import-ssh").click()
    for name, value in {
        "host": "127.0.0.1",
        "port": str(host.sshd.port),
        "user": USER,
        "path": str(path),
    }.items():
        expect(page.get_by_test_id(f"field-{name}")).to_have_value(value)
    page.get_by_test_id("start").click()
    expect(page.get_by_test_id("profile-name")).to_have_text(path.name)
    assert arrived(host.profiles) == ["far/perf.out", path.name]


def test_a_changed_key_is_refused(page: Page, host: Host, tmp_path: Path) -> None:
    other = public(make_key(tmp_path / "other"))
    (host.home / "known_hosts").write_text(f"[127.0.0.1]:{host.sshd.port} {other}\n")
    page.goto(host.server.opened_url)
    page.get_by_test_id("import-ssh").click()
    fill(page, host="beacon", path="/x")
    page.get_by_test_id("start").click()
    expect(page.get_by_test_id("job-error")).to_contain_text("has changed")
    expect(page.get_by_test_id("host-key-changed")).to_be_visible()
    expect(page.get_by_test_id("trust-host")).to_have_count(0)
    axe.expect_usable(page, DIALOG)
    assert arrived(host.profiles) == []
    # The corner has its first two sentences, whole.
    error = page.get_by_test_id("job-error").inner_text()
    sentences = re.match(r"(?:.*?[.!?](?=\s|$)\s*){1,2}", error, re.DOTALL)
    assert sentences is not None
    page.keyboard.press("Escape")
    page.get_by_test_id("transfers-toggle").click()
    expect(page.get_by_test_id("job-item")).to_contain_text(sentences[0].strip())


def test_names_of_a_host_are_text(page: Page, host: Host, tmp_path: Path) -> None:
    """The host's alias, its file names and its error output."""
    name, alias = "<img src=x onerror=window.__pwned=1>", "<script>alert(1)</script>"
    config = host.home / ".ssh" / "config"
    config.write_text(config.read_text() + f'Host "{alias}"\nHostName 127.0.0.1\n')
    page.goto(host.server.opened_url)
    page.get_by_test_id("import-ssh").click()
    suggested = page.locator('[data-testid="host-suggestions"] option')
    expect(suggested).to_have_count(2)
    assert alias in {one.get_attribute("value") for one in suggested.all()}
    missing = f"{tmp_path}/{name}\u202ereversed"
    fill(page, host=f"{USER}@127.0.0.1:{host.sshd.port}", path=missing, filename=f"{name}.perf")
    page.get_by_test_id("start").click()
    trust(page, host)
    error = page.get_by_test_id("job-error")
    expect(error).to_be_visible()
    expect(page.get_by_role("dialog")).to_contain_text(missing)
    page.get_by_test_id("job-form").click()
    fill(page, host=alias, path="/x", filename="")
    page.get_by_test_id("start").click()
    expect(page.get_by_test_id("field-host")).to_have_attribute("aria-invalid", "true")
    page.keyboard.press("Escape")
    page.get_by_test_id("transfers-toggle").click()
    expect(page.get_by_test_id("job-item").first).to_contain_text(missing)
    expect_harmless(page)
    axe.expect_usable(page, "[data-testid=transfers]")


@pytest.mark.perf
def test_a_process_out_of_two_is_recorded_up_to_the_heatmap(page: Page, host: Host, perf: str) -> None:
    name = unique("lodestar-page")
    page.goto(host.server.opened_url)
    page.get_by_test_id("capture-ssh").click()
    expect(page.locator('[data-testid="host-suggestions"] option')).to_have_count(1)
    fill(page, host="beacon", pgrep=f"[{name[0]}]{name[1:]}", seconds="2", frequency="199", event=EVENT)
    with ExitStack() as stack:
        pids = [stack.enter_context(small_program(f"{name}-{one}")) for one in "ab"]
        for pid in pids:
            pause(pid)
        page.get_by_test_id("start").click()
        trust(page, host)
        choices = page.get_by_test_id("process")
        expect(choices).to_have_count(2)
        assert {int(choice.get_attribute("data-pid") or 0) for choice in choices.all()} == set(pids)
        axe.expect_usable(page, DIALOG)
        with working(pids[1]):
            page.locator(f'[data-testid="process"][data-pid="{pids[1]}"]').click()
            expect(page.locator(RECORDING)).to_be_visible(timeout=RECORD_MS)
            expect(page.get_by_test_id("heatmap")).to_be_visible(timeout=RECORD_MS)
        expect(page.get_by_test_id("live-bar")).to_have_count(0, timeout=RECORD_MS)
    explorer = Explorer(page, host.server.url).settled()
    assert explorer.number(explorer.heatmap, "samples") > 0
    [filename] = arrived(host.profiles)
    assert filename.startswith("beacon-")


@pytest.mark.perf
def test_a_recording_survives_a_reload_and_is_cancelled(
    page: Page, watch: Watch, host: Host, perf: str
) -> None:
    # The page may ask for the profile once more before it knows that it was cancelled.
    watch.allow("404")
    page.goto(host.server.opened_url)
    page.get_by_test_id("capture-ssh").click()
    with node() as pid:
        pause(pid)
        fill(page, host="beacon", event=EVENT)
        page.get_by_text("Process by pid").click()
        fill(page, pid=str(pid))
        page.get_by_test_id("start").click()
        trust(page, host)
        bar = page.get_by_test_id("live-bar")
        with working(pid):
            expect(bar).to_have_attribute("data-step", "recording", timeout=RECORD_MS)
            expect(bar.get_by_test_id("live-warning")).to_contain_text("perf map")
        axe.expect_usable(page)
        page.reload()
        expect(bar).to_have_attribute("data-step", "recording")
        item = page.get_by_test_id("job-item")
        expect(item).to_have_attribute("data-step", "recording")
        axe.expect_usable(page, "[data-testid=transfers]")
        bar.get_by_test_id("live-job").click()
        job = page.get_by_test_id("job-view")
        expect(job).to_have_attribute("data-step", "recording")
        assert 0 < int(job.get_by_test_id("job-progress").get_attribute("data-seconds-left") or 0) <= 60
        page.get_by_test_id("job-cancel").click()
        expect(job).to_have_attribute("data-state", "cancelled")
    assert arrived(host.profiles) == []
    expect(page.get_by_test_id("live-bar")).to_have_count(0)
    expect(page.get_by_test_id("capture-ssh")).to_be_attached()
    page.keyboard.press("Escape")
    page.get_by_test_id("transfers-toggle").click()
    item.get_by_test_id("job-dismiss").click()
    expect(page.get_by_test_id("transfers")).to_have_count(0)
