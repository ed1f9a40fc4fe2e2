"""A real sshd on a free loopback port, with keys and settings of its own in a temporary directory."""

from __future__ import annotations

import getpass
import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

import psutil

from tests.support.processes.ports import free_port

USER = getpass.getuser()


def make_key(path: Path, kind: str = "ed25519", passphrase: str = "") -> Path:
    """Make a key pair. Return the path of the private key."""
    command = ["ssh-keygen", "-q", "-t", kind, "-N", passphrase, "-C", "test", "-f", str(path)]
    subprocess.run(command, check=True, stdin=subprocess.DEVNULL)
    return path


def public(key: Path) -> str:
    """Return the public half of a key as a line of authorized_keys."""
    return " ".join(key.with_name(key.name + ".pub").read_text().split()[:2])


def fingerprint(key: Path) -> str:
    listed = subprocess.run(["ssh-keygen", "-lf", str(key)], check=True, capture_output=True, text=True)
    return listed.stdout.split()[1]


class Sshd:
    """One server. `log` is its log file."""

    def __init__(self, binary: str, folder: Path, *extra: str, host_key: str = "ed25519") -> None:
        folder.mkdir()
        self.folder = folder
        self.port = free_port()
        self.host_key = make_key(folder / "host_key", host_key)
        self.authorized = folder / "authorized_keys"
        self.authorized.touch()
        # A folder of its own, so that files of another test run are not taken for leftovers.
        self.temporary = folder / "tmp"
        self.temporary.mkdir()
        self._binary = binary
        self._extra = [line for line in extra if not line.startswith("SetEnv ")]
        # sshd uses only the first such line.
        variables = [line.removeprefix("SetEnv ") for line in extra if line.startswith("SetEnv ")]
        self._extra.append(" ".join(["SetEnv", f"TMPDIR={self.temporary}", *variables]))
        self._process: subprocess.Popen[str] | None = None
        self.log: list[str] = []

    @property
    def place(self) -> dict[str, object]:
        """The fields of a request for this server, including its host key."""
        return {"host": "127.0.0.1", "port": self.port, "user": USER, "hostKey": fingerprint(self.host_key)}

    def authorize(self, *lines: str) -> None:
        self.authorized.write_text("".join(f"{line}\n" for line in lines))

    def start(self) -> None:
        if os.getuid() == 0:
            Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)
        settings = [
            f"HostKey {self.host_key}",
            "ListenAddress 127.0.0.1",
            f"AuthorizedKeysFile {self.authorized}",
            "PidFile none",
            "StrictModes no",
            "UsePAM no",
            "PasswordAuthentication no",
            "KbdInteractiveAuthentication no",
            "PermitRootLogin prohibit-password",
            "LogLevel VERBOSE",
            "Subsystem sftp internal-sftp",
            *self._extra,
        ]
        config = self.folder / "sshd_config"
        config.write_text("".join(f"{line}\n" for line in settings))
        while not self._listens(config):
            # Another process has taken the free port: try again. Nothing else is tried again.
            assert any("Address already in use" in line for line in self.log), "".join(self.log)
            self.log.clear()
            self.port = free_port()

    def _listens(self, config: Path) -> bool:
        """Start the server on its port. Return False if it ended at once."""
        command = [self._binary, "-D", "-e", "-f", str(config), "-p", str(self.port)]
        self._process = subprocess.Popen(command, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True)
        assert self._process.stderr is not None
        for line in self._process.stderr:
            self.log.append(line)
            if "Server listening" in line:
                return True
        self.stop()
        return False

    def cut(self) -> None:
        """Kill the processes that serve connections, which ends the connections."""
        for child in self._children():
            with suppress(psutil.NoSuchProcess):
                child.kill()

    def stop(self) -> None:
        """End the server and its connections."""
        if self._process is None:
            return
        children = self._children()
        self._process.send_signal(signal.SIGTERM)
        self._process.wait()
        for child in children:
            with suppress(psutil.NoSuchProcess):
                child.kill()
        if self._process.stderr is not None:
            self.log += self._process.stderr.readlines()
            self._process.stderr.close()
        self._process = None

    def _children(self) -> list[psutil.Process]:
        if self._process is None:
            return []
        found = []
        for process in psutil.Process(self._process.pid).children(recursive=True):
            with suppress(psutil.NoSuchProcess):
                if process.name() == "sshd":
                    found.append(process)
        return found


# The programs that our remote scripts call.
TOOLS = (
    "bash",
    "sh",
    "cat",
    "cut",
    "dd",
    "getconf",
    "grep",
    "gzip",
    "head",
    "kill",
    "mkfifo",
    "mktemp",
    "perf",
    "pgrep",
    "readlink",
    "rm",
    "sed",
    "sleep",
    "stat",
    "tr",
)


def toolbox(folder: Path, *without: str, **scripts: str) -> str:
    """Make a directory of programs for a host, without some, with some replaced. Return the line for sshd."""
    folder.mkdir()
    for name in TOOLS:
        real = shutil.which(name)
        if name not in without and name not in scripts and real is not None:
            (folder / name).symlink_to(real)
    for name, text in scripts.items():
        (folder / name).write_text(f"#!/bin/sh\n{text}\n")
        (folder / name).chmod(0o755)
    return f"SetEnv PATH={folder}"


class Gate:
    """A point where a script on the host waits. `reached` returns when the script is there, and holds it."""

    def __init__(self, path: Path) -> None:
        os.mkfifo(path)
        self.path = path
        self._file: BinaryIO | None = None

    @property
    def wait(self) -> str:
        """The shell command that waits here."""
        return f"read -r go <{self.path}"

    def reached(self) -> None:
        # Opening for writing blocks until the other side opens for reading.
        self._file = self.path.open("wb", buffering=0)

    def open(self) -> None:
        assert self._file is not None
        self._file.write(b"go\n")
        self.close()

    def close(self) -> None:
        if self._file is not None:
            self._file.close()


@contextmanager
def running(server: Sshd) -> Iterator[Sshd]:
    server.start()
    try:
        yield server
    finally:
        server.stop()


@contextmanager
def agent_with(key: Path, folder: Path) -> Iterator[Path]:
    """Run an agent that holds a key, and yield its socket."""
    place = folder / "agent"
    process = subprocess.Popen(["ssh-agent", "-D", "-a", str(place)], stdout=subprocess.PIPE)
    assert process.stdout is not None
    try:
        # It prints its address when it is ready.
        process.stdout.readline()
        environment = {**os.environ, "SSH_AUTH_SOCK": str(place)}
        subprocess.run(["ssh-add", "-q", str(key)], check=True, env=environment)
        yield place
    finally:
        process.terminate()
        process.wait()
        process.stdout.close()
