"""pprof's profiles: of Go and @datadog/pprof, our own export, and hostile ones."""

from __future__ import annotations

import gzip
import io
import json
import re
from pathlib import Path

import numpy as np
import pytest

from flamescope_py.analysis.events import main_events
from flamescope_py.analysis.flamegraph import flame_graph
from flamescope_py.analysis.selection import Selection
from flamescope_py.errors import BrokenProfileError, TooLargeError
from flamescope_py.export.pprof import pprof
from flamescope_py.model import Profile
from flamescope_py.readers.limits import MAX_DEPTH
from flamescope_py.readers.pprof import reader
from flamescope_py.readers.source import sniff_file
from tests.support.reading import assert_same, read, stack
from tests.support.trees import lines, picture, profile
from tests.support.views import select

DATA = Path(__file__).resolve().parents[3] / "data" / "pprof"
NOW = 1_700_000_000_000_000_000
STRINGS = [
    "",
    "cpu",
    "nanoseconds",
    "main",
    "work",
    "app.go",
    "end_timestamp_ns",
    "thread name",
    "pool",
    "endpoint",
    "/a",
]


def number(value: int) -> bytes:
    value &= (1 << 64) - 1
    found = bytearray()
    while value > 0x7F:
        found.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*found, value])


def varint(field: int, value: int) -> bytes:
    return number(field << 3) + number(value)


def message(field: int, *parts: bytes) -> bytes:
    data = b"".join(parts)
    return number(field << 3 | 2) + number(len(data)) + data


def label(key: int, text: int = 0, value: int = 0) -> bytes:
    return message(3, varint(1, key), varint(2, text), varint(3, value))


def sample(locations: list[int], values: list[int], *labels: bytes) -> bytes:
    return message(2, message(1, *map(number, locations)), message(2, *map(number, values)), *labels)


def content(*samples: bytes) -> bytes:
    """Return a profile: location 1 is main, 2 is work inlined in main, 3 an address of a library."""
    return b"".join(
        [
            message(1, varint(1, 1), varint(2, 2)),
            *samples,
            message(3, varint(1, 9), varint(2, 0x1000), varint(4, 0x200), varint(5, 5)),
            message(4, varint(1, 1), message(4, varint(1, 1))),
            message(4, varint(1, 2), message(4, varint(1, 2)), message(4, varint(1, 1))),
            message(4, varint(1, 3), varint(2, 9), varint(3, 0x1010)),
            message(5, varint(1, 1), varint(2, 3), varint(4, 5)),
            message(5, varint(1, 2), varint(2, 4)),
            *(message(6, text.encode()) for text in STRINGS),
        ]
    )


def opened(*samples: bytes) -> Profile:
    data = content(*samples)
    assert sniff_file(io.BytesIO(data)).type == "pprof"
    return read(data, "unknown")


def weights(found: Profile) -> dict[str, int]:
    """Return the sum of the values of every event."""
    assert found.samples.weight is not None
    sums = np.bincount(found.samples.event, found.samples.weight).astype(int).tolist()
    return dict(zip(found.meta.events, sums, strict=True))


@pytest.mark.parametrize("name", ["cpu", "heap"])
def test_values_of_go_are_those_that_go_tool_pprof_prints(name: str) -> None:
    text = (DATA / f"{name}.raw").read_text().partition("Samples:\n")[2].partition("Locations\n")[0]
    head, *rows = text.splitlines()
    types = [one.partition("/")[0] for one in head.replace("[dflt]", "").split()]
    values = [re.findall(r"\d+", row.partition(":")[0]) for row in rows if re.match(r"\s+\d+ .*\d+:", row)]
    sums = {kind: sum(int(row[place]) for row in values) for place, kind in enumerate(types)}
    found = read((DATA / f"{name}.pb.gz").read_bytes(), "unknown")
    assert weights(found) == {kind: value for kind, value in sums.items() if value}
    assert not found.meta.timed


def test_types_have_their_units_and_the_last_one_opens() -> None:
    found = read((DATA / "heap.pb.gz").read_bytes(), "unknown")
    assert dict(zip(found.meta.events, found.meta.event_units, strict=True)) == {
        "alloc_objects": "alloc_objects",
        "alloc_space": "bytes",
        "inuse_objects": "inuse_objects",
        "inuse_space": "bytes",
    }
    assert main_events(found) == ("inuse_space",)


def test_samples_of_datadog_have_their_times() -> None:
    found = read((DATA / "wall.pb.gz").read_bytes(), "unknown")
    sums = json.loads((DATA / "wall.json").read_text())
    # The work of Node itself is one sample, of processor time alone and without a time.
    assert (len(found.samples) - found.samples.timed, found.report.skipped) == (1, 0)
    assert weights(found) == sums
    assert found.meta.timed
    # The program spins 20 ms and waits 10 ms, 40 times.
    assert 0.8 < found.meta.last - found.meta.first < 20
    assert {thread.command for thread in found.threads} == {"Main"}
    frames = {frame for row in range(len(found.samples)) for frame in stack(found, row)}
    assert any(frame.startswith("spin (/srv/app/wall.js") for frame in frames)


def test_a_location_has_inlined_functions() -> None:
    assert picture(opened(sample([2, 1], [7]), sample([1], [3]))) == lines("""
        root 10
          main 10 (3 own)
            main 7
              work[inlined] 7 (7 own)
    """)


def test_a_location_without_a_function_is_named_by_its_library() -> None:
    found = opened(sample([3, 1], [7]))
    assert stack(found, 0) == ["app.go+0x210 (app.go)", "main (app.go)"]
    assert "1 locations have no function" in found.report.messages[0]


