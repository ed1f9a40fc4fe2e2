"""Builds the service's parts from the settings."""

from __future__ import annotations

import hashlib
import logging
import os
import shutil
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from flamescope_py import __version__
from flamescope_py.incoming.landing import Bounds
from flamescope_py.jobs.runner import JobBounds
from flamescope_py.jobs.shared import SharedJobs
from flamescope_py.model import Profile
from flamescope_py.readers import registry
from flamescope_py.readers.pool.pool import ReadBounds, ReaderPool
from flamescope_py.readers.source import sniff_file, why_not_confined
from flamescope_py.remote.importer import Importer, ImportOptions
from flamescope_py.service.admission import Admission, AdmissionBounds
from flamescope_py.settings import Settings
from flamescope_py.settings.member import Member
from flamescope_py.store.catalog import Catalog
from flamescope_py.store.catalog_memory import CatalogMemory
from flamescope_py.store.directory import ProfileDirectory
from flamescope_py.store.index import IndexStore
from flamescope_py.store.index_check import require_private
from flamescope_py.store.turns import Turns

if TYPE_CHECKING:
    from flamescope_py.service.fleet import Fleet

logger = logging.getLogger(__name__)


def machine_memory() -> int:
    """Return the memory of this machine, or of the container, in bytes."""
    found = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    for path in ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"):
        # Without a limit the file contains "max".
        with suppress(OSError, ValueError):
            found = min(found, int(Path(path).read_text()))
    return found


def _reading_memory(settings: Settings) -> int:
    return settings.max_reader_bytes or machine_memory() // 2


def reader_pool(settings: Settings) -> ReaderPool:
    """Make the pool of reader processes."""
    bounds = ReadBounds(settings.max_parses, settings.max_parse_seconds, settings.max_decompressed_bytes)
    bounds = bounds._replace(
        memory=_reading_memory(settings),
        nodes=settings.max_profile_nodes,
        frames=settings.max_profile_frames,
        samples=settings.max_profile_samples,
    )
    return ReaderPool(settings.workers or _cores(), bounds)


def fleet(settings: Settings, on_close: Callable[[Profile], object]) -> Fleet | None:
    """Open the collection of many hosts, if the settings name one. Raises ConfigError."""
    if settings.fleet is None:
        return None
    from flamescope_py.service.fleet import Fleet

    return Fleet(settings, settings.fleet, on_close)


def admission(settings: Settings) -> Admission:
    """Make the admission of queries by their cost."""
    bounds = AdmissionBounds(
        settings.max_query_seconds, settings.max_client_seconds, settings.client_percent, settings.threads
    )
    return Admission(bounds)


def catalog(settings: Settings, directory: ProfileDirectory) -> Catalog:
    """Make the catalog. The types it remembers hold for this version and this directory."""
    scope = f"{__version__} {_scope(settings)}"
    digest = hashlib.sha256(scope.encode("utf-8", "surrogateescape")).hexdigest()[:40]
    memory = CatalogMemory(settings.cache_dir / "catalog" / digest, scope)
    # Readers are imported when they are used first, which would make the first walk look slow.
    return Catalog(directory, sniff_file, memory, prepare=registry.readers)


def index_store(
    settings: Settings, member: Member | None, notes: Callable[[Profile], Mapping[str, bytes]]
) -> IndexStore:
    """Make the index on disk. `notes` makes further files to keep with an index."""
    require_private(settings.cache_dir)
    memory = _reading_memory(settings)
    turns = Turns(None if member is None else member.folder, settings.max_parse_seconds)
    place, limit = settings.cache_dir / "index", settings.max_index_bytes
    return IndexStore(place, limit, _scope(settings), memory, turns, notes)


def importer(settings: Settings, member: Member | None) -> Importer:
    """Make the importer, and remove the leftovers of a killed server."""
    options = _import_options(settings)
    jobs = None if member is None else SharedJobs(options.job_bounds, member.folder, member.number)
    found = Importer(options, lambda file: sniff_file(file).reason, jobs)
    found.landing.clear_leftovers()
    return found


def _import_options(settings: Settings) -> ImportOptions:
    """Return the settings of imports."""
    return ImportOptions(
        profile_dir=settings.profile_dir,
        known_hosts=settings.known_hosts_file,
        ssh_config=settings.ssh_config or Path("~/.ssh/config").expanduser(),
        allowed_hosts=settings.ssh_hosts,
        bounds=Bounds(settings.max_file_bytes, settings.min_free_bytes),
        job_bounds=JobBounds(
            running=settings.max_jobs,
            queued=4 * settings.max_jobs,
            per_client=settings.max_client_jobs,
            seconds=settings.job_seconds,
        ),
        max_seconds=settings.max_record_seconds,
    )


def warn_unconfined() -> None:
    """Log if perf is there, which reads perf.data, and this machine cannot confine it."""
    reason = why_not_confined() if shutil.which("perf") else ""
    if reason:
        logger.warning(
            "perf, which reads perf.data, is not confined: this machine makes no namespaces (%s).", reason
        )


def _scope(settings: Settings) -> str:
    return str(settings.profile_dir.resolve())


def _cores() -> int:
    return os.cpu_count() or 1
