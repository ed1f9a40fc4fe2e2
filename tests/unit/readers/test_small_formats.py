"""perf's JSON, stackprof, DTrace and bpftrace stacks, macOS's sample, simpleperf: counts of each file."""

from __future__ import annotations

import gzip
import io
import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from flamescope_py.analysis.findings.all import find
from flamescope_py.errors import BrokenProfileError
from flamescope_py.model import Profile
from flamescope_py.readers.source import sniff_file
from tests.data.simpleperf import make as simpleperf
from tests.support.reading import read

DATA = Path(__file__).resolve().parents[2] / "data"
Stack = tuple[str, ...]


def content(name: str) -> bytes:
    data = (DATA / name).read_bytes()
    return gzip.decompress(data) if name.endswith(".gz") else data


def weighed(profile: Profile) -> Counter[Stack]:
    """Return the weight of every stack, the outermost frame first."""
    found: Counter[Stack] = Counter()
    weights = profile.samples.weight
    for row, end in enumerate(profile.samples.node.tolist()):
        path, node = [], end
        while node:
            path.append(profile.frames.name[profile.tree.frame[node]])
            node = int(profile.tree.parent[node])
        found[tuple(reversed(path))] += 1 if weights is None else int(weights[row])
    return found


def test_json_of_perf_has_its_samples() -> None:
    data = content("perf_json/python.json.gz")
    samples = json.loads(data)["samples"]
    profile = read(data, "perf_json")
    assert profile.samples.time.tolist() == [one["timestamp"] / 1e9 for one in samples]
    expected = Counter(
        (one["comm"], *(entry.get("symbol", "[unknown]") for entry in reversed(one["callchain"])))
        for one in samples
    )
    assert weighed(profile) == expected
    assert profile.threads[0].pid == samples[0]["pid"]
    assert profile.meta.header["arch"] == "x86_64"


def perf_json(*samples: Any) -> bytes:
    return json.dumps({"linux-perf-json-version": 1, "headers": {}, "samples": samples}).encode()


def test_damaged_samples_of_perf_json_are_counted() -> None:
    chain = [{"ip": "0x1", "symbol": "f", "dso": "[kernel.kallsyms]"}]
    good = {"timestamp": 1_500_000_000, "pid": 7, "tid": 8, "cpu": 3, "comm": "node", "callchain": chain}
    profile = read(perf_json(good, 7, good | {"timestamp": None}, good | {"callchain": None}), "perf_json")
    assert len(profile.samples) == 2
    assert profile.report.skipped == 2
    assert profile.report.without_stack == 1
    assert profile.samples.cpu.tolist() == [3, 3]
    assert set(profile.frames.kind) == {"", "kernel"}
    with pytest.raises(BrokenProfileError, match="no sample"):
        read(perf_json(), "perf_json")


def test_an_idle_swapper_of_perf_json_is_idle() -> None:
    chain = [{"ip": "0x1", "symbol": name, "dso": "[kernel.kallsyms]"} for name in ("intel_idle", "do_idle")]
    idle = {"timestamp": 1, "pid": 0, "tid": 0, "comm": "swapper", "callchain": chain}
    assert read(perf_json(idle, idle | {"comm": "node"}), "perf_json").samples.idle.tolist() == [True, False]


STACKPROF = "stackprof/app.stackprof.json"


def test_stackprof_has_a_time_and_a_stack_for_each_sample() -> None:
    document = json.loads(content(STACKPROF))
    profile = read(content(STACKPROF), "stackprof")
    assert len(profile.samples) == document["samples"]
    assert profile.samples.time.tolist() == [at / 1e6 for at in document["raw_sample_timestamps"]]
    assert weighed(profile) == {
        ("<main>", "Shop#prices", "Array#sort_by"): 4,
        ("<main>", "Shop#prices"): 3,
        ("<main>",): 1,
        ("(garbage collection)",): 1,
    }
    # A function's own samples, as the program itself counts them.
    own: Counter[str] = Counter()
    for stack, count in weighed(profile).items():
        own[stack[-1]] += count
    assert own == {one["name"]: one["samples"] for one in document["frames"].values()}
    assert profile.meta.events == ("wall",)
    assert profile.report.lost_events == document["missed_samples"]


