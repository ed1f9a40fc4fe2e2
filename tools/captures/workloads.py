"""The invented programs of the whole-machine capture, with the stacks that they are seen in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

Stack = tuple[str, ...]

_ENTRY = ("entry_SYSCALL_64_after_hwframe", "do_syscall_64")
KERNEL: dict[str, Stack] = {
    "write": (*_ENTRY, "ksys_write", "vfs_write", "ext4_file_write_iter", "generic_perform_write"),
    "read": (*_ENTRY, "ksys_read", "vfs_read", "filemap_read", "copy_page_to_iter"),
    "fault": ("asm_exc_page_fault", "exc_page_fault", "handle_mm_fault", "clear_page_erms"),
    "poll": (*_ENTRY, "do_epoll_wait", "ep_poll"),
    "fork": (*_ENTRY, "kernel_clone", "copy_process", "copy_page_range"),
}
KERNEL["all"] = tuple({name for stack in KERNEL.values() for name in stack})
_NODE = ("_start", "node::Start", "uv_run", "node::InternalCallbackScope::Close")
_JAVA = ("start_thread", "thread_native_entry", "JavaThread::run")


@dataclass(frozen=True)
class Workload:
    """A program: its file, the stacks of its samples, root first, and its threads with their weights.

    `pool` is the weight of each further thread, 0 where it has none. With `joins` its threads are in the
    process of the program before.
    """

    command: str
    binary: str
    stacks: Sequence[Stack]
    threads: Sequence[tuple[str, float]] = ()
    pool: float = 0.0
    map_file: str = ""
    joins: bool = False

    def file_of(self, name: str) -> str:
        """Return the file of a function: compiled scripts are in the map file of the process."""
        if self.map_file and (name.startswith(("JS:", "Lorg/", "py::"))):
            return self.map_file
        return "/usr/lib/x86_64-linux-gnu/libc.so.6" if name in _LIBC else self.binary


_LIBC = {"memcmp", "memcpy", "malloc", "start_thread", "_start", "__libc_start_main"}


def services() -> list[Workload]:
    """Return the programs that most of the time goes to; several threads each."""
    node = "/usr/bin/node"
    return [
        Workload(
            "node",
            node,
            (
                (
                    *_NODE,
                    "JS:*routeRequest /srv/shop/server.js:41:22",
                    "JS:*renderPage /srv/shop/page.js:9:20",
                ),
                (
                    *_NODE,
                    "JS:*routeRequest /srv/shop/server.js:41:22",
                    "JS:*priceCart /srv/shop/cart.js:17:19",
                ),
                (
                    *_NODE,
                    "JS:*routeRequest /srv/shop/server.js:41:22",
                    "JS:*json /srv/shop/node_modules/express/lib/response.js:239:30",
                ),
                (*_NODE, *KERNEL["poll"]),
            ),
            [("node", 17.0)],
            map_file="/tmp/perf-1.map",
        ),
        Workload(
            "node",
            node,
            (
                (
                    "start_thread",
                    "node::(anonymous namespace)::PlatformWorkerThread",
                    "v8::internal::ConcurrentMarking::Run",
                ),
                ("start_thread", "worker", "uv__fs_work", *KERNEL["read"]),
            ),
            [("node", 0.4)] * 8 + [("libuv-worker", 0.3)] * 4,
            joins=True,
        ),
        Workload(
            "pip",
            "/usr/bin/python3.11",
            (
                ("_start", "Py_RunMain", "_PyEval_EvalFrameDefault", "resolve", "memcmp"),
                ("_start", "Py_RunMain", "_PyEval_EvalFrameDefault", "inflate_fast"),
                ("_start", "Py_RunMain", "_PyEval_EvalFrameDefault", *KERNEL["write"]),
            ),
            [("pip", 18.0)],
        ),
        Workload(
            "npm",
            node,
            (
                (
                    *_NODE,
                    "JS:*extract /usr/lib/node_modules/npm/node_modules/tar/lib/parse.js:60:12",
                    "memcpy",
                ),
                (
                    *_NODE,
                    "JS:*reify /usr/lib/node_modules/npm/node_modules/@npmcli/arborist/lib/reify.js:88:9",
                ),
            ),
            [("npm", 9.0)],
            map_file="/tmp/perf-2.map",
        ),
        Workload(
            "java",
            "/usr/lib/jvm/lib/server/libjvm.so",
            (
                (*_JAVA, "Lorg/example/orders/Books::match", "Lorg/example/orders/Books::insert"),
                (*_JAVA, "Lorg/example/orders/Books::match", "memcmp"),
                (*_JAVA, *KERNEL["poll"]),
            ),
            [("java", 1.0), *[(f"http-nio-{number}", 0.8) for number in range(12)]],
            pool=0.002,
            map_file="/tmp/perf-3.map",
        ),
        Workload(
            "java",
            "/usr/lib/jvm/lib/server/libjvm.so",
            (
                (
                    "start_thread",
                    "thread_native_entry",
                    "G1ParEvacuateFollowersClosure::do_void",
                    "G1ParScanThreadState::copy_to_survivor_space",
                ),
            ),
            [("GC Thread#0", 1.5), ("GC Thread#1", 1.5), ("G1 Service", 0.1)],
            joins=True,
        ),
        Workload(
            "java",
            "/usr/lib/jvm/lib/server/libjvm.so",
            (
                (
                    "start_thread",
                    "thread_native_entry",
                    "CompileBroker::compiler_thread_loop",
                    "PhaseIdealLoop::build_and_optimize",
                ),
            ),
            [("C2 CompilerThre", 1.2), ("C1 CompilerThre", 0.6)],
            joins=True,
        ),
        Workload(
            "postgres",
            "/usr/lib/postgresql/15/bin/postgres",
            (
                ("main", "PostmasterMain", "exec_simple_query", "ExecScan", "heap_getnextslot"),
                ("main", "PostmasterMain", "exec_simple_query", "hash_search_with_hash_value"),
                ("main", "PostmasterMain", "WalWriterMain", *KERNEL["write"]),
            ),
            [("postgres", 0.7)] * 9,
            pool=0.003,
        ),
        Workload(
            "cc1plus",
            "/usr/lib/gcc/x86_64-linux-gnu/12/cc1plus",
            (
                ("main", "toplev::main", "c_parse_file", "cp_lexer_get_preprocessor_token"),
                ("main", "toplev::main", "symbol_table::compile", "lra"),
                ("main", "toplev::main", *KERNEL["fault"]),
            ),
            [("cc1plus", 9.0)],
        ),
        Workload("make", "/usr/bin/make", (("main", "update_goal_chain", *KERNEL["fork"]),), [("make", 1.0)]),
    ]


def background(count: int) -> list[Workload]:
    """Return small programs, one command each: agents, jobs and tools of every machine."""
    stems = (
        "agent",
        "cron",
        "log",
        "metrics",
        "backup",
        "sync",
        "proxy",
        "queue",
        "cache",
        "index",
        "mail",
        "audit",
    )
    ends = (
        "d",
        "-worker",
        "-exporter",
        "ctl",
        "-watch",
        "-relay",
        "-gc",
        "-ship",
        "-probe",
        "-push",
        "-pull",
        "-scan",
    )
    names = [stem + end for end in ends for stem in stems][:count]
    return [
        Workload(
            name,
            f"/usr/sbin/{name}",
            (
                ("main", "run_loop", f"handle_{name.partition('-')[0]}", "malloc"),
                ("main", "run_loop", f"handle_{name.partition('-')[0]}", *KERNEL["read"]),
                ("main", "run_loop", *KERNEL["poll"]),
            ),
            [(name, 0.16)],
            pool=0.002,
        )
        for name in names
    ]
