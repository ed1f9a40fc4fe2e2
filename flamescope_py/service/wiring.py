"""Makes of the settings what the service is put together from; also reads one file without them."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import BinaryIO

from flamescope_py import __version__
from flamescope_py.analysis.filters.named import FrameFilter, builtin_filters, load_filters
from flamescope_py.errors import ConfigError
from flamescope_py.incoming.part import Bounds
from flamescope_py.jobs.runner import JobBounds
from flamescope_py.model import Profile
from flamescope_py.readers.pool.pool import ReadBounds, ReaderPool
from flamescope_py.readers.registry import UNKNOWN_TYPE
from flamescope_py.readers.source import sniff_file
from flamescope_py.remote.importer import Importer, ImportOptions
from flamescope_py.settings import Settings
from flamescope_py.store.catalog import Catalog
from flamescope_py.store.catalog_memory import CatalogMemory
from flamescope_py.store.directory import ProfileDirectory
from flamescope_py.store.index import IndexStore


def reader_pool(settings: Settings) -> ReaderPool:
    """Make the processes that read large files."""
    bounds = ReadBounds(settings.max_parses, settings.max_parse_seconds, settings.max_decompressed_bytes)
    return ReaderPool(settings.workers or _cores(), bounds)


def catalog(settings: Settings, directory: ProfileDirectory) -> Catalog:
    """Make the list of a directory; what files are is remembered for this version and this directory."""
    scope = f"{__version__} {_scope(settings)}"
    digest = hashlib.sha256(scope.encode("utf-8", "surrogateescape")).hexdigest()[:40]
    return Catalog(directory, sniff_file, CatalogMemory(settings.cache_dir / "catalog" / digest, scope))


def index_store(settings: Settings) -> IndexStore:
    """Make the place where what was read is kept."""
    return IndexStore(settings.cache_dir / "index", settings.max_index_bytes, scope=_scope(settings))


def importer(settings: Settings) -> Importer:
    """Make what brings files, and remove what it left behind at the last stop."""
    found = Importer(_import_options(settings), lambda file: sniff_file(file).reason)
    found.landing.clear_leftovers()
    return found


def _import_options(settings: Settings) -> ImportOptions:
    """Pick out what the settings say of importing."""
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


def all_filters(settings: Settings) -> dict[str, FrameFilter]:
    """Join the package's filters and the user's, which may replace them; check the default ones."""
    filters = dict(builtin_filters())
    if settings.filters_file is not None:
        filters |= load_filters(settings.filters_file)
    for name in settings.default_filters:
        if name not in filters:
            known = ", ".join(sorted(filters))
            raise ConfigError(f"default_filters names {name!r}, which is no filter: there are {known}.")
    return filters


def read_alone(file: BinaryIO, type_name: str | None = None) -> Profile:
    """Read a file that stands at its start, on all cores where it is large. Raises what the readers raise."""
    pool = ReaderPool(_cores())
    try:
        return pool.read(file, type_name or UNKNOWN_TYPE)
    finally:
        pool.close()


def _scope(settings: Settings) -> str:
    return str(settings.profile_dir.resolve())


def _cores() -> int:
    return os.cpu_count() or 1