def stackprof(**changed: Any) -> Profile:
    return read(json.dumps(json.loads(content(STACKPROF)) | changed).encode(), "stackprof")


def test_stackprof_without_a_time_for_each_sample_is_a_flame_graph() -> None:
    deltas = stackprof(raw_sample_timestamps=[])
    assert np.diff(deltas.samples.time).round(6).tolist()[:2] == [0.001, 0.001001]
    assert not stackprof(raw_sample_timestamps=[], raw_timestamp_deltas=[]).meta.timed
    odd = stackprof(raw_sample_timestamps=[1, 2])
    assert not odd.meta.timed
    assert "number of times" in odd.report.messages[0]


def test_damage_of_stackprof_is_told() -> None:
    with pytest.raises(BrokenProfileError, match="raw: true"):
        stackprof(raw=[])
    lost = stackprof(raw=[1, 7, 4, 1, 70001, 5], raw_sample_timestamps=list(range(9)))
    assert (len(lost.samples), lost.report.skipped) == (5, 4)
    cut = stackprof(raw=[1, 70001, 5, 99, 70001], raw_sample_timestamps=list(range(5)))
    assert (len(cut.samples), cut.report.skipped) == (5, 1)
    with pytest.raises(BrokenProfileError, match="no sample"):
        stackprof(raw=[10**18, 70001, 5])


def test_bpftrace_stacks_have_their_counts() -> None:
    profile = read(content("stacks/bpftrace.txt"), "stacks")
    assert weighed(profile) == {
        ("main", "clock_nanosleep", "do_nanosleep", "schedule", "__schedule"): 3,
        (
            *("main", "work(int)"),
            *("std::vector<int, std::allocator<int> >::push_back(int const&)", "page_fault"),
        ): 12,
        (): 40,
    }
    assert [one.command for one in profile.threads] == ["sleeper", "swapper/0", "worker"]
    assert (profile.meta.timed, profile.report.without_stack, profile.report.skipped) == (False, 1, 0)


def test_recorded_bpftrace_stacks_have_their_counts() -> None:
    data = content("stacks/recorded.bpftrace.txt")
    counts = [int(count) for count in re.findall(rb"^, worker\]: (\d+)$", data, re.MULTILINE)]
    profile = read(data, "unknown")
    found = weighed(profile)
    assert profile.meta.format == "stacks"
    assert (len(profile.samples), sum(found.values())) == (len(counts), sum(counts))
    writing = ("__GI___write", "entry_SYSCALL_64_after_hwframe", "do_syscall_64")
    assert found[writing] == 24
    assert (profile.report.skipped, profile.report.without_stack) == (0, 0)


def test_dtrace_stacks_have_their_counts() -> None:
    data = content("stacks/dtrace.txt")
    assert sniff_file(io.BytesIO(data)).type == "stacks"
    profile = read(data, "stacks")
    assert weighed(profile) == {
        ("uv_run", "uv__io_poll", "__read"): 23,
        ("thread_start", "cpu_idle"): 7,
        ("0x401f20", "__waitid"): 1,
    }
    libraries = dict(zip(profile.frames.name, profile.frames.library, strict=True))
    assert (libraries["uv_run"], libraries["__read"], libraries["0x401f20"]) == ("node", "libc.so.1", "")
    assert [one.command for one in profile.threads] == ["bash", "node"]


@pytest.mark.parametrize(
    ("text", "skipped", "reason"),
    [
        ("@[\n    a+1\n    b+2\n]: 3\n@[node]: 5\n", 1, "not a line of a stack"),
        ("@[\n    a+1\n@[\n    c+1\n    b+2\n]: 3\n", 1, "a stack without a count"),
        ("@[\n    a+1\n    b+2\n]: 3\n@[\n    a+1\n", 1, "ends in the middle of a stack"),
        (f"@[\n    a+1\n    {'x' * (64 << 10)}\n    b+2\n]: 3\n", 1, "line longer than 64 KiB"),
    ],
    ids=["map of counts", "open stack", "cut", "long line"],
)
def test_what_is_no_stack_is_counted(text: str, skipped: int, reason: str) -> None:
    profile = read(text.encode(), "stacks")
    assert sum(weighed(profile).values()) == 3
    assert profile.report.skipped == skipped
    assert reason in "".join(note.reason for note in profile.report.notes)


