"""The service: opens, lists, adds and removes profiles; `queries` answers questions about open ones."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from time import monotonic
from typing import TYPE_CHECKING

from flamescope_py import __version__
from flamescope_py.analysis.filters.named import FrameFilter
from flamescope_py.errors import ForbiddenError, ProfileNotFoundError
from flamescope_py.model import Profile
from flamescope_py.readers.source import sniff_file
from flamescope_py.service import wiring
from flamescope_py.service.filters import all_filters
from flamescope_py.service.findings import FindingsCache
from flamescope_py.service.info import ProfileInfo
from flamescope_py.service.marks import MarksReader
from flamescope_py.service.notes import NotesService
from flamescope_py.service.opened import OpenPair, OpenProfile
from flamescope_py.service.previews import Previews
from flamescope_py.service.queries.graphs import FIRST, SECOND, error_prefix
from flamescope_py.service.queries.queries import Queries
from flamescope_py.service.values import ListAnswer, ListedProfile, ProfileRef, Vitals
from flamescope_py.settings import Settings
from flamescope_py.settings.member import Member
from flamescope_py.store.attempts import Attempts, ReadingState
from flamescope_py.store.catalog import ProfileFile
from flamescope_py.store.catalog_query import ALL, ListQuery
from flamescope_py.store.profiles import ProfileStore

if TYPE_CHECKING:
    from flamescope_py.service.fleet.otlp import OtlpDoor

_NOT_FOUND = "There is no such profile in the profile directory: reload the list."


class Service:
    """The profiles of one directory; safe to use from several threads."""

    def __init__(self, settings: Settings, member: Member | None = None) -> None:
        """`member` is the place of this process among several. Raises ConfigError for unusable filters."""
        directory = self._directory = wiring.directory(settings)
        limit = settings.max_open_bytes
        self._catalog = wiring.catalog(settings, directory)
        self._pool = wiring.reader_pool(settings)
        growing = wiring.growing_files(settings, self._pool)
        self.findings = FindingsCache()
        self.marks = MarksReader(directory)
        self.notes = NotesService(directory, wiring.notes_root(settings))
        self._index = wiring.index_store(settings, member, self._extras)
        self.queries = Queries(limit, settings.max_graph_nodes, settings.max_cells)
        self._store = ProfileStore(
            directory,
            sniff_file,
            growing.read,
            self._index,
            limit,
            on_close=self._forget,
            # A quarter of the threads stays free for profiles that are open already.
            attempts=Attempts(max(1, settings.threads - max(1, settings.threads // 4))),
        )
        self.previews = Previews(self, settings.max_preview_bytes)
        self._store.grows = growing.grows
        self.admission = wiring.admission(settings)
        self.fleet = wiring.fleet(settings, self._forget)
        self._otlp = wiring.otlp_door(settings, member)
        self._whole: tuple[object, object, ListAnswer] = (None, None, ListAnswer([], 0, 0, 0))
        self.imports = wiring.importer(settings, member)
        self._filters = all_filters(settings)
        self.default_filters = tuple(self._filters[name] for name in settings.default_filters)
        self._salt = f"{__version__} {self._filters!r} {settings.default_filters!r}"

    def warm(self) -> None:
        """Start the reader processes and the list, so that the first request does not wait for them."""
        self._pool.warm()
        self._catalog.listing()
        wiring.warn_unconfined()

    def close(self) -> None:
        """Stop imports and the reader processes, and finish pending writes."""
        self.previews.close()
        self.imports.close()
        self._catalog.close()
        self._pool.close()
        self._index.close()
        if self.fleet is not None:
            self.fleet.close()
        if self._otlp is not None:
            self._otlp.close()

    def can_list(self) -> bool:
        """Return True if the profile directory can be read."""
        return self._directory.can_list()

    def vitals(self) -> Vitals:
        """Return the numbers behind `/metrics`."""
        counts, listing = self._store.attempts.counts(), self._catalog.last
        profiles, size = self._store.held()
        return Vitals(
            lookups=counts.lookups,
            parsed_bytes=counts.parsed_bytes,
            parse_seconds=counts.parse_seconds,
            parse_failures=counts.failures,
            parsing=counts.parsing,
            waiting=counts.waiting,
            open_profiles=profiles,
            open_bytes=size,
            listed=0 if listing is None else len(listing.files),
            skipped=0 if listing is None else listing.skipped,
            pending=0 if listing is None else listing.pending,
            costly=self.admission.costly,
            refused=self.admission.refused(),
            jobs=Counter(job.state for job in self.imports.jobs.jobs()),
        )

    def progress(self, name: str) -> ReadingState:
        """Return how far the reading of a profile is."""
        return self._store.progress(name)

    def profiles(self) -> list[ListedProfile]:
        """List every file of the profile directory."""
        return self.listing(ALL).profiles

    def listing(self, query: ListQuery) -> ListAnswer:
        """List a page of the matching files of the profile directory."""
        listing = self._catalog.listing()
        if query != ALL:
            total, page = query.page(listing.files)
            return ListAnswer([self._listed(file) for file in page], total, listing.skipped, listing.pending)
        # With 100 000 files, the list is made again only if a part of it is new.
        made_of = (self._store.known_version(), listing.skipped, listing.pending)
        files, known, whole = self._whole
        if files is not listing.files or known != made_of:
            profiles = [self._listed(file) for file in listing.files]
            whole = ListAnswer(profiles, len(profiles), listing.skipped, listing.pending)
            self._whole = (listing.files, made_of, whole)
        return whole

    def list_age(self) -> int:
        """Return the whole seconds since the last list was made."""
        last = self._catalog.last
        return 0 if last is None else int(last.age(monotonic()))

    def listed(self, name: str) -> ListedProfile:
        """Return one file of the list. Raises ProfileNotFoundError and ForbiddenError."""
        self._catalog.forget_listing()
        return self._listed(self._catalog.file(name))

    def file(self, name: str) -> ProfileFile:
        """Return a file of the list without its facts. Raises ProfileNotFoundError and ForbiddenError."""
        return self._catalog.file(name)

    def read_extra(self, file: ProfileFile, name: str) -> bytes | None:
        """Return an extra that is kept with the index of a file, or None."""
        return self._store.known_extra(file.name, file.stamp, file.type, name)

    def failed(self, file: ProfileFile) -> bool:
        """Return True if the last reading of a file failed."""
        return self._store.failure(file.name, file.stamp, file.type) is not None

    def read(self, name: str) -> Profile:
        """Read a profile as its default type, without keeping it open. Raises as `OpenProfile.profile`."""
        with self._store.open(name) as opened:
            return self._store.look(opened, self.file(name).type)

    def remove(self, name: str) -> None:
        """Remove a file. Raises ProfileNotFoundError and ForbiddenError."""
        for listed in self._directory.files():
            if listed.name == name:
                self._catalog.forget_listing()
                # Before the file, whose folder is removed with it if it is empty then.
                self.notes.forget(listed.parts)
                return self.imports.landing.remove(listed.parts)
        raise ProfileNotFoundError(_NOT_FOUND)

    def filters(self) -> Mapping[str, FrameFilter]:
        """Return the named frame filters."""
        return self._filters

    def open(self, ref: ProfileRef) -> OpenProfile:
        """Open a profile for one request. Raises ProfileNotFoundError and ForbiddenError."""
        return OpenProfile(self._store, self._store.open(ref.name), ref.type, self._salt)

    def open_pair(self, first: ProfileRef, second: ProfileRef) -> OpenPair:
        """Open two profiles to compare. Raises as `open` does; errors name the side they are about."""
        with error_prefix(FIRST):
            one = self.open(first)
        if second == first:
            return OpenPair(one, one)
        try:
            with error_prefix(SECOND):
                return OpenPair(one, self.open(second))
        except BaseException:
            one.close()
            raise

    def otlp_door(self) -> OtlpDoor:
        """Return the way in for OTLP profiles. Raises ForbiddenError if it is shut."""
        if self._otlp is None:
            raise ForbiddenError("OTLP profiles are not taken here: switch on accept_otlp.")
        return self._otlp

    def info(self, name: str, profile: Profile) -> ProfileInfo:
        """Return a profile with its facets."""
        return ProfileInfo(name, profile, self.queries.views.facets(profile))

    def _extras(self, profile: Profile) -> Mapping[str, bytes]:
        """Return the extras to keep with a new index."""
        return {**self.findings.in_background(profile), **self.previews.with_index(profile)}

    def _forget(self, profile: Profile) -> None:
        self.queries.forget(profile)
        self.findings.forget(profile)
        self.marks.forget(profile)

    def _listed(self, file: ProfileFile) -> ListedProfile:
        version = (file.name, file.stamp, file.type)
        if (glance := self._store.glance(*version)) is not None:
            return ListedProfile(file, glance.duration, glance.samples)
        # A file of unknown type has its reason already.
        return ListedProfile(file, error=None if file.reason else self._store.failure(*version))
