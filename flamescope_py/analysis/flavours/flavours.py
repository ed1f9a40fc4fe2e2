"""Flavours: other ways to draw the same stacks. Each turns a tree into another one, node by node.

`nodejs` makes one frame of the tiers of a function, `nodejs-packages` one frame of a run of one npm
package, `java-packages` draws the leaf's package path instead of its callers.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from flamescope_py.analysis.flavours.javascript import Function, parse_function
from flamescope_py.analysis.rewrite import Rewritten, frozen, rewrite_tree
from flamescope_py.analysis.vocabulary import JAVA_PACKAGES, NODEJS, NODEJS_PACKAGES, STANDARD
from flamescope_py.model import CallTree, Frame, FrameTable, StackTrie
from flamescope_py.model.frame import C1, INLINED, INTERPRETED, JIT, KERNEL

ADAPTOR = "ArgumentsAdaptorTrampoline"
APP, NODE_API, NATIVE, IN_KERNEL = "(app code)", "(node api)", "(native)", "(kernel)"

Flavour = Callable[[CallTree, FrameTable, bool], Rewritten]

# /srv/app/node_modules/express/lib/router/index.js:46 · …/node_modules/@scope/name/index.js:1
_PACKAGE = re.compile(r".*node_modules/((?:@[^/]+/)?[^/:]+)")
# node:_http_server:1026 · internal/process/task_queues.js:67 · _http_server.js:1026 (before Node 16)
_NODE_API = re.compile(r"node:|internal/|[a-z_]+(?:/[a-z_]+)*\.js:")
# The JDK's own map (jcmd Compiler.perfmap); java/util/HashMap::putVal is how perf-map-agent has it:
# void org.example.shop.Prices.main(java.lang.String[])
# java.lang.Object java.util.HashMap.putVal(int, java.lang.Object, java.lang.Object, boolean, boolean)
_JDK_METHOD = re.compile(r"(?:\S+ )?((?:[\w$]+\.)+)([\w$]+\.[\w$<>]+\(.*\))")
# Builtins_InterpreterEntryTrampoline · Builtin:ArrayMap · Stub:CEntry: V8's own glue, cheap by itself
_GLUE = re.compile(r"Builtins?[_:]|Stub:|BytecodeHandler:")


def nodejs(tree: CallTree, frames: FrameTable, keep_owners: bool) -> Rewritten:
    """One frame a function, whatever tier it ran in; its file stands as its library."""
    mapped = [_one_tier(frames[row]) for row in range(len(frames))]
    return rewrite_tree(tree, frames, mapped, keep_owners)


def _one_tier(frame: Frame) -> Frame | None:
    if ADAPTOR in frame.name:
        return None
    function = parse_function(frame)
    return Frame(function.name, function.file or frame.library, frame.kind) if function else frame


def nodejs_packages(tree: CallTree, frames: FrameTable, keep_owners: bool) -> Rewritten:
    """One frame a run of frames of one npm package, the application, Node's API, native code or the kernel.

    V8's glue between two JavaScript frames does not end a run; where samples end in it, it is native.
    """
    trie = StackTrie()
    labels = [_label(frames[row]) for row in range(len(frames))]
    moved, below_scripts = [0], [0]
    for parent, depth, row in _nodes(tree):
        frame, script, glue = labels[row]
        if keep_owners and depth == 1:
            node = trie.child(0, trie.frame(*frames[row]))
        else:
            above = below_scripts[parent] if script else moved[parent]
            label = trie.frame(*frame)
            node = above if trie.frame_of(above) == label else trie.child(above, label)
        moved.append(node)
        # A script that glue calls goes where the glue's caller is.
        below_scripts.append(below_scripts[parent] if glue else node)
    return frozen(trie, moved)


def _nodes(tree: CallTree) -> Iterator[tuple[int, int, int]]:
    """Give every node's parent, depth and frame, without the root."""
    return zip(tree.parent[1:].tolist(), tree.depth[1:].tolist(), tree.frame[1:].tolist(), strict=True)


class _Label(NamedTuple):
    """The run that a frame belongs to, and whether it is JavaScript or V8's glue."""

    frame: Frame
    script: bool
    glue: bool


def _label(frame: Frame) -> _Label:
    function = parse_function(frame)
    if function is not None:
        return _Label(Frame(_package_of_file(function)), True, False)
    native = Frame(IN_KERNEL if frame.kind == KERNEL else NATIVE)
    return _Label(native, False, _GLUE.match(frame.name) is not None)


def _package_of_file(function: Function) -> str:
    package = _PACKAGE.match(function.file)
    if package:
        return package.group(1)
    return NODE_API if not function.file or _NODE_API.match(function.file) else APP


def java_packages(tree: CallTree, frames: FrameTable, keep_owners: bool) -> Rewritten:
    """Below the command one frame a level of the leaf's package: `java/lang/String::hashCode` is three."""
    trie = StackTrie()
    paths = [[trie.frame(*part) for part in _package_path(frames[row])] for row in range(len(frames))]
    owners, moved = [0], [0]
    for parent, depth, row in _nodes(tree):
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


FLAVOURS: dict[str, Flavour | None] = {
    STANDARD: None,
    NODEJS: nodejs,
    NODEJS_PACKAGES: nodejs_packages,
    JAVA_PACKAGES: java_packages,
}
