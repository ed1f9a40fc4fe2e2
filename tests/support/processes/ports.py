"""Free ports for programs that take no port 0. Another process may take one meanwhile: callers try again."""

from __future__ import annotations

import socket


def free_port() -> int:
    """Return a port of loopback that is free now."""
    return free_ports(1)[0]


def free_ports(count: int) -> list[int]:
    """Return different ports of loopback that are free now."""
    held = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    found = [one.getsockname()[1] for one in held]
    for one in held:
        one.close()
    return found
