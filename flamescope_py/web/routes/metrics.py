"""`/metrics`: counters and gauges in the format of Prometheus.

Labels come from the routes and from fixed lists, never from a request: a value that clients choose must not
become a time series.
"""

from __future__ import annotations

from collections.abc import Iterable

from flask import Blueprint, Flask, Response, current_app
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.gc_collector import GCCollector
from prometheus_client.platform_collector import PlatformCollector
from prometheus_client.process_collector import ProcessCollector
from prometheus_client.registry import Collector

from flamescope_py import __version__
from flamescope_py.service import Service, Vitals
from flamescope_py.settings.member import Member
from flamescope_py.web.metrics_files import MetricsFiles
from flamescope_py.web.openapi.operation import Operation, describes
from flamescope_py.web.respond import uncached

blueprint = Blueprint("metrics", __name__)

_KEY = "flamescope_py.metrics"
_METHODS = frozenset({"GET", "HEAD", "POST", "DELETE", "OPTIONS"})
# From an answer from memory to the first reading of a large file.
_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)
_JOB_STATES = ("queued", "running", "done", "failed", "cancelled")


class Meters:
    """The counters of requests, in a registry that also asks the service."""

    def __init__(self, service: Service, member: Member | None = None) -> None:
        """Start from zero. `member` is the place of this process among several."""
        self.registry = CollectorRegistry()
        self._requests = Counter(
            "flamescope_requests",
            "Requests answered.",
            ["method", "route", "status"],
            registry=self.registry,
        )
        self._seconds = Histogram(
            "flamescope_request_seconds",
            "From a request's arrival to the last byte that was handed over.",
            ["route"],
            buckets=_SECONDS,
            registry=self.registry,
        )
        self._sent = Counter("flamescope_sent_bytes", "Bytes of answers.", ["route"], registry=self.registry)
        for collector in (ProcessCollector, PlatformCollector, GCCollector):
            collector(registry=self.registry)
        self.registry.register(_ServiceCollector(service))
        self._files = None
        if member is not None:
            self._files = MetricsFiles(member.folder, member.number, self._own)

    def count(self, method: str, route: str, status: int, seconds: float, sent: int) -> None:
        """Count one request."""
        method = method if method in _METHODS else "other"
        self._requests.labels(method, route, str(status)).inc()
        self._seconds.labels(route).observe(seconds)
        self._sent.labels(route).inc(sent)
        if self._files is not None:
            self._files.changed()

    def text(self) -> bytes:
        """Return the metrics of the server, of all its processes."""
        return self._own() if self._files is None else self._files.all()

    def _own(self) -> bytes:
        return generate_latest(self.registry)


class _ServiceCollector(Collector):
    """Asks the service at each scrape, so that nothing is stored twice."""

    def __init__(self, service: Service) -> None:
        self._service = service

    def collect(self) -> Iterable[Metric]:
        vitals = self._service.vitals()
        version = GaugeMetricFamily("flamescope_build", "The version.", labels=["version"])
        version.add_metric([__version__], 1)
        yield version
        yield from _readings(vitals)
        jobs = GaugeMetricFamily("flamescope_jobs", "Imports and recordings.", labels=["state"])
        for state in _JOB_STATES:
            jobs.add_metric([state], vitals.jobs.get(state, 0))
        yield jobs


def _readings(vitals: Vitals) -> Iterable[Metric]:
    """Yield the metrics of reading profiles."""
    outcomes = CounterMetricFamily(
        "flamescope_profile_lookups", "Where profiles that were asked for came from.", labels=["source"]
    )
    for source, count in vitals.lookups.items():
        outcomes.add_metric([source], count)
    yield outcomes
    yield CounterMetricFamily("flamescope_parsed_bytes", "Bytes of files read.", vitals.parsed_bytes)
    # MB/s is rate(flamescope_parsed_bytes_total) over rate(flamescope_parse_seconds_total).
    yield CounterMetricFamily("flamescope_parse_seconds", "Time spent reading.", vitals.parse_seconds)
    yield CounterMetricFamily("flamescope_parse_failures", "Readings that failed.", vitals.parse_failures)
    refused = CounterMetricFamily(
        "flamescope_refused_queries",
        "Queries refused before they worked: too costly, too many of a client, or too many at once.",
        labels=["reason"],
    )
    for reason, count in vitals.refused.items():
        refused.add_metric([reason], count)
    yield refused
    gauges = {
        "flamescope_costly_queries": ("Costly queries under way.", vitals.costly),
        "flamescope_parsing": ("Files being read.", vitals.parsing),
        "flamescope_waiting": ("Requests that wait for a reading.", vitals.waiting),
        "flamescope_open_bytes": ("Memory of open profiles.", vitals.open_bytes),
        "flamescope_open_profiles": ("Open profiles.", vitals.open_profiles),
        "flamescope_listed_files": ("Files of the last list.", vitals.listed),
        "flamescope_skipped_folders": ("Folders that could not be read.", vitals.skipped),
        "flamescope_pending_files": ("New files not looked at yet.", vitals.pending),
    }
    for name, (meaning, value) in gauges.items():
        yield GaugeMetricFamily(name, meaning, value)


def install(app: Flask, service: Service, member: Member | None = None) -> Meters:
    """Attach meters to an application."""
    meters = app.extensions[_KEY] = Meters(service, member)
    return meters


@blueprint.get("/metrics")
@describes(Operation({"text/plain": ()}, detail="In the text format of Prometheus."))
def show_metrics() -> Response:
    """Return all counters and gauges."""
    meters: Meters = current_app.extensions[_KEY]
    return uncached(meters.text(), content_type=CONTENT_TYPE_LATEST)
