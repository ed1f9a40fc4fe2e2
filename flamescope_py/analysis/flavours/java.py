"""The flavour for Java: the leaf's package path instead of its callers."""

from __future__ import annotations

import re
from itertools import chain

import numpy as np

from flamescope_py.analysis.rewrite import Rewritten, frozen
from flamescope_py.model import CallTree, Frame, FrameTable, StackTrie
from flamescope_py.model.frame import C1, INLINED, INTERPRETED, JIT

# The JDK's own map (jcmd Compiler.perfmap) has these lines; perf-map-agent has java/util/HashMap::putVal:
# void org.example.shop.Prices.main(java.lang.String[])
# java.lang.Object java.util.HashMap.putVal(int, java.lang.Object, java.lang.Object, boolean, boolean)
_JDK_METHOD = re.compile(r"(?:\S+ )?((?:[\w$]+\.)+)([\w$]+\.[\w$<>]+\(.*\))")


def java_packages(tree: CallTree, frames: FrameTable, keep_owners: bool) -> Rewritten:
    """Draw one frame per level of the leaf's package: `java/lang/String::hashCode` is three frames."""
    trie = StackTrie()
    names = [frames[row] for row in range(len(frames))]
    paths = [[trie.frame(*part) for part in package_path(name)] for name in names]
    # Most nodes share their owner and their frame with others: a stack is made per pair of the two.
    node = np.arange(1, len(tree))
    owns = (tree.depth[1:] == 1) & keep_owners
    owner = tree.frame[np.maximum.accumulate(np.where(owns, node, 0))].astype(np.int64)
    frame = np.where(owns, len(frames), tree.frame[1:].astype(np.int64))
    pairs, place = np.unique(owner * (len(frames) + 1) + frame, return_inverse=True)
    stacks = [
        [*([trie.frame(*names[above])] if keep_owners else []), *(paths[row] if row < len(frames) else [])]
        for above, row in (divmod(pair, len(frames) + 1) for pair in pairs.tolist())
    ]
    lengths = np.array(list(map(len, stacks)), np.int64)
    ends = trie.stacks(np.fromiter(chain.from_iterable(stacks), np.int64), lengths)
    return frozen(trie, [0, *ends[place].tolist()])


def package_path(frame: Frame) -> list[Frame]:
    """Return a frame per level of a Java method's package and the method last; else only the frame."""
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
