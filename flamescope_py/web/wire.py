"""Turns answers into bytes. Flat columns are written by orjson from the arrays as they are.

The nested form is FlameScope's. It is written without recursion: json gives up near 500 levels, orjson
past 254, and stacks are thousands of frames deep.
"""

from __future__ import annotations

from collections.abc import Iterable

import orjson

from flamescope_py.service import (
    FilterCost,
    FlameGraph,
    FrameFilter,
    FrameTable,
    Heatmap,
    ListedProfile,
    Progress,
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
    }
    return {key: value for key, value in item.items() if value is not None}


def progress(found: Progress) -> bytes:
    """Write how far a reading is; `done` and `size` in bytes of the file."""
    return orjson.dumps({"state": found.state, "done": found.done, "size": found.size})


def filter_list(filters: Iterable[FrameFilter], default: Iterable[FrameFilter]) -> bytes:
    """Write the named filters; `default` marks those that run when a request names none."""
    names = {one.name for one in default}
    return orjson.dumps([_filter(one, one.name in names) for one in filters], option=_OPTIONS)


def _filter(one: FrameFilter, default: bool) -> dict[str, object]:
    return {
        "name": one.name,
        "title": one.title,
        "description": one.description,
        "drop": one.drop,
        "rewrite": [{"pattern": row.pattern, "replacement": row.replacement} for row in one.rewrite],
        "default": default,
    }


def heatmap_nested(heatmap: Heatmap) -> bytes:
    """Write FlameScope's form: `values[column][row]`."""
    found = {
        "rows": heatmap.rows,
        "columns": list(range(heatmap.columns)),
        "values": heatmap.values,
        "maxvalue": heatmap.maxvalue,
    }
    return orjson.dumps(found, option=_OPTIONS)


def heatmap_columns(heatmap: Heatmap) -> bytes:
    """Write the flat form: `values` column by column, and what the heatmap counts."""
    found = {
        "rows": heatmap.rows,
        "columns": list(range(heatmap.columns)),
        "values": heatmap.values.ravel(),
        "maxvalue": heatmap.maxvalue,
        "samples": heatmap.samples,
        "idle": heatmap.idle,
        "origin": heatmap.origin,
        "duration": heatmap.duration,
    }
    return orjson.dumps(found, option=_OPTIONS)


def flame_graph_nested(graph: FlameGraph) -> bytes:
    """Write FlameScope's form: every node as `{"n", "l", "v", "c"}`, the root outermost."""
    starts = _node_starts(graph.frames)
    depths = graph.depth.tolist()
    parts = []
    rows = zip(graph.frame.tolist(), graph.own.tolist(), depths, [*depths[1:], 0], strict=True)
    for frame, own, depth, next_depth in rows:
        # The next node is a child, so that nothing closes; or it follows this one and some of its parents.
        closed = depth - next_depth + 1
        parts.append(f'{starts[frame]}{own},"c":[{"]}" * closed + "," if closed else ""}')
    return "".join(parts).removesuffix(",").encode()


def _node_starts(frames: FrameTable) -> list[str]:
    """Write the part of a node that its frame decides, once for each frame."""
    pairs = zip(frames.name, frames.kind, strict=True)
    return [f'{{"n":{_text(name)},"l":{_text(kind)},"v":' for name, kind in pairs]


def _text(text: str) -> str:
    return orjson.dumps(text).decode()


def flame_graph_columns(graph: FlameGraph) -> bytes:
    """Write the flat form: nodes in pre-order from the root, every frame once."""
    frames = graph.frames
    found: dict[str, object] = {
        "frames": {"name": frames.name, "library": frames.library, "kind": frames.kind},
        "nodes": {
            "frame": graph.frame,
            "depth": graph.depth,
            "self": graph.own,
            "total": graph.total,
        },
        "samples": graph.samples,
        "start": graph.start,
        "end": graph.end,
        "profileSamples": graph.profile_samples,
    }
    if graph.cost is not None:
        found["filtered"] = _cost(graph.cost)
    return orjson.dumps(found, option=_OPTIONS)


def _cost(cost: FilterCost) -> dict[str, int]:
    return {
        "frames": cost.frames,
        "samplesMoved": cost.samples_moved,
        "samplesEmptied": cost.samples_emptied,
    }
