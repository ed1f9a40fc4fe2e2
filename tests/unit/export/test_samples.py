"""Exports of samples, read again by the readers of their formats, and by pprof's own program."""

from __future__ import annotations

import io
import shutil
import subprocess
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pytest

from flamescope_py.errors import NoTimestampsError
from flamescope_py.model import Profile, ProfileBuilder
from flamescope_py.readers.source import read_profile
from flamescope_py.service import Queries, Question, Selection, TimeRange, exported
from tests.support.trees import profile as pictured

DATA = Path(__file__).resolve().parents[2] / "data"
EXAMPLES = DATA.parents[1] / "examples"
WHOLE = TimeRange(None, None)
MAIN = Selection(event=("main",))
IDLE = Selection(event=("main",), idle=True)
FORMS = ("firefox", "pprof")


def opened(path: Path) -> Profile:
    with path.open("rb") as file:
        return read_profile(file, "unknown")


def written(profile: Profile, form: str, selection: Selection = MAIN, part: TimeRange = WHOLE) -> bytes:
    return b"".join(exported(Queries(1 << 30), profile, part, Question(selection), form, "a title"))


def again(content: bytes) -> Profile:
    return read_profile(io.BytesIO(content), "unknown")


def stacks(profile: Profile, selection: Selection, *, kinds: bool) -> Counter[tuple[Any, ...]]:
    """Count samples by time, process, thread, stack and weight; frames are names and libraries."""
    chosen = Queries(1 << 30).graphs.chosen(profile, WHOLE, selection)
    paths: list[tuple[Any, ...]] = [()]
    for parent, frame in zip(chosen.tree.parent[1:].tolist(), chosen.tree.frame[1:].tolist(), strict=True):
        paths.append((*paths[parent], tuple(chosen.frames[frame])[: 3 if kinds else 2]))
    rows = zip(
        chosen.time.tolist(),
        chosen.thread.tolist(),
        chosen.node.tolist(),
        chosen.weights().tolist(),
        strict=True,
    )
    return Counter(
        (time, chosen.threads[thread][:2], paths[node], weight) for time, thread, node, weight in rows
    )


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("name", ["node18-http.perf.out.gz", "system-wide.perf.out.gz"])
def test_perf_samples_come_back_with_their_times_threads_and_stacks(form: str, name: str) -> None:
    profile = opened(EXAMPLES / name)
    selection = IDLE if form == "firefox" else MAIN
    kinds = form == "firefox"
    back = again(written(profile, form, selection))
    found = stacks(back, selection, kinds=kinds)
    assert back.report.idle == (profile.report.idle if form == "firefox" else 0)
    assert found == stacks(profile, selection, kinds=kinds)


def test_a_profile_of_firefox_comes_back_with_threads_and_kinds() -> None:
    profile = opened(DATA / "firefox" / "gecko.json.gz")
    back = again(written(profile, "firefox", IDLE))
    assert stacks(back, IDLE, kinds=True) == stacks(profile, IDLE, kinds=True)
    assert back.threads == profile.threads


@pytest.mark.parametrize("name", ["pprof/heap.pb.gz", "otlp/untimed.otlp", "folded/annotated.folded"])
def test_samples_without_times_are_added_up_in_pprof_and_refused_for_firefox(name: str) -> None:
    profile = opened(DATA / name)
    back = again(written(profile, "pprof"))
    count = Counter[Any]()
    for side, sign in ((profile, 1), (back, -1)):
        for (_, _, stack, weight), times in stacks(side, MAIN, kinds=False).items():
            count[stack] += sign * weight * times
    assert not any(count.values())
    with pytest.raises(NoTimestampsError, match="export pprof or speedscope"):
        written(profile, "firefox")


