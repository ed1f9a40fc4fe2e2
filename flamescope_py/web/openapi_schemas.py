"""What answers look like, as JSON Schema; tests hold real answers against them."""

from __future__ import annotations

from collections.abc import Mapping

from flamescope_py.web.openapi_bodies import FETCH, capture
from flamescope_py.web.openapi_shapes import (
    INTEGER,
    NUMBER,
    TEXT,
    TIME,
    YES_OR_NO,
    Schema,
    listed,
    nullable,
    one_of,
    record,
    reference,
    said,
)

SPEEDSCOPE = "https://www.speedscope.app/file-format-schema.json"
_NUMBERS = listed(INTEGER)
_TEXTS = listed(TEXT)

_HEATMAP: Mapping[str, Schema] = {
    "rows": said(listed(NUMBER), "Offsets in milliseconds, the highest first."),
    "columns": said(_NUMBERS, "The second at which each column begins, from the profile's first whole one."),
    "maxvalue": said(INTEGER, "The largest cell."),
}
_COUNT = record(
    {
        "value": said({"type": ["string", "integer"]}, "What a selection can name."),
        "samples": said(INTEGER, "Samples with it."),
        "busy": said(INTEGER, "Those of them that are not idle."),
    },
    {"label": said(TEXT, "The command of most of them.")},
)
_COST = record(
    {
        "frames": said(INTEGER, "Distinct frames left out, in the whole profile."),
        "samplesMoved": said(INTEGER, "Samples of the range that moved to a caller."),
        "samplesEmptied": said(INTEGER, "Samples of the range that have nothing left but their command."),
        "samples": said(INTEGER, "Samples of the range."),
    }
)
_ALLOWED = record(
    {
        "enabled": said(YES_OR_NO, "Whether it may be done."),
        "reason": said(nullable(TEXT), "Why not."),
    }
)
_NOTE = record(
    {
        "reason": said(TEXT, "What was odd."),
        "line": said(nullable(INTEGER), "The number of the line, from 1."),
        "text": said(TEXT, "Its beginning."),
    }
)
_PROFILE = record(
    {
        "filename": said(TEXT, "Its path below the profile directory."),
        "type": said(TEXT, "What it is by its content, or unknown."),
        "size": said(INTEGER, "In bytes."),
    },
    {
        "modified": said(TIME, "When it was written."),
        "reason": said(TEXT, "Why it is unknown."),
        "duration": said(NUMBER, "Seconds from the first sample to the last; once somebody has opened it."),
        "samples": said(INTEGER, "How many it holds; once somebody has opened it."),
        "error": said(TEXT, "Why it could not be read, where the last try since the server started failed."),
    },
)
_INFO = record(
    {
        "filename": said(TEXT, "Its path below the profile directory."),
        "format": said(TEXT, "What it was read as."),
        "unit": said(TEXT, "What values count: samples, or microseconds."),
        "timed": said(YES_OR_NO, "Whether samples have a time; without it there is no heatmap and no range."),
        "samples": said(INTEGER, "All, the idle ones included."),
        "idle": said(INTEGER, "Samples of idle processors."),
        "first": said(nullable(NUMBER), "Time of the first sample, in seconds as in the file."),
        "last": said(nullable(NUMBER), "Time of the last sample."),
        "origin": said(nullable(INTEGER), "The whole second that ranges count from."),
        "duration": said(nullable(NUMBER), "Seconds from the first sample to the last."),
        "seconds": said(INTEGER, "Whole seconds that it touches: columns of its heatmap."),
        "frequency": said(nullable(NUMBER), "Samples a second of a busy thread; see docs/api.md."),
        "periods": said(YES_OR_NO, "Whether weight=period can be asked for."),
        "frames": said(INTEGER, "Distinct frames."),
        "stacks": said(INTEGER, "Nodes of the tree of all stacks."),
        "header": said({"type": "object", "additionalProperties": TEXT}, "What the file says of itself."),
        "events": said(listed(_COUNT), "Values of event."),
        "mainEvents": said(
            _TEXTS,
            "The most frequent sampling event, which event=main selects; several names where kinds of cores "
            "have one each.",
        ),
        "commands": said(listed(_COUNT), "Values of comm."),
        "processes": said(listed(_COUNT), "Values of pid."),
        "threads": said(listed(_COUNT), "Values of tid."),
        "cpus": said(listed(_COUNT), "Values of cpu."),
        "report": reference("ParseReport"),
    },
    {
        "also": said(_TEXTS, "Other types that it can be opened as: a trace that carries a CPU profile."),
        "preferred": said(TEXT, "Which of these shows most of it, and is opened where no type is named."),
        "periodUnit": said(TEXT, "What periods count, where it is not the event that tells it."),
    },
)
_REPORT = record(
    {
        "lines": said(INTEGER, "Lines read."),
        "samples": said(INTEGER, "Samples found."),
        "idle": said(INTEGER, "Idle ones among them."),
        "skipped": said(INTEGER, "Lines, or records, that were left out."),
        "withoutStack": said(INTEGER, "Samples without a stack."),
        "outOfOrder": said(INTEGER, "Samples that came before an earlier one."),
        "lostEvents": said(INTEGER, "Events that perf says it has lost."),
        "repaired": said(INTEGER, "Lines that were read although they are damaged."),
        "other": said(
            {"type": "object", "additionalProperties": INTEGER},
            "Lines, or records, that were understood and have no place in a profile, by kind.",
        ),
        "notes": said(listed(_NOTE), "The first few of what was skipped."),
        "messages": said(_TEXTS, "About the file as a whole."),
    }
)
_FLAT_HEATMAP = record(
    {
        **_HEATMAP,
        "values": said(_NUMBERS, "Samples of each cell, column by column."),
        "samples": said(INTEGER, "The sum of the values."),
        "idle": said(INTEGER, "Idle samples, which are not among them."),
        "origin": said(INTEGER, "The whole second that the profile begins in."),
        "duration": said(NUMBER, "Seconds from the first sample to the last."),
    },
    {
        "matches": said(_NUMBERS, "Alike, samples with a frame that was searched for."),
        "step": said(INTEGER, "Seconds that a column joins, where columns were asked for."),
        "seconds": said(INTEGER, "Whole seconds that the profile touches."),
        "peak": said(INTEGER, "The largest cell of the whole profile, joined alike."),
    },
)
_NODE = record(
    {
        "n": said(TEXT, "Name."),
        "l": said(TEXT, "Kind: kernel, user, jit, inlined, interpreted, c1 or empty."),
        "v": said(INTEGER, "Samples that end here."),
        "c": said(listed(reference("Node")), "Children."),
    },
    {
        "d": said(INTEGER, "Own samples more than in the second profile, scaled."),
        "extras": said({"type": "object"}, "What a flavour adds, and the file of a function without a name."),
        "matched": said(INTEGER, "Of the root: samples at or below frames searched for."),
    },
)
_FRAMES = record(
    {
        "name": said(_TEXTS, "The name of each frame."),
        "library": said(_TEXTS, "Its library or file."),
        "kind": said(_TEXTS, "kernel, user, jit, inlined or empty."),
    }
)
_NODES = record(
    {
        "frame": said(_NUMBERS, "The frame of each node, in pre-order from the root."),
        "depth": said(_NUMBERS, "How far below the root it is."),
        "self": said(_NUMBERS, "Samples that end at it."),
        "total": said(_NUMBERS, "Samples at or below it."),
    },
    {
        "delta": said(_NUMBERS, "Own samples more than in the second profile, scaled."),
        "totalDelta": said(
            _NUMBERS, "The same of samples at or below, of stacks that only the second has, too."
        ),
    },
)
_FLAT_GRAPH = record(
    {
        "frames": said(_FRAMES, "Every frame that occurs, once."),
        "nodes": said(_NODES, "Columns of one length."),
        "samples": said(INTEGER, "Samples of the range."),
        "start": said(NUMBER, "Begin of the range, in seconds."),
        "end": said(NUMBER, "Its end."),
        "profileSamples": said(INTEGER, "Samples of the whole profile, selected alike."),
        "unit": said(TEXT, "What the values count."),
    },
    {
        "scale": said(
            NUMBER, "In an elided graph: the first range's total by the second's; values times it are shares."
        ),
        "outside": said(YES_OR_NO, "Whether it counts the rest of the profile, all but start to end."),
        "matched": said(INTEGER, "Samples at or below frames searched for."),
        "filtered": said(_COST, "What frame filters did."),
    },
)
_FILTER = record(
    {
        "name": said(TEXT, "What filter names."),
        "title": said(TEXT, "What people read."),
        "hint": said(TEXT, "For which profiles it is, in a few words."),
        "description": said(TEXT, "What it does."),
        "drop": said(_TEXTS, "Patterns of frames that go."),
        "rewrite": said(
            listed(record({"pattern": said(TEXT, "What is found."), "replacement": said(TEXT, "By what.")})),
            "What is replaced in names of frames.",
        ),
        "default": said(YES_OR_NO, "Whether it runs where no filter is named."),
    },
    {"cost": said(_COST, "What it would do.")},
)
# Open, as what a program needs beside the error (hostKey, processes) stands next to it.
_JOB = {
    **record(
        {
            "id": said(TEXT, "What names it."),
            "kind": said(TEXT, "ssh or capture."),
            "source": said(TEXT, "What is brought, from where."),
            "step": said(TEXT, "What it is doing."),
            "state": said(one_of("queued", "running", "done", "failed", "cancelled"), "How it is."),
            "done": said(INTEGER, "Bytes that have come."),
            "size": said(nullable(INTEGER), "Bytes that there will be, if that is known."),
            "secondsLeft": said(nullable(INTEGER), "Until the end of the step, if that is known."),
            "created": said(TIME, "When it was asked for."),
            "started": said(nullable(TIME), "When it began."),
            "ended": said(nullable(TIME), "When it was over."),
            "error": said(nullable(TEXT), "Why it has failed."),
            "filename": said(nullable(TEXT), "The profile that came of it."),
            "warnings": said(_TEXTS, "What the user should know all the same."),
        }
    ),
    "additionalProperties": True,
}
_ALIAS = record(
    {
        "alias": said(TEXT, "As ~/.ssh/config names it."),
        "host": said(TEXT, "What it stands for."),
        "port": said(INTEGER, "Its port."),
        "user": said(TEXT, "Who to be there."),
    }
)
_HOSTS = record(
    {
        "upload": said(_ALLOWED, "Uploads and deletions."),
        "ssh": said(_ALLOWED, "Imports and recordings."),
        "hosts": said(listed(_ALIAS), "Hosts that ~/.ssh/config names and the server may reach."),
        "maxSeconds": said(INTEGER, "How long a recording may be."),
        "maxBytes": said(INTEGER, "How large a file may be."),
    }
)
_ERROR = record(
    {"error": said(TEXT, "What is wrong and what to do, in one sentence.")},
    {"status": said(TEXT, "Of readiness: unavailable.")},
)
_PROGRESS = record(
    {
        "state": said(one_of("new", "parsing", "ready", "failed"), "How the reading is."),
        "done": said(INTEGER, "Bytes of the file that are read."),
        "size": said(INTEGER, "Bytes of the file."),
    }
)
_NESTED = listed(_NUMBERS)


