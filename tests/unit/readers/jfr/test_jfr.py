"""Java Flight Recordings: a real one of OpenJDK, and events of async-profiler written after their types."""

from __future__ import annotations

import gzip
import io
from pathlib import Path

import numpy as np
import pytest

from flamescope_py.errors import BrokenProfileError, TooLargeError
from flamescope_py.model import Profile
from flamescope_py.readers.jfr.cursor import Cursor
from flamescope_py.readers.limits import MAX_DEPTH
from flamescope_py.readers.protobuf import varints
from flamescope_py.readers.source import sniff_file
from tests.support import jfr
from tests.support.reading import assert_same, read, stack
from tests.support.trees import lines, picture

DATA = Path(__file__).resolve().parents[3] / "data" / "jfr"
ASYNC = DATA / "async_profiler.jfr.gz"
RECORDING = gzip.decompress((DATA / "busy.jfr.gz").read_bytes())
SECOND = jfr.TICKS
STACKS = [
    [("java/lang/Math.sqrt", 2), ("app/Main.work", 1), ("app/Main.main", 0)],
    [("libc.so.malloc", 3), ("app/Main.main", 6)],
]
CONSTANTS = jfr.constants(STACKS, ["main", "pool-1"], ["STATE_RUNNABLE", "STATE_SLEEPING"])


def opened(*events: bytes) -> Profile:
    return read(jfr.chunk(CONSTANTS, *events), "unknown")


def counts(profile: Profile) -> dict[str, int]:
    found = np.bincount(profile.samples.event).tolist()
    return dict(zip(profile.meta.events, found, strict=True))


def test_events_are_as_many_as_jfr_summary_counts() -> None:
    rows = [line.split() for line in (DATA / "busy.summary").read_text().splitlines()]
    counted = {name: int(count) for name, count in rows}
    for own in ("jdk.CheckPoint", "jdk.Metadata"):
        del counted[own]
    profile = read(RECORDING, "unknown")
    assert counts(profile) == counted
    assert profile.report.skipped == 0


def test_events_of_async_profiler_are_as_many_as_jfr_summary_counts() -> None:
    rows = [line.split() for line in (DATA / "async_profiler.summary").read_text().splitlines()]
    profile = read(ASYNC.read_bytes(), "unknown")
    found = counts(profile) | profile.report.other
    assert found == {
        name: int(count) for name, count in rows if name not in ("jdk.CheckPoint", "jdk.Metadata")
    }
    assert profile.report.skipped == 0
    assert profile.meta.main_event == "jdk.ExecutionSample"


def test_weights_of_async_profiler_are_samples_bytes_and_nanoseconds() -> None:
    profile = read(ASYNC.read_bytes(), "unknown")
    samples, meta = profile.samples, profile.meta
    assert samples.weight is not None
    sums = np.bincount(samples.event, samples.weight).astype(int).tolist()
    units = dict(zip(meta.events, zip(sums, meta.event_units, strict=True), strict=True))
    assert units == {
        "jdk.ExecutionSample": (220, "samples"),
        # Ten pairs of equal samples a second of a thread that is parked, and ten of one that runs.
        "profiler.WallClockSample": (60, "samples"),
        "jdk.ObjectAllocationInNewTLAB": (20 << 19, "bytes"),
        "jdk.ObjectAllocationOutsideTLAB": (1 << 21, "bytes"),
        "profiler.LiveObject": (1 << 10, "bytes"),
        "profiler.Malloc": (20 * 4096, "bytes"),
        "profiler.Free": (1, "samples"),
        "jdk.JavaMonitorEnter": (150_000_000, "nanoseconds"),
        "jdk.ThreadPark": (500_000_000, "nanoseconds"),
        "profiler.NativeLock": (2_000_000, "nanoseconds"),
    }
    wall = samples.event == meta.events.index("profiler.WallClockSample")
    assert int(samples.weight[wall & samples.idle].sum()) == 40
    assert {thread.command for thread in profile.threads} == {"main", "worker-1", "GC Thread#0"}


