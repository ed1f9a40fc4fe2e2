"""The facade for the service: store uploads, and run the jobs that fetch and record.

asyncssh takes 17 MB and a fifth of a second. It is imported for the first host or job.
"""

from __future__ import annotations

import threading
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from flamescope_py.incoming import names
from flamescope_py.incoming.landing import Landing
from flamescope_py.jobs.job import JobView, now
from flamescope_py.jobs.runner import JobBounds, JobRunner
from flamescope_py.recording.local import Local
from flamescope_py.recording.perf import shown_commands
from flamescope_py.recording.recorder import record
from flamescope_py.recording.requests import Recording, read_recording
from flamescope_py.remote.requests import Capture, Fetch, read_capture, read_fetch
from flamescope_py.remote.rules import Rules

if TYPE_CHECKING:
    from flamescope_py.remote.capture import Capturer
    from flamescope_py.remote.fetch import Fetcher
    from flamescope_py.remote.hosts import Alias, Hosts

_HERE = "recording"


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """The settings of importing."""

    known_hosts: Path
    ssh_config: Path | None
    allowed_hosts: Collection[str]
    job_bounds: JobBounds
    max_seconds: int


class _Tools(NamedTuple):
    """The parts that need asyncssh."""

    hosts: Hosts
    fetcher: Fetcher
    capturer: Capturer


class Importer:
    """Brings profiles into one place; safe to use from several threads."""

    def __init__(self, options: ImportOptions, landing: Landing, jobs: JobRunner | None = None) -> None:
        """`landing` takes the files. `jobs` runs the jobs instead of a runner of its own."""
        self.max_seconds = options.max_seconds
        self.landing = landing
        self.jobs = jobs or JobRunner(options.job_bounds)
        # Raises ConfigError now, not with the first host.
        Rules(options.allowed_hosts)
        self._options = options
        self._tools_lock = threading.Lock()
        self._made: _Tools | None = None

    def _tools(self) -> _Tools:
        with self._tools_lock:
            if self._made is None:
                from flamescope_py.remote.capture import Capturer
                from flamescope_py.remote.connection import Connector
                from flamescope_py.remote.fetch import Fetcher
                from flamescope_py.remote.hosts import Hosts
                from flamescope_py.remote.keys import HostKeys

                hosts = Hosts(self._options.ssh_config, self._options.allowed_hosts)
                connector = Connector(hosts, HostKeys(self._options.known_hosts))
                self._made = _Tools(
                    hosts, Fetcher(connector, self.landing), Capturer(connector, self.landing)
                )
            return self._made

    def read_fetch(self, body: object) -> Fetch:
        """Read the body of an import. Raises ParameterError."""
        return read_fetch(body)

    def read_capture(self, body: object) -> Capture:
        """Read the body of a capture. Raises ParameterError."""
        return read_capture(body, self.max_seconds, lambda host: names.recording_name(host, now()))

    def fetch(self, request: Fetch, client: str) -> JobView:
        """Start an import. Raises BusyError."""
        source = f"{request.target}:{request.path}"
        return self.jobs.submit("ssh", source, client, lambda job: self._tools().fetcher.fetch(request, job))

    def capture(self, request: Capture, client: str) -> JobView:
        """Start a capture. Raises BusyError."""
        source = f"{request.target} {request.recording.subject}"
        return self.jobs.submit(
            "capture", source, client, lambda job: self._tools().capturer.capture(request, job)
        )

    def read_record(self, body: object) -> Recording:
        """Read the body of a recording here. Raises ParameterError."""
        return read_recording(body, self.max_seconds, self.recording_name)

    def recording_name(self) -> str:
        """Name a recording of this machine after the time."""
        return names.recording_name(_HERE, now())

    def commands(self, request: Recording) -> Sequence[str]:
        """Return the commands that a recording runs."""
        return shown_commands(request)

    def record(self, request: Recording, client: str) -> JobView:
        """Start a recording here. Raises BusyError."""
        return self.jobs.submit(
            "record", request.subject, client, lambda job: record(Local(), request, self.landing, job)
        )

    def aliases(self) -> list[Alias]:
        """Return the hosts that ~/.ssh/config names."""
        return self._tools().hosts.aliases()

    def close(self) -> None:
        """Stop all jobs."""
        self.jobs.close()
