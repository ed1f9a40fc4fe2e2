"""Findings about long tasks: which slices are tasks, by how much they are long, and what ran in them."""

from __future__ import annotations

from typing import Any

import pytest

from flamescope_py.analysis.findings.all import find
from flamescope_py.analysis.findings.long_tasks import LONG_TASK, LONGEST_TASK
from flamescope_py.analysis.findings.material import Finding
from tests.support.traces import event, trace, whole

MS = 1000
Events = list[dict[str, Any]]


def named(name: str, tid: int = 1) -> dict[str, Any]:
    return {"ph": "M", "name": "thread_name", "pid": 1, "tid": tid, "args": {"name": name}}


def task(at: float, length: float, inside: str = "render", part: float = 0.8, tid: int = 1) -> Events:
    """Make a task at some milliseconds, most of which one function takes."""
    call = {"data": {"functionName": inside}}
    return [
        whole("RunTask", at * MS, length * MS, tid=tid),
        whole("FunctionCall", (at + 1) * MS, length * part * MS, tid=tid, args=call),
    ]


def tasks(*events: object) -> list[Finding]:
    return [one for one in find(trace(*events)) if one.kind == LONG_TASK]


def test_a_long_task_is_named_with_its_excess_and_its_function() -> None:
    (found,) = tasks(
        named("CrRendererMain"), *task(10, 20), *task(100, 50), *task(500, 128.5), *task(900, 30)
    )
    assert found.text == (
        "A long task on `CrRendererMain` from 0.5 to 0.6285 s: 128.5 ms, 78.5 ms over the 50 ms of a long "
        "task, most of it in `FunctionCall render`."
    )
    assert found.ranges == [(0.5, 0.6285)]
    assert found.selection == {"tid": ["1"], "pid": ["1"]}
    assert found.numbers == {"tasks": 1, "longest": 0.1285, "over": 0.0785, "seconds": 0.1285}


def test_tasks_of_one_function_are_one_finding_the_longest_first() -> None:
    events = [*task(0, 51), *task(100, 90), *task(200, 70, "layout"), *task(300, 60), *task(1500, 5)]
    by_function = {one.text.split("`")[3]: one for one in tasks(named("CrRendererMain"), *events)}
    assert by_function["FunctionCall render"].ranges == [(0.1, 0.19), (0.3, 0.36), (0.0, 0.051)]
    assert by_function["FunctionCall render"].numbers["over"] == pytest.approx(0.051)
    assert by_function["FunctionCall layout"].ranges == [(0.2, 0.27)]


def test_only_main_threads_count_where_one_is_named() -> None:
    worker, main = [*task(0, 300, tid=2), *task(1000, 1, tid=2)], task(500, 60)
    (found,) = tasks(named("CrRendererMain"), named("ThreadPoolForegroundWorker", 2), *worker, *main)
    assert found.selection["tid"] == ["1"]
    (alone,) = tasks(named("worker", 2), *worker)
    assert alone.ranges == [(0.0, 0.3)]


def test_tasks_that_touch_or_run_in_a_longer_slice_are_apart() -> None:
    touching = [*task(0, 40), *task(40, 40), *task(80, 45), *task(900, 1)]
    assert tasks(*touching) == []
    loop = [event("B", "RunLoop", 0), *task(10, 30), *task(100, 70), event("E", "RunLoop", 1000 * MS)]
    (found,) = tasks(*loop)
    assert found.ranges == [(0.1, 0.17)]


def test_a_function_that_took_half_or_less_is_not_named() -> None:
    (found,) = tasks(*task(0, 100, part=0.5), *task(1000, 1))
    assert found.text.endswith("most of it in `RunTask`.")


def test_the_longest_task_is_told_where_none_is_long() -> None:
    (found,) = find(trace(named("CrRendererMain"), *task(10, 20), *task(100, 48.5), *task(900, 30)))
    assert found.kind == LONGEST_TASK
    assert found.text == (
        "No task is longer than 50 ms. The longest on `CrRendererMain`, from 0.1 to 0.1485 s, takes 48.5 ms, "
        "most of it in `FunctionCall render`."
    )
    assert found.ranges == [(0.1, 0.1485)]
    assert found.selection == {"tid": ["1"], "pid": ["1"]}
    assert found.numbers == {"longest": 0.0485}
    kinds = {one.kind for one in find(trace(*task(0, 51), *task(100, 49)))}
    assert LONGEST_TASK not in kinds


def test_the_run_of_a_whole_program_and_a_task_of_50_ms_are_none() -> None:
    assert tasks(whole("ExecuteCompiler", 0, 2_000_000), whole("Source", 10, 900_000)) == []
    assert tasks(*task(0, 50), *task(1000, 1)) == []
