"""OpenTelemetry's door: profiles that are sent are kept as files, and ingested a minute later."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from time import time_ns
from typing import BinaryIO, NamedTuple

from flamescope_py import protobuf
from flamescope_py.errors import ConfigError
from flamescope_py.incoming.spool import LINES, MESSAGES, Spool, Spooled
from flamescope_py.jobs.job import now
from flamescope_py.readers.requests import Part, otlp_parts
from flamescope_py.settings import Settings
from flamescope_py.settings.types import BucketURL

logger = logging.getLogger(__name__)

_LOOK_SECONDS = 10.0
_MAX_FAULTS = 1000


class Taken(NamedTuple):
    """The answer to a request: the profiles that were refused, and why, "" if nothing was left out."""

    refused: int
    faults: str

    def message(self) -> bytes:
        """Return an ExportProfilesServiceResponse.

        partial_success = 1 { rejected_profiles = 1, error_message = 2 }
        """
        if not self.refused and not self.faults:
            return b""
        words = self.faults.encode("utf-8", "replace")
        return protobuf.text(1, protobuf.number(1, self.refused) + protobuf.text(2, words))


class OtlpDoor:
    """Takes requests of any thread; one thread ingests."""

    def __init__(self, settings: Settings, ingests: bool) -> None:
        """`ingests` is False in all but one process of a server. Raises ConfigError."""
        root = settings.profile_dir
        if isinstance(root, BucketURL):
            raise ConfigError("accept_otlp needs a folder as the profile directory, not a bucket.")
        if settings.read_only:
            raise ConfigError("A server that is read_only takes no profiles: leave accept_otlp away.")
        if settings.token_file is None:
            raise ConfigError("accept_otlp needs token_file: the file with the token that senders show.")
        self._spool = Spool(root, settings.max_otlp_bytes, settings.min_free_bytes)
        self._fleet = settings.fleet
        self._failed: set[str] = set()
        self._closing = threading.Event()
        self._thread: threading.Thread | None = None
        if ingests and self._fleet is not None:
            self._thread = threading.Thread(target=self._work, name="otlp", daemon=True)
            self._thread.start()

    def take(self, body: bytes, json: bool) -> Taken:
        """Keep the profiles of a request, compressed or not.

        Raises BrokenProfileError if it is no request, TooLargeError, TooManyRequestsError if the spool is
        full, and StorageFullError.
        """
        refused, faults, moment = 0, list[str](), now()
        for part in otlp_parts(body, json):
            if part.body:
                self._spool.append(part.service, part.host, LINES if json else MESSAGES, part.body, moment)
            else:
                refused += part.profiles
            if part.faults:
                faults.append(_fault(part))
        return Taken(refused, " | ".join(faults)[:_MAX_FAULTS])

    def ingest(self) -> int:
        """Ingest the files whose minute is over, remove them, and return their number."""
        moment = now()
        ready = {one.name: one for one in self._spool.files() if one.is_over(moment)}
        waiting = [one for name, one in ready.items() if name not in self._failed]
        done = 0
        for name, outcome, reason in self._ingested(waiting):
            if outcome in {"failed", "unknown"}:
                # The file stays for inspection, and is not tried again.
                self._failed.add(name)
                logger.warning("OTLP profiles cannot be ingested: %s: %s", name, reason)
            else:
                ready[name].path.unlink(missing_ok=True)
                done += 1
        return done

    def close(self) -> None:
        """Stop ingesting."""
        self._closing.set()
        if self._thread is not None:
            self._thread.join(timeout=5)

    def _ingested(self, files: list[Spooled]) -> Iterator[tuple[str, str, str]]:
        if not files or self._fleet is None:
            return
        from flamescope_py.fleet.labels import LabelRules
        from flamescope_py.fleet.writing.ingest import Orders, Task
        from flamescope_py.fleet.writing.running import run

        tasks = [Task(one.name, partial(_open, one.path)) for one in files]
        for found in run(tasks, Orders(self._fleet, LabelRules(), time_ns() // 1000), 1):
            yield found.name, found.outcome, found.reason

    def _work(self) -> None:
        while not self._closing.wait(_LOOK_SECONDS):
            self._try()

    def _try(self) -> None:
        try:
            self.ingest()
        except Exception:
            # The files stay, and the next round tries again.
            logger.exception("OTLP profiles could not be ingested")


def _open(path: Path) -> BinaryIO:
    return path.open("rb")


def _fault(part: Part) -> str:
    owner = " on ".join(name[:100] for name in (part.service, part.host) if name)
    return f"{owner or 'unknown service'}: {part.faults}"
