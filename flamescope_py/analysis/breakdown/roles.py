"""The roles of threads that runtimes start: sixteen threads called `node` are told apart.

A role is known by the thread's name where the runtime sets one, else by the functions that its stacks begin
with. A thread has the role of the most of its samples.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from flamescope_py.model import CallTree, FrameTable, Profile, Thread
from flamescope_py.model.profile import UNKNOWN


class Role(NamedTuple):
    """A role, the names of its threads and the functions at the bottom of its stacks."""

    title: str
    names: str
    functions: str


_NOTHING = r"(?!)"
# The kernel cuts names at 15 characters. The first role that fits is taken: workers run a main loop, too.
ROLES = (
    # node::worker::Worker::StartThread(v8::FunctionCallbackInfo<v8::Value> const&)::{lambda(void*)#1}::_FUN
    Role("Node worker", r"WorkerThread(?: .*)?", r"node::worker::Worker::(?:StartThread|Run)\b"),
    # node::(anonymous namespace)::PlatformWorkerThread(void*)
    Role("V8 platform worker", r"(?:node-)?V8Worker|V8 DefaultWorke.*", r"PlatformWorkerThread\b"),
    Role("Node delayed tasks", r"DelayedTaskSche.*", r"DelayedTaskScheduler::(?:Start|Run)\b"),
    # worker < uv__fs_work · worker < node::(anonymous namespace)::ZlibContext::DoThreadPoolWork
    Role(
        "libuv pool",
        r"libuv-worker",
        r"uv__(?:fs|getaddrinfo|getnameinfo|queue|random)_work\b|DoThreadPoolWork\b",
    ),
    Role("Node inspector", r"SignalInspector|.*Inspector ?[Ii]o.*", r"node::inspector::InspectorIo::"),
    Role("Node main thread", _NOTHING, r"node::NodeMainInstance::Run\b|node::Start\b"),
    Role("JVM C2 compiler", r"C2 CompilerThre.*", r"C2Compiler::compile_method\b"),
    Role("JVM C1 compiler", r"C1 CompilerThre.*", r"(?<!C2)Compiler::compile_method\b"),
    Role("JVM compiler", r"(?:JVMCI|Graal).*Compil.*", r"CompileBroker::compiler_thread_loop\b"),
    Role(
        "JVM GC",
        r"(?:Parallel )?GC Thread#\d+|G1 (?:Conc|Refine|Main Marker|Service|Young Re).*|ParGC.*|"
        r"Z(?:Worker|Driver|Director).*|Shenandoah.*|Concurrent Mark.*|GC task thread.*",
        r"GangWorker::(?:loop|run)\b|GCTaskThread::run\b|ConcurrentGCThread::run\b",
    ),
    Role("JVM VM thread", r"VM Thread|VM Operation.*", r"VMThread::(?:run|loop)\b"),
    Role("Java main thread", _NOTHING, r"JavaMain\b"),
    Role("Go sysmon", _NOTHING, r"runtime\.sysmon\b"),
    Role("Go thread", _NOTHING, r"runtime\.(?:mstart|mcall|goexit|main|rt0_go|gcBgMarkWorker)\b"),
    Role("kernel thread", r"(?:kworker|ksoftirqd|migration|cpuhp)/.*|kswapd\d+|rcu_\w+", r"kthread"),
)

# Roles of threads that work for others: what they do is caused by the program's own threads.
HELPERS = (
    *("V8 platform worker", "Node delayed tasks", "Node inspector", "JVM C2 compiler", "JVM C1 compiler"),
    *("JVM compiler", "JVM GC", "JVM VM thread", "Go sysmon"),
)


def is_helper(role: str) -> bool:
    """Return True for a role of HELPERS, numbered or not."""
    return role.startswith(HELPERS)


def thread_roles(profile: Profile) -> list[str]:
    """Return the role of every thread of a profile, "" where it is not known.

    Threads that share a role in a process are numbered in the order of their ids.
    """
    threads = profile.threads
    names = {command: _by_name(command) for command in {thread.command for thread in threads}}
    found = [names[thread.command] for thread in threads]
    if min(found, default=0) < 0:
        rows = _by_stacks(profile)
        found = [role if role >= 0 else row for role, row in zip(found, rows, strict=True)]
    return _numbered(threads, found)


def _by_name(command: str) -> int:
    return next((row for row, role in enumerate(ROLES) if re.fullmatch(role.names, command)), -1)


def _by_stacks(profile: Profile) -> list[int]:
    """Return the role of the most samples of each thread, -1 where no function tells one."""
    role = _of_nodes(profile.tree, profile.frames)
    if not (role < len(ROLES)).any():
        return [-1] * len(profile.threads)
    kinds = len(ROLES) + 1
    key = profile.samples.thread.astype(np.int64) * kinds + role[profile.samples.node]
    counts = np.bincount(key, minlength=len(profile.threads) * kinds).reshape(-1, kinds)[:, :-1]
    found: list[int] = np.where(counts.any(axis=1), counts.argmax(axis=1), -1).tolist()
    return found


def _of_nodes(tree: CallTree, frames: FrameTable) -> npt.NDArray[np.int64]:
    """Return the first role of ROLES that a node or its callers tell; len(ROLES) for none."""
    patterns = [re.compile(rf"(?:^|.*[ :(]|non-virtual thunk to )(?:{role.functions})") for role in ROLES]
    # One search passes over nearly all names: a host's 12 000 take a ninth of the time.
    likely = re.compile(rf"(?:^|[ :(])(?:{'|'.join(role.functions for role in ROLES)})").search
    firsts = [_first(patterns, name) if likely(name) else len(ROLES) for name in frames.name]
    of_frame = np.array(firsts or [len(ROLES)], np.int64)
    found = np.full(len(tree), len(ROLES), np.int64)
    nodes = of_frame[tree.frame]
    for row in reversed(range(len(ROLES))):
        for first, end in _slices(tree, np.flatnonzero(nodes == row)):
            found[first:end] = row
    return found


def _first(patterns: Sequence[re.Pattern[str]], name: str) -> int:
    return next((row for row, pattern in enumerate(patterns) if pattern.match(name)), len(ROLES))


def _slices(tree: CallTree, nodes: npt.NDArray[np.intp]) -> Iterator[tuple[int, int]]:
    """Yield the subtrees of nodes in pre-order, without those inside of an earlier one."""
    reached = 0
    for node, end in zip(nodes.tolist(), tree.end[nodes].tolist(), strict=True):
        if node >= reached:
            reached = end
            yield node, end


def _numbered(threads: Sequence[Thread], roles: Sequence[int]) -> list[str]:
    together: dict[tuple[object, int], list[int]] = defaultdict(list)
    for row, role in enumerate(roles):
        owner = threads[row].command if threads[row].pid == UNKNOWN else threads[row].pid
        if role >= 0:
            together[owner, role].append(row)
    titles = [""] * len(threads)
    for (_, role), rows in together.items():
        for number, row in enumerate(sorted(rows, key=lambda row: threads[row].tid), 1):
            titles[row] = ROLES[role].title + (f" {number}" if len(rows) > 1 else "")
    return titles
