"""Write a flame graph in FlameScope's nested form, without recursion.

json fails near 500 levels and orjson past 254; stacks are thousands of frames deep.
"""

from __future__ import annotations

from typing import Any

import orjson

from flamescope_py.service import ANONYMOUS, FlameGraph, FrameTable, GraphAnswer, without_libraries


def flame_graph_nested(answer: GraphAnswer) -> bytes:
    """Return every node as `{"n", "l", "v", "c"}`, the root outermost; flamegraph.Node describes it."""
    graph, values = _with_values(answer)
    starts = _node_starts(graph.frames, with_files=graph.extras is None)
    depths = graph.depth.tolist()
    parts = []
    rows = zip(graph.frame.tolist(), values, depths, [*depths[1:], 0], strict=True)
    for frame, value, depth, next_depth in rows:
        # If the next node is no child, this one closes, and as many of its parents as the depth falls by.
        closed = depth - next_depth + 1
        parts.append(f'{starts[frame]}{value},"c":[{"]}" * closed + "," if closed else ""}')
    return "".join(parts).removesuffix(",").encode()


def _with_values(answer: GraphAnswer) -> tuple[FlameGraph, list[Any]]:
    """Return the graph as FlameScope draws it, and for each node the text from its value to its children."""
    graph = answer.graph
    if answer.delta is None:
        graph = without_libraries(graph)
        values: list[Any] = graph.own.tolist()
    else:
        pairs = zip(graph.own.tolist(), answer.delta.tolist(), strict=True)
        values = [f'{own},"d":{delta}' for own, delta in pairs]
    if graph.extras is not None:
        for row, extras in enumerate(graph.extras):
            if extras is not None:
                values[row] = f'{values[row]},"extras":{orjson.dumps(dict(extras)).decode()}'
    if answer.matched is not None:
        values[0] = f'{values[0]},"matched":{answer.matched}'
    return graph, values


def _node_starts(frames: FrameTable, with_files: bool) -> list[str]:
    """Return for each frame the part of a node that depends on it alone.

    Functions without a name get their file, which alone distinguishes them.
    """
    starts = []
    for name, library, kind in zip(frames.name, frames.library, frames.kind, strict=True):
        file = (
            f'"extras":{{"file":{_text(library)}}},' if with_files and library and name == ANONYMOUS else ""
        )
        starts.append(f'{{"n":{_text(name)},"l":{_text(kind)},{file}"v":')
    return starts


def _text(text: str) -> str:
    return orjson.dumps(text).decode()
