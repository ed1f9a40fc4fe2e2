"""Turns answers into bytes. Flat columns are written by orjson from the arrays as they are.

The nested form is FlameScope's. It is written without recursion: json gives up near 500 levels, orjson
past 254, and stacks are thousands of frames deep.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import orjson

from flamescope_py.service import (
    ANONYMOUS,
    FilterCost,
    FlameGraph,
    FrameFilter,
    FrameTable,
    GraphAnswer,
    Heatmap,
    ListedProfile,
    Progress,
    without_libraries,
)

_OPTIONS = orjson.OPT_SERIALIZE_NUMPY | orjson.OPT_UTC_Z | orjson.OPT_OMIT_MICROSECONDS


def profile_list(profiles: Iterable[ListedProfile]) -> bytes:
    """Write the list; FlameScope's front end reads `filename` and `type`."""
    return orjson.dumps([_profile(profile) for profile in profiles], option=_OPTIONS)


def profile_item(profile: ListedProfile) -> bytes:
    """Write one item of the list."""
    return orjson.dumps(_profile(profile), option=_OPTIONS)


def _profile(profile: ListedProfile) -> dict[str, object]:
    file = profile.file
    item = {
        "filename": file.name,
        "type": file.type,
        "size": file.stamp.size,
        "modified": file.modified,
        "reason": file.reason or None,
        "duration": profile.duration,
        "samples": profile.samples,
        "error": profile.error,
    }
    return {key: value for key, value in item.items() if value is not None}


def progress(found: Progress) -> bytes:
    """Write how far a reading is; `done` and `size` in bytes of the file."""
    return orjson.dumps({"state": found.state, "done": found.done, "size": found.size})


def filter_list(
    filters: Iterable[FrameFilter], default: Iterable[FrameFilter], costs: Mapping[str, FilterCost]
) -> bytes:
    """Write the named filters; `default` marks those that run when a request names none, `costs` are what
    they would do to a profile, by name, where one was asked about."""
    names = {one.name for one in default}
    items = [_filter(one, one.name in names, costs.get(one.name)) for one in filters]
    return orjson.dumps(items, option=_OPTIONS)


def _filter(one: FrameFilter, default: bool, cost: FilterCost | None) -> dict[str, object]:
    found = {
        "name": one.name,
        "title": one.title,
        "hint": one.hint,
        "description": one.description,
        "drop": one.drop,
        "rewrite": [{"pattern": row.pattern, "replacement": row.replacement} for row in one.rewrite],
        "default": default,
    }
    return found if cost is None else {**found, "cost": _cost(cost)}


def heatmap_nested(heatmap: Heatmap) -> bytes:
    """Write FlameScope's form: `values[column][row]`, and `matches` alike where something was searched."""
    found = {
        "rows": heatmap.rows,
        "columns": list(heatmap.seconds),
        "values": heatmap.values,
        "maxvalue": heatmap.maxvalue,
    }
    if heatmap.matches is not None:
        found["matches"] = heatmap.matches
    return orjson.dumps(found, option=_OPTIONS)


def heatmap_columns(heatmap: Heatmap) -> bytes:
    """Write the flat form: `values` (and `matches`) column by column, and what the heatmap counts.

    Where columns were asked for, also how many seconds one joins, how many the profile has, and the largest
    cell that it would have in all.
    """
    found = {
        "rows": heatmap.rows,
        "columns": list(heatmap.seconds),
        "values": heatmap.values.ravel(),
        "maxvalue": heatmap.maxvalue,
        "samples": heatmap.samples,
        "idle": heatmap.idle,
        "origin": heatmap.origin,
        "duration": heatmap.duration,
    }
    if heatmap.bins is not None:
        found |= {"step": heatmap.bins.step, "seconds": heatmap.bins.seconds, "peak": heatmap.bins.peak}
    if heatmap.matches is not None:
        found["matches"] = heatmap.matches.ravel()
    return orjson.dumps(found, option=_OPTIONS)


def flame_graph_nested(answer: GraphAnswer) -> bytes:
    """Write FlameScope's form: every node as `{"n", "l", "v", "c"}`, the root outermost.

    Nodes also have `d` in a differential graph, and `extras` where there are any; the root has `matched`
    where something was searched.
    """
    graph, values = _with_values(answer)
    starts = _node_starts(graph.frames, with_files=graph.extras is None)
    depths = graph.depth.tolist()
    parts = []
    rows = zip(graph.frame.tolist(), values, depths, [*depths[1:], 0], strict=True)
    for frame, value, depth, next_depth in rows:
        # The next node is a child, so that nothing closes; or it follows this one and some of its parents.
        closed = depth - next_depth + 1
        parts.append(f'{starts[frame]}{value},"c":[{"]}" * closed + "," if closed else ""}')
    return "".join(parts).removesuffix(",").encode()


def _with_values(answer: GraphAnswer) -> tuple[FlameGraph, list[Any]]:
    """Give the graph as FlameScope draws it, and for every node the text from its value to its children."""
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
    """Write the part of a node that its frame decides, once for each frame.

    Only its file tells one function without a name from another.
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


def flame_graph_columns(answer: GraphAnswer) -> bytes:
    """Write the flat form: nodes in pre-order from the root, every frame once.

    Also `nodes.delta` and `nodes.totalDelta` in a differential graph, `scale` in an elided one, `outside` in
    one of the rest, `matched` where a search was asked, `filtered` where frame filters ran, and the unit of
    values as `unit`.
    """
    graph = answer.graph
    frames = graph.frames
    nodes = {"frame": graph.frame, "depth": graph.depth, "self": graph.own, "total": graph.total}
    if answer.delta is not None and answer.total_delta is not None:
        nodes["delta"] = answer.delta
        nodes["totalDelta"] = answer.total_delta
    found: dict[str, object] = {
        "frames": {"name": frames.name, "library": frames.library, "kind": frames.kind},
        "nodes": nodes,
        "samples": graph.samples,
        "start": graph.start,
        "end": graph.end,
        "profileSamples": graph.profile_samples,
        "unit": answer.unit,
    }
    if graph.outside:
        found["outside"] = True
    if answer.scale is not None:
        found["scale"] = answer.scale
    if answer.matched is not None:
        found["matched"] = answer.matched
    if graph.cost is not None:
        found["filtered"] = _cost(graph.cost)
    return orjson.dumps(found, option=_OPTIONS)


def _cost(cost: FilterCost) -> dict[str, int]:
    return {
        "frames": cost.frames,
        "samplesMoved": cost.samples_moved,
        "samplesEmptied": cost.samples_emptied,
        "samples": cost.samples,
    }
