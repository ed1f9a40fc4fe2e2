"""A real sshd on a free loopback port, with keys and settings of its own in a temporary directory."""

from __future__ import annotations

import getpass
import os
import signal
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

USER = getpass.getuser()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def make_key(path: Path, kind: str = "ed25519", passphrase: str = "") -> Path:
    """Make a key pair; gives the private one."""
    command = ["ssh-keygen", "-q", "-t", kind, "-N", passphrase, "-C", "test", "-f", str(path)]
    subprocess.run(command, check=True, stdin=subprocess.DEVNULL)
    return path


def public(key: Path) -> str:
    """Give the public half of a key, as files list it."""
    return " ".join(key.with_name(key.name + ".pub").read_text().split()[:2])


def fingerprint(key: Path) -> str:
    listed = subprocess.run(["ssh-keygen", "-lf", str(key)], check=True, capture_output=True, text=True)
    return listed.stdout.split()[1]


class Sshd:
    """One server; `log` has what it said."""

    def __init__(self, binary: str, folder: Path, *extra: str, host_key: str = "ed25519") -> None:
        folder.mkdir()
        self.folder = folder
        self.port = free_port()
        self.host_key = make_key(folder / "host_key", host_key)
        self.authorized = folder / "authorized_keys"
        self.authorized.touch()
        self._binary = binary
        self._extra = extra
        self._process: subprocess.Popen[str] | None = None
        self.log: list[str] = []

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
            *(
                self._extra
                if any("sftp" in line for line in self._extra)
                else ("Subsystem sftp internal-sftp", *self._extra)
            ),
        ]
        config = self.folder / "sshd_config"
        config.write_text("".join(f"{line}\n" for line in settings))
        command = [self._binary, "-D", "-e", "-f", str(config), "-p", str(self.port)]
        self._process = subprocess.Popen(command, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True)
        assert self._process.stderr is not None
        for line in self._process.stderr:
            self.log.append(line)
            if "Server listening" in line:
                break
        else:
            raise AssertionError("".join(self.log))

    def cut(self) -> None:
        """Kill the processes that serve connections: the other side sees the connection end."""
        for child in self._children():
            child.kill()

    def stop(self) -> None:
        """End the server and whatever it still serves."""
        if self._process is None:
            return
        children = self._children()
        self._process.send_signal(signal.SIGTERM)
        self._process.wait()
        for child in children:
            if child.is_running():
                child.kill()
        if self._process.stderr is not None:
            self.log += self._process.stderr.readlines()
            self._process.stderr.close()
        self._process = None

    def _children(self) -> list[psutil.Process]:
        if self._process is None:
            return []
        processes = psutil.Process(self._process.pid).children(recursive=True)
        return [process for process in processes if process.name() == "sshd"]


@contextmanager
def running(server: Sshd) -> Iterator[Sshd]:
    server.start()
    try:
        yield server
    finally:
        server.stop()


@contextmanager
def agent_with(key: Path, folder: Path) -> Iterator[Path]:
    """Run an agent that holds a key, and give its socket."""
    place = folder / "agent"
    process = subprocess.Popen(["ssh-agent", "-D", "-a", str(place)], stdout=subprocess.PIPE)
    assert process.stdout is not None
    try:
        # It says where it is once it is there.
        process.stdout.readline()
        environment = {**os.environ, "SSH_AUTH_SOCK": str(place)}
        subprocess.run(["ssh-add", "-q", str(key)], check=True, env=environment)
        yield place
    finally:
        process.terminate()
        process.wait()
        process.stdout.close()