def test_functions_that_are_not_in_the_file_and_values_too_large_are_counted() -> None:
    wrong = message(4, varint(1, 4), message(4, varint(1, 77)))
    found = read(content(sample([4, 1], [7]), sample([1], [1 << 62]), sample([1], [-5])) + wrong, "pprof")
    assert stack(found, 0)[0] == "(unknown)"
    assert {note.reason: note.text for note in found.report.notes} == {
        "locations of a function or a name that is not in the file": "1",
        "values above 2^53": "1",
        "values that are negative, as in a difference of two profiles": "1",
    }
    assert (len(found.samples), found.report.skipped) == (1, 2)


def test_labels_are_times_threads_and_labels_to_select_by() -> None:
    found = opened(
        sample([1], [7], label(6, value=NOW), label(7, 8), label(9, 10)),
        sample([1], [7], label(6, value=NOW + 1_500_000_000), label(7, 8)),
    )
    assert (found.meta.first, found.meta.last) == (NOW / 1e9, NOW / 1e9 + 1.5)
    assert {thread.command for thread in found.threads} == {"pool"}
    assert set(found.labels) == {(("endpoint", "/a"),), ()}


def test_labels_of_too_many_values_are_left_out() -> None:
    rows = [sample([1], [7], label(9, value=row + 1)) for row in range(1_200)]
    found = opened(*rows)
    assert len(found.threads) == 1_001
    assert any("endpoint" in message for message in found.report.messages)


def test_samples_without_a_time_among_others_are_kept_and_counted() -> None:
    found = opened(sample([1], [5]), sample([1], [7], label(6, value=NOW)))
    assert (len(found.samples), found.samples.timed, found.report.skipped) == (2, 1, 0)
    assert found.report.out_of_order == 0
    assert any(message.startswith("1 of 2 samples have no time: ") for message in found.report.messages)


def test_negative_values_and_unknown_locations_are_counted() -> None:
    found = opened(sample([1], [-7]), sample([77], [5]), sample([1], [2]))
    assert weights(found) == {"cpu": 2}
    assert found.report.skipped == 2


def test_ids_may_be_any_number() -> None:
    big = (1 << 64) - 5
    data = content(sample([1], [2]), sample([big], [5])) + message(
        4, varint(1, big), message(4, varint(1, 2))
    )
    found = read(data, "unknown")
    assert weights(found) == {"cpu": 7}
    assert sorted(stack(found, row)[0] for row in range(2)) == ["main (app.go)", "work"]


def test_locations_need_not_be_packed() -> None:
    data = content(message(2, varint(1, 1), varint(1, 2), varint(2, 9)))
    assert stack(read(data, "unknown"), 0) == ["main (app.go)", "work inlined", "main (app.go)"]


def test_a_deep_stack_is_cut() -> None:
    found = opened(sample([2] * MAX_DEPTH, [1]), sample([1], [1]))
    assert int(found.tree.depth.max()) == MAX_DEPTH
    assert found.report.repaired == 1


def test_a_location_of_many_lines_in_many_samples_is_bounded() -> None:
    lines_of = b"".join([message(4, varint(1, 1))] * (2 * MAX_DEPTH))
    data = content(*[sample([50, 50, 50], [1])] * 300) + message(4, varint(1, 50), lines_of)
    found = read(data, "unknown")
    assert int(found.tree.depth.max()) == MAX_DEPTH


@pytest.mark.parametrize("cut", [1, 7, 30])
def test_a_cut_profile_is_broken(cut: int) -> None:
    with pytest.raises(BrokenProfileError, match="cut short or damaged"):
        read(content(sample([1], [2]))[:-cut], "pprof")


def test_a_damaged_sample_is_counted() -> None:
    found = opened(message(2, b"\x0a\x7f\x01"), sample([1], [2]))
    assert (weights(found), found.report.skipped) == ({"cpu": 2}, 1)


def test_a_length_of_ten_to_the_eighteen_is_broken() -> None:
    with pytest.raises(BrokenProfileError):
        read(content() + b"\x12" + number(10**18), "pprof")


def test_a_profile_without_samples_is_broken() -> None:
    with pytest.raises(BrokenProfileError, match="no sample"):
        opened()


def test_our_own_export_comes_back() -> None:
    before = profile("""
        app  app  app  app
        a    a    a    .
        b    b    c    .
    """)
    graph = flame_graph(select(before, Selection()))
    data = b"".join(pprof(graph))
    assert gzip.decompress(data)
    after = read(data, "unknown")
    assert picture(after) == picture(before)


@pytest.mark.parametrize("size", [1, 100, 2_000])
def test_batches_of_any_size_read_the_same(monkeypatch: pytest.MonkeyPatch, size: int) -> None:
    data = (DATA / "wall.pb.gz").read_bytes()
    whole = read(data, "unknown")
    monkeypatch.setattr(reader, "BATCH_BYTES", size)
    # A batch has all values of one type before those of the next one.
    assert_same(read(data, "unknown"), whole, but=["out_of_order"])


def test_more_types_of_samples_than_any_profiler_writes_are_refused() -> None:
    """Every type costs a pass over all samples."""
    kind = message(1, varint(1, 1), varint(2, 2))
    texts = b"".join(message(6, text.encode()) for text in STRINGS)
    sample = message(2, message(1, number(1)), message(2, number(5) * reader.MAX_TYPES))
    location = message(4, varint(1, 1))
    found = read(kind * reader.MAX_TYPES + texts + location + sample, "pprof")
    assert len(found.samples) == reader.MAX_TYPES
    with pytest.raises(TooLargeError, match="sample types"):
        read(kind * (reader.MAX_TYPES + 1) + texts + location + sample, "pprof")


def test_samples_count_where_none_has_a_location() -> None:
    found = opened(sample([], [1]), sample([], [2]))
    assert list(weights(found).values()) == [3]
