"""Folded stacks: one line a stack, frames from the root joined by `;`, a blank and the count.

The form of stackcollapse-perf.pl and inferno. A `;` inside a name would split it, so it becomes `:`.
"""

from __future__ import annotations

from collections.abc import Iterator

from flamescope_py.analysis.flamegraph import FlameGraph


def folded(graph: FlameGraph) -> Iterator[bytes]:
    """Write every stack that samples end in, root left out, in tree order."""
    names = [
        name.replace(";", ":").replace("\n", " ").encode("utf-8", "replace") for name in graph.frames.name
    ]
    stack: list[bytes] = []
    rows = zip(graph.frame.tolist(), graph.depth.tolist(), graph.own.tolist(), strict=True)
    for frame, depth, own in rows:
        if depth == 0:
            continue
        del stack[depth - 1 :]
        stack.append(names[frame])
        if own:
            yield b";".join(stack) + b" %d\n" % own
