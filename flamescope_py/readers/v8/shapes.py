"""Where a CPU profile stands in a JSON document, and its nodes in one form.

The DevTools protocol wraps it, for example `{"id":7,"result":{"profile":{"nodes":[…]}}}`. Until 2016 V8 wrote
the nodes as a tree below `head`, with lines counted from 1, and v8-profiler-next still does:

    {"head":{"functionName":"(root)","url":"","lineNumber":0,"id":1,"hitCount":0,"children":[…]},
     "startTime":879,"endTime":881,"samples":[10,8,11,…],"timestamps":[879538523,879564103,…]}
"""

from __future__ import annotations

from typing import Any

from flamescope_py.readers.json.text import integer, items, number

# {"params":{"message":{"result":{"profile":{…}}}}}
MAX_WRAPPERS = 5
MAX_PROFILES = 1_000
SECOND = 1_000_000


def profiles(document: object) -> list[dict[str, Any]]:
    """Return the CPU profiles of a document: itself, or those that stand nearest to its root."""
    level = [document]
    for _ in range(MAX_WRAPPERS):
        found = [value for value in level if isinstance(value, dict) and is_profile(value)]
        if found:
            return found[:MAX_PROFILES]
        level = [inner for value in level for inner in _inside(value)][:MAX_PROFILES]
    return []


def is_profile(value: dict[str, Any]) -> bool:
    """Return True for an object with a list of nodes, or with a tree of them that is no heap profile."""
    head = value.get("head")
    if isinstance(head, dict):
        return "functionName" in head or "hitCount" in head
    return isinstance(value.get("nodes"), list)


def _inside(value: object) -> list[object]:
    if isinstance(value, dict):
        value = list(value.values())
    return [inner for inner in value if isinstance(inner, dict | list)] if isinstance(value, list) else []


def nodes(profile: dict[str, Any]) -> list[Any]:
    """Return the nodes of a profile as a list; a tree is flattened, parents first."""
    if not isinstance(profile.get("head"), dict):
        return items(profile.get("nodes"))
    rows: list[dict[str, Any]] = []
    queue: list[tuple[dict[str, Any], int | None]] = [(profile["head"], None)]
    used: set[int] = set()
    for node, parent in queue:  # grows while it is walked
        own = integer(node.get("id"))
        if own is None or own in used:
            own = -1 - len(rows)
        used.add(own)
        rows.append({"id": own, "parent": parent, "hitCount": node.get("hitCount"), "callFrame": _call(node)})
        queue += [(child, own) for child in items(node.get("children")) if isinstance(child, dict)]
    return rows


def _call(node: dict[str, Any]) -> dict[str, Any]:
    """Return the call frame of a node of a tree, its line counted from 0 as V8 does now."""
    line = integer(node.get("lineNumber"))
    return {
        "functionName": node.get("functionName"),
        "url": node.get("url"),
        "lineNumber": None if line is None else line - 1,
    }


def times(profile: dict[str, Any], first: float) -> tuple[float, float]:
    """Return start and end in microseconds. Beside a tree they are in seconds, as named by `first`."""
    start, end = number(profile.get("startTime")), number(profile.get("endTime"))
    if "head" in profile and abs(start * SECOND - first) < abs(start - first):
        return start * SECOND, end * SECOND
    return start, end
