"""Resolve a host: apply ~/.ssh/config, and check every hop against the rules of ssh_hosts.

All hops are resolved and checked before anything is connected. The connection then goes to the very address
that was checked, so that no alias, ProxyJump or second DNS answer leads where the server may not go.
"""

from __future__ import annotations

import asyncio
import getpass
import shlex
import socket
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import asyncssh
from asyncssh.config import SSHClientConfig

from flamescope_py.errors import ForbiddenError, RemoteError
from flamescope_py.jobs.waiting import within
from flamescope_py.remote.requests import Target
from flamescope_py.remote.rules import Rules, parse_address

_MOST_HOPS = 8
_MOST_INCLUDES = 64
CONNECT_SECONDS = 30
# A peer that is gone without a word is noticed after a minute.
_KEEPALIVE = {"keepalive_interval": 15, "keepalive_count_max": 3}


@dataclass(frozen=True, slots=True)
class Hop:
    """One machine on the way to a host.

    `options` come from ~/.ssh/config, including keys. `addresses` are the checked ones, empty if the name
    itself is allowed.
    """

    options: asyncssh.SSHClientConnectionOptions
    host: str
    port: int
    known_as: str
    known_hosts: tuple[str, ...]
    addresses: tuple[str, ...] = ()


class Alias(NamedTuple):
    """A host that ~/.ssh/config names."""

    alias: str
    host: str
    port: int
    user: str


class Hosts:
    """Resolves hosts by one configuration file."""

    def __init__(self, config: Path | None, allowed: Collection[str]) -> None:
        """`allowed` are the patterns of ssh_hosts; none allows all. Raises ConfigError."""
        self._config = config
        self._rules = Rules(allowed)

    async def way(self, target: Target) -> list[Hop]:
        """Return the hops to a host, the host itself last. Raises ForbiddenError and RemoteError."""
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
        """Apply the configuration to a host, check where it leads, and read its keys."""
        bare = await self._look_up(target, client_keys=None)
        addresses = await self._checked(bare)
        # As ssh does, pass over keys that are not there, or that a passphrase locks.
        keys = _present(_names(bare, "IdentityFile"))
        options = await self._look_up(target, client_keys=keys, ignore_encrypted=True)
        if (options.host, options.port) != (bare.host, bare.port):
            raise RemoteError("The SSH configuration changed while it was read: try again.")
        hop = Hop(
            options,
            bare.host,
            bare.port,
            bare.host_key_alias or bare.host,
            tuple(_names(bare, "UserKnownHostsFile")),
            addresses,
        )
        return hop, _jumps(bare.tunnel)

    async def _look_up(self, target: Target, **more: object) -> asyncssh.SSHClientConnectionOptions:
        """Apply the configuration to a host."""
        config = [str(self._config)] if self._config is not None and _is_file(self._config) else None
        user = () if target.user is None else target.user
        port = () if target.port is None else target.port
        try:
            return await _options(config=config, host=target.host, port=port, username=user, **more)
        except (OSError, ValueError, asyncssh.Error) as error:
            raise RemoteError(f"The SSH configuration cannot be used: {_reason(error)}.") from error

    async def _checked(self, options: asyncssh.SSHClientConnectionOptions) -> tuple[str, ...]:
        """Return the addresses to connect to, none where the name will do.

        Raises ForbiddenError unless the name is allowed, or every address that it resolves to.
        """
        host, port = options.host, options.port
        if self._rules.allow_name(host, port):
            return ()
        if self._rules.judge_addresses(port):
            if options.proxy_command and not options.tunnel and parse_address(host) is None:
                # The command would resolve the name once more, and perhaps to another address.
                raise ForbiddenError(
                    f"This server may not connect to {host} port {port}: it has a ProxyCommand, so ssh_hosts "
                    "must allow its name."
                )
            addresses = await _addresses(host, port, options.family)
            if addresses and all(self._rules.allow_address(address, port) for address in addresses):
                return addresses
        raise ForbiddenError(f"This server may not connect to {host} port {port}: it is not among ssh_hosts.")

    def aliases(self) -> list[Alias]:
        """Return the hosts that the configuration names, without those that the rules surely refuse.

        Nothing is run and nothing is looked up for a list: a `Match exec` counts as no match, and names that
        an address rule may allow are listed.
        """
        if self._config is None or not _is_file(self._config):
            return []
        found = []
        for name in dict.fromkeys(_alias_names(self._config)):
            try:
                alias = _read_alias(self._config, name)
            except (OSError, ValueError, asyncssh.Error):
                continue
            if self._may_reach(alias.host, alias.port):
                found.append(alias)
        return found

    def _may_reach(self, host: str, port: int) -> bool:
        if self._rules.allow_name(host, port) or self._rules.allow_address(host, port):
            return True
        return parse_address(host) is None and self._rules.judge_addresses(port)


async def _addresses(host: str, port: int, family: int) -> tuple[str, ...]:
    """Resolve a name. Raises RemoteError."""
    loop = asyncio.get_running_loop()
    try:
        found = await within(
            CONNECT_SECONDS, loop.getaddrinfo(host, port, family=family, type=socket.SOCK_STREAM)
        )
    except (OSError, UnicodeError, asyncio.TimeoutError) as error:
        raise RemoteError(f"There is no host {host}: check the name.") from error
    return tuple(dict.fromkeys(str(place[0]) for *_, place in found))


class _Config(SSHClientConfig):
    """An SSH configuration that is only read: a `Match` line with `exec` is never true and runs nothing."""

    def _match(self, option: str, args: list[str]) -> None:
        if any(word.lower().lstrip("!") == "exec" for word in args):
            self._matching = False
            args.clear()
        else:
            super()._match(option, args)

    _handlers = {**SSHClientConfig._handlers, "match": ("Match", _match)}  # noqa: RUF012 - as asyncssh does


def _read_alias(path: Path, name: str) -> Alias:
    user = getpass.getuser()
    config = _Config.load(None, [str(path)], False, False, False, user, (), name, ())
    return Alias(
        name,
        str(config.get("Hostname", name)),
        int(str(config.get("Port", asyncssh.DEFAULT_PORT))),
        str(config.get("User", user)),
    )


async def _options(**values: object) -> asyncssh.SSHClientConnectionOptions:
    """Make options that allow nothing but a login with a key."""
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
    """Return the key files that exist; without any, asyncssh takes the usual ones."""
    return [path for path in paths if _is_file(Path(path).expanduser())]


def _is_file(path: Path) -> bool:
    """Return False for a file into whose folder this user cannot look, too."""
    try:
        return path.is_file()
    except OSError:
        return False


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


def _alias_names(config: Path, left: int = _MOST_INCLUDES) -> Iterator[str]:
    """Yield the names on Host lines that stand for one host each, those of included files too."""
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
    """Name the error without the paths of this machine."""
    if isinstance(error, OSError):
        return (error.strerror or type(error).__name__).lower()
    return type(error).__name__
