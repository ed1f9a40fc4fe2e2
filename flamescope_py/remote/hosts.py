"""What a host's name means: ~/.ssh/config is applied, and what comes out is held against the allowed hosts.

Every hop is resolved before anything is connected, and then connected with exactly what was resolved, so
that neither an alias nor a ProxyJump leads where the server may not go.
"""

from __future__ import annotations

import fnmatch
import shlex
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import asyncssh

from flamescope_py.errors import FlameScopeError, ForbiddenError, RemoteError
from flamescope_py.remote.requests import Target

_MOST_HOPS = 8
_MOST_INCLUDES = 64
CONNECT_SECONDS = 30
# A peer that is gone without a word is noticed after a minute.
_KEEPALIVE = {"keepalive_interval": 15, "keepalive_count_max": 3}


@dataclass(frozen=True, slots=True)
class Hop:
    """One machine on the way: `options` hold what ~/.ssh/config says of it, keys included."""

    options: asyncssh.SSHClientConnectionOptions
    host: str
    port: int
    known_as: str
    known_hosts: tuple[str, ...]


class Alias(NamedTuple):
    """A host that ~/.ssh/config names."""

    alias: str
    host: str
    port: int
    user: str


class Hosts:
    """Resolves hosts by one configuration file."""

    def __init__(self, config: Path | None, allowed: Collection[str]) -> None:
        """`allowed` are patterns of hosts, each with a port if it is not 22; empty allows all."""
        self._config = config
        self._allowed = tuple(allowed)

    async def way(self, target: Target) -> list[Hop]:
        """Give the hops to a host, the host itself last. Raises ForbiddenError and RemoteError."""
        return await self._way(target, _MOST_HOPS)

    async def _way(self, target: Target, left: int) -> list[Hop]:
        if left == 0:
            raise RemoteError("The ProxyJump lines of the SSH configuration lead in a circle.")
        hop, jumps = await self._resolve(target)
        way: list[Hop] = []
        for number, jump in enumerate(jumps):
            # Only the first may itself be behind another: those after it are reached through it.
            before = await self._way(jump, left - 1) if number == 0 else [(await self._resolve(jump))[0]]
            way += before
        return [*way, hop]

    async def _resolve(self, target: Target) -> tuple[Hop, list[Target]]:
        """Read what the configuration says of a host, its keys included."""
        bare = await self._look_up(target, client_keys=None)
        # As ssh does, pass over keys that are not there, or that a passphrase locks.
        keys = _present(_names(bare, "IdentityFile"))
        options = await self._look_up(target, client_keys=keys, ignore_encrypted=True)
        hop = Hop(
            options,
            bare.host,
            bare.port,
            bare.host_key_alias or bare.host,
            tuple(_names(bare, "UserKnownHostsFile")),
        )
        return hop, _jumps(bare.tunnel)

    async def _look_up(self, target: Target, **more: object) -> asyncssh.SSHClientConnectionOptions:
        """Apply the configuration to a host, and refuse it if it is not allowed."""
        config = [str(self._config)] if self._config is not None and self._config.is_file() else None
        user = () if target.user is None else target.user
        port = () if target.port is None else target.port
        try:
            found = await _options(config=config, host=target.host, port=port, username=user, **more)
        except (OSError, ValueError, asyncssh.Error) as error:
            raise RemoteError(f"The SSH configuration cannot be used: {_reason(error)}.") from error
        if not self.may_reach(found.host, found.port):
            raise ForbiddenError(
                f"This server may not connect to {found.host} port {found.port}: it is not among ssh_hosts."
            )
        return found

    def may_reach(self, host: str, port: int) -> bool:
        """Say whether a resolved host is among those that are allowed."""
        return not self._allowed or any(_matches(host, port, pattern) for pattern in self._allowed)

    async def aliases(self) -> list[Alias]:
        """Give the hosts that the configuration names and the server may reach."""
        found = []
        for name in dict.fromkeys(_alias_names(self._config)) if self._config else ():
            try:
                options = await self._look_up(Target(name), client_keys=None)
            except FlameScopeError:
                continue
            found.append(Alias(name, options.host, options.port, options.username))
        return found


async def _options(**values: object) -> asyncssh.SSHClientConnectionOptions:
    """Make options that can do nothing but log in with a key."""
    made: asyncssh.SSHClientConnectionOptions = await asyncssh.SSHClientConnectionOptions.construct(
        **values,
        **_KEEPALIVE,
        connect_timeout=CONNECT_SECONDS,
        login_timeout=CONNECT_SECONDS,
        preferred_auth=["publickey"],
        password_auth=False,
        kbdint_auth=False,
        host_based_auth=False,
        gss_host=None,
        agent_forwarding=False,
        x11_forwarding=False,
        x509_trusted_certs=None,
        canonicalize_hostname=False,
        command=None,
        request_pty=False,
        env={},
        send_env=[],
    )
    return made


def _names(options: asyncssh.SSHClientConnectionOptions, name: str) -> Sequence[str]:
    value = options.config.get(name)
    return [str(one) for one in value] if isinstance(value, (list, tuple)) else []


def _present(paths: Sequence[str]) -> Sequence[str]:
    """Give the key files that are there; nothing named means the usual ones."""
    return [path for path in paths if Path(path).expanduser().is_file()]


def _jumps(tunnel: object) -> list[Target]:
    """Read a ProxyJump line: [user@]host[:port], with commas between."""
    jumps = []
    for text in str(tunnel).split(",") if tunnel else ():
        user, _, place = text.strip().removeprefix("ssh://").rpartition("@")
        host, colon, port = place.rpartition(":")
        if not (colon and port.isdigit() and (host.endswith("]") or ":" not in host)):
            host, port = place, ""
        jumps.append(Target(host.strip("[]"), int(port) if port else None, user or None))
    return jumps


def _matches(host: str, port: int, pattern: str) -> bool:
    """Compare with a pattern: 10.0.0.*  *.example.org:2222  bastion:*  [fd00::*]:22; without a port, 22."""
    name, colon, wanted = pattern.lower().rpartition(":")
    if not colon or (":" in name and not name.endswith("]")):
        name, wanted = pattern.lower(), "22"
    if name.startswith("[") and name.endswith("]"):
        name = name[1:-1]
    return fnmatch.fnmatchcase(host.lower(), name) and fnmatch.fnmatchcase(str(port), wanted)


def _alias_names(config: Path, left: int = _MOST_INCLUDES) -> Iterator[str]:
    """Give the names on Host lines that stand for one host each, those of included files too."""
    try:
        lines = config.read_text("utf-8", "replace").splitlines()
    except OSError:
        return
    for line in lines:
        try:
            words = shlex.split(line.replace("=", " ", 1), comments=True)
        except ValueError:
            continue
        keyword = words[0].lower() if words else ""
        if keyword == "host":
            yield from (word for word in words[1:] if not set(word) & set("*?!"))
        elif keyword == "include" and left > 0:
            for pattern in words[1:]:
                for path in _included(pattern):
                    yield from _alias_names(path, left - 1)


def _included(pattern: str) -> list[Path]:
    path = Path(pattern).expanduser()
    if not path.is_absolute():
        path = Path("~/.ssh").expanduser() / path
    return sorted(path.parent.glob(path.name))


def _reason(error: Exception) -> str:
    """Say what is wrong, without the paths of this machine."""
    if isinstance(error, OSError):
        return (error.strerror or type(error).__name__).lower()
    return type(error).__name__
