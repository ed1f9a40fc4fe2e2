"""Roles of threads, in recorded files and by the names that runtimes set."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from flamescope_py.analysis.breakdown.groups import sample_groups
from flamescope_py.analysis.breakdown.roles import thread_roles
from flamescope_py.model import ProfileBuilder
from flamescope_py.service.queries.queries import Queries
from tests.support.reading import read
from tests.support.recorded import input_bytes

ROOT = Path(__file__).resolve().parents[3]
POOL = {f"V8 platform worker {number}" for number in range(1, 5)}


def test_threads_of_node_are_told_apart_by_their_stacks() -> None:
    profile = read(input_bytes("node16.perf.out"))
    assert {thread.command for thread in profile.threads} == {"node"}
    libuv = {f"libuv pool {number}" for number in range(1, 5)}
    assert set(thread_roles(profile)) == {"Node main thread"} | POOL | libuv
    main = dict(zip(thread_roles(profile), profile.threads, strict=True))["Node main thread"]
    labels = sample_groups(profile, "thread").labels
    assert f"node {main.tid} (Node main thread)" in labels
    assert len(set(labels)) == len(profile.threads)


def test_roles_are_found_once_for_all_stack_charts_of_a_profile() -> None:
    profile, breakdowns = read(input_bytes("node16.perf.out")), Queries(1 << 20).breakdowns
    found = breakdowns.roles(profile)
    assert found == thread_roles(profile)
    assert breakdowns.roles(profile) is found
    breakdowns.forget(profile)
    assert breakdowns.roles(profile) is not found


@pytest.mark.parametrize("name", ["node20-http", "node18-http"])
def test_the_examples_have_a_main_thread_and_a_pool(name: str) -> None:
    roles = thread_roles(read((ROOT / "examples" / f"{name}.perf.out.gz").read_bytes()))
    assert Counter(roles)["Node main thread"] == 1
    assert set(roles) & POOL


def test_a_whole_machine_names_what_it_knows() -> None:
    profile = read((ROOT / "examples" / "system-wide.perf.out.gz").read_bytes())
    found = {
        thread.command: role for thread, role in zip(profile.threads, thread_roles(profile), strict=True)
    }
    assert found["kdamond.0"] == "kernel thread"
    assert found["gzip"] == found["python3"] == found["bash"] == found["swapper"] == ""


def test_threads_of_java_are_known_by_name_and_stack() -> None:
    profile = read((ROOT / "tests" / "data" / "java" / "prices.perf.out.gz").read_bytes())
    assert sorted(thread_roles(profile)) == ["JVM GC", "Java main thread"]


@pytest.mark.parametrize(
    ("command", "role"),
    [
        ("C2 CompilerThre", "JVM C2 compiler"),
        ("C1 CompilerThre", "JVM C1 compiler"),
        ("GC Thread#11", "JVM GC"),
        ("G1 Conc#0", "JVM GC"),
        ("VM Thread", "JVM VM thread"),
        ("libuv-worker", "libuv pool"),
        ("DelayedTaskSche", "Node delayed tasks"),
        ("kworker/0:1-eve", "kernel thread"),
        ("my C2 CompilerX", ""),
        ("GC", ""),
    ],
)
def test_names_that_runtimes_set(command: str, role: str) -> None:
    assert thread_roles(read(_running(command, "work"))) == [role]


@pytest.mark.parametrize(
    ("function", "role"),
    [
        ("node::worker::Worker::StartThread(v8::FunctionCallbackInfo<v8::Value> const&)", "Node worker"),
        ("node::(anonymous namespace)::PlatformWorkerThread", "V8 platform worker"),
        ("uv__fs_work", "libuv pool"),
        ("C2Compiler::compile_method", "JVM C2 compiler"),
        ("Compiler::compile_method", "JVM C1 compiler"),
        ("GangWorker::loop", "JVM GC"),
        ("runtime.sysmon", "Go sysmon"),
        ("runtime.mstart", "Go thread"),
        ("my_uv__fs_work", ""),
        ("runtime.mstarted", ""),
    ],
)
def test_functions_that_runtimes_begin_with(function: str, role: str) -> None:
    assert thread_roles(read(_running("x", function))) == [role]


def _running(command: str, function: str) -> bytes:
    frames = "".join(
        f"\t{row:16x} {name} (/x)\n" for row, name in enumerate(["leaf", function, "start_thread"])
    )
    return f"{command} 7/7 [000] 3000.000000: cycles:\n{frames}\n".encode()


def test_a_thread_has_the_role_of_most_of_its_samples_and_numbers_are_of_its_process() -> None:
    builder = ProfileBuilder()
    worker, main = (
        builder.stack([builder.frame("node"), builder.frame(name)])
        for name in ("PlatformWorkerThread", "node::Start")
    )
    threads = [builder.thread(pid, tid, "node") for pid, tid in ((1, 1), (1, 9), (1, 5), (2, 7))]
    first, ninth, fifth, other = threads
    thread = [first, first, first, ninth, fifth, other]
    node = [main, main, worker, worker, worker, worker]
    builder.add_samples(time=[float(row) for row in range(6)], node=node, thread=thread)
    profile = builder.finish("made")
    found = {one.tid: role for one, role in zip(profile.threads, thread_roles(profile), strict=True)}
    assert found == {
        1: "Node main thread",
        5: "V8 platform worker 1",
        9: "V8 platform worker 2",
        7: "V8 platform worker",
    }
