"""Records `blocked.py` with the scheduler's tracepoints, and writes the text; needs root.

    python tests/data/off_cpu/record.py

The whole machine is recorded, as a switch back to a thread belongs to another one. Names of other programs
are replaced, and samples that are not about the workload are left out.
"""

from __future__ import annotations

import gzip
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
OWN = ("starter", "sleeper", "holder", "waiter", "swapper")
SCHEDULER = ("sched:sched_switch", "sched:sched_waking")
# swapper     0 [001]   760.064970: sched:sched_switch: prev_comm=swapper/1 … ==> next_comm=sleeper …
HEAD = re.compile(r"(?P<comm>\S.*?) +(?P<tid>\d+ \[\d+\] +[\d.]+: +)(?P<rest>.*)")
NAMES = re.compile(r"\b((?:prev_|next_)?comm)=(.*?) ((?:prev_|next_)?pid=)")


def shown(name: str) -> str:
    return name if name.partition("/")[0] in OWN else "other"


def cleaned(block: str) -> str | None:
    """Return a sample without names of other programs, None if it has nothing to do with the workload."""
    first, *frames = block.split("\n")
    head = HEAD.fullmatch(first)
    if head is None:
        return None
    rest = NAMES.sub(lambda found: f"{found[1]}={shown(found[2])} {found[3]}", head["rest"])
    line = f"{shown(head['comm'])} {head['tid']}{rest}"
    if not re.search("starter|sleeper|holder|waiter", line):
        return None
    own = not line.startswith(("other", "swapper"))
    return "\n".join([line, *(frames if own else ())])


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "perf.data"
        events = [part for event in SCHEDULER for part in ("-e", event)]
        record = ["perf", "record", "-q", "-a", "-c", "1", *events, "-g", "-o", str(data)]
        python = shutil.which("python3", path="/usr/bin") or "python3"
        subprocess.run([*record, "--", python, str(HERE / "blocked.py")], check=True)
        fields = "comm,tid,cpu,time,event,trace,ip,sym,symoff,dso"
        script = ["perf", "script", "-f", "-i", str(data), "-F", fields]
        text = subprocess.run(script, check=True, capture_output=True, text=True).stdout
    blocks = [found for block in text.split("\n\n") if (found := cleaned(block.strip("\n").lstrip()))]
    with gzip.GzipFile(HERE / "blocked.perf.out.gz", "wb", mtime=0) as file:
        file.write(("\n\n".join(blocks) + "\n\n").encode())
    print(f"{len(blocks)} samples")


if __name__ == "__main__":
    main()
