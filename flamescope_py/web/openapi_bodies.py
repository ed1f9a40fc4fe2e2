"""What bodies of requests look like, as JSON Schema; importers/requests.py reads them."""

from __future__ import annotations

from collections.abc import Mapping

from flamescope_py.service import CALL_GRAPHS, LONGEST_TEXT, MAX_FREQUENCY, MAX_PID, SHAPES
from flamescope_py.web.openapi_shapes import (
    INTEGER,
    TEXT,
    YES_OR_NO,
    Schema,
    bounded,
    nullable,
    one_of,
    record,
    said,
)

_PART = r"[^./\\\x00-\x1f\x7f-\x9f][^/\\\x00-\x1f\x7f-\x9f]{0,246}"
# No part begins with a dot, none is empty; that they are held to bytes and not to letters no pattern can say.
FILENAME: Schema = {"type": "string", "pattern": f"^{_PART}(?:/{_PART})*$", "minLength": 1, "maxLength": 1024}
_LONG_TEXT: Schema = {"type": "string", "minLength": 1, "maxLength": LONGEST_TEXT, "pattern": r"^[^\x00]*$"}


def _shaped(field: str) -> Schema:
    """Make the schema of a text that goes to SSH."""
    return {"type": "string", "pattern": f"^(?:{SHAPES[field]})$"}


_HOST = said(_shaped("host"), "A name, an address, or an alias of ~/.ssh/config.")
_TARGET: Mapping[str, Schema] = {
    "port": said(nullable(bounded(1, 65535)), "Else as ~/.ssh/config says, or 22."),
    "user": said(nullable(_shaped("user")), "Who to be on the host; else as ~/.ssh/config says."),
    "hostKey": said(nullable(_shaped("hostKey")), "The fingerprint of the host key that is accepted."),
    "filename": said(nullable(FILENAME), "The name that the profile is to have."),
    "exists": said(nullable(one_of("number", "refuse")), "What to do where the name is taken; else number."),
    "force": said(YES_OR_NO, "Whether to take a file that looks like no profile."),
}
_EXACTLY_ONE: list[Schema] = [
    {"required": ["pid"], "properties": {"pid": INTEGER}},
    {"required": ["pgrep"], "properties": {"pgrep": TEXT}},
    {"required": ["system"], "properties": {"system": {"const": True}}},
]

FETCH: Schema = record({"host": _HOST, "path": said(_LONG_TEXT, "A file on the host.")}, _TARGET)


def capture(max_seconds: int) -> Schema:
    """Give the schema of a recording, which may take `max_seconds`."""
    fields = {
        "pid": said(nullable(bounded(1, MAX_PID)), "Record this process."),
        "pgrep": said(nullable(_LONG_TEXT), "Record the process that pgrep -f finds."),
        "system": said(YES_OR_NO, "Record the whole machine."),
        "frequency": said(nullable(bounded(1, MAX_FREQUENCY)), "In Hz, 99 without it."),
        "seconds": said(nullable(bounded(1, max_seconds)), "How long, 60 without it."),
        "event": said(nullable(_shaped("event")), "As perf list names it; else perf's default."),
        "callGraph": said(nullable(one_of(*CALL_GRAPHS)), "How perf finds callers; fp without it."),
        "sudo": said(YES_OR_NO, "Whether to run perf with sudo -n."),
    }
    return {**record({"host": _HOST}, {**_TARGET, **fields}), "oneOf": _EXACTLY_ONE}
