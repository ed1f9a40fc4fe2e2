"""A collection and its engine: asks questions of one moment's files, and caches stacks and profiles."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, replace
from threading import Lock
from time import monotonic
from typing import Any, TypeVar

import numpy as np
import pyarrow as pa

from flamescope_py.errors import ClientGoneError, ParameterError, RangeError
from flamescope_py.fleet import ids, schema
from flamescope_py.fleet.asking import questions
from flamescope_py.fleet.asking.asked import Asked
from flamescope_py.fleet.asking.cells import summed
from flamescope_py.fleet.asking.engines import Engine
from flamescope_py.fleet.asking.moment import Asking, Moment
from flamescope_py.fleet.asking.profiles import Kind, tree_profile, window_profile
from flamescope_py.fleet.asking.stacks import Stacks
from flamescope_py.fleet.asking.watching import GONE
from flamescope_py.fleet.cut import BY, HOST, Cut, Span
from flamescope_py.fleet.placing import MICROSECONDS, MINUTE
from flamescope_py.fleet.snapshot import Files
from flamescope_py.model import Profile
from flamescope_py.store.cache import BoundedCache

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")
# How long one listing holds.
LOOK_SECONDS = 1.0
MAX_WINDOW = 3600 * MICROSECONDS
MAX_COLUMNS = 20_000


@dataclass(frozen=True, slots=True)
class Limits:
    """Bytes of profiles and stacks in memory, and the most samples of a host's window."""

    memory: int = 1 << 30
    window_samples: int = 20_000_000


