"""Hosts that want to do harm, by a real sshd: endless output and errors, escape sequences, no end."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil
import pytest

from tests.ssh.conftest import WAIT, Asker, arrived
from tests.ssh.server import Sshd, public, running, toolbox

MIB = 1 << 20
# The most memory that a job may need on top of this process.
MOST_MEMORY = 150 * MIB


@contextmanager
def hostile(sshd: str, folder: Path, key: Path, *without: str, **fakes: str) -> Iterator[Sshd]:
    """Run a server whose tools are replaced; `sh` takes the place of every command."""
    forced = fakes.pop("sh", None)
    tools = toolbox(
        folder / "tools", *without, **{name: f"PATH=/usr/bin:/bin\n{text}" for name, text in fakes.items()}
    )
    lines = [tools]
    if forced is not None:
        script = folder / "forced"
        script.write_text(f"#!/bin/bash\n{forced}\n")
        script.chmod(0o755)
        # SFTP still works.
        lines.append(
            f"ForceCommand case $SSH_ORIGINAL_COMMAND in *sftp*) exec {_SFTP};; *) exec {script};; esac"
        )
    server = Sshd(sshd, folder / "hostile", *lines)
    server.authorize(public(key))
    try:
        with running(server):
            yield server
    finally:
        kill_tools(folder / "tools")


def kill_tools(folder: Path) -> None:
    """Kill the tools that ignore the end of their connection, as some of them are made to do."""
    for process in psutil.process_iter(["cmdline"]):
        if any(str(folder) in argument for argument in process.info["cmdline"] or ()):
            with suppress(psutil.NoSuchProcess):
                for child in process.children(recursive=True):
                    child.kill()
                process.kill()


_SFTP = next(
    (
        path
        for path in ("/usr/lib/openssh/sftp-server", "/usr/libexec/openssh/sftp-server")
        if Path(path).exists()
    ),
    "sftp-server",
)
# The first line of a script names its mark, which a hostile host reads as well.
_READ_MARK = "read -r line; mark=${line#mark=}; cat >/dev/null & "


@contextmanager
def bounded_memory() -> Iterator[None]:
    """Check that this process, in which jobs run, does not grow."""
    process = psutil.Process()
    before = process.memory_info().rss
    yield
    assert process.memory_info().rss - before < MOST_MEMORY


def test_bytes_behind_the_end_of_gzip_are_not_kept(
    asker: Asker, sshd: str, tmp_path: Path, key: Path, far: Path, profiles: Path
) -> None:
    with hostile(sshd, tmp_path, key, gzip="gzip -1 -c; exec cat /dev/zero") as server, bounded_memory():
        job = asker.fetch(**server.place, path=str(far / "perf.out"))
    assert (job.state, arrived(profiles)) == ("failed", [])
    assert "broken" in str(job.error)


@pytest.mark.parametrize(
    "errors",
    ["cat /dev/zero >&2", "yes '' >&2", "yes \"$(printf '\\033[31mred')\" >&2", "yes | tr -d '\\n' >&2"],
    ids=["zeros", "ends", "escapes", "one line"],
)
def test_errors_without_end_are_given_up(
    asker: Asker, sshd: str, tmp_path: Path, key: Path, far: Path, profiles: Path, errors: str
) -> None:
    with hostile(sshd, tmp_path, key, gzip=errors) as server, bounded_memory():
        job = asker.fetch(**server.place, path=str(far / "perf.out"))
    assert (job.state, arrived(profiles)) == ("failed", [])
    assert "errors without end" in str(job.error)


def test_notes_of_a_host_are_bounded_too(
    asker: Asker, sshd: str, tmp_path: Path, key: Path, far: Path, profiles: Path
) -> None:
    """The mark is random, but the host reads the script that contains it."""
    forced = _READ_MARK + 'while :; do echo "$mark recording"; done >&2'
    with hostile(sshd, tmp_path, key, sh=forced) as server, bounded_memory():
        job = asker.capture(**server.place, system=True, seconds=1, sudo=True)
    assert (job.state, arrived(profiles)) == ("failed", [])
    assert "no script of ours" in str(job.error)


@pytest.mark.parametrize("note", ["failed", "failed record", "step", ""])
def test_no_word_of_a_host_reaches_a_terminal_as_it_is(
    asker: Asker, sshd: str, tmp_path: Path, key: Path, profiles: Path, note: str
) -> None:
    escapes = "\\033]0;title\\007\\033[2J\\302\\233\\342\\200\\256"
    forced = _READ_MARK + (
        f"long=$(head -c 20000 /dev/zero | tr '\\\\0' x);"
        f'for n in 1 2; do printf "$mark {note} {escapes}$long\\n" >&2; done;'
        f"printf '{escapes}words' >&2; exit 1"
    )
    with hostile(sshd, tmp_path, key, sh=forced) as server:
        job = asker.capture(**server.place, system=True, seconds=1, sudo=True)
    assert (job.state, arrived(profiles)) == ("failed", [])
    told = json.dumps([job.error, *job.warnings, job.step, dict(job.details)], ensure_ascii=False)
    assert len(str(job.error)) < 1000
    assert not re.search(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]|\\u00[01]", told)


@pytest.mark.parametrize("without", [["gzip"], []], ids=["plain", "packed"])
@pytest.mark.parametrize("endless", ["exec cat /dev/zero", "exec yes", "exec sleep 1000"])
def test_a_job_at_a_host_without_end_is_cancelled_at_once(
    asker: Asker,
    sshd: str,
    tmp_path: Path,
    key: Path,
    far: Path,
    profiles: Path,
    endless: str,
    without: list[str],
) -> None:
    """The next piece has always arrived already, which makes asyncio.wait_for swallow a cancellation."""
    (far / "perf.data").write_bytes(b"PERFILE2" + bytes(100))
    silent = "sleep" in endless
    with hostile(sshd, tmp_path, key, *without, perf=endless) as server, bounded_memory():
        job = asker.start_fetch(**server.place, path=str(far / "perf.data"), force=True)
        asker.jobs.wait(job.id, lambda view: view.step == "reading" and (silent or view.done > MIB), WAIT)
        asker.jobs.cancel(job.id)
        assert asker.ended(job).state == "cancelled"
    assert arrived(profiles) == []


@pytest.mark.parametrize("host", ["cat /dev/zero", "sleep 1000", "trap '' HUP TERM PIPE INT; sleep 1000"])
def test_a_server_ends_in_time_although_a_host_does_not(
    sshd: str, tmp_path: Path, key: Path, far: Path, profiles: Path, home: Path, host: str
) -> None:
    environment = {**os.environ, "HOME": str(home), "XDG_CACHE_HOME": str(home / "cache")}
    (far / "perf.data").write_bytes(b"PERFILE2" + bytes(100))
    command = [sys.executable, "-m", "flamescope_py", "serve", str(profiles), "--port", "0"]
    command += ["--shutdown-seconds", "1", "--known-hosts-file", str(home / "known")]
    with hostile(sshd, tmp_path, key, perf=host, gzip="cat") as server:
        process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment
        )
        assert process.stdout is not None
        url, token = re.findall(r"(http://\S+/)\?token=([\w-]+)", process.stdout.readline())[0]
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {token}"}

        def ask(path: str, body: dict[str, object] | None = None) -> dict[str, object]:
            data = None if body is None else json.dumps(body).encode()
            with urllib.request.urlopen(
                urllib.request.Request(url + path, data, headers), timeout=WAIT
            ) as answer:
                found: dict[str, object] = json.load(answer)
                return found

        job = ask("import/ssh", {**server.place, "path": str(far / "perf.data")})
        while ask(f"import/{job['id']}")["step"] != "reading":
            time.sleep(0.05)
        process.send_signal(signal.SIGTERM)
        # After one second. The host would go on for much longer than a busy machine may take.
        process.communicate(timeout=WAIT)
    assert process.returncode == 0
    assert arrived(profiles) == []