def schemas(max_seconds: int) -> dict[str, Schema]:
    """Give all of them by name; recordings may take `max_seconds`."""
    return {
        "Profile": _PROFILE,
        "Profiles": listed(reference("Profile")),
        "ProfileInfo": _INFO,
        "ParseReport": _REPORT,
        "Progress": _PROGRESS,
        "Heatmap": record(
            {**_HEATMAP, "values": said(_NESTED, "values[column][row]: samples of each cell.")},
            {"matches": said(_NESTED, "Alike, samples with a frame that was searched for.")},
        ),
        "HeatmapColumns": _FLAT_HEATMAP,
        "Node": _NODE,
        "FlameGraphColumns": _FLAT_GRAPH,
        "Speedscope": {
            **record(
                {
                    "$schema": {"const": SPEEDSCOPE, "description": "Where its own schema is."},
                    "shared": said({"type": "object"}, "Its frames."),
                    "profiles": said(listed({}), "Its stacks."),
                }
            ),
            "additionalProperties": True,
        },
        "Filters": listed(_FILTER),
        "Fetch": FETCH,
        "Capture": capture(max_seconds),
        "Job": _JOB,
        "Jobs": listed(reference("Job")),
        "Hosts": _HOSTS,
        "Health": record({"status": said(TEXT, "ok.")}),
        "Error": _ERROR,
        "Document": {"type": "object"},
    }