class Collection:
    """Answers questions about one collection; safe to use from several threads."""

    def __init__(
        self,
        files: Files,
        engine: Engine,
        limits: Limits = Limits(),
        on_close: Callable[[Profile], object] = lambda profile: None,
    ) -> None:
        """`on_close` is called with each profile that is dropped from memory."""
        self._files, self._engine, self._limits = files, engine, limits
        self._lock = Lock()
        self._now: tuple[float, Moment] | None = None
        self._listing: Future[Moment] | None = None
        self._asking = Asking(files, engine)
        self._stacks: BoundedCache[str, Stacks] = BoundedCache(limits.memory, lambda one: one.nbytes)
        self._profiles: BoundedCache[tuple[Any, ...], Profile] = BoundedCache(
            limits.memory, lambda one: one.nbytes, on_close
        )

    def moment(self) -> Moment:
        """List the collection, at most once a second. Raises BrokenProfileError, and what its storage raises.

        Of several callers at a time one lists, and its failure is that of all: a bucket that does not answer
        would hold each of them for a minute, one after the other.
        """
        with self._lock:
            if self._now is not None and monotonic() < self._now[0]:
                return self._now[1]
            listing, own = self._listing or Future(), self._listing is None
            self._listing = listing
        if own:
            self._list(listing)
        return listing.result()

    def _list(self, listing: Future[Moment]) -> None:
        try:
            snapshot = self._files.snapshot()
            found = Moment(snapshot, snapshot.version)
        except BaseException as error:  # noqa: BLE001  it is raised where the list is wanted
            with self._lock:
                self._listing = None
            listing.set_exception(error)
        else:
            with self._lock:
                self._now, self._listing = (monotonic() + LOOK_SECONDS, found), None
            listing.set_result(found)

    def renew(self, at: Moment) -> None:
        """Bring a moment up to the present."""
        with self._lock:
            self._now = None
        found = self.moment()
        at.snapshot, at.version = found.snapshot, found.version

    def close(self) -> None:
        """Close the engine."""
        self._engine.close()

    def bytes_of(self, at: Moment, cut: Cut, table: str, step: int) -> int:
        """Estimate the bytes that a question about a cut reads of a table, or of samples without sums."""
        return self._asking.bytes_of(at, cut, table, step)

    def span(self, at: Moment) -> Span:
        """Return the whole minutes from the first to the last sample. Raises RangeError if there is none."""
        return self._asking.span(at)

    def profiles(self, at: Moment) -> list[dict[str, Any]]:
        """Return the ingested files; one that was listed before it was placed only as placed."""
        rows = self._asking.ask(at, Asked(questions.profiles)).to_pylist()
        placed = {row["sha256"] for row in rows if row["placed"]}
        return [row for row in rows if row["placed"] or row["sha256"] not in placed]

    def totals(self, at: Moment, cut: Cut, by: str) -> pa.Table:
        """Return the rows of the question `totals`. Raises ParameterError if `by` is not in BY."""
        return self._asking.minutes(at, Asked(questions.totals, self._asked(cut), (_checked(by),)))

    def matrix(self, at: Moment, cut: Cut, by: str, step: int) -> pa.Table:
        """Return the rows of the question `matrix`. Raises ParameterError for an invalid step."""
        cut = self._asked(cut)
        _check_step(cut, step)
        if step == MINUTE and by == HOST and len(cut.events) <= 1 and not cut.all_events:
            return summed(self._asking.ask(at, Asked(questions.minute_rows, cut, (by,))))
        if step == MINUTE:
            return self._asking.ask(at, Asked(questions.minute_matrix, cut, (_checked(by),)))
        return self._asking.minutes(at, Asked(questions.matrix, cut, (_checked(by),), (step,)), step)

    def function_totals(self, at: Moment, cut: Cut, name: str, by: str) -> pa.Table:
        """Return the rows of the question `function_totals` for a function of this exact name."""
        asked = Asked(questions.function_totals, self._asked(cut), (_checked(by),))
        return self._function(at, name, asked, questions.summed_function_totals)

    def function_matrix(self, at: Moment, cut: Cut, name: str, by: str, step: int) -> pa.Table:
        """Return the rows of the question `function_matrix` for a function of this exact name."""
        cut = self._asked(cut)
        _check_step(cut, step)
        asked = Asked(questions.function_matrix, cut, (_checked(by),), (step,))
        return self._function(at, name, asked, questions.summed_function_matrix, step)

    def top_functions(self, at: Moment, cut: Cut, by: str, limit: int) -> list[dict[str, Any]]:
        """Return the rows of the question `top_functions`, with names instead of frames."""
        cut = self._asked(cut)
        found = self._asking.ask(at, Asked(questions.top_functions, cut, (_checked(by),), (limit,)))
        names = self.stacks(at).frame_texts(np.asarray(found["frame"], np.int64))
        rows = found.drop_columns(["frame"]).to_pylist()
        return [{**row, **frame._asdict()} for row, frame in zip(rows, names, strict=True)]

    def tree(self, at: Moment, cut: Cut) -> Profile:
        """Return the samples of a cut as a profile without times. Raises ParameterError for mixed units."""
        cut = self._asked(cut)

        def make() -> Profile:
            rows = self._asking.tree(at, cut)
            return tree_profile(rows, self.stacks(at), self._kind(at, cut, rows))

        return _made(self._profiles, (at.version, "tree", cut), make, at.gone)

    def window(self, at: Moment, cut: Cut) -> Profile:
        """Return the samples of a cut with their times, of at most an hour. Raises RangeError."""
        if cut.span.end - cut.span.start > MAX_WINDOW:
            raise RangeError("A window has at most an hour: ask for less time.")

        def make() -> Profile:
            most, asked = self._limits.window_samples, replace(cut, timed=self._engine.tables)
            rows = self._asking.ask(at, Asked(questions.window, asked, (), (most + 1,)))
            if rows.num_rows > most:
                raise RangeError(f"The window has more than {most} samples: ask for less time or one host.")
            return window_profile(rows, self.stacks(at), self._kind(at, self._asked(cut), rows), cut.span)

        return _made(self._profiles, (at.version, "window", cut), make, at.gone)

    def stacks(self, at: Moment) -> Stacks:
        """Return all stacks. Raises BrokenProfileError if two have the same hash."""

        def make() -> Stacks:
            nodes, frames = (self._asking.ask(at, Asked(one)) for one in (questions.nodes, questions.frames))
            return Stacks.of(nodes, frames)

        tables = (schema.NODES, schema.FRAMES)
        key = hashlib.sha256(repr([at.snapshot.files[name] for name in tables]).encode()).hexdigest()
        return _made(self._stacks, key, make, at.gone)

    def _kind(self, at: Moment, cut: Cut, rows: pa.Table) -> Kind:
        """Return what the rows of a cut count."""
        events = [str(event) for event in rows["event"].unique().to_pylist()]
        return Kind.of(self._asking.kinds(at, cut, events))

    def _function(
        self, at: Moment, name: str, asked: Asked, of_sums: Callable[..., Any], step: int | None = None
    ) -> pa.Table:
        number = int(ids.function_ids([name])[0])
        return self._asking.function(at, asked, of_sums, number, lambda: self.stacks(at).named(name), step)

    def _asked(self, cut: Cut) -> Cut:
        """Widen a cut to whole minutes, so that minutes and samples answer alike."""
        return replace(cut, span=cut.span.minutes(), timed=self._engine.tables)


def _made(cache: BoundedCache[K, V], key: K, make: Callable[[], V], gone: Callable[[], bool]) -> V:
    """Return a cached value. If the client that another thread makes it for leaves, make it again."""
    while True:
        with suppress(ClientGoneError):
            return cache.get(key, make)
        if gone():
            raise ClientGoneError(GONE)


def _checked(by: str) -> str:
    if by not in BY:
        raise ParameterError(f"by is {by[:100]!r}: it must be one of {', '.join(BY)}.")
    return by


def _check_step(cut: Cut, step: int) -> None:
    if step <= 0 or step % MINUTE:
        raise ParameterError("step must be whole minutes.")
    if (cut.span.end - cut.span.start) / step > MAX_COLUMNS:
        raise ParameterError(f"The matrix has more than {MAX_COLUMNS} columns: ask for a longer step.")
