"""Builds the service's parts from the settings."""

from __future__ import annotations

import hashlib
import logging
import os
import shutil
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from flamescope_py import __version__
from flamescope_py.errors import ConfigError
from flamescope_py.incoming.arriving import Bounds
from flamescope_py.incoming.landing import Landing
from flamescope_py.incoming.placing import ProfileNames
from flamescope_py.jobs.runner import JobBounds
from flamescope_py.jobs.shared import SharedJobs
from flamescope_py.model import Profile
from flamescope_py.objects.bucket import Bucket
from flamescope_py.objects.copies import Copies
from flamescope_py.readers import registry
from flamescope_py.readers.pool.growing import GrowingFiles
from flamescope_py.readers.pool.pool import ReadBounds, ReaderPool
from flamescope_py.readers.source import sniff_file, why_not_confined
from flamescope_py.remote.importer import Importer, ImportOptions
from flamescope_py.service.admission import Admission, AdmissionBounds
from flamescope_py.settings import Settings
from flamescope_py.settings.member import Member
from flamescope_py.settings.types import BucketURL
from flamescope_py.store.catalog import Catalog
from flamescope_py.store.catalog_memory import CatalogMemory
from flamescope_py.store.directory import ProfileDirectory
from flamescope_py.store.index import IndexStore
from flamescope_py.store.index_check import require_private
from flamescope_py.store.index_shared import SharedIndex
from flamescope_py.store.places import Directory
from flamescope_py.store.turns import Turns

if TYPE_CHECKING:
    from flamescope_py.service.fleet.otlp import OtlpDoor
    from flamescope_py.service.fleet.questions import Fleet

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
    return ReaderPool(settings.workers or _cores(), _read_bounds(settings))


def growing_files(settings: Settings, pool: ReaderPool) -> GrowingFiles:
    """Make the reader of growing files in front of a pool."""
    return GrowingFiles(pool.read, _read_bounds(settings))


def _read_bounds(settings: Settings) -> ReadBounds:
    bounds = ReadBounds(settings.max_parses, settings.max_parse_seconds, settings.max_decompressed_bytes)
    return bounds._replace(
        memory=_reading_memory(settings),
        nodes=settings.max_profile_nodes,
        frames=settings.max_profile_frames,
        samples=settings.max_profile_samples,
    )


def fleet(settings: Settings, on_close: Callable[[Profile], object]) -> Fleet | None:
    """Open the collection of many hosts, if the settings name one. Raises ConfigError."""
    if settings.fleet is None:
        return None
    from flamescope_py.service.fleet.questions import Fleet

    return Fleet(settings, settings.fleet, on_close)


def otlp_door(settings: Settings, member: Member | None) -> OtlpDoor | None:
    """Open the way in for OTLP profiles, if the settings do. Raises ConfigError."""
    if not settings.accept_otlp:
        return None
    from flamescope_py.service.fleet.otlp import OtlpDoor

    return OtlpDoor(settings, ingests=member is None or member.number == 0)


def admission(settings: Settings) -> Admission:
    """Make the admission of queries by their cost."""
    bounds = AdmissionBounds(
        settings.max_query_seconds, settings.max_client_seconds, settings.client_percent, settings.threads
    )
    return Admission(bounds)


def directory(settings: Settings) -> Directory:
    """Open the profile directory, on a disk or in a bucket. Raises ConfigError."""
    place = settings.profile_dir
    if isinstance(place, BucketURL):
        from flamescope_py.store.bucket import BucketDirectory

        copies = Copies(settings.cache_dir / "profiles", settings.max_objects_bytes)
        return BucketDirectory(Bucket(place), copies)
    return ProfileDirectory(place)


def notes_root(settings: Settings) -> Path | None:
    """Return the folder that notes are kept in, None for a bucket."""
    place = settings.profile_dir
    return None if isinstance(place, BucketURL) else place


def catalog(settings: Settings, directory: Directory) -> Catalog:
    """Make the catalog. The types it remembers hold for this version and this directory."""
    scope = f"{__version__} {_scope(settings)}"
    digest = hashlib.sha256(scope.encode("utf-8", "surrogateescape")).hexdigest()[:40]
    memory = CatalogMemory(settings.cache_dir / "catalog" / digest, scope)
    # Readers are imported when they are used first, which would make the first walk look slow.
    remote = isinstance(settings.profile_dir, BucketURL)
    return Catalog(directory, sniff_file, memory, prepare=registry.readers, remote=remote)


def index_store(
    settings: Settings, member: Member | None, extras: Callable[[Profile], Mapping[str, bytes]]
) -> IndexStore:
    """Make the index on disk. `extras` makes further files to keep with an index."""
    require_private(settings.cache_dir)
    memory = _reading_memory(settings)
    turns = Turns(None if member is None else member.folder, settings.max_parse_seconds)
    place, limit = settings.cache_dir / "index", settings.max_index_bytes
    return IndexStore(place, limit, _scope(settings), memory, turns, extras, _shared_index(settings))


def _shared_index(settings: Settings) -> SharedIndex | None:
    """Return the indexes beside the profiles of a bucket. Raises ConfigError without a bucket."""
    if not settings.shared_index:
        return None
    if not isinstance(settings.profile_dir, BucketURL):
        raise ConfigError("shared_index needs a bucket as the profile directory: s3://bucket/prefix.")
    return SharedIndex(Bucket(settings.profile_dir), settings.max_index_bytes)


def importer(settings: Settings, member: Member | None) -> Importer:
    """Make the importer, and remove the leftovers of a killed server."""
    options, landing = _import_options(settings), _landing(settings)
    jobs = None if member is None else SharedJobs(options.job_bounds, member.folder, member.number)
    landing.clear_leftovers()
    return Importer(options, landing, jobs)


def _landing(settings: Settings) -> Landing:
    """Return the way into the profile directory, on a disk or in a bucket."""
    place, bounds = settings.profile_dir, Bounds(settings.max_file_bytes, settings.min_free_bytes)

    def refusal(file: BinaryIO) -> str:
        return sniff_file(file).reason

    if isinstance(place, BucketURL):
        from flamescope_py.incoming.bucket import BucketLanding

        return BucketLanding(settings.cache_dir / "spool", Bucket(place), bounds, refusal)
    return Landing(ProfileNames(place), bounds, refusal)


def _import_options(settings: Settings) -> ImportOptions:
    """Return the settings of imports."""
    return ImportOptions(
        known_hosts=settings.known_hosts_file,
        ssh_config=settings.ssh_config or Path("~/.ssh/config").expanduser(),
        allowed_hosts=settings.ssh_hosts,
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
    place = settings.profile_dir
    return place if isinstance(place, BucketURL) else str(place.resolve())


def _cores() -> int:
    return os.cpu_count() or 1
