"""Lists the stacks of a flame graph, for every format but SVG."""

from __future__ import annotations

from collections.abc import Iterator

from flamescope_py.analysis.flamegraph import FlameGraph


def stacks(graph: FlameGraph) -> Iterator[tuple[list[int], int]]:
    """Yield every stack with samples that end there, and their value, in tree order.

    A stack is a list of rows of `graph.frames`, from the outermost caller to the leaf, without the root,
    except for samples that end in the root. The list is reused: copy it to keep it.
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
    """Replace half surrogate pairs, which JSON may carry and UTF-8 cannot."""
    return text.encode("utf-8", "replace").decode()
