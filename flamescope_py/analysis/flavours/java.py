"""The flavour for Java: the leaf's package path instead of its callers."""

from __future__ import annotations

import re

from flamescope_py.analysis.rewrite import Rewritten, frozen, nodes_below_root
from flamescope_py.model import CallTree, Frame, FrameTable, StackTrie
from flamescope_py.model.frame import C1, INLINED, INTERPRETED, JIT

# The JDK's own map (jcmd Compiler.perfmap) has these lines; perf-map-agent has java/util/HashMap::putVal:
# void org.example.shop.Prices.main(java.lang.String[])
# java.lang.Object java.util.HashMap.putVal(int, java.lang.Object, java.lang.Object, boolean, boolean)
_JDK_METHOD = re.compile(r"(?:\S+ )?((?:[\w$]+\.)+)([\w$]+\.[\w$<>]+\(.*\))")


def java_packages(tree: CallTree, frames: FrameTable, keep_owners: bool) -> Rewritten:
    """Draw one frame per level of the leaf's package: `java/lang/String::hashCode` is three frames."""
    trie = StackTrie()
    paths = [[trie.frame(*part) for part in _package_path(frames[row])] for row in range(len(frames))]
    owners, moved = [0], [0]
    for parent, depth, row in nodes_below_root(tree):
        owner = owners[parent]
        if keep_owners and depth == 1:
            owner = trie.child(0, trie.frame(*frames[row]))
            moved.append(owner)
        else:
            moved.append(trie.stack(paths[row], below=owner))
        owners.append(owner)
    return frozen(trie, moved)


def _package_path(frame: Frame) -> list[Frame]:
    if frame.kind not in (JIT, INLINED, INTERPRETED, C1):
        return [frame]
    method = _JDK_METHOD.fullmatch(frame.name)
    if method:
        packages, last = method[1].split("."), method[2]
    elif "/" in frame.name and " " not in frame.name:
        *packages, last = frame.name.split("/")
    else:
        return [frame]
    return [*(Frame(package) for package in packages if package), frame._replace(name=last)]
