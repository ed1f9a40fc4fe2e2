"""Requests to export OTLP profiles (otlphttp), split by the service and the host that they are of.

Each part is a document of its own, with the dictionary of the request, in the form of the collector's file
exporter: a message behind its length, or a line of JSON.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import orjson

from flamescope_py import protobuf
from flamescope_py.errors import BrokenProfileError, TooLargeError
from flamescope_py.model import ProfileBuilder
from flamescope_py.readers.json.text import items, member, parse
from flamescope_py.readers.otlp import text
from flamescope_py.readers.otlp.binary import CUT, Reader
from flamescope_py.readers.otlp.fields import ProfilesData
from flamescope_py.readers.otlp.head import framed
from flamescope_py.readers.otlp.model import Document, Resource
from flamescope_py.readers.otlp.samples import Samples
from flamescope_py.readers.protobuf.messages import LENGTH

SERVICE, HOST = "service.name", "host.name"
NOT_JSON = "The body is no JSON document of OTLP profiles."
# Bytes of a request after it was split.
MAX_SPLIT = 256 << 20
ODD = "profiles whose resource begins with unknown fields"


class Part(NamedTuple):
    """The profiles of one service on one host.

    `profiles` counts them, `samples` those that can be read, and `faults` names what was left out, "" for
    nothing. `body` is empty where nothing can be read.
    """

    service: str
    host: str
    profiles: int
    samples: int
    faults: str
    body: bytes


def parts_of_message(data: bytes) -> Iterator[Part]:
    """Split a request of protocol buffers. Raises BrokenProfileError and TooLargeError."""
    reader = Reader(data)
    outer = reader.outer()
    whole = reader.document_of(outer)
    fields = [field for field in outer if field.number == ProfilesData.RESOURCE_PROFILES]
    dictionary = [field for field in outer if field.number == ProfilesData.DICTIONARY][-1:]
    if any(field.wire != LENGTH for field in [*fields, *dictionary]):
        raise BrokenProfileError(CUT)
    shared = sum(field.end - field.start for field in dictionary)
    for (service, host), rows in _groups(whole, shared).items():
        chosen = [*(fields[row] for row in rows), *dictionary]
        body = b"".join(protobuf.text(field.number, data[field.start : field.end]) for field in chosen)
        frame = len(body).to_bytes(4, "big") + body
        part = _part(service, host, Document(whole.tables, [whole.resources[row] for row in rows]), frame)
        if part.body and framed(frame) is None:
            part = part._replace(samples=0, faults=ODD, body=b"")
        yield part


def parts_of_json(data: bytes) -> Iterator[Part]:
    """Split a request of JSON. Raises BrokenProfileError and TooLargeError."""
    content: Any = parse(data)
    if not isinstance(content, dict):
        raise BrokenProfileError(NOT_JSON)
    whole = text.document(content)
    resources = items(member(content, "resourceProfiles"))
    dictionary = orjson.Fragment(orjson.dumps(content.get("dictionary", {})))
    for (service, host), rows in _groups(whole, len(data)).items():
        document = {
            "resourceProfiles": [resources[row] for row in rows],
            "dictionary": dictionary,
        }
        line = orjson.dumps(document) + b"\n"
        yield _part(service, host, Document(whole.tables, [whole.resources[row] for row in rows]), line)


def _groups(document: Document, shared: int) -> dict[tuple[str, str], list[int]]:
    """Return the rows of the resources by service and host, which all repeat `shared` bytes of dictionary."""
    found: dict[tuple[str, str], list[int]] = {}
    for row, resource in enumerate(document.resources):
        found.setdefault(_owner(resource), []).append(row)
    if len(found) * shared > MAX_SPLIT:
        raise TooLargeError(
            f"The request is of {len(found)} services and hosts, and its dictionary is too large to repeat "
            "for each: send fewer of them at a time."
        )
    return found


def _owner(resource: Resource) -> tuple[str, str]:
    return resource.attributes.get(SERVICE, ""), resource.attributes.get(HOST, "")


def _part(service: str, host: str, document: Document, body: bytes) -> Part:
    """Read a part as the file will be read, to know what is wrong with it."""
    builder = ProfileBuilder()
    profiles = sum(len(resource.profiles) for resource in document.resources)
    try:
        Samples(builder).add(document)
    except TooLargeError as error:
        return Part(service, host, profiles, 0, str(error), b"")
    report = builder.report
    faults = "; ".join(f"{note.text}: {note.reason}" if note.text else note.reason for note in report.notes)
    empty = not report.samples and not report.skipped
    return Part(
        service, host, 0 if empty else profiles, report.samples, faults, body if report.samples else b""
    )
