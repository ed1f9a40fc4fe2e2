"""Open SSH connections hop by hop, and explain why one cannot be opened."""

from __future__ import annotations

import asyncio
import errno
import logging
import os
import socket
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from typing import Any

import asyncssh

from flamescope_py.errors import RemoteError
from flamescope_py.jobs.waiting import to_the_end, within
from flamescope_py.remote.hosts import CONNECT_SECONDS, Hop, Hosts
from flamescope_py.remote.keys import HostKeyCheck, HostKeys
from flamescope_py.remote.requests import Target

# At lower levels asyncssh logs users, commands and output of hosts.
asyncssh.set_log_level(logging.ERROR)

_CLOSE_SECONDS = 5


class Connector:
    """Connects to hosts that may be reached and whose keys are trusted."""

    def __init__(self, hosts: Hosts, host_keys: HostKeys) -> None:
        """`hosts` resolves names, `host_keys` has the trusted keys."""
        self._hosts = hosts
        self._host_keys = host_keys

    @asynccontextmanager
    async def connected(self, target: Target) -> AsyncIterator[asyncssh.SSHClientConnection]:
        """Yield a connection; it and all hops before it are closed in the end.

        Raises ForbiddenError, UnknownHostKeyError and RemoteError.
        """
        async with AsyncExitStack() as stack:
            connection: asyncssh.SSHClientConnection | None = None
            for hop in await self._hosts.way(target):
                connection = await self._hop(hop, connection, target.host_key)
                stack.push_async_callback(lambda one: to_the_end(_close(one)), connection)
            assert connection is not None  # noqa: S101 - a way has at least the host itself
            yield connection

    async def _hop(
        self, hop: Hop, through: asyncssh.SSHClientConnection | None, accepted: str | None
    ) -> asyncssh.SSHClientConnection:
        known = self._host_keys.known(hop.known_as, hop.port, hop.known_hosts)
        check = HostKeyCheck(hop.known_as, hop.port, known, accepted)
        try:
            return await asyncssh.connect(
                hop.host,
                hop.port,
                # None: the options already contain the configuration, which must not redirect this again.
                config=None,
                options=hop.options,
                tunnel=through and _Tunnel(through, hop.addresses),
                sock=await _connected_socket(hop, through),
                client_factory=lambda: check,
                known_hosts=(known.keys, known.authorities, known.revoked),
                server_host_key_algs=known.algorithms,
            )
        except (OSError, asyncssh.Error, asyncio.TimeoutError) as error:
            raise check.refusal or RemoteError(_why(error, hop)) from error
        finally:
            # Also when the login fails afterwards: the key exchange has proved whose key it is.
            if check.proved is not None:
                self._host_keys.remember(hop.known_as, hop.port, check.proved)


class _Tunnel:
    """A connection through which the next hop is reached, at an address that was checked."""

    def __init__(self, connection: asyncssh.SSHClientConnection, addresses: Sequence[str]) -> None:
        self._connection = connection
        self._addresses = addresses

    async def create_connection(self, factory: Any, host: str, port: int) -> Any:
        """Open a channel, as asyncssh asks for it; without addresses the hop resolves the name."""
        *others, last = self._addresses or (host,)
        for address in others:
            with suppress(asyncssh.ChannelOpenError):
                return await self._connection.create_connection(factory, address, port)
        return await self._connection.create_connection(factory, last, port)


async def _connected_socket(hop: Hop, through: object) -> socket.socket | None:
    """Connect to an address that was checked; None where asyncssh is to connect by itself."""
    if through is not None or hop.options.proxy_command or not hop.addresses:
        return None
    return await within(CONNECT_SECONDS, _first_connected(hop))


async def _first_connected(hop: Hop) -> socket.socket:
    loop, failure = asyncio.get_running_loop(), OSError(errno.EHOSTUNREACH, "")
    for address in hop.addresses:
        # A numeric address: nothing is looked up.
        found = socket.getaddrinfo(address, hop.port, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST)
        family, kind, protocol, _, place = found[0]
        sock = socket.socket(family, kind, protocol)
        try:
            sock.setblocking(False)
            if hop.options.local_addr:
                sock.bind(hop.options.local_addr)
            await loop.sock_connect(sock, place)
        except OSError as error:
            failure = error
            sock.close()
        except BaseException:
            sock.close()
            raise
        else:
            return sock
    raise failure


async def _close(connection: asyncssh.SSHClientConnection) -> None:
    """Close a connection, without waiting for a peer that is gone."""
    connection.close()
    try:
        await within(_CLOSE_SECONDS, connection.wait_closed())
    except (OSError, asyncssh.Error, asyncio.TimeoutError):
        connection.abort()


def _why(error: Exception, hop: Hop) -> str:
    """Explain why there is no connection. Only the system's own error text is repeated."""
    place, user = f"{hop.host} port {hop.port}", hop.options.username
    if isinstance(error, asyncssh.PermissionDenied):
        return (
            f"{hop.host} does not let {user} in: none of the server's keys is accepted. Add the public key "
            "of the agent or of ~/.ssh to the host's authorized_keys, or give another user."
        )
    if isinstance(error, asyncssh.HostKeyNotVerifiable):
        return f"The host key of {hop.host} is revoked or not vouched for: see the known_hosts files."
    if isinstance(error, asyncssh.KeyExchangeFailed):
        return f"{place} offers no algorithm that is in use here: bring its SSH server up to date."
    if isinstance(error, asyncssh.ChannelOpenError):
        return f"{place} cannot be reached from the host in between."
    if isinstance(error, asyncio.TimeoutError):
        return f"{place} did not answer within {CONNECT_SECONDS} seconds."
    if isinstance(error, socket.gaierror):
        return f"There is no host {hop.host}: check the name."
    if isinstance(error, OSError):
        # asyncio puts addresses into the text, strerror does not.
        reason = f": {os.strerror(error.errno).lower()}" if error.errno else ""
        return f"{place} cannot be reached{reason}."
    return f"{place} closed the connection, or is no SSH server."
