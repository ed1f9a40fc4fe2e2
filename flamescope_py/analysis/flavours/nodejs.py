"""The flavours for Node.js: one frame per function, whatever its tier, or one per run of one npm package."""

from __future__ import annotations

import re
from itertools import islice
from typing import NamedTuple

from flamescope_py.analysis.flavours.javascript import Function, parse_function
from flamescope_py.analysis.rewrite import Rewritten, frozen, rewrite_tree
from flamescope_py.model import CallTree, Frame, FrameTable, StackTrie
from flamescope_py.model.frame import KERNEL

ADAPTOR = "ArgumentsAdaptorTrampoline"
APP, NODE_API, NATIVE, IN_KERNEL, WASM = "(app code)", "(node api)", "(native)", "(kernel)", "(wasm)"

# /srv/app/node_modules/express/lib/router/index.js:46 · …/node_modules/@scope/name/index.js:1
_PACKAGE = re.compile(r".*node_modules/((?:@[^/]+/)?[^/:]+)")
# node:_http_server:1026 · internal/process/task_queues.js:67 · _http_server.js:1026 (before Node 16)
_NODE_API = re.compile(r"node:|internal/|[a-z_]+(?:/[a-z_]+)*\.js:")
# Builtins_InterpreterEntryTrampoline · Builtin:ArrayMap · Stub:CEntry: V8's own glue, cheap by itself
_GLUE = re.compile(r"Builtins?[_:]|Stub:|BytecodeHandler:")


def nodejs(tree: CallTree, frames: FrameTable, keep_owners: bool) -> Rewritten:
    """Merge the tiers of each function to one frame; its file stands as its library."""
    mapped = [_one_tier(frames[row]) for row in range(len(frames))]
    return rewrite_tree(tree, frames, mapped, keep_owners)


def _one_tier(frame: Frame) -> Frame | None:
    if ADAPTOR in frame.name:
        return None
    function = parse_function(frame)
    return Frame(function.name, function.file or frame.library, frame.kind) if function else frame


def nodejs_packages(tree: CallTree, frames: FrameTable, keep_owners: bool) -> Rewritten:
    """Merge each run of frames of one npm package, the application, Node's API, native code or the kernel.

    V8's glue between two JavaScript frames does not end a run. Samples that end in glue are native.
    """
    trie = StackTrie()
    labels = [_label(frames[row]) for row in range(len(frames))]
    moved, below_scripts = [0], [0]
    nodes = zip(tree.parent.tolist(), tree.depth.tolist(), tree.frame.tolist(), strict=True)
    for parent, depth, row in islice(nodes, 1, None):
        frame, script, glue = labels[row]
        if keep_owners and depth == 1:
            node = trie.child(0, trie.frame(*frames[row]))
        else:
            above = below_scripts[parent] if script else moved[parent]
            label = trie.frame(*frame)
            node = above if trie.frame_of(above) == label else trie.child(above, label)
        moved.append(node)
        # A script that glue calls stands below the glue's caller.
        below_scripts.append(below_scripts[parent] if glue else node)
    return frozen(trie, moved)


class _Label(NamedTuple):
    """The run of a frame, and whether the frame is JavaScript or V8's glue."""

    frame: Frame
    script: bool
    glue: bool


def _label(frame: Frame) -> _Label:
    function = parse_function(frame)
    if function is not None:
        return _Label(Frame(package_of_function(function)), True, False)
    return _Label(Frame(package_of_native(frame)), False, _GLUE.match(frame.name) is not None)


def package_of_native(frame: Frame) -> str:
    """Return the npm package whose addon a frame without JavaScript belongs to, IN_KERNEL or NATIVE."""
    addon = _PACKAGE.match(frame.library)
    if addon:
        return addon.group(1)
    return IN_KERNEL if frame.kind == KERNEL else NATIVE


def package_of_function(function: Function) -> str:
    """Return the npm package of a function, APP for the application's own, NODE_API or WASM."""
    if function.name.startswith("wasm-function["):
        return WASM
    package = _PACKAGE.match(function.file)
    if package:
        return package.group(1)
    return NODE_API if not function.file or _NODE_API.match(function.file) else APP
