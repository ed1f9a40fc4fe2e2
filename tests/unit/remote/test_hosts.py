"""The SSH configuration of a user."""

from __future__ import annotations

import asyncio
from pathlib import Path

from flamescope_py.remote.hosts import Hosts
from flamescope_py.remote.requests import Target


def test_one_that_cannot_be_looked_at_is_none() -> None:
    """As in the home of another user. Nobody can look into a place of this name either."""
    hosts = Hosts(Path(f"/{'x' * 300}/config"), [])
    assert hosts.aliases() == []
    (hop,) = asyncio.run(hosts.way(Target("127.0.0.1", 22, "perf")))
    assert (hop.host, hop.port) == ("127.0.0.1", 22)
