"""Records busy.html in Firefox and writes gecko.json.gz: `python record.py` (needs firefox-esr; ten seconds).

A profile of Firefox holds much about the machine. Only the parts that a reader needs are kept: two processes,
the libraries that their frames are in, and the first markers of each thread. Folders and file addresses of
this machine become /srv.
"""

from __future__ import annotations

import gzip
import json
import os
import re
import subprocess
import tempfile
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
PROCESSES = {"file:// Content"}
MARKERS = 40
SAMPLES = 45
META = (
    *("version", "startTime", "processType", "interval", "stackwalk", "categories", "sampleUnits"),
    *("profilingStartTime", "profilingEndTime"),
)


def recorded(folder: Path) -> dict[str, Any]:
    page = folder / "busy.html"
    page.write_bytes((HERE / "busy.html").read_bytes())
    variables = {
        "HOME": str(folder),
        "PATH": os.defpath,
        "MOZ_PROFILER_STARTUP": "1",
        "MOZ_PROFILER_STARTUP_INTERVAL": "20",
        "MOZ_PROFILER_STARTUP_FEATURES": "js,stackwalk,cpu",
        "MOZ_PROFILER_STARTUP_FILTERS": "GeckoMain",
        "MOZ_PROFILER_SHUTDOWN": str(folder / "out.json"),
    }
    command = ["firefox-esr", "--headless", "--no-remote", "--profile", str(folder / "profile")]
    (folder / "profile").mkdir()
    # --screenshot waits until the page has loaded, which busy.html draws out, and then quits.
    command += ["--screenshot", str(folder / "page.png"), page.as_uri()]
    subprocess.run(command, env=variables, check=True, capture_output=True, timeout=120)
    return json.loads((folder / "out.json").read_text())  # type: ignore[no-any-return]


def slim(document: dict[str, Any]) -> dict[str, Any]:
    """Keep the parts of one process."""
    threads = [slim_thread(thread) for thread in document["threads"]]
    strings = [text for thread in threads for text in thread["stringTable"]]
    addresses = [int(text, 16) for text in strings if re.fullmatch("0x[0-9a-f]+", text)]
    libs = [lib for lib in document["libs"] if any(lib["start"] <= one < lib["end"] for one in addresses)]
    return {
        "libs": [{key: lib[key] for key in ("start", "end", "offset", "name", "breakpadId")} for lib in libs],
        "meta": {key: document["meta"][key] for key in META if key in document["meta"]},
        "threads": threads,
        "processes": [],
    }


def slim_thread(thread: dict[str, Any]) -> dict[str, Any]:
    """Keep the first markers of a thread without their data, its first samples, and their rows."""
    thread["samples"]["data"] = thread["samples"]["data"][:SAMPLES]
    stacks, frames = thread["stackTable"]["data"], thread["frameTable"]["data"]
    kept = {row[0] for row in thread["samples"]["data"] if row[0] is not None}
    for stack in sorted(range(len(stacks)), reverse=True):
        if stack in kept and stacks[stack][0] is not None:
            kept.add(stacks[stack][0])
    stack_rows = {old: new for new, old in enumerate(sorted(kept))}
    frame_rows = {old: new for new, old in enumerate(sorted({stacks[stack][1] for stack in kept}))}
    thread["stackTable"]["data"] = [
        [stack_rows.get(stacks[stack][0]), frame_rows[stacks[stack][1]]] for stack in stack_rows
    ]
    thread["frameTable"]["data"] = [frames[frame] for frame in frame_rows]
    for row in thread["samples"]["data"]:
        row[0] = stack_rows.get(row[0])
    markers = thread["markers"]
    markers["data"] = [row[:5] for row in markers["data"][:MARKERS]]
    used: dict[int, int] = {}
    for table, columns in (("frameTable", ("location", "implementation")), ("markers", ("name",))):
        for row in thread[table]["data"]:
            for column in columns:
                at = thread[table]["schema"][column]
                if at < len(row) and row[at] is not None:
                    row[at] = used.setdefault(row[at], len(used))
    thread["stringTable"] = [thread["stringTable"][row] for row in used]
    keys = ("name", "processName", "processType", "pid", "tid", "samples", "stackTable", "frameTable")
    return {key: thread[key] for key in (*keys, "stringTable", "markers") if key in thread}


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        document = recorded(folder)
        content = slim(document)
        content["processes"] = [
            slim(one)
            for one in document["processes"]
            if any(thread["processName"] in PROCESSES for thread in one["threads"])
        ]
        text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
        text = text.replace(folder.as_uri(), "file:///srv").replace(str(folder), "/srv")
    with gzip.GzipFile(HERE / "gecko.json.gz", "wb", mtime=0) as file:
        file.write(text.encode())


if __name__ == "__main__":
    main()
