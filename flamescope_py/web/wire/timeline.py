"""Stack charts in flat columns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from msgspec import UNSET, Meta, UnsetType

from flamescope_py import service
from flamescope_py.service.answers.flamegraph import Frames
from flamescope_py.service.wire import Integers, Wire, encode, known

_DIGITS = 6


class TimelineThreads(Wire):
    """The threads with samples in the range, in columns of one length, busiest first."""

    pid: Annotated[Sequence[int], Meta(description="The process of each, -1 if unknown.")]
    tid: Annotated[Sequence[int], Meta(description="Its thread id, -1 if unknown.")]
    command: Annotated[Sequence[str], Meta(description="Its command, that of most of its samples.")]
    role: Annotated[Sequence[str], Meta(description="Its role in a known runtime, else empty.")]
    cpu: Annotated[
        Sequence[int], Meta(description="Of the idle task, which each CPU has one of, the CPU; else -1.")
    ]
    samples: Annotated[Sequence[int], Meta(description="Its samples in the range.")]
    spans: Annotated[Sequence[int], Meta(description="How many of the spans are of it.")]


class TimelineSpans(Wire):
    """The spans in columns of one length: those of the first thread, then of the next. Callers come first."""

    frame: Annotated[Integers, Meta(description="The frame of each span.")]
    depth: Annotated[Integers, Meta(description="Its distance from the thread's outermost frame.")]
    start: Annotated[Integers, Meta(description="Its start in microseconds from the start of the range.")]
    length: Annotated[Integers, Meta(description="Its length in microseconds.")]
    samples: Annotated[Integers, Meta(description="The samples inside, each counted as one.")]


class Timeline(Wire):
    """The frames of each thread in the order in which they ran."""

    frames: Annotated[Frames, Meta(description="Every frame that occurs, once.")]
    threads: Annotated[TimelineThreads, Meta(description="The threads, busiest first.")]
    spans: Annotated[TimelineSpans, Meta(description="The spans of all threads.")]
    samples: Annotated[int, Meta(description="Samples of the range.")]
    start: Annotated[float, Meta(description="Start of the range, in seconds.")]
    end: Annotated[float, Meta(description="End of the range.")]
    interval: Annotated[
        float,
        Meta(description="The usual distance of a thread's samples, in seconds; a lone one lasts as long."),
    ]
    exact: Annotated[
        bool,
        Meta(
            description="Whether starts and lengths are those of the file's slices, each stretch of which "
            "with one stack counts as a sample. Ranges with too many of them are shown by ticks of 10 ms."
        ),
    ]
    matched: Annotated[
        int | UnsetType, Meta(description="Only with search: samples with a frame that matches.")
    ] = UNSET


def timeline_columns(found: service.Timeline) -> bytes:
    """Return a stack chart in flat columns."""
    threads = {
        name: [getattr(one, name) for one in found.threads] for name in TimelineThreads.__struct_fields__
    }
    start, end = found.range
    return encode(
        Timeline.of(
            found,
            frames=Frames.of(found.frames),
            threads=TimelineThreads(**threads),
            spans=TimelineSpans.of(found, samples=found.counts),
            start=start,
            end=end,
            interval=round(found.interval, _DIGITS),
            matched=known(found.matched),
        )
    )
