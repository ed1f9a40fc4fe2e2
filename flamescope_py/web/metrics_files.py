"""The metrics of several server processes: each writes its own to a file, and any of them answers with all.

Every time series gets the label `process`, so that the counters of a process that is started again begin at
zero, as Prometheus expects.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from pathlib import Path

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import Metric
from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.registry import Collector

LABEL = "process"
_SUFFIX = ".metrics"
# How long a change may take to be seen by the other processes.
_WRITE_SECONDS = 0.5


class MetricsFiles:
    """The file of one process, and those of its siblings."""

    def __init__(self, folder: Path, number: int, own: Callable[[], bytes]) -> None:
        """`own` returns the metrics of this process as text."""
        self._folder = folder
        self._path = folder / f"{number}{_SUFFIX}"
        self._own = own
        self._changed = threading.Event()
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()

    def changed(self) -> None:
        """Write the file soon."""
        self._changed.set()
        if self._thread is None:
            with self._lock:
                if self._thread is None:
                    self._thread = threading.Thread(target=self._keep_written, name="metrics", daemon=True)
                    self._thread.start()

    def all(self) -> bytes:
        """Return the metrics of all processes as text."""
        self._write()
        registry = CollectorRegistry()
        registry.register(_Joined(self._texts()))
        return generate_latest(registry)

    def _keep_written(self) -> None:
        while self._changed.wait():
            self._changed.clear()
            self._write()
            # Several requests are one write.
            threading.Event().wait(_WRITE_SECONDS)

    def _write(self) -> None:
        # Metrics of a full disk are old ones.
        with suppress(OSError), self._lock:
            aside = self._path.with_suffix(".new-metrics")
            aside.write_bytes(self._own())
            aside.replace(self._path)

    def _texts(self) -> Iterator[tuple[str, str]]:
        for path in sorted(self._folder.glob(f"*{_SUFFIX}")):
            with suppress(OSError):
                yield path.stem, path.read_text("utf-8")


class _Joined(Collector):
    def __init__(self, texts: Iterable[tuple[str, str]]) -> None:
        self._texts = list(texts)

    def collect(self) -> Iterable[Metric]:
        found: dict[str, Metric] = {}
        for process, text in self._texts:
            for family in text_string_to_metric_families(text):
                joined = found.setdefault(
                    family.name, Metric(family.name, family.documentation, family.type, family.unit)
                )
                for sample in family.samples:
                    joined.samples.append(sample._replace(labels={**sample.labels, LABEL: process}))
        return found.values()
