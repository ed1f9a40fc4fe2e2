"""The user behind a loopback connection, by the real tables of the kernel."""

from __future__ import annotations

import os
import socket

import pytest

from flamescope_py.web.local_users import LocalUsers

PLACES = [
    (socket.AF_INET, "127.0.0.1", "127.0.0.1", False),
    (socket.AF_INET, "127.0.0.2", "127.0.0.2", False),
    (socket.AF_INET6, "::1", "::1", False),
    (socket.AF_INET6, "::", "127.0.0.1", True),
]


@pytest.mark.parametrize(("family", "bound", "reached", "both"), PLACES)
def test_the_user_of_a_connection_is_found(
    family: socket.AddressFamily, bound: str, reached: str, both: bool
) -> None:
    try:
        listener = socket.create_server((bound, 0), family=family, dualstack_ipv6=both)
    except (OSError, ValueError) as error:
        pytest.skip(f"no such address here: {error}")
    with listener, socket.create_connection((reached, listener.getsockname()[1])):
        accepted, (address, port, *_) = listener.accept()
        with accepted:
            found = LocalUsers()
            assert found.user(address, port) == os.getuid()
            assert found.user(address, port) == os.getuid()
            other = port - 1 if port > 1 else port + 1
            assert found.user("10.0.0.1", port) is None
            assert LocalUsers().user("no address", other) is None
