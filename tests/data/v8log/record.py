"""Records busy.js with `node --prof` under several versions of Node: `python record.py` (needs npm).

A log names all code of Node and the folders of its libraries. Kept are the lines that a tick needs:
libraries, the code that holds one of its addresses, and the ticks themselves. counts.json has the ticks of
the log, and those of each JavaScript function as `node --prof-process` counts them in the whole log.
"""

from __future__ import annotations

import gzip
import json
import re
import subprocess
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
VERSIONS = ("16.20.2", "18.20.8", "20.20.2", "22.23.3")
_JAVASCRIPT = re.compile(
    r"^\s+(\d+)\s+[\d.]+%\s+[\d.]+%\s+(?:JS|LazyCompile|Function): (\S+ \S+)$", re.MULTILINE
)


def recorded(version: str, folder: Path) -> tuple[str, dict[str, int], str]:
    """Return the lines that are kept, the counts, and the preprocessed log."""
    subprocess.run(
        ["npm", "install", "--no-audit", "--no-fund", f"node@{version}"],
        cwd=folder,
        check=True,
        capture_output=True,
    )
    node = str(folder / "node_modules/node/bin/node")
    command = [node, "--prof", "--no-logfile-per-isolate", "--logfile=v8.log", "busy.js"]
    subprocess.run(command, cwd=folder, check=True)
    table, preprocessed = (
        subprocess.run(
            [node, "--prof-process", *option, "v8.log"],
            cwd=folder,
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        for option in ((), ("--preprocess",))
    )
    javascript = table.partition("[JavaScript]:")[2].partition("\n\n")[0]
    lines = (folder / "v8.log").read_text().splitlines()
    counts = {"ticks": sum(line.startswith("tick,") for line in lines)}
    counts |= {name.partition(" ")[0]: int(count) for count, name in _JAVASCRIPT.findall(javascript)}
    return "\n".join(kept(lines)) + "\n", counts, preprocessed


def kept(lines: list[str]) -> list[str]:
    ticks = [line for line in lines if line.startswith("tick,")]
    addresses = {int(text, 16) for line in ticks for text in line.split(",")[1:] if text.startswith("0x")}
    return [line for line in lines if is_kept(line, addresses)]


def is_kept(line: str, addresses: set[int]) -> bool:
    kind, _, _ = line.partition(",")
    if kind == "code-creation":
        start, size = re.findall(r",(0x[0-9a-f]+),(\d+),", line)[0]
        return any(int(start, 16) <= address < int(start, 16) + int(size) for address in addresses)
    return kind in ("v8-version", "shared-library", "code-move", "code-delete", "tick")


def slim(text: str) -> dict[str, object]:
    """Return a preprocessed log with the code that its ticks need."""
    document = json.loads(text)
    rows = sorted({row for tick in document["ticks"] for row in tick["s"][::2] if row >= 0})
    places = {row: place for place, row in enumerate(rows)}
    for tick in document["ticks"]:
        tick["s"][::2] = [places.get(row, -1) for row in tick["s"][::2]]
    return {"code": [document["code"][row] for row in rows], "functions": [], "ticks": document["ticks"]}


def write(name: str, text: str) -> None:
    with gzip.GzipFile(HERE / f"{name}.gz", "wb", mtime=0) as file:
        file.write(text.encode())


def main() -> None:
    found = {}
    for version in VERSIONS:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name).resolve()
            (folder / "busy.js").write_bytes((HERE / "busy.js").read_bytes())
            text, counts, preprocessed = recorded(version, folder)
            # The folder of this machine is nobody's business.
            short = version.partition(".")[0]
            write(f"node{short}.log", text.replace(str(folder), "/srv/app"))
            if short == "20":
                write(f"node{short}.json", json.dumps(slim(preprocessed)).replace(str(folder), "/srv/app"))
            found[f"node{short}"] = counts
    (HERE / "counts.json").write_text(json.dumps(found, indent=1) + "\n")


if __name__ == "__main__":
    main()
