"""Marks of lost events and of times off the processors, from PERF_RECORD lines."""

from __future__ import annotations

import gzip
from pathlib import Path
from unittest.mock import patch

import pytest

from flamescope_py.model import records
from flamescope_py.readers.perf import reader
from flamescope_py.readers.perf.switching import marks
from tests.support.perf_text import sample
from tests.support.reading import markers, read, read_perf

LOST = Path(__file__).resolve().parents[3] / "data" / "perf_data" / "lost.perf.data.gz"


def switch(time: float, how: str, thread: str = "node 71", wide: str = "") -> str:
    """Write the line of a switch as perf script --show-switch-events prints it."""
    return f"{thread} [001] {time:.6f}: PERF_RECORD_SWITCH{wide} {how:11}\n"


def at(time: float, command: str = "node", tid: int = 71) -> str:
    return sample(f"{time:.6f}", "f (/x)", command=command, task=str(tid))


def test_losses_are_moments_with_their_counts() -> None:
    profile = read_perf(
        at(10),
        "node 71 [001] 10.5: PERF_RECORD_LOST lost 13\n",
        "w 1 11.25: PERF_RECORD_LOST_SAMPLES lost 2\n",
        at(12),
    )
    assert markers(profile) == [(10.5, 10.5, "losses", "13 events"), (11.25, 11.25, "losses", "2 events")]
    assert (profile.report.lost_events, profile.report.other) == (15, {"PERF_RECORD lines": 2})


def test_a_long_time_away_of_the_busiest_thread_is_a_band() -> None:
    wide = "_CPU_WIDE"
    profile = read_perf(
        *(at(10), at(10.1), at(10.2, "db", 5)),
        *(switch(10.25, "OUT"), switch(10.375, "IN")),
        # Too short to be seen, and without a way back.
        *(switch(10.5, "OUT", wide=wide), switch(10.51, "IN", wide=wide), switch(10.6, "OUT")),
        # Of another thread, of the idle one, and of one without samples.
        *(switch(10.25, "OUT", "db 5"), switch(10.75, "IN", "db 5")),
        *(switch(10.25, "OUT preempt", "swapper 0"), switch(10.75, "IN", "swapper 0")),
        *(switch(10.25, "OUT preempt", "cron 9"), switch(10.75, "IN", "cron 9")),
        at(11),
    )
    assert markers(profile) == [(10.25, 10.375, "off CPU", "node 71 for 125 ms")]
    assert profile.report.messages == []


def test_every_sampled_thread_that_waited_for_a_processor_is_a_band() -> None:
    profile = read_perf(
        *(at(10), at(10.1), at(10.2, "db", 5)),
        *(switch(10.25, "OUT preempt", "db 5"), switch(10.5, "IN", "db 5")),
        *(switch(10.25, "OUT preempt"), switch(10.3125, "IN")),
    )
    assert sorted(text for *_, text in markers(profile)) == ["db 5 for 250 ms", "node 71 for 62 ms"]
    assert {name for *_, name, _ in markers(profile)} == {"preempted"}


def test_marks_are_the_same_wherever_a_text_is_cut() -> None:
    blocks = [
        at(10),
        switch(10.25, "OUT"),
        "w 1 10.5: PERF_RECORD_LOST lost 3\n\n",
        switch(10.5, "IN"),
        at(11),
    ]
    expected = markers(read_perf(*blocks))
    assert [name for *_, name, _ in expected] == ["off CPU", "losses"]
    for place in range(1, len(blocks)):
        parts = [reader.parse(["".join(part).encode()]) for part in (blocks[:place], blocks[place:])]
        parts[0].merge(parts[1])
        assert markers(reader.finish(parts[0])) == expected


@pytest.mark.parametrize(
    ("bound", "left_out"),
    [((marks, "MAX_BANDS", 1), 2), ((marks, "MAX_LOSSES", 1), 1), ((records, "MAX_RECORDS", 6), 2)],
)
def test_marks_that_are_left_out_are_counted(bound: tuple[object, str, int], left_out: int) -> None:
    times = [(10.1, 10.2), (10.3, 10.5), (10.6, 10.65)]
    switches = [switch(time, how) for pair in times for time, how in zip(pair, ("OUT", "IN"), strict=True)]
    lost = [f"w 1 10.9: PERF_RECORD_LOST lost {count}\n" for count in (3, 5)]
    with patch.object(*bound):
        profile = read_perf(at(10), *switches, *lost, at(11))
    (message,) = profile.report.messages
    assert f"{left_out} others are left out" in message
    assert len(markers(profile)) == 5 - left_out
    if bound[1] == "MAX_BANDS":
        assert markers(profile)[0][3] == "node 71 for 200 ms"
    assert profile.report.lost_events == 8


@pytest.mark.perf
def test_the_losses_of_a_perf_data_file_are_marks() -> None:
    profile = read(gzip.decompress(LOST.read_bytes()))
    own = markers(profile)
    assert {name for *_, name, _ in own} == {"losses"}
    assert sum(int(text.split()[0]) for *_, text in own) == profile.report.lost_events
    assert all(profile.meta.first <= start <= profile.meta.last for start, *_ in own)
