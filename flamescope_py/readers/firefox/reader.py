"""The reader of the Firefox Profiler's documents, as Firefox writes them and as its page saves them.

https://github.com/firefox-devtools/profiler/tree/main/docs-developer: Firefox itself writes `libs`, `threads`
and `processes`, each a document of its own, with tables as rows. The processed form, which samply, vernier
and gradle-profiler write as well, has tables as columns. They are below each thread, and in newer versions
below `shared`.

    {"meta":{"interval":1,"startTime":1795934564604.7,"preprocessedProfileVersion":48, …},
     "libs":[…],"threads":[{"name":"GeckoMain","pid":"7","tid":7,"samples":{"stack":[0,4], …}, …}]}

A sample's time is the document's start and its own, so that it is an absolute one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from flamescope_py.errors import BrokenProfileError
from flamescope_py.model import Profile, ProfileBuilder
from flamescope_py.model.profile import MICROSECONDS, SAMPLES
from flamescope_py.readers.firefox.documents import MAX_THREADS, Document, documents, label_of
from flamescope_py.readers.firefox.frames import Namer
from flamescope_py.readers.firefox.tables import NUMERIC, ROWS
from flamescope_py.readers.firefox.threads import ThreadReader
from flamescope_py.readers.json.columns import parse_columns
from flamescope_py.readers.json.text import BLANKS, BOM, member, name, whole
from flamescope_py.readers.limits import MAX_SPAN_SECONDS
from flamescope_py.readers.spans import add_samples

SPANS = "tracing"
TIME_ADVICE = "Record again: every sample of the Firefox Profiler has a time."
# Kinds of markers without a time that the report names; the rest are counted together.
MAX_MARKERS = 20
_BEGIN = re.compile(
    rb'\{\s*"(?:meta|libs|threads|shared|pages|pausedRanges|counters|profilerOverhead|profilingLog|sources'
    rb'|processes|profileGatheringLog)"\s*:'
)
# Of one that is no other JSON with a `meta` or with `threads`. `libs` may fill the whole head.
_SIGN = re.compile(
    rb'"(?:preprocessedProfileVersion|breakpadId|stackwalk|gcpoison|markerSchema|sampleUnits|stackTable'
    rb"|frameTable|funcTable|processStartupTime|profilingStartTime|processType)\"\s*:"
)


def recognises(head: bytes) -> bool:
    """Return True for the head of a document of the Firefox Profiler."""
    text = head.removeprefix(BOM).lstrip(BLANKS)
    return bool(_BEGIN.match(text) and _SIGN.search(text))


def read(chunks: Iterable[bytes]) -> Profile:
    """Read all threads of all processes.

    Raises BrokenProfileError where there is no sample, and TooLargeError for a document or a tree past the
    bounds.
    """
    content, columns = parse_columns(whole(chunks), NUMERIC, ROWS)
    builder = ProfileBuilder()
    namer = Namer(builder)
    reader = ThreadReader(builder, namer)
    found = list(documents(content, columns))
    threads = [(document, thread) for document in found for thread in document.threads]
    labels = [label_of(thread) for _, thread in threads]
    several = len({process for _, process in labels}) > 1
    for (document, thread), (own, process) in list(zip(threads, labels, strict=True))[:MAX_THREADS]:
        reader.read(document, thread, f"{process}/{own}" if several and process not in ("", own) else own)
    is_trace = bool(reader.spans.node) and not builder.report.samples
    if reader.spans.node:
        add_samples(builder, reader.spans, reader.spans, SPANS, "" if is_trace else MICROSECONDS)
    builder.drop_strays(MAX_SPAN_SECONDS / 2)
    _tell(builder, reader, namer)
    if not builder.report.samples:
        raise BrokenProfileError(
            f"There is no sample in this Firefox Profiler profile{builder.report.because()}: record it again."
        )
    _describe(builder, found[0])
    builder.markers = reader.markers.markers()
    return builder.finish(
        "firefox",
        unit=MICROSECONDS if is_trace else SAMPLES,
        main_event=SAMPLES,
        period_unit="nanoseconds",
        time_advice=TIME_ADVICE,
    )


def _tell(builder: ProfileBuilder, reader: ThreadReader, namer: Namer) -> None:
    """Report the records that are in no graph, and frames without a name."""
    report = builder.report
    left_out = reader.markers.left_out
    for marker, count in left_out.most_common(MAX_MARKERS):
        report.add_other(f"markers: {marker[:60]}", count)
    rest = left_out.total() - sum(count for _, count in left_out.most_common(MAX_MARKERS))
    if rest:
        report.add_other("other markers", rest)
    if namer.nameless:
        report.messages.append(
            f"{len(namer.nameless)} frames have no symbols and are named by library and address: "
            "open the file at profiler.firefox.com, which finds symbols, and save it from there."
        )


def _describe(builder: ProfileBuilder, document: Document) -> None:
    """Keep the facts of the first document."""
    meta = document.content.get("meta")
    for key in ("product", "interval", "platform", "oscpu", "CPUName", "importedFrom"):
        value = name(member(meta, key))
        if value:
            builder.header[key] = value
