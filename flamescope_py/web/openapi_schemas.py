"""What answers and bodies look like, as JSON Schema; tests hold real answers against them."""

from __future__ import annotations

from collections.abc import Mapping

Schema = Mapping[str, object]

INTEGER: Schema = {"type": "integer"}
NUMBER: Schema = {"type": "number"}
TEXT: Schema = {"type": "string"}
YES_OR_NO: Schema = {"type": "boolean"}
TIME: Schema = {"type": "string", "format": "date-time"}


def listed(items: Schema) -> Schema:
    """Make the schema of a list."""
    return {"type": "array", "items": items}


def nullable(schema: Schema) -> Schema:
    """Allow null beside a type."""
    return {**schema, "type": [schema["type"], "null"]}


def one_of(*words: str) -> Schema:
    """Make the schema of a few words."""
    return {"type": "string", "enum": list(words)}


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
_HOST_KEY = {"type": "string", "pattern": "^SHA256:", "description": "A fingerprint that is accepted."}
_TARGET: Mapping[str, Schema] = {
    "port": {"type": "integer", "minimum": 1, "maximum": 65535},
    "user": TEXT,
    "hostKey": _HOST_KEY,
    "filename": {**TEXT, "description": "The name that the profile is to have."},
    "exists": one_of("number", "refuse"),
    "force": YES_OR_NO,
}
_ALLOWED = record({"enabled": YES_OR_NO, "reason": nullable(TEXT)})

SCHEMAS: Mapping[str, Schema] = {
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
            "filtered": record(dict.fromkeys(("frames", "samplesMoved", "samplesEmptied"), INTEGER)),
        },
    ),
    "Filters": listed(
        record(
            {
                **dict.fromkeys(("name", "title", "description"), TEXT),
                "drop": listed(TEXT),
                "rewrite": listed(record({"pattern": TEXT, "replacement": TEXT})),
                "default": YES_OR_NO,
            }
        )
    ),
    "Fetch": record({"host": TEXT, "path": TEXT}, _TARGET),
    "Capture": record(
        {"host": TEXT},
        {
            **_TARGET,
            "pid": {"type": "integer", "minimum": 1},
            "pgrep": TEXT,
            "system": YES_OR_NO,
            "frequency": {"type": "integer", "minimum": 1},
            "seconds": {"type": "integer", "minimum": 1},
            "event": TEXT,
            "callGraph": one_of("fp", "dwarf", "lbr"),
            "sudo": YES_OR_NO,
        },
    ),
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
            }
        ),
        "additionalProperties": True,
    },
    "Jobs": listed(reference("Job")),
    "Hosts": record(
        {
            "upload": _ALLOWED,
            "ssh": _ALLOWED,
            "hosts": listed({"type": "object"}),
            "maxSeconds": INTEGER,
            "maxBytes": INTEGER,
        }
    ),
}
