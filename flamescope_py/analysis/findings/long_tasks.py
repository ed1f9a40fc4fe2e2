"""Findings about long tasks in traces: slices that kept a thread's event loop for more than 50 ms.

A long task is that of the W3C's Long Tasks API (https://www.w3.org/TR/longtasks-1/): work of over 50 ms, in
which a page answers no click. A task is a slice of Chrome's scheduler (`RunTask`) where a thread has them,
else an outermost slice. Only main threads count where any thread is named as one, since work on others blocks
no page.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from math import ceil, floor
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from flamescope_py.analysis.findings.material import Finding, Range
from flamescope_py.analysis.findings.names import shown
from flamescope_py.analysis.findings.stretches import words
from flamescope_py.model import Profile, Thread
from flamescope_py.model.profile import UNKNOWN
from flamescope_py.model.runs import ANY, Runs

LONG_TASK, LONGEST_TASK = "long-task", "longest-task"
LEAST_MICROSECONDS = 50_000
MAX_TASKS, MAX_RANGES = 200, 50
# An outermost slice that takes more than this part of the recording is the run of a whole program.
_WHOLE = 0.9
# RunTask · ThreadControllerImpl::RunTask · ThreadPool_RunTask
_TASK = re.compile(r"(?:ThreadControllerImpl::|ThreadPool_)?RunTask")
# CrRendererMain · CrBrowserMain · GeckoMain · JavaScriptMainThread · main
_MAIN = re.compile(r"(?i)main(?:[ _-]?thread)?(?: \d+)?\Z")
_MICRO = 1_000_000

Nodes = npt.NDArray[np.intp]


class _Task(NamedTuple):
    """A long task: its thread, its bounds in seconds, and the function that took most of it."""

    thread: int
    range: Range
    microseconds: int
    function: str


def long_tasks(profile: Profile) -> list[Finding]:
    """Return a finding for every thread and every function that took most of its long tasks.

    Where no task is long, the longest of all is a finding.
    """
    runs = profile.runs
    if runs is None or (runs.through == ANY).all():
        return []
    groups: dict[tuple[int, str], list[_Task]] = defaultdict(list)
    for task in _longest(profile, runs):
        if task.microseconds <= LEAST_MICROSECONDS:
            return [_finding(profile, tasks) for tasks in groups.values()] or [_longest_of_all(profile, task)]
        groups[task.thread, task.function].append(task)
    return [_finding(profile, tasks) for tasks in groups.values()]


def _longest(profile: Profile, runs: Runs) -> Iterator[_Task]:
    """Yield the longest tasks, at most MAX_TASKS, the longest first."""
    tree = profile.tree
    kept = np.flatnonzero((runs.through != ANY) & np.isin(runs.thread, _main_threads(profile)))
    kept = kept[np.lexsort((runs.start[kept], runs.thread[kept]))]
    task = _tasks(profile, runs.node[kept], runs.thread[kept])
    kept, task = kept[task > 0], task[task > 0]
    if not len(kept):
        return
    thread = runs.thread[kept]
    begins = np.ones(len(kept), np.bool_)
    begins[1:] = (np.diff(task) != 0) | (thread[1:] != thread[:-1])
    begins |= tree.depth[runs.through[kept]] < tree.depth[task]
    first = np.flatnonzero(begins)
    ends = np.append(first[1:], len(kept))
    length = np.add.reduceat(runs.length[kept], first)
    whole = (profile.meta.last - profile.meta.first) * _MICRO
    parts = np.flatnonzero(length <= _WHOLE * whole)
    for row in parts[np.argsort(-length[parts], kind="stable")][:MAX_TASKS].tolist():
        inside = kept[first[row] : ends[row]]
        start = (float(runs.start[inside[0]]) - profile.origin) * _MICRO
        yield _Task(
            int(thread[first[row]]),
            (
                floor(start + 0.5) / _MICRO,
                min(ceil(start + int(length[row]) - 0.5) / _MICRO, float(profile.seconds)),
            ),
            int(length[row]),
            _most_of(profile, runs.node[inside], runs.length[inside], int(task[first[row]])),
        )


def _tasks(profile: Profile, node: npt.NDArray[np.uint32], thread: npt.NDArray[np.uint32]) -> Nodes:
    """Return the node of the task that each run is in, 0 for none."""
    tree = profile.tree
    is_task = np.array([bool(_TASK.fullmatch(name)) for name in profile.frames.name] or [False], np.bool_)
    scheduled = tree.outermost_of(is_task[tree.frame])[node]
    top = tree.outermost_of(tree.depth == 1 + int(profile.meta.owner_level))[node]
    return np.where(np.isin(thread, np.unique(thread[scheduled > 0])), scheduled, top)


def _most_of(profile: Profile, node: npt.NDArray[np.uint32], length: npt.NDArray[np.int64], task: int) -> str:
    """Return the innermost function that took more than half of a task."""
    tree, half = profile.tree, int(length.sum()) / 2
    # In pre-order, what is below a node lies between it and its end. A slice of the nodes with more than half
    # of the time holds the node in the middle of the time.
    order = np.argsort(node, kind="stable")
    nodes, before = node[order], np.concatenate(([0], np.cumsum(length[order])))
    found = int(nodes[min(int(np.searchsorted(before, half, side="right")) - 1, len(nodes) - 1)])
    while found != task:
        low, high = np.searchsorted(nodes, (found, int(tree.end[found])))
        if before[high] - before[low] > half:
            break
        found = int(tree.parent[found])
    return str(profile.frames.name[tree.frame[found]])


def _main_threads(profile: Profile) -> list[int]:
    """Return the rows of main threads, of all threads where none is named as one."""
    rows = [row for row, thread in enumerate(profile.threads) if _MAIN.search(thread.command)]
    return rows or list(range(max(1, len(profile.threads))))


def _longest_of_all(profile: Profile, task: _Task) -> Finding:
    """Describe the longest task of a profile without long ones."""
    thread = profile.threads[task.thread]
    where = f" on `{thread.command}`" if thread.command else ""
    length = round(task.microseconds / _MICRO, 6)
    return Finding(
        LONGEST_TASK,
        f"No task is longer than 50 ms. The longest{where}, from {words([task.range])}, takes "
        f"{task.microseconds / 1000:.4g} ms, most of it in `{shown(task.function)}`.",
        [task.range],
        _selection(thread),
        {"longest": length},
        _part(profile, length),
        task.function,
    )


def _part(profile: Profile, seconds: float) -> float:
    """Return the part of the recording that so many seconds are."""
    return seconds / max(profile.meta.last - profile.meta.first, 1e-9)


def _finding(profile: Profile, tasks: list[_Task]) -> Finding:
    """Describe tasks of one thread in which one function took most of the time, the longest first."""
    longest, thread = tasks[0], profile.threads[tasks[0].thread]
    over = sum(task.microseconds - LEAST_MICROSECONDS for task in tasks)
    total = sum(task.microseconds for task in tasks)
    title = "A long task" if len(tasks) == 1 else f"{len(tasks)} long tasks"
    where = f" on `{thread.command}`" if thread.command else ""
    largest = "" if len(tasks) == 1 else ", the longest"
    by = (longest.microseconds - LEAST_MICROSECONDS) / 1000
    return Finding(
        LONG_TASK,
        f"{title}{where}{largest} from {words([longest.range])}: {longest.microseconds / 1000:.4g} ms, "
        f"{by:.4g} ms over the 50 ms of a long task, most of it in `{shown(longest.function)}`.",
        [task.range for task in tasks][:MAX_RANGES],
        _selection(thread),
        {
            "tasks": len(tasks),
            "longest": round(longest.microseconds / _MICRO, 6),
            "over": round(over / _MICRO, 6),
            "seconds": round(total / _MICRO, 6),
        },
        _part(profile, total / _MICRO),
        longest.function,
    )


def _selection(thread: Thread) -> dict[str, list[str]]:
    if thread.tid == UNKNOWN:
        return {"comm": [thread.command]} if thread.command else {}
    # Processes of a browser that are confined count their threads from 1, each for itself.
    return {"tid": [str(thread.tid)]} | ({} if thread.pid == UNKNOWN else {"pid": [str(thread.pid)]})
