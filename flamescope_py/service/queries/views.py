"""Views of open profiles, and the cache of their costly parts.

The kept samples, the rewritten stacks, and the view that joins the two are cached apart: a filter that is
switched on or off recomputes only its own part. Every cache is bounded in bytes.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from flamescope_py.analysis.compare import CommonTree, common_tree
from flamescope_py.analysis.events import main_events, resolve_events
from flamescope_py.analysis.selection import Selection
from flamescope_py.analysis.view import Shape, View, apply_shape, keep_samples, rewrite_stacks
from flamescope_py.analysis.vocabulary import PERIOD
from flamescope_py.model import Profile
from flamescope_py.store.cache import BoundedCache

if TYPE_CHECKING:
    from flamescope_py.analysis.facets import Facets

MAX_FACETS_BYTES = 16 << 20
MAX_EVENTS_BYTES = 1 << 20


class Views:
    """Views and facts of profiles; safe to use from several threads."""

    def __init__(self, limit: int) -> None:
        """`limit` bounds the cached views in bytes. Stacks and common trees get a quarter each."""
        self._views: BoundedCache[tuple[Profile, Selection], View] = BoundedCache(limit, _nbytes)
        self._shapes: BoundedCache[tuple[Profile, Selection], Shape] = BoundedCache(limit // 4, _nbytes)
        self._common_trees: BoundedCache[tuple[Profile, Profile, Selection], CommonTree] = BoundedCache(
            limit // 4, _nbytes
        )
        self._facets: BoundedCache[tuple[Profile], Facets] = BoundedCache(MAX_FACETS_BYTES, _facets_bytes)
        self._main_events: BoundedCache[tuple[Profile], tuple[str, ...]] = BoundedCache(
            MAX_EVENTS_BYTES, lambda _: 1 << 10
        )

    def forget(self, profile: Profile) -> None:
        """Drop all cached parts of a profile that was closed."""
        for cache in (self._views, self._shapes, self._facets, self._main_events):
            cache.discard(lambda key: key[0] is profile)
        self._common_trees.discard(lambda key: profile in key[:2])

    def facets(self, profile: Profile) -> Facets:
        """Count the events, commands, processes, threads and CPUs of a profile."""
        from flamescope_py.analysis.facets import facets

        return self._facets.get((profile,), lambda: facets(profile))

    def has_facets(self, profile: Profile) -> bool:
        """Return True if `facets` costs nothing."""
        return self._facets.peek((profile,)) is not None

    def view(self, profile: Profile, selection: Selection) -> View:
        """Apply a selection to a profile. Raises ParameterError for a pattern that does not compile."""
        selection = self.with_events(profile, selection)
        return self._views.get((profile, selection), lambda: self._make_view(profile, selection))

    def has_view(self, profile: Profile, selection: Selection) -> bool:
        """Return True if `view` costs nothing."""
        return self._views.peek((profile, self.with_events(profile, selection))) is not None

    def shape(self, profile: Profile, stacks: Selection) -> Shape:
        """Rewrite the stacks of a profile by the part of a selection that is about them."""
        return self._shapes.get((profile, stacks), lambda: rewrite_stacks(profile, stacks))

    def has_shape(self, profile: Profile, stacks: Selection) -> bool:
        """Return True if `shape` costs nothing."""
        return self._shapes.peek((profile, stacks)) is not None

    def parts(self, profile: Profile, selection: Selection) -> tuple[Selection, Shape]:
        """Return a selection with names of events, and the rewritten stacks that belong to it."""
        return self.with_events(profile, selection), self.shape(profile, selection.of_stacks())

    def with_events(self, profile: Profile, selection: Selection) -> Selection:
        """Replace `main` and `all` by names of events, so that equal selections share their cached parts."""
        if not selection.event:
            return selection
        meta, main = profile.meta, self._main_events.get((profile,), lambda: main_events(profile))
        return replace(selection, event=resolve_events(selection.event, meta.events, main, meta.derived))

    def common_tree(self, profiles: tuple[Profile, Profile], selection: Selection) -> CommonTree:
        """Return the tree of both profiles, which does not depend on the samples that are kept."""
        stacks = selection.of_stacks()
        return self._common_trees.get(
            (*profiles, stacks),
            lambda: common_tree(self.shape(profiles[0], stacks), self.shape(profiles[1], stacks)),
        )

    def unit(self, profile: Profile, selection: Selection) -> str:
        """Return the unit of the values of an answer."""
        if selection.weight == PERIOD:
            return profile.meta.period_unit or PERIOD
        meta, wanted = profile.meta, self.with_events(profile, selection).event
        units = {
            unit
            for name, unit in zip(meta.events, meta.event_units, strict=False)
            if name in (wanted or set(meta.events) - set(meta.derived))
        }
        return units.pop() if len(units) == 1 else meta.unit

    def _make_view(self, profile: Profile, selection: Selection) -> View:
        samples, stacks = selection.of_samples(), selection.of_stacks()
        if samples == selection:
            return keep_samples(profile, selection)
        return apply_shape(self.view(profile, samples), self.shape(profile, stacks))


def _nbytes(value: View | Shape | CommonTree) -> int:
    return value.nbytes


def _facets_bytes(found: Facets) -> int:
    labels = (label.values for label in found.labels)
    lists = (found.commands, found.processes, found.threads, found.cpus, found.events, *labels)
    return 250 * sum(map(len, lists))
