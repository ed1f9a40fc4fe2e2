"""The reader of OTLP profiles (opentelemetry-proto, profiles/v1development), as protocol buffers and as JSON.

Files are those of the collector's file exporter, a JSON document a line or messages behind their lengths, and
bodies of otlphttp. A sample with times becomes a row for each of them. One without counts in graphs.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from flamescope_py.errors import BrokenProfileError, TooLargeError
from flamescope_py.model import Profile, ProfileBuilder
from flamescope_py.readers.json.text import BLANKS, BOM, parse
from flamescope_py.readers.limits import MAX_SPAN_SECONDS
from flamescope_py.readers.otlp import binary, text
from flamescope_py.readers.otlp.head import framed, is_message
from flamescope_py.readers.otlp.model import Document
from flamescope_py.readers.otlp.samples import Samples

MAX_BYTES = 256 << 20
HEAD_BYTES = 64 << 10
TIME_ADVICE = "Record with a profiler that writes timestamps_unix_nano, as OpenTelemetry's does."
# Of several types, the one that shows where processor time goes opens.
MAIN_EVENTS = ("samples", "cpu", "on_cpu")
CUT = "a document that is cut off"
_JSON = re.compile(rb'\{\s*"(?:resourceProfiles|dictionary)"\s*:')


def recognises(head: bytes) -> bool:
    """Return True for the head of OTLP profiles."""
    plain = head.removeprefix(BOM).lstrip(BLANKS)
    return _JSON.match(plain) is not None or is_message(head) or framed(head) is not None


def read(chunks: Iterable[bytes]) -> Profile:
    """Read all documents. Raises BrokenProfileError where no sample is in them, and TooLargeError."""
    data = bytearray()
    for chunk in chunks:
        data += chunk
        if len(data) > MAX_BYTES:
            raise TooLargeError(
                f"OTLP profiles of more than {MAX_BYTES >> 20} MiB cannot be read: split them."
            )
    builder = ProfileBuilder()
    samples = Samples(builder)
    for document in _documents(bytes(data), builder):
        samples.add(document)
    builder.drop_strays(MAX_SPAN_SECONDS / 2, keep_untimed=True)
    samples.labels.tell(builder.report)
    if samples.nameless:
        builder.report.messages.append(
            f"{len(samples.nameless)} frames have no symbols and are named by library and address."
        )
    if not builder.report.samples:
        raise BrokenProfileError(
            f"There is no sample in these OTLP profiles{builder.report.because()}: record them again."
        )
    main = next((name for name in MAIN_EVENTS if name in samples.events), "")
    return builder.finish("otlp", owner_level=False, main_event=main, time_advice=TIME_ADVICE)


def _documents(data: bytes, builder: ProfileBuilder) -> Iterator[Document]:
    plain = data.removeprefix(BOM).lstrip(BLANKS)
    if plain.startswith(b"{"):
        yield from _json(plain, builder)
        return
    if framed(data[:HEAD_BYTES]) is None:
        yield binary.document(data)
        return
    at = 0
    while at < len(data):
        length = int.from_bytes(data[at : at + 4], "big")
        if at + 4 + length > len(data):
            builder.report.cut_off("a document", None, "")
            return
        yield binary.document(data[at + 4 : at + 4 + length])
        at += 4 + length


def _json(plain: bytes, builder: ProfileBuilder) -> Iterator[Document]:
    """Yield the documents of a JSON file: one, or one a line."""
    try:
        yield text.document(parse(plain))
        return
    except BrokenProfileError:
        lines = [line for line in plain.split(b"\n") if line.strip()]
        if len(lines) < 2:
            raise
    for number, line in enumerate(lines, 1):
        document = _line(line)
        if document is None:
            builder.report.skip(CUT, number, line[:200].decode("utf-8", "replace"))
        else:
            yield document


def _line(line: bytes) -> Document | None:
    try:
        return text.document(parse(line))
    except BrokenProfileError:
        return None
