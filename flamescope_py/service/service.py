"""The service: each method answers one question, by way of store and analysis."""

from __future__ import annotations

import hashlib
import os
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from typing import BinaryIO

from flamescope_py import __version__
from flamescope_py.analysis.compare import Pair
from flamescope_py.analysis.filters.named import FrameFilter
from flamescope_py.analysis.flamegraph import FilterCost
from flamescope_py.analysis.heatmap import Heatmap
from flamescope_py.analysis.joined import EVERY_SECOND, Columns
from flamescope_py.analysis.selection import Selection
from flamescope_py.config import Settings
from flamescope_py.errors import ProfileNotFoundError, TooLargeError
from flamescope_py.model import Profile
from flamescope_py.readers.source import sniff_file
from flamescope_py.service import wiring
from flamescope_py.service.queries import FIRST, SECOND, Answers, GraphAnswer, Part, Question, about
from flamescope_py.service.values import ListAnswer, ListedProfile, ProfileInfo, ProfileRef, RangeRef, Vitals
from flamescope_py.store.catalog import ProfileFile
from flamescope_py.store.catalog_query import ALL, ListQuery
from flamescope_py.store.directory import ProfileDirectory, Stamp
from flamescope_py.store.open_profiles import ProfileStore, Progress
from flamescope_py.store.readings import Readings

_NOT_FOUND = "There is no such profile in the profile directory: reload the list."


