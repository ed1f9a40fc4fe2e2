"""The reader of Java Flight Recordings (JFR), of OpenJDK and of async-profiler.

OpenJDK publishes no specification. https://www.morling.dev/blog/jdk-flight-recorder-file-format/ has it.
A recording is a row of chunks that describe themselves. Every event with a stack becomes a sample: of
processor time, of allocations in bytes, of waits and sleeps in nanoseconds. Times are absolute.
"""

from __future__ import annotations

from collections.abc import Iterable

from flamescope_py.errors import BrokenProfileError
from flamescope_py.model import Profile, ProfileBuilder
from flamescope_py.readers.jfr import kinds
from flamescope_py.readers.jfr.chunks import MAGIC, chunks_of
from flamescope_py.readers.jfr.samples import Recording
from flamescope_py.readers.limits import MAX_SPAN_SECONDS

TIME_ADVICE = "Record again: every event of a recording has a time."


def recognises(head: bytes) -> bool:
    """Return True for the head of a recording."""
    return head.startswith(MAGIC)


def read(chunks: Iterable[bytes]) -> Profile:
    """Read all chunks. Raises BrokenProfileError where no event has a stack, and TooLargeError."""
    builder = ProfileBuilder()
    recording = Recording(builder)
    for chunk in chunks_of(chunks, builder.report):
        recording.read(chunk)
    recording.add_samples()
    builder.drop_strays(MAX_SPAN_SECONDS / 2)
    if not builder.report.samples:
        raise BrokenProfileError(
            "No event of this recording has a stack: record with jdk.ExecutionSample (settings=profile)."
        )
    main = next((name for name in kinds.SAMPLES if name in recording.events), "")
    return builder.finish("jfr", main_event=main, time_advice=TIME_ADVICE)
