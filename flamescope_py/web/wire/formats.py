"""The formats that can be read."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

from msgspec import Meta

from flamescope_py import service
from flamescope_py.service.wire import Wire, encode


class Format(Wire):
    """A format that can be read. Two formats may share a type: the file's content decides between them."""

    type: Annotated[str, Meta(description="Its type in requests.")]
    title: Annotated[str, Meta(description="Its name for people.")]
    command: Annotated[str, Meta(description="An example of a command that makes such a file.")]


def format_list(formats: Iterable[service.Format]) -> bytes:
    """Return the formats as JSON."""
    return encode([Format.of(row) for row in formats])