class Service:
    """Answers questions; safe to use from several threads."""

    def __init__(self, settings: Settings) -> None:
        """Raises ConfigError for filters that cannot be used."""
        directory = self._directory = ProfileDirectory(settings.profile_dir)
        limit = settings.max_open_bytes
        self._catalog = wiring.catalog(settings, directory)
        self._pool = wiring.reader_pool(settings)
        self._most_cells = settings.max_cells
        self._index = wiring.index_store(settings)
        self._answers = Answers(limit, settings.max_graph_nodes)
        self._store = ProfileStore(
            directory,
            sniff_file,
            self._pool.read,
            self._index,
            limit,
            on_close=self._answers.forget,
            # So many threads stay free for what is open already.
            readings=Readings(max(1, settings.threads - max(1, settings.threads // 4))),
        )
        self._whole: tuple[object, object, ListAnswer] = (None, None, ListAnswer([], 0, 0, 0))
        self.imports = wiring.importer(settings)
        self._filters = wiring.all_filters(settings)
        self.default_filters = tuple(self._filters[name] for name in settings.default_filters)
        # What else answers depend on.
        self._version = f"{__version__} {self._filters!r} {settings.default_filters!r}"

    def warm(self) -> None:
        """Start the reading processes and the list, so that the first to ask does not wait for them."""
        self._pool.warm()
        self._catalog.listing()

    def close(self) -> None:
        """Stop imports and the reading processes, and finish what is being written."""
        self.imports.close()
        self._catalog.close()
        self._pool.close()
        self._index.close()

    def can_list(self) -> bool:
        """Say whether the profile directory can be read."""
        return self._directory.can_list()

    def vitals(self) -> Vitals:
        """Give what a watcher wants to know."""
        counts, listing = self._store.readings.counts(), self._catalog.last
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
            jobs=Counter(job.state for job in self.imports.jobs.jobs()),
        )

    def progress(self, name: str) -> Progress:
        """Say how far the reading of a profile is."""
        return self._store.progress(name)

    def profiles(self) -> list[ListedProfile]:
        """List every file of the profile directory."""
        return self.listing(ALL).profiles

    def listing(self, asked: ListQuery) -> ListAnswer:
        """List a page of those files of the profile directory that are searched for."""
        listing = self._catalog.listing()
        if asked != ALL:
            total, page = asked.page(listing.files)
            return ListAnswer([self._listed(file) for file in page], total, listing.skipped, listing.pending)
        # Of 100 000 files, the list is made again only when something of it is new.
        made_of = (self._store.known_version(), listing.skipped, listing.pending)
        files, known, whole = self._whole
        if files is not listing.files or known != made_of:
            profiles = [self._listed(file) for file in listing.files]
            whole = ListAnswer(profiles, len(profiles), listing.skipped, listing.pending)
            self._whole = (listing.files, made_of, whole)
        return whole

    def profile(self, name: str) -> ListedProfile:
        """Give one file of the list. Raises ProfileNotFoundError and ForbiddenError."""
        self._catalog.forget_listing()
        return self._listed(self._catalog.file(name))

    def open(self, name: str) -> BinaryIO:
        """Open a file as it is. Raises ProfileNotFoundError and ForbiddenError."""
        return self._directory.open(name)

    def remove(self, name: str) -> None:
        """Remove a file. Raises ProfileNotFoundError and ForbiddenError."""
        for listed in self._directory.files():
            if listed.name == name:
                self._catalog.forget_listing()
                return self.imports.landing.remove(listed.parts)
        raise ProfileNotFoundError(_NOT_FOUND)

    def filters(self) -> Mapping[str, FrameFilter]:
        """Give the named frame filters."""
        return self._filters

    def filter_costs(self, part: RangeRef, selection: Selection) -> dict[str, FilterCost]:
        """Say what each named filter, in place of those selected, would do to a range.

        Raises RangeError and NoTimestampsError.
        """
        asked = self._part(part)
        costs = {}
        for name, one in self._filters.items():
            cost = self._answers.filter_cost(asked, replace(selection, filters=(one,)))
            if cost is not None:
                costs[name] = cost
        return costs

    def version(self, name: str) -> str:
        """Tell the present state of a profile, the filters and this program from any other.

        Raises what the directory raises for the name.
        """
        with self._directory.open(name) as file:
            text = f"{self._version}\0{name}\0{Stamp.of(os.fstat(file.fileno()))}"
        return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()

    def versions(self, first: str, second: str) -> str:
        """Do the same for two profiles that are compared; errors say which of them they are about."""
        with about(FIRST):
            one = self.version(first)
        with about(SECOND):
            return f"{one} {self.version(second)}"

    def info(self, ref: ProfileRef) -> ProfileInfo:
        """Say what a profile is: facts, counts and what its reader saw."""
        profile = self._open(ref)
        return ProfileInfo(ref.name, profile, self._answers.facets(profile))

    def heatmap(
        self,
        ref: ProfileRef,
        selection: Selection,
        rows: int,
        search: str | None = None,
        columns: Columns = EVERY_SECOND,
    ) -> Heatmap:
        """Count samples by columns of a second or more, and by `rows` parts of a second.

        Raises NoTimestampsError, RangeError, and TooLargeError for more cells than the settings allow.
        """
        profile = self._open(ref)
        count = columns.span(profile.seconds).columns
        if profile.meta.timed and count * rows > self._most_cells:
            most = max(1, self._most_cells // count)
            raise TooLargeError(
                f"So long a profile may have {most} rows (max_cells): ask for no more, or for longer steps."
            )
        return self._answers.heatmap(profile, selection, rows, search, columns)

    def flame_graph(self, part: RangeRef, question: Question) -> GraphAnswer:
        """Count stacks in a range. Raises RangeError and NoTimestampsError."""
        return self._answers.flame_graph(self._part(part), question)

    def compare(self, kind: str, first: RangeRef, second: RangeRef, question: Question) -> GraphAnswer:
        """Compare two ranges in one of the ways of COMPARISONS; errors say which of them they are about."""
        with about(FIRST):
            one = self._part(first)
        with about(SECOND):
            other = self._part(second)
        return self._answers.compare(kind, one, other, question)

    def difference(self, first: RangeRef, second: RangeRef, question: Question) -> tuple[Pair, str]:
        """Compare two ranges for an export, and say what its values count; errors are those of `compare`."""
        with about(FIRST):
            one = self._part(first)
        with about(SECOND):
            other = self._part(second)
        return self._answers.difference(one, other, question), self._answers.unit(one, question)

    def _open(self, ref: ProfileRef) -> Profile:
        return self._store.get(ref.name, ref.type)

    def _part(self, asked: RangeRef) -> Part:
        return Part(self._open(asked.profile), asked.start, asked.end, asked.outside)

    def _listed(self, file: ProfileFile) -> ListedProfile:
        version = (file.name, file.stamp, file.type)
        if (glance := self._store.glance(*version)) is not None:
            return ListedProfile(file, *glance)
        # What is unknown has its reason already.
        return ListedProfile(file, error=None if file.reason else self._store.failure(*version))