def test_frames_of_async_profiler_have_their_kinds() -> None:
    profile = read(ASYNC.read_bytes(), "unknown")
    found = {tuple(stack(profile, row)) for row in range(len(profile.samples))}
    assert (
        "do_syscall_64 kernel",
        "__write user",
        "java/io/FileOutputStream.write jit",
        "app/Main.compute jit",
        "app/Main.main interpreted",
        "main",
    ) in found
    assert any(one[0] == "java/util/ArrayList.grow c1" for one in found)


def test_a_recording_opens_with_execution_samples_in_their_unit() -> None:
    meta = read(RECORDING, "unknown").meta
    assert meta.main_event == "jdk.ExecutionSample"
    assert dict(zip(meta.events, meta.event_units, strict=True)) == {
        "jdk.ExecutionSample": "samples",
        "jdk.ObjectAllocationSample": "bytes",
        "jdk.ThreadSleep": "nanoseconds",
    }


def test_threads_and_methods_have_their_names() -> None:
    profile = read(RECORDING, "unknown")
    assert {"compute", "allocate"} <= {thread.command for thread in profile.threads}
    found = [stack(profile, row) for row in range(len(profile.samples))]
    # The stack of main's lambda: `compute` is the thread, `Busy.compute` its function.
    assert any(
        one[-1] == "compute"
        and one[-2].startswith("java/lang/Thread.run")
        and any(frame.startswith("Busy.compute ") for frame in one)
        for one in found
    )


def test_sleeps_last_as_long_as_the_program_sleeps() -> None:
    profile = read(RECORDING, "unknown")
    samples, event = profile.samples, profile.meta.events.index("jdk.ThreadSleep")
    assert samples.weight is not None
    slept = samples.weight[samples.event == event] / 1e6
    # Thread.sleep(15), which a busy machine prolongs.
    assert (slept >= 15).all()


def test_several_chunks_are_one_profile() -> None:
    once, twice = read(RECORDING, "unknown"), read(RECORDING * 2, "unknown")
    assert len(twice.samples) == 2 * len(once.samples)
    assert len(twice.tree) == len(once.tree)
    assert twice.frames == once.frames


def test_stacks_hang_below_their_threads() -> None:
    profile = opened(
        jfr.event("jdk.ExecutionSample", 1, 1, 1, 1),
        jfr.event("jdk.ExecutionSample", 2, 1, 1, 1),
        jfr.event("jdk.ExecutionSample", 3, 2, 2, 1),
    )
    assert picture(profile) == lines("""
        root 3
          main 2
            app/Main.main[interpreted] 2
              app/Main.work[jit] 2
                java/lang/Math.sqrt[inlined] 2 (2 own)
          pool-1 1
            app/Main.main[c1] 1
              libc.so.malloc[user] 1 (1 own)
    """)
    assert [(thread.tid, thread.command) for thread in profile.threads] == [(71, "main"), (72, "pool-1")]


