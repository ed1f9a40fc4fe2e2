"""What answers and bodies look like, as JSON Schema; tests hold real answers against them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flamescope_py.service import CALL_GRAPHS, LONGEST_TEXT, MAX_FREQUENCY, MAX_PID, SHAPES

Schema = Mapping[str, object]

SPEEDSCOPE = "https://www.speedscope.app/file-format-schema.json"
ANY: Schema = {}
INTEGER: Schema = {"type": "integer"}
NUMBER: Schema = {"type": "number"}
TEXT: Schema = {"type": "string"}
YES_OR_NO: Schema = {"type": "boolean"}
TIME: Schema = {"type": "string", "format": "date-time"}
NO_NUL = r"^[^\x00]*$"
_PART = r"[^./\\\x00-\x1f\x7f-\x9f][^/\\\x00-\x1f\x7f-\x9f]{0,246}"
# No part begins with a dot, none is empty; that they are held to bytes and not to letters no pattern can say.
FILENAME: Schema = {"type": "string", "pattern": f"^{_PART}(?:/{_PART})*$", "minLength": 1, "maxLength": 1024}


def listed(items: Schema) -> Schema:
    """Make the schema of a list."""
    return {"type": "array", "items": items}


def nullable(schema: Schema) -> Schema:
    """Allow null beside a type."""
    words = schema.get("enum")
    more = {"enum": [*words, None]} if isinstance(words, list) else {}
    return {**schema, "type": [schema["type"], "null"], **more}


def one_of(*words: str) -> Schema:
    """Make the schema of a few words."""
    return {"type": "string", "enum": list(words)}


def bounded(low: int, high: int | None = None) -> Schema:
    """Make the schema of whole numbers from `low`, to `high` where there is a bound."""
    return {"type": "integer", "minimum": low} | ({} if high is None else {"maximum": high})


def shaped(field: str, meaning: str) -> Schema:
    """Make the schema of a text that goes to SSH."""
    return {"type": "string", "pattern": f"^(?:{SHAPES[field]})$", "description": meaning}


def reference(name: str) -> Schema:
    """Refer to a schema by name."""
    return {"$ref": f"#/components/schemas/{name}"}


def record(always: Mapping[str, Schema], sometimes: Mapping[str, Schema] | None = None) -> dict[str, object]:
    """Make the schema of an object with these keys and no others."""
    return {
        "type": "object",
        "properties": {**always, **(sometimes or {})},
        "required": list(always),
        "additionalProperties": False,
    }


_HEATMAP: Mapping[str, Schema] = {
    "rows": {**listed(NUMBER), "description": "Offsets in milliseconds, the highest first."},
    "columns": {**listed(INTEGER), "description": "Whole seconds from the profile's first."},
    "maxvalue": INTEGER,
}
_COUNT = record(
    {"value": {"type": ["string", "integer"]}, "samples": INTEGER, "busy": INTEGER}, {"label": TEXT}
)
_HOST = shaped("host", "A name, an address, or an alias of ~/.ssh/config.")
_LONG_TEXT: Schema = {"type": "string", "minLength": 1, "maxLength": LONGEST_TEXT, "pattern": NO_NUL}
_TARGET: Mapping[str, Schema] = {
    "port": nullable(bounded(1, 65535)),
    "user": nullable(shaped("user", "Who to be on the host; else as ~/.ssh/config says.")),
    "hostKey": nullable(shaped("hostKey", "The fingerprint of the host key that is accepted.")),
    "filename": {**nullable(FILENAME), "description": "The name that the profile is to have."},
    "exists": {
        **nullable(one_of("number", "refuse")),
        "description": "What to do where the name is taken; number is the default.",
    },
    "force": {**YES_OR_NO, "description": "Whether to take a file that looks like no profile."},
}
_FILTER_COST = record(dict.fromkeys(("frames", "samplesMoved", "samplesEmptied", "samples"), INTEGER))
_ALLOWED = record({"enabled": YES_OR_NO, "reason": nullable(TEXT)})

SCHEMAS: Mapping[str, Schema] = {
    "Document": {"type": "object"},
    # Readiness says its status beside the error.
    "Error": record(
        {"error": {**TEXT, "description": "What is wrong and what to do, in one sentence."}}, {"status": TEXT}
    ),
    "Health": record({"status": TEXT}),
    "Profile": record(
        {"filename": TEXT, "type": TEXT, "size": INTEGER},
        {"modified": TIME, "reason": TEXT, "duration": NUMBER, "samples": INTEGER},
    ),
    "Profiles": listed(reference("Profile")),
    "ProfileInfo": record(
        {
            "filename": TEXT,
            "format": TEXT,
            "unit": TEXT,
            "timed": YES_OR_NO,
            "samples": INTEGER,
            "idle": INTEGER,
            "first": nullable(NUMBER),
            "last": nullable(NUMBER),
            "origin": nullable(INTEGER),
            "duration": nullable(NUMBER),
            "seconds": INTEGER,
            "frequency": nullable(NUMBER),
            "periods": YES_OR_NO,
            "frames": INTEGER,
            "stacks": INTEGER,
            "header": {"type": "object", "additionalProperties": TEXT},
            "events": listed(_COUNT),
            "commands": listed(_COUNT),
            "processes": listed(_COUNT),
            "threads": listed(_COUNT),
            "cpus": listed(_COUNT),
            "report": reference("ParseReport"),
        }
    ),
    "ParseReport": record(
        {
            **dict.fromkeys(("lines", "samples", "idle", "skipped", "withoutStack"), INTEGER),
            **dict.fromkeys(("outOfOrder", "lostEvents", "repaired"), INTEGER),
            "notes": listed(record({"reason": TEXT, "line": nullable(INTEGER), "text": TEXT})),
            "messages": listed(TEXT),
        }
    ),
    "Progress": record(
        {"state": one_of("new", "parsing", "ready", "failed"), "done": INTEGER, "size": INTEGER}
    ),
    "Heatmap": record({**_HEATMAP, "values": listed(listed(INTEGER))}, {"matches": listed(listed(INTEGER))}),
    "HeatmapColumns": record(
        {
            **_HEATMAP,
            "values": listed(INTEGER),
            "samples": INTEGER,
            "idle": INTEGER,
            "origin": INTEGER,
            "duration": NUMBER,
        },
        {
            "matches": listed(INTEGER),
            "step": {**INTEGER, "description": "Seconds that a column joins, where columns were asked for."},
            "seconds": {**INTEGER, "description": "Whole seconds that the profile touches."},
            "peak": {**INTEGER, "description": "The largest cell of the whole profile, joined alike."},
        },
    ),
    "Node": record(
        {
            "n": {**TEXT, "description": "Name."},
            "l": {**TEXT, "description": "Kind: kernel, user, jit, inlined or empty."},
            "v": {**INTEGER, "description": "Samples that end here."},
            "c": {**listed(reference("Node")), "description": "Children."},
        },
        {
            "d": {**INTEGER, "description": "Own samples more than in the second profile, scaled."},
            "extras": {"type": "object"},
            "matched": {**INTEGER, "description": "Of the root: samples at or below frames searched for."},
        },
    ),
    "FlameGraphColumns": record(
        {
            "frames": record(dict.fromkeys(("name", "library", "kind"), listed(TEXT))),
            "nodes": record(
                dict.fromkeys(("frame", "depth", "self", "total"), listed(INTEGER)),
                {"delta": listed(INTEGER)},
            ),
            "samples": INTEGER,
            "start": NUMBER,
            "end": NUMBER,
            "profileSamples": INTEGER,
            "unit": TEXT,
        },
        {
            "matched": INTEGER,
            "filtered": _FILTER_COST,
        },
    ),
    "Speedscope": {
        **record({"$schema": {"const": SPEEDSCOPE}, "shared": {"type": "object"}, "profiles": listed(ANY)}),
        "additionalProperties": True,
        "description": "A file of speedscope, whose own schema says what is in it.",
    },
    "Filters": listed(
        record(
            {
                **dict.fromkeys(("name", "title", "hint", "description"), TEXT),
                "drop": listed(TEXT),
                "rewrite": listed(record({"pattern": TEXT, "replacement": TEXT})),
                "default": YES_OR_NO,
            },
            {"cost": _FILTER_COST},
        )
    ),
    "Fetch": record(
        {"host": _HOST, "path": {**_LONG_TEXT, "description": "A file on the host."}},
        _TARGET,
    ),
    "Capture": {
        **record(
            {"host": _HOST},
            {
                **_TARGET,
                "pid": {**nullable(bounded(1, MAX_PID)), "description": "Record this process."},
                "pgrep": {**nullable(_LONG_TEXT), "description": "Record the process that pgrep -f finds."},
                "system": {**YES_OR_NO, "description": "Record the whole machine."},
                "frequency": {**nullable(bounded(1, MAX_FREQUENCY)), "description": "Hz, 99 without it."},
                "seconds": {
                    **nullable(bounded(1)),
                    "description": "How long, 60 without it.",
                },
                "event": nullable(shaped("event", "As perf list names it; else perf's default.")),
                "callGraph": {
                    **nullable(one_of(*CALL_GRAPHS)),
                    "description": "How perf finds callers; fp without it.",
                },
                "sudo": {**YES_OR_NO, "description": "Whether to run perf with sudo -n."},
            },
        ),
        "oneOf": [
            {"required": ["pid"], "properties": {"pid": INTEGER}},
            {"required": ["pgrep"], "properties": {"pgrep": TEXT}},
            {"required": ["system"], "properties": {"system": {"const": True}}},
        ],
    },
    # Open, as what a program needs beside the error (hostKey, processes) stands next to it.
    "Job": {
        **record(
            {
                **dict.fromkeys(("id", "kind", "source", "step"), TEXT),
                "state": one_of("queued", "running", "done", "failed", "cancelled"),
                "done": INTEGER,
                "size": nullable(INTEGER),
                "secondsLeft": nullable(INTEGER),
                "created": TIME,
                "started": nullable(TIME),
                "ended": nullable(TIME),
                "error": nullable(TEXT),
                "filename": nullable(TEXT),
                "warnings": listed(TEXT),
            },
            {
                "code": {
                    **one_of("hostKeyUnknown", "hostKeyChanged"),
                    "description": "What a program tells the error by, where it may want to.",
                }
            },
        ),
        "additionalProperties": True,
    },
    "Jobs": listed(reference("Job")),
    "Hosts": record(
        {
            "upload": _ALLOWED,
            "ssh": _ALLOWED,
            "hosts": listed(record({"alias": TEXT, "host": TEXT, "port": INTEGER, "user": TEXT})),
            "maxSeconds": INTEGER,
            "maxBytes": INTEGER,
        }
    ),
}


def schemas(max_seconds: int) -> dict[str, Schema]:
    """Give all of them; recordings may take `max_seconds`."""
    capture: Any = SCHEMAS["Capture"]
    seconds = {**capture["properties"]["seconds"], "maximum": max_seconds}
    capture = {**capture, "properties": {**capture["properties"], "seconds": seconds}}
    return {**SCHEMAS, "Capture": capture}
