"""The laws of collections: what holds for every profile, label, order of ingests and compaction."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from flamescope_py.analysis.compare import differential
from flamescope_py.fleet.cut import Cut, Span
from flamescope_py.fleet.labels import Labels
from flamescope_py.fleet.placing import MICROSECONDS, MINUTE
from flamescope_py.fleet.writing.compact import compact
from flamescope_py.model import Profile
from tests.support.fleet import LATER, MIDNIGHT, answers, files, graph, opened, paths, rows, store
from tests.support.strategies import EXAMPLES, NAMES, bounded, profiles
from tests.support.trees import stack_counts

# Each example asks all questions several times.
few = settings(bounded, max_examples=max(2, EXAMPLES // 15))


class Ingest(NamedTuple):
    """A profile to collect: its content's number, labels, and the wall time of its first whole second."""

    profile: Profile
    number: int
    labels: Labels
    start: int

    def into(self, place: Path) -> None:
        offset = (self.start - int(self.profile.meta.first)) * MICROSECONDS
        store(place, self.profile, self.number, self.labels, offset)


@st.composite
def ingests(draw: st.DrawFn) -> list[Ingest]:
    """Draw a few profiles of a few hosts within some minutes, also around midnight."""
    found = []
    for number in range(draw(st.integers(1, 4))):
        labels = {
            "host": draw(st.sampled_from(["a", "b", "ü/'\"; --"])),
            "service": draw(st.sampled_from(["web", "db", "..", "a=b/c"])),
        }
        if draw(st.booleans()):
            labels["version"] = draw(st.sampled_from(["1", "2"]))
        start = MIDNIGHT + draw(st.integers(-90, 90))
        found.append(Ingest(draw(profiles()), number, Labels(labels), start))
    return found


@contextmanager
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as name:
        yield Path(name)


@few
@given(ingests())
def test_matrix_and_totals_add_up_to_the_samples(drawn: list[Ingest]) -> None:
    with folder() as place:
        for one in drawn:
            one.into(place)
        collection = opened(place)
        at = collection.moment()
        cut = Cut(collection.span(at), all_events=True)
        samples = sum(len(one.profile.samples) for one in drawn)
        weight = sum(graph(one.profile).samples for one in drawn)
        idle = sum(int(one.profile.samples.idle.sum()) for one in drawn)
        for by in ("host", "service", "version"):
            for rows in (collection.totals(at, cut, by), collection.matrix(at, cut, by, MINUTE)):
                sums = [int(np.asarray(rows[name]).sum()) for name in ("samples", "weight", "idle")]
                assert sums == [samples, weight, idle]
        assert graph(collection.tree(at, cut)).samples == weight


@few
@given(profiles())
def test_the_tree_of_one_profile_is_its_own_flame_graph(profile: Profile) -> None:
    with folder() as place:
        Ingest(profile, 1, Labels({}), MIDNIGHT).into(place)
        collection = opened(place)
        at = collection.moment()
        cut = Cut(collection.span(at), all_events=True)
        own, found = graph(profile), graph(collection.tree(at, cut))
        assert stack_counts(found) == stack_counts(own)
        for name in ("frame", "parent", "depth", "end"):
            assert np.array_equal(getattr(found.tree, name), getattr(own.tree, name))
        assert np.array_equal(found.own, own.own)
        assert np.array_equal(found.total, own.total)
        assert found.frames == own.frames
        window = collection.window(at, cut)
        assert sorted(paths(window)) == sorted(paths(profile))
        assert np.array_equal(np.diff(window.samples.time) >= 0, np.ones(len(profile.samples) - 1, np.bool_))
        assert stack_counts(graph(window)) == stack_counts(own)


@few
@given(st.data(), ingests())
def test_every_time_and_choice_of_events_has_its_own_rows(data: st.DataObject, drawn: list[Ingest]) -> None:
    with folder() as place:
        for one in drawn:
            one.into(place)
        minutes, samples = rows(place, "minutes"), rows(place, "samples")
        events = data.draw(st.sets(st.sampled_from(sorted({row["event"] for row in minutes})), max_size=3))
        start, length = data.draw(st.integers(-4, 3)), data.draw(st.integers(1, 6))
        span = Span(*((MIDNIGHT * MICROSECONDS + at * MINUTE) for at in (start, start + length)))
        collection = opened(place)
        found = collection.totals(collection.moment(), Cut(span, events=tuple(events)), "host").to_pylist()
        in_window = collection.window(collection.moment(), Cut(span, all_events=True)).samples
        collection.close()
    chosen = [
        row
        for row in minutes
        if span.start <= row["minute"] < span.end and (row["event"] in events if events else row["main"])
    ]
    for row in found:
        own = [one for one in chosen if one["host"] == row["row"]]
        observed = {(one["profile"], one["minute"]): one["observed_us"] for one in own}
        assert row["samples"] == sum(one["samples"] for one in own)
        assert row["observed_us"] == sum(observed.values())
        assert row["windows"] == len({one["profile"] for one in own})
    assert {row["row"] for row in found} == {one["host"] for one in chosen}
    assert len(in_window) == sum(span.start <= one["ts"] < span.end for one in samples)


@few
@given(st.data(), ingests())
def test_order_and_number_of_ingests_and_compactions_change_no_answer(
    data: st.DataObject, drawn: list[Ingest]
) -> None:
    with folder() as one, folder() as two:
        for ingest in drawn:
            ingest.into(one)
        before = answers(one, functions=NAMES[:1])
        again = data.draw(st.permutations([*drawn, data.draw(st.sampled_from(drawn))]))
        for ingest in again:
            ingest.into(two)
            if data.draw(st.booleans()):
                compact(files(two), LATER)
        assert answers(two, functions=NAMES[:1]) == before


@few
@given(ingests())
def test_the_difference_of_a_cut_with_itself_is_zero(drawn: list[Ingest]) -> None:
    with folder() as place:
        for one in drawn:
            one.into(place)
        collection = opened(place)
        at = collection.moment()
        found = graph(collection.tree(at, Cut(collection.span(at), all_events=True)))
        compared = differential(found, found)
        assert compared.delta is not None
        assert not compared.delta.any()


@few
@given(st.data(), ingests())
def test_a_function_is_found_where_its_stacks_are(data: st.DataObject, drawn: list[Ingest]) -> None:
    name = data.draw(st.sampled_from(NAMES))
    with folder() as place:
        for one in drawn:
            one.into(place)
        collection = opened(place)
        at = collection.moment()
        cut = Cut(collection.span(at), all_events=True)
        rows = collection.function_totals(at, cut, name, "host").to_pylist()
        expected: dict[str, int] = {}
        for one in drawn:
            stacks = [path.split(";") for path in paths(one.profile)]
            count = sum(any(part.split("|")[0] == name for part in stack) for stack in stacks)
            if count:
                expected[one.labels.host] = expected.get(one.labels.host, 0) + count
        assert {row["row"]: row["samples"] for row in rows} == expected
        matrix = collection.function_matrix(at, cut, name, "host", MINUTE)
        assert int(np.asarray(matrix["samples"]).sum()) == sum(expected.values())
