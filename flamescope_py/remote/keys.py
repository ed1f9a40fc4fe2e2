"""Trusted host keys: those in the user's known_hosts files, and those accepted here.

The user's files are read and never written. Accepted keys go to our own file. A host with a changed key is
always refused, because it may be another machine.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import asyncssh
from asyncssh.public_key import get_default_certificate_algs, get_default_public_key_algs

from flamescope_py.errors import ChangedHostKeyError, RemoteError, UnknownHostKeyError

DEFAULT_PORT = 22
_USER_FILES = ("~/.ssh/known_hosts", "~/.ssh/known_hosts2")
_GLOBAL_FILES = ("/etc/ssh/ssh_known_hosts", "/etc/ssh/ssh_known_hosts2")

Keys = Sequence[asyncssh.SSHKey]


class Known(NamedTuple):
    """The known keys of one host, its certificate authorities, and the revoked keys."""

    keys: Keys = ()
    authorities: Keys = ()
    revoked: Keys = ()

    @property
    def algorithms(self) -> list[str]:
        """Return the host key algorithms to offer, those of known keys first.

        Certificate algorithms are offered only if an authority is known. Otherwise the host would present a
        certificate instead of the plain key, and users can only accept plain keys.
        """
        usual = get_default_public_key_algs()
        first = [algorithm for key in self.keys for algorithm in key.sig_algorithms if algorithm in usual]
        certificates = get_default_certificate_algs() if self.authorities else []
        return [name.decode() for name in dict.fromkeys([*certificates, *first, *usual])]


class HostKeys:
    """The trusted keys of all hosts."""

    def __init__(self, own_file: Path) -> None:
        """`own_file` is made when the first key is accepted."""
        self._own_file = own_file

    def known(self, host: str, port: int, user_files: Iterable[str] = ()) -> Known:
        """Look a host up; `user_files` replace the usual files of the user."""
        files = [*(user_files or _USER_FILES), *_GLOBAL_FILES]
        entries = asyncssh.SSHKnownHosts()
        for path in (self._own_file, *(Path(name).expanduser() for name in files)):
            _load(entries, path)
        # Only entries for this port: another port may be another machine.
        found = entries.match(_place(host.lower(), port), "", None)
        return Known(found[0], found[1], found[2])

    def remember(self, host: str, port: int, key: asyncssh.SSHKey) -> None:
        """Add an accepted key to the file of our own."""
        algorithm, data = key.export_public_key("openssh").decode().split()[:2]
        self._own_file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        flags = os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC
        with os.fdopen(os.open(self._own_file, flags, 0o600), "a") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            file.write(f"{_place(host.lower(), port)} {algorithm} {data}\n")


class HostKeyCheck(asyncssh.SSHClient):
    """Decides on the key that one host shows. asyncssh asks only about keys that are not trusted yet."""

    def __init__(self, host: str, port: int, known: Known, accepted: str | None) -> None:
        """`accepted` is the fingerprint that the user has agreed to."""
        self._host = host
        self._port = port
        self._known = known
        self._accepted = accepted
        self._new: asyncssh.SSHKey | None = None
        # A key that is new and accepted, once the host has proved that it owns it.
        self.proved: asyncssh.SSHKey | None = None
        self.refusal: RemoteError | None = None

    def validate_host_public_key(self, host: str, addr: str, port: int, key: asyncssh.SSHKey) -> bool:
        """Accept the key if the user has accepted it, else keep the error for the user."""
        shown = key.get_fingerprint()
        if self._known.keys:
            self.refusal = ChangedHostKeyError(
                f"The host key of {self._host} has changed: it now shows {shown}. Somebody may be in "
                "between. If the change is right, remove the old key from the known_hosts files."
            )
            return False
        if self._accepted == shown:
            self._new = key
            return True
        self.refusal = UnknownHostKeyError(
            f"The host key of {self._host} is unknown: it shows {shown}. Compare this with the host's own "
            "word, and accept it if it is the same.",
            {
                "hostKey": {
                    "algorithm": key.get_algorithm(),
                    "fingerprint": shown,
                    "host": self._host,
                    "port": self._port,
                }
            },
        )
        return False

    def begin_auth(self, username: str) -> None:
        """Note that the key exchange is over, so that the key really is the host's."""
        self.proved = self._new


def _place(host: str, port: int) -> str:
    return host if port == DEFAULT_PORT else f"[{host}]:{port}"


def _load(entries: asyncssh.SSHKnownHosts, path: Path) -> None:
    """Read a file line by line, so that one invalid line does not hide the others."""
    try:
        lines = path.read_text("utf-8", "replace").splitlines()
    except OSError:
        return
    for line in lines:
        with suppress(ValueError):
            entries.load(line)
