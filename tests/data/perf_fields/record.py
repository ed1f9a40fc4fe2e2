"""Record perf's output for every combination of fields: `python tests/data/perf_fields/record.py`.

Needs perf, gcc and the right to trace. Recordings with stacks and without are printed again and again by
`perf script -F`. The texts are written beside this file, as JSON: for each recording [fields, text].
"""

from __future__ import annotations

import json
import lzma
import subprocess
import sys
import tempfile
from itertools import chain, combinations
from pathlib import Path

PROGRAM = "/tmp/threads"
HERE = Path(__file__).resolve().parent
BEGINNING = ("comm", "pid", "tid", "cpu", "misc", "tod", "period", "event")
FRAMES = (
    ("ip",),
    ("ip", "sym"),
    ("ip", "dso"),
    ("ip", "sym", "dso"),
    ("ip", "sym", "symoff", "dso"),
    ("ip", "sym", "symoff"),
)
USUAL = ("comm", "pid", "tid", "cpu", "time", "period", "event", "ip", "sym", "dso")
# Fields that stand elsewhere, each with all of the usual ones.
MORE = (
    "addr",
    "phys_addr",
    "data_page_size",
    "code_page_size",
    "weight",
    "ins_lat",
    "data_src",
    "srcline",
    "srccode",
    "iregs",
    "uregs",
    "insn",
    "insnlen",
    "flags",
    "cgroup",
    "bpf-output",
    "metric",
    "synth",
    "ipc",
    "machine_pid",
    "vcpu",
    "trace",
)
CLOCK = ["-e", "cpu-clock:u", "-F", "150"]
TRACEPOINT = ["-e", "syscalls:sys_enter_write"]
COLUMNS = [
    "-d",
    "--phys-data",
    "--data-page-size",
    "--code-page-size",
    "-W",
    "--user-regs=ip,sp",
    "--intr-regs=ip,sp",
]
# The smaller, the better; enough for each of the names.
SAMPLES = range(6, 13)
RECORDINGS = {
    "stacks": [*CLOCK, "-g"],
    "leaves": CLOCK,
    "columns": [*CLOCK, *COLUMNS],
    "columns-stacks": [*CLOCK, "-g", *COLUMNS],
    "tracepoint": TRACEPOINT,
    "tracepoint-stacks": [*TRACEPOINT, "-g", "--user-callchains"],
}


def run(*command: str, folder: str) -> str | None:
    """Run a command. Return its output, or None if it fails."""
    environment = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC", "HOME": folder}
    done = subprocess.run(command, capture_output=True, text=True, env=environment, cwd=folder, check=False)
    return done.stdout if done.returncode == 0 else None


def field_sets(name: str) -> list[tuple[str, ...]]:
    """Return the sets of fields to print a recording by."""
    if name not in ("stacks", "leaves"):
        return [(*USUAL, *some) for some in [(), *((field,) for field in MORE)]]
    every = chain.from_iterable(combinations(BEGINNING, count) for count in range(len(BEGINNING) + 1))
    return [(*beginning, "time", *frames) for beginning in every for frames in FRAMES]


def record(name: str, folder: str) -> bool:
    """Record the threads; return False where perf cannot."""
    command = [
        "perf",
        "record",
        "-k",
        "CLOCK_MONOTONIC",
        "--sample-cpu",
        *RECORDINGS[name],
        "-o",
        name,
        PROGRAM,
    ]
    for _ in range(50):
        if run(*command, folder=folder) is None:
            return False
        text = run("perf", "script", "-i", name, "-F", "time,ip", folder=folder) or ""
        if text.count(":") in SAMPLES:
            return True
    return False


def main() -> None:
    """Record, print and write."""
    options = ["-O1", "-fno-omit-frame-pointer", "-fno-optimize-sibling-calls", "-static"]
    found = {}
    with tempfile.TemporaryDirectory() as folder:
        if run("gcc", *options, "-o", PROGRAM, str(HERE / "threads.c"), folder=folder) is None:
            raise SystemExit("gcc cannot make threads.c")
        for name in RECORDINGS:
            if not record(name, folder):
                sys.stdout.write(f"{name}: perf cannot record it here\n")
                continue
            texts = [
                (fields, run("perf", "script", "-i", name, "-F", ",".join(fields), folder=folder))
                for fields in field_sets(name)
            ]
            found[name] = [[",".join(fields), text] for fields, text in texts if text]
            sys.stdout.write(f"{name}: {len(found[name])} of {len(texts)} field sets\n")
    Path(PROGRAM).unlink()
    packed = lzma.compress(json.dumps(found).encode(), preset=9 | lzma.PRESET_EXTREME)
    (HERE / "fields.json.xz").write_bytes(packed)


if __name__ == "__main__":
    main()