def test_prose_is_no_stack() -> None:
    text = b"a list:\n\n  one\n  two\n   3\n\n  four\n   5\n"
    assert sniff_file(io.BytesIO(text)).type == "unknown"


def test_the_call_graph_of_sample_has_its_counts() -> None:
    data = content("macos_sample/app.sample.txt")
    profile = read(data, "macos_sample")
    found = weighed(profile)
    threads = re.findall(rb"(?m)^    (\d+) (Thread_\d+)", data)
    for count, thread in threads:
        inside = [weight for stack, weight in found.items() if stack[0].startswith(thread.decode())]
        assert sum(inside) == int(count)
    above = ("Thread_4412   DispatchQueue_1: com.apple.main-thread  (serial)", "start", "main")
    assert found[(*above, "-[Shop prices:]", "qsort")] == 35
    assert found[(*above, "-[Shop prices:]")] == 20
    assert found[(*above, "AppKit+?")] == 30
    assert found[above] == 8
    assert {(one.pid, one.tid, one.command) for one in profile.threads} == {
        (374, 4412, "shop"),
        (374, 4413, "shop"),
    }


def test_damage_of_sample_is_told() -> None:
    data = content("macos_sample/app.sample.txt")
    with pytest.raises(BrokenProfileError, match="no call graph"):
        read(data[: data.index(b"Call graph:")], "macos_sample")
    cut = read(data[: data.index(b"    20 Thread_4413")], "macos_sample")
    assert sum(weighed(cut).values()) == 100
    assert cut.report.messages
    more = read(data.replace(b"60 -[Shop", b"99999 -[Shop"), "macos_sample")
    assert sum(weighed(more).values()) == 120
    assert more.report.repaired == 2


def test_a_long_line_of_sample_stays_the_caller_of_those_below() -> None:
    data = content("macos_sample/app.sample.txt")
    (line,) = [line for line in data.splitlines(keepends=True) if b" 30 ???" in line]
    below = b"    +     ! 30 leaf  (in shop) + 4  [0x1]\n"
    long = read(data.replace(line, b"    +     30 " + (64 << 10) * b"x" + b"\n" + below), "macos_sample")
    assert [note.reason for note in long.report.notes] == ["line longer than 64 KiB"]
    assert long.report.repaired == 1
    ((stack, count),) = [(stack, count) for stack, count in weighed(long).items() if stack[-1] == "leaf"]
    assert (stack[-3], set(stack[-2]), count) == ("main", {"x"}, 30)


def test_simpleperf_has_the_samples_that_were_written() -> None:
    profile = read(content("simpleperf/app.trace"), "simpleperf")
    assert profile.samples.time.tolist() == [(simpleperf.START + row * 50_000_000) / 1e9 for row in range(40)]
    assert weighed(profile) == {
        ("main", "prices(int)", "do_page_fault"): 14,
        ("main", "com.example.Shop.sort"): 13,
        ("main", "libshop.so+0x66"): 13,
    }
    assert profile.samples.period is not None
    assert profile.samples.period.tolist() == [1_000_000 + row for row in range(40)]
    assert [one.command for one in profile.threads] == ["main", "RenderThread"]
    assert profile.meta.events == ("cpu-cycles:u",)
    assert profile.report.lost_events == 3
    assert {"kernel", "interpreted"} <= set(profile.frames.kind)


def test_damage_of_simpleperf_is_told() -> None:
    data = content("simpleperf/app.trace")
    with pytest.raises(BrokenProfileError, match="no sample"):
        read(data[:12] + bytes(4), "simpleperf")
    # Without its files no stack has a name.
    with pytest.raises(BrokenProfileError, match="no sample"):
        read(data[:800], "simpleperf")
    assert read(data[:-40], "simpleperf").report.messages
    huge = data[:12] + b"\xff\xff\xff\x7f" + data[16:]
    with pytest.raises(BrokenProfileError, match="no sample"):
        read(huge, "simpleperf")


def test_the_finding_of_lost_samples_names_no_other_program() -> None:
    profile = read((DATA / "stackprof" / "app.stackprof.json").read_bytes(), "unknown")
    assert next(one.text for one in find(profile)).startswith("The profiler lost 2 events")
