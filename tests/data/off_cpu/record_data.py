"""Records `sleeper.py` with `sched_switch` as perf.data; needs root.

    python tests/data/off_cpu/record_data.py

The whole machine is recorded, as a switch back to a thread belongs to another one, but only switches of the
workload are kept. The names of other programs and of the machine are replaced by text of the same length.
"""

from __future__ import annotations

import gzip
import os
import re
import shutil
import struct
import subprocess
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
OWN = {b"sleeper", b"swapper", b"python3", b"perf", b"other"}
EVENT = "sched:sched_switch"
FILTER = 'prev_comm == "sleeper" || next_comm == "sleeper"'
COMM_BYTES = 16
# Of records of mapped files and names: where the text stands.
TEXTS = {1: 40, 3: 16, 10: 72}


def names_of(text: str) -> set[bytes]:
    """Return the names of threads in `perf script` text of switches."""
    found = re.findall(r"\b(?:prev|next)_comm=(.*?) (?:prev|next)_pid=", text)
    lines = [line for line in text.splitlines() if EVENT in line]
    found += [line.rpartition(" [")[0].rpartition(" ")[0].strip() for line in lines]
    return {name.encode() for name in found}


def blanked(data: bytes, pid: int) -> bytes:
    """Replace names and paths in the records of other processes.

    https://github.com/torvalds/linux/blob/master/tools/perf/Documentation/perf.data-file-format.txt: the
    place and size of the records follow magic, two sizes, and the place and size of the attributes.
    """
    found = bytearray(data)
    at, size = struct.unpack_from("<QQ", data, 40)
    end = at + size
    while at < end:
        kind, _, length = struct.unpack_from("<IHH", data, at)
        place = TEXTS.get(kind)
        if place is not None and struct.unpack_from("<I", data, at + 8)[0] != pid:
            text = data[at + place : at + length].partition(b"\0")[0]
            found[at + place : at + place + len(text)] = b"other".ljust(len(text), b"x")[: len(text)]
        at += max(length, 8)
    return bytes(found)


def replaced(data: bytes, names: set[bytes]) -> bytes:
    """Replace names of other programs, of the machine, and the folder that was recorded in."""
    for name in names:
        if name.partition(b"/")[0] not in OWN and name:
            field = name.ljust(COMM_BYTES, b"\0")
            data = data.replace(field, b"other".ljust(COMM_BYTES, b"\0"))
            data = data.replace(name + b"\0", b"other"[: len(name)].ljust(len(name), b"\0") + b"\0")
    machine = os.uname()
    for text in (machine.nodename, machine.release, machine.version, str(HERE)):
        data = data.replace(text.encode(), b"x" * len(text))
    return data


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "perf.data"
        python = shutil.which("python3", path="/usr/bin") or "python3"
        shutil.copy(HERE / "sleeper.py", folder)
        record = ["perf", "record", "-q", "-a", "-N", "-B", "--synth=no", "-c", "1", "-g", "-o", "perf.data"]
        events = ["-e", EVENT, "--filter", FILTER]
        subprocess.run([*record, *events, "--", python, "sleeper.py"], check=True, cwd=folder)
        script = ["perf", "script", "-f", "-i", str(data)]
        text = subprocess.run(script, check=True, capture_output=True, text=True).stdout
        pid = int(re.findall(r"prev_comm=sleeper prev_pid=(\d+)", text)[0])
        content = replaced(blanked(data.read_bytes(), pid), names_of(text))
    with gzip.GzipFile(HERE / "sleeper.perf.data.gz", "wb", mtime=0) as file:
        file.write(content)
    print(f"{text.count(EVENT + ':')} samples, {len(content)} bytes")


if __name__ == "__main__":
    main()
