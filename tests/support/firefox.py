"""The committed recording of Firefox in the processed shapes, old and new, of the Firefox Profiler's page."""

from __future__ import annotations

from typing import Any

import orjson

Json = dict[str, Any]


def processed(document: Json, shared: bool) -> Json:
    """Return a document of Firefox itself in the processed form; threads have tables, or share them."""
    whole = {"meta": {**document["meta"], "preprocessedProfileVersion": 60 if shared else 40}}
    libs: list[Json] = []
    tables = _Tables()
    threads = []
    for process in (document, *document["processes"]):
        for thread in process["threads"]:
            tables = tables if shared else _Tables()
            delta = process["meta"]["startTime"] - document["meta"]["startTime"]
            threads.append(_thread(thread, process["libs"], delta, tables, libs))
            if not shared:
                threads[-1] |= tables.content()
    return whole | {"libs": libs, "threads": threads} | ({"shared": tables.content()} if shared else {})


class _Tables:
    """The tables that threads refer to, as columns."""

    def __init__(self) -> None:
        self.strings: dict[str, int] = {}
        self.frames: list[Json] = []
        self.functions: list[Json] = []
        self.resources: list[Json] = []
        self.stacks: list[Json] = []

    def string(self, text: str) -> int:
        return self.strings.setdefault(text, len(self.strings))

    def content(self) -> Json:
        columns = {
            "frameTable": self.frames,
            "funcTable": self.functions,
            "resourceTable": self.resources,
            "stackTable": self.stacks,
        }
        return {"stringArray": list(self.strings)} | {
            title: {key: [row[key] for row in rows] for key in (rows[0] if rows else ())}
            | {"length": len(rows)}
            for title, rows in columns.items()
        }


def _thread(thread: Json, libs: list[Json], delta: float, tables: _Tables, all_libs: list[Json]) -> Json:
    strings = thread["stringTable"]
    frames = [_frame(row, strings, libs, tables, all_libs) for row in rows(thread["frameTable"])]
    first = len(tables.stacks)
    for row in rows(thread["stackTable"]):
        prefix = None if row["prefix"] is None else row["prefix"] + first
        tables.stacks.append({"prefix": prefix, "frame": frames[row["frame"]]})
    samples = rows(thread["samples"])
    return {
        **{key: thread[key] for key in ("name", "processName", "processType", "tid")},
        "pid": str(thread["pid"]),
        "samples": {
            "length": len(samples),
            "stack": [None if row["stack"] is None else row["stack"] + first for row in samples],
            "time": [row["time"] + delta for row in samples],
            "threadCPUDelta": [row["threadCPUDelta"] for row in samples],
            "weight": None,
            "weightType": "samples",
        },
        "markers": {"length": 0, "name": []},
    }


def _frame(row: Json, strings: list[str], libs: list[Json], tables: _Tables, all_libs: list[Json]) -> int:
    text, resource, file, line = strings[row["location"]], -1, None, None
    if text.startswith("0x"):
        address = int(text, 16)
        for lib in libs:
            if lib["start"] <= address < lib["end"]:
                text = hex(address - lib["start"] + lib["offset"])
                resource = len(tables.resources)
                tables.resources.append({"lib": len(all_libs), "name": tables.string(lib["name"]), "type": 1})
                all_libs.append({"name": lib["name"]})
    elif text.count(":") >= 2 and not text.startswith("nsI") and text.rstrip(")]0123456789[").endswith(":"):
        text = text.partition(")[")[0].rstrip(")")
        before, line, _ = text.rsplit(":", 2)
        text, _, file = before.rpartition(" (")
    tables.functions.append(
        {
            "name": tables.string(text or "(anonymous)"),
            "resource": resource,
            "isJS": file is not None,
            "fileName": None if file is None else tables.string(file),
            "lineNumber": None if line is None else int(line),
        }
    )
    implementation = row["implementation"]
    tables.frames.append(
        {
            "func": len(tables.functions) - 1,
            "category": row["category"],
            "subcategory": row["subcategory"],
            "inlineDepth": 0,
            "implementation": None if implementation is None else tables.string(strings[implementation]),
        }
    )
    return len(tables.frames) - 1


def rows(table: Json) -> list[Json]:
    """Return the rows of a table of Firefox itself, None where a row lacks a column."""
    return [
        {key: row[at] if at < len(row) else None for key, at in table["schema"].items()}
        for row in table["data"]
    ]


def text(document: Json) -> bytes:
    """Return a document as a file."""
    return orjson.dumps(document)
