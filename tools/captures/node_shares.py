"""Prints the effect of the Node filters on recordings: `python -m tools.captures.node_shares FILE...`.

Each row of the Markdown table is one recording. The columns are percentages of its samples by the function
in which they end, after the filter `node-v8`. "emptied" is the share that keeps no frame but its command.
"""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

from flamescope_py.analysis.filters.named import builtin_filters
from flamescope_py.analysis.flamegraph import filter_cost
from flamescope_py.analysis.selection import Selection
from flamescope_py.analysis.view import View, apply_shape, keep_samples, rewrite_stacks
from flamescope_py.model import Profile
from flamescope_py.model.frame import KERNEL
from flamescope_py.readers.source import read_profile

GROUPS = (
    "(garbage collection)",
    "(compiling)",
    "(parsing)",
    "(event loop)",
    "(V8 worker)",
    "(unnamed JavaScript)",
)


def filtered(profile: Profile, name: str) -> View:
    """Return the profile's samples under one of the package's filters."""
    selection = Selection(filters=(builtin_filters()[name],))
    return apply_shape(keep_samples(profile, selection), rewrite_stacks(profile, selection))


def emptied(view: View) -> float:
    """Return the percentage of samples that keep no frame but their command."""
    cost = filter_cost(view)
    return 100 * cost.samples_emptied / max(cost.samples, 1) if cost else 0.0


def shares(view: View) -> Counter[str]:
    """Return the percentage of samples that end in each kind of frame."""
    counts: Counter[str] = Counter()
    for node in view.node.tolist():
        frame = view.frames[int(view.tree.frame[node])]
        counts[_kind(frame.name, frame.kind)] += 1
    return Counter({kind: 100 * count / max(len(view.node), 1) for kind, count in counts.items()})


def _kind(name: str, kind: str) -> str:
    if name in GROUPS:
        return name
    if kind == KERNEL:
        return "kernel"
    return "addon" if name.endswith(".node]") else "functions"


def main(paths: list[str]) -> None:
    """Print the table."""
    columns = ("functions", "addon", *GROUPS, "kernel")
    print("| recording | emptied by `node` | emptied by `node-v8` | " + " | ".join(columns) + " |")
    print("|" + "---|" * (len(columns) + 3))
    for path in map(Path, paths):
        with path.open("rb") as file:
            profile = read_profile(file, "perf")
        view = filtered(profile, "node-v8")
        found = shares(view)
        numbers = [emptied(filtered(profile, "node")), emptied(view), *(found[column] for column in columns)]
        print(
            f"| {path.name.partition('.')[0]} | " + " | ".join(f"{number:.1f}" for number in numbers) + " |"
        )


if __name__ == "__main__":
    main(sys.argv[1:])
