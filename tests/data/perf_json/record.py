"""Records a short run of Python, and has perf convert it to JSON; the name of the host is left out.

python tests/data/perf_json/record.py
"""

from __future__ import annotations

import gzip
import json
import shutil
import subprocess
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
PROGRAM = "import time\nend = time.monotonic() + 1\nwhile time.monotonic() < end: sum(range(1000))\n"


def main() -> None:
    python = shutil.which("python3", path="/usr/bin") or "python3"
    with tempfile.TemporaryDirectory() as folder:
        data, text = Path(folder) / "perf.data", Path(folder) / "perf.json"
        record = ["perf", "record", "-q", "-e", "cpu-clock", "-F", "49", "-g", "-o", str(data)]
        subprocess.run([*record, "--", python, "-c", PROGRAM], check=True)
        subprocess.run(["perf", "data", "convert", "--to-json", str(text), "-i", str(data)], check=True)
        document = json.loads(text.read_text())
    document["headers"].pop("hostname")
    document["headers"]["cmdline"] = ["perf", "record"]
    with gzip.GzipFile(HERE / "python.json.gz", "wb", mtime=0) as file:
        file.write(json.dumps(document, indent="\t").encode() + b"\n")
    print(len(document["samples"]), "samples")


if __name__ == "__main__":
    main()
