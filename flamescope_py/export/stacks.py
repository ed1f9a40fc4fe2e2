"""The stacks of a flame graph one after the other, as every format but SVG writes them."""

from __future__ import annotations

from collections.abc import Iterator

from flamescope_py.analysis.flamegraph import FlameGraph


def stacks(graph: FlameGraph) -> Iterator[tuple[list[int], int]]:
    """Give every stack that samples end in, as rows of `graph.frames` from the first caller to the leaf,
    and their value, in tree order.

    The root is left out, except where samples end in it. The list is the same every time: copy it to keep it.
    """
    stack: list[int] = []
    rows = zip(graph.frame.tolist(), graph.depth.tolist(), graph.own.tolist(), strict=True)
    for frame, depth, own in rows:
        del stack[max(depth - 1, 0) :]
        if depth:
            stack.append(frame)
        if own:
            yield (stack or [frame]), own


def valid(text: str) -> str:
    """Replace what UTF-8 cannot hold: half a surrogate pair, as JSON may carry it."""
    return text.encode("utf-8", "replace").decode()