def test_times_are_absolute() -> None:
    profile = opened(jfr.event("jdk.ExecutionSample", SECOND * 5 // 2, 1, 1, 1))
    assert profile.meta.first == pytest.approx(jfr.START_NS / 1e9 + 2.5, abs=1e-6)


def test_wall_clock_samples_count_as_often_as_they_were_equal() -> None:
    profile = opened(
        jfr.event("profiler.WallClockSample", 1, 1, 1, 1, 1),
        jfr.event("profiler.WallClockSample", 2, 2, 2, 2, 40),
    )
    samples = profile.samples
    assert samples.weight is not None
    assert samples.heat is not None
    assert (samples.weight.tolist(), samples.heat.tolist()) == ([1, 40], [1, 40])
    assert samples.idle.tolist() == [False, True]


def test_allocations_weigh_bytes_and_locks_nanoseconds() -> None:
    profile = opened(
        jfr.event("jdk.ExecutionSample", 1, 1, 1, 1),
        jfr.event("profiler.Malloc", 2, 1, 2, 0x7F00, 4096),
        jfr.event("jdk.JavaMonitorEnter", 3, SECOND // 4, 2, 1),
    )
    assert profile.meta.events == ("jdk.ExecutionSample", "jdk.JavaMonitorEnter", "profiler.Malloc")
    assert profile.meta.event_units == ("samples", "nanoseconds", "bytes")
    assert profile.samples.weight is not None
    assert profile.samples.weight.tolist() == [1, 4096, 250_000_000]
    assert profile.samples.heat is None


def test_processor_time_samples_without_a_stack_are_counted() -> None:
    profile = opened(
        jfr.event("jdk.CPUTimeSample", 1, 1, 1, b"\0"), jfr.event("jdk.CPUTimeSample", 2, 0, 1, b"\1")
    )
    assert (len(profile.samples), profile.report.without_stack) == (2, 1)
    assert stack(profile, 1) == ["main"]


def test_a_field_without_a_fixed_form_is_passed() -> None:
    profile = opened(
        jfr.event("app.Named", 1, jfr.text("a title"), 1, 1), jfr.event("app.Named", 2, b"\0", 2, 2)
    )
    assert [stack(profile, row)[-1] for row in range(2)] == ["main", "pool-1"]


def test_events_without_a_stack_are_counted_by_type() -> None:
    profile = opened(jfr.event("jdk.ExecutionSample", 1, 1, 1, 1), *[jfr.event("jdk.CPULoad", 1, 5)] * 3)
    assert profile.report.other == {"jdk.CPULoad": 3}


def test_a_type_whose_events_never_have_a_stack_is_no_event() -> None:
    """async-profiler's and OpenJDK's own settings have a field for a stack, and none in it."""
    sample = jfr.event("jdk.ExecutionSample", 1, 1, 1, 1)
    without = jfr.event("app.Named", 1, jfr.text("setting"), 1, 0)
    profile = opened(sample, without, without)
    assert profile.meta.events == ("jdk.ExecutionSample",)
    assert profile.report.other == {"app.Named": 2}
    assert counts(opened(sample, without, jfr.event("app.Named", 2, jfr.text("x"), 1, 1)))["app.Named"] == 2
    # A sample without a stack is one of its thread.
    assert counts(opened(jfr.event("jdk.ExecutionSample", 1, 1, 0, 1))) == {"jdk.ExecutionSample": 1}


def test_unknown_constants_are_named_as_such() -> None:
    profile = opened(
        jfr.event("jdk.ExecutionSample", 1, 9, 1, 9),
        jfr.event("jdk.ExecutionSample", 2, 1, 77, 1),
    )
    assert len(profile.samples) == 1
    assert stack(profile, 0)[-1] == "[no thread]"
    assert profile.report.skipped == 1
    assert profile.report.notes[0].reason == "events of a stack that is not in the file"


def test_constants_that_point_at_each_other() -> None:
    """A class is its own name, and a method's class is the method: nothing is followed twice."""
    trace = jfr.number(0) + jfr.number(1) + jfr.number(1) + jfr.number(0) * 2 + jfr.number(1)
    constants = jfr.checkpoint(
        jfr.pool(jfr.TRACE, [(1, trace)]),
        jfr.pool(jfr.METHOD, [(1, jfr.number(1) + jfr.number(1))]),
        jfr.pool(jfr.CLASS, [(1, jfr.number(1))]),
        jfr.pool(jfr.SYMBOL, [(1, b"\x02" + jfr.number(1))]),
    )
    profile = read(jfr.chunk(constants, jfr.event("jdk.ExecutionSample", 1, 0, 1, 0)), "unknown")
    assert stack(profile, 0) == ["(unknown method)", "[no thread]"]


def test_ten_to_the_nine_declared_constants() -> None:
    constants = jfr.checkpoint(jfr.number(jfr.SYMBOL) + jfr.number(10**9) + jfr.number(1) + jfr.text("x"))
    profile = read(jfr.chunk(constants, CONSTANTS, jfr.event("jdk.ExecutionSample", 1, 1, 1, 1)), "unknown")
    assert (len(profile.samples), profile.report.skipped) == (1, 1)
    assert profile.report.notes[0].reason == "constants that are damaged"


def test_a_stack_of_ten_to_the_nine_frames() -> None:
    trace = jfr.number(0) + jfr.number(10**9) + jfr.number(1)
    constants = jfr.checkpoint(jfr.pool(jfr.TRACE, [(5, trace)]))
    profile = read(jfr.chunk(constants, CONSTANTS, jfr.event("jdk.ExecutionSample", 1, 1, 1, 1)), "unknown")
    assert (len(profile.samples), profile.report.skipped) == (1, 1)


def test_a_deep_stack_is_cut_to_its_outermost_frames() -> None:
    deep = [("a.leaf", 1), *[("a.f", 1)] * (MAX_DEPTH + 5)]
    constants = jfr.constants([deep], ["main"], ["STATE_RUNNABLE"])
    profile = read(jfr.chunk(constants, jfr.event("jdk.ExecutionSample", 1, 1, 1, 1)), "unknown")
    assert int(profile.tree.depth.max()) == MAX_DEPTH + 1
    assert profile.report.repaired == 1


@pytest.mark.parametrize("version", [(0, 9), (3, 0), (255, 1)])
def test_another_version_is_refused(version: tuple[int, int]) -> None:
    with pytest.raises(BrokenProfileError, match=f"version {version[0]}"):
        read(jfr.chunk(CONSTANTS, version=version), "unknown")


def test_integers_that_are_not_compressed_are_refused() -> None:
    with pytest.raises(BrokenProfileError, match="compressed integers"):
        read(jfr.chunk(CONSTANTS, features=0), "unknown")


def test_a_chunk_of_an_impossible_size_is_refused() -> None:
    with pytest.raises(TooLargeError, match="maxchunksize"):
        read(jfr.chunk(CONSTANTS, size=1 << 60), "unknown")


def test_a_recording_that_was_not_finished_is_read_to_its_end() -> None:
    profile = read(jfr.chunk(CONSTANTS, jfr.event("jdk.ExecutionSample", 1, 1, 1, 1), size=0), "unknown")
    assert len(profile.samples) == 1
    assert "was not finished" in profile.report.messages[0]


def test_a_cut_second_chunk_is_told() -> None:
    whole = jfr.chunk(CONSTANTS, jfr.event("jdk.ExecutionSample", 1, 1, 1, 1))
    profile = read(whole + whole[:-50], "unknown")
    assert len(profile.samples) == 1
    assert "cut off" in profile.report.messages[0]


@pytest.mark.parametrize("share", [0.001, 0.1, 0.5, 0.9, 0.999])
def test_a_cut_recording_is_a_profile_or_an_error(share: float) -> None:
    try:
        profile = read(RECORDING[: int(len(RECORDING) * share)], "unknown")
    except BrokenProfileError:
        return
    assert "cut off" in profile.report.messages[0]


def test_a_recording_without_stacks_says_what_to_record() -> None:
    with pytest.raises(BrokenProfileError, match=r"jdk\.ExecutionSample"):
        opened(jfr.event("jdk.CPULoad", 1, 5))


def test_a_recording_is_recognised_by_its_magic() -> None:
    assert sniff_file(io.BytesIO(RECORDING)).type == "jfr"


@pytest.mark.parametrize("window", [64, 1000])
def test_windows_of_any_size_decode_the_same(monkeypatch: pytest.MonkeyPatch, window: int) -> None:
    whole = read(RECORDING, "unknown")
    monkeypatch.setattr("flamescope_py.readers.jfr.traces.WINDOW", window)
    monkeypatch.setattr("flamescope_py.readers.jfr.pools.WINDOW", window)
    assert_same(read(RECORDING, "unknown"), whole)


NUMBERS = [0, 1, 127, 128, 300, 2**31 - 1, 2**32, 2**55, 2**56 - 1, 2**56, 2**63 - 1, -1, -(2**63)]


@pytest.mark.parametrize("values", [NUMBERS, NUMBERS[:8], [5]], ids=["all", "short", "one"])
def test_numbers_are_decoded_alike_in_all_ways(values: list[int]) -> None:
    data = b"".join(map(jfr.number, values))
    array = varints.padded(data)
    found, ends = varints.decode_all(array[: len(data)], varints.JFR)
    assert found.tolist() == values
    starts = np.concatenate(([0], ends[:-1]))
    at, behind = varints.decode_at(array, starts, varints.JFR)
    assert at.tolist() == values
    assert behind.tolist() == ends.tolist()
    cursor = Cursor(data)
    assert [cursor.number() for _ in values] == values
