"""Record on a host, over SSH."""

from __future__ import annotations

from flamescope_py.incoming.landing import Landing
from flamescope_py.jobs.job import Progress
from flamescope_py.recording.recorder import record
from flamescope_py.remote.connection import Connector
from flamescope_py.remote.requests import Capture
from flamescope_py.remote.shell import Remote


class Capturer:
    """Records on hosts."""

    def __init__(self, connector: Connector, landing: Landing) -> None:
        """`connector` reaches hosts, `landing` takes files."""
        self._connector = connector
        self._landing = landing

    async def capture(self, request: Capture, progress: Progress) -> None:
        """Record as a request asks. Raises FlameScopeError."""
        progress.step("connecting")
        async with self._connector.connected(request.target) as connection:
            await record(Remote(connection), request.recording, self._landing, progress)