def test_the_rows_of_the_firefox_form_fit_together() -> None:
    profile = opened(EXAMPLES / "system-wide.perf.out.gz")
    content = orjson.loads(written(profile, "firefox", MAIN, TimeRange(2.0, 9.5)))
    assert content["meta"]["preprocessedProfileVersion"] == 57
    strings, libs = content["shared"]["stringArray"], content["libs"]
    total = 0
    mains = Counter(thread["pid"] for thread in content["threads"] if thread["isMainThread"])
    assert set(mains.values()) == {1}
    assert set(mains) == {thread["pid"] for thread in content["threads"]}
    for thread in content["threads"]:
        for table in ("stackTable", "frameTable", "funcTable", "resourceTable", "samples", "nativeSymbols"):
            columns = {key: value for key, value in thread[table].items() if isinstance(value, list)}
            assert {len(column) for column in columns.values()} == {thread[table]["length"]}, table
        prefix = thread["stackTable"]["prefix"]
        assert all(up is None or up < row for row, up in enumerate(prefix))
        assert max(thread["stackTable"]["frame"]) < thread["frameTable"]["length"]
        assert max(thread["frameTable"]["category"]) < len(content["meta"]["categories"])
        assert max(thread["funcTable"]["name"]) < len(strings)
        assert all(row < len(libs) for row in thread["resourceTable"]["lib"])
        times = thread["samples"]["time"]
        assert times == sorted(times)
        total += len(times)
    origin = profile.origin
    assert total == len(Queries(1 << 30).graphs.chosen(profile, TimeRange(2.0, 9.5), MAIN))
    first, last = (content["meta"][key] / 1e3 for key in ("profilingStartTime", "profilingEndTime"))
    assert origin + 2.0 <= first <= last < origin + 9.5


def test_dates_keep_their_digits_and_spans_their_unit() -> None:
    builder = ProfileBuilder()
    times = 1795934564 + np.array([0.25, 1.5, 2.000000238])
    node = builder.stack([builder.frame("main"), builder.frame("f", "lib.so", "user")])
    builder.add_samples(
        time=times, node=[node] * 3, thread=[builder.thread(7, 8, "main")] * 3,
        event=[builder.event("wall", "nanoseconds")] * 3, weight=[5_000_000, 1, 2], cpu=[0, 1, 0],
    )  # fmt: skip
    profile = builder.finish("x")
    back = again(written(profile, "pprof"))
    np.testing.assert_array_equal(back.samples.time, times)
    assert (back.meta.events, back.meta.event_units) == (("wall",), ("nanoseconds",))
    content = orjson.loads(written(profile, "firefox"))
    assert content["meta"]["startTime"] == 1795934564e3
    samples = content["threads"][0]["samples"]
    assert (samples["weightType"], samples["weight"]) == ("tracing-ms", [5.0, 1e-6, 2e-6])


def test_inlined_and_idle_frames_have_their_marks() -> None:
    profile = pictured(
        """
        app       app       app
        a[user]   a[user]   a[user]
        b[inlined] b[kernel] b[kernel]
        """,
        idle=[1],
    )
    content = orjson.loads(written(profile, "firefox", IDLE))
    frames = content["threads"][0]["frameTable"]
    names = [category["name"] for category in content["meta"]["categories"]]
    found = sorted(zip((names[row] for row in frames["category"]), frames["inlineDepth"], strict=True))
    # The samples of b in the kernel are not all idle.
    assert found == [("Kernel", 0), ("User", 0), ("User", 1)]


@pytest.mark.skipif(shutil.which("go") is None, reason="needs Go's pprof")
def test_pprof_itself_counts_the_same_samples(tmp_path: Path) -> None:
    profile = opened(EXAMPLES / "system-wide.perf.out.gz")
    path = tmp_path / "out.pb.gz"
    path.write_bytes(written(profile, "pprof"))
    environment = {
        "HOME": str(tmp_path),
        "PATH": "/usr/local/go/bin:/usr/bin:/bin",
        "PPROF_TMPDIR": str(tmp_path),
    }
    answer = subprocess.run(
        ["go", "tool", "pprof", "-raw", str(path)],
        capture_output=True,
        text=True,
        env=environment,
        check=True,
    ).stdout
    chosen = Queries(1 << 30).graphs.chosen(profile, WHOLE, MAIN)
    assert answer.count("end_timestamp_ns:") == len(chosen) == 650
    cpus = Counter(
        line.partition("cpu:[")[2].partition("]")[0] for line in answer.splitlines() if "cpu:[" in line
    )
    assert cpus == Counter(map(str, chosen.cpu.tolist()))
