"""The filters for today's Node, on single frames and on recordings of Node 16 to 24.

The recordings are made by tools/captures/client/record.sh. The expected counts are taken from their text by
plain words, without the patterns of the filters.
"""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import numpy as np
import pytest

from flamescope_py.analysis.filters.frames import map_frames
from flamescope_py.analysis.filters.named import builtin_filters
from flamescope_py.analysis.filters.patterns import matching_frames
from flamescope_py.analysis.flamegraph import filter_cost
from flamescope_py.analysis.selection import Selection
from flamescope_py.analysis.view import View
from flamescope_py.model import FrameTable
from tests.support.reading import read
from tests.support.views import select

RECORDINGS = sorted((Path(__file__).parents[3] / "data/node").glob("*.perf.out.gz"))
FILTER = builtin_filters()["node-v8"]
GC_WORDS = (
    "Scaveng",
    "CollectGarbage",
    "MarkCompact",
    "ConcurrentMarking",
    "Sweeper",
    "Evacuat",
    "MinorGC",
    "PointersUpdating",
)


def renamed(name: str, library: str = "/opt/node/bin/node") -> str | None:
    frame = map_frames(FrameTable.of([(name, library, "user")]), [FILTER]).frame[0]
    return frame and frame.name


@pytest.mark.parametrize(
    ("name", "new"),
    [
        ("JS:*f /a.js:1:2", "f /a.js:1:2"),
        ("JS:^f", "f"),
        ("JS:+f", "f"),
        ("JS:+'f /a.js:1:2", "f /a.js:1:2"),
        ("JS:*'f", "f"),
        ("JS:~f", "f"),
        ("LazyCompile:*f", "f"),
        ("Eval:~f", "f"),
        ("Script:~/a.js", "/a.js"),
        ("Function:f", "f"),
        ("JS:* /srv/bls.js:8:26", "(anonymous) /srv/bls.js:8:26"),
        ("LazyCompile:~ /srv/bls.js:8", "(anonymous) /srv/bls.js:8"),
        ("Function:^", "(anonymous) "),
        ("JS:wasm-function[18]-18-turbofan", "wasm-function[18]"),
        ("Function:wasm-function[3]-3-liftoff", "wasm-function[3]"),
        ("RegExp:a+", "RegExp:a+"),
        ("BytecodeHandler:LdaZero", None),
        ("v8::Function::Call", None),
        ("_start", None),
        ("start_thread", None),
        ("my_start", "my_start"),
        ("_start_me", "_start_me"),
        ("uv_run", None),
        ("[unknown]", None),
        ("v8::internal::Heap::CollectGarbage", "(garbage collection)"),
        ("void v8::internal::Heap::CollectGarbage<1>", "(garbage collection)"),
        ("v8::internal::Heap::AllocateRaw", None),
        ("v8::internal::Runtime_AllocateInYoungGeneration", None),
        ("v8::internal::Scavenger::Process", "(garbage collection)"),
        ("v8::internal::Parser::ParseProgram", "(parsing)"),
        ("v8::internal::JsonParser<unsigned char>::ParseJson", None),
        ("v8::internal::Compiler::Compile", "(compiling)"),
        ("v8::internal::maglev::MaglevCompiler::Compile", "(compiling)"),
        ("node::(anonymous namespace)::PlatformWorkerThread", "(V8 worker)"),
        ("epoll_wait", "(event loop)"),
    ],
)
def test_a_frame_of_node(name: str, new: str | None) -> None:
    assert renamed(name) == new


@pytest.mark.parametrize(
    ("library", "new"),
    [
        ("/srv/node_modules/x/blst.linux-x64-gnu.node", "[blst.linux-x64-gnu.node]"),
        ("/usr/lib/libcrypto.so.3", "[libcrypto.so.3]"),
        ("/usr/bin/node", None),
        ("/usr/bin/nodejs", None),
        ("/opt/node-18.20.8", None),
        ("/tmp/perf-4711.map", None),
        ("//anon", None),
        ("[unknown]", None),
        ("/srv/nodeish", "[nodeish]"),
    ],
)
def test_a_frame_without_a_symbol(library: str, new: str | None) -> None:
    assert renamed("[unknown]", library) == new


def filtered(recording: Path, name: str = "node-v8") -> View:
    profile = read(gzip.decompress(recording.read_bytes()))
    return select(profile, Selection(filters=(builtin_filters()[name],)))


def stacks(recording: Path) -> list[list[str]]:
    """Return the frame lines of each sample, leaf first, without their addresses."""
    text = gzip.decompress(recording.read_bytes()).decode()
    blocks = (
        [line for line in block.split("\n") if not line.startswith("#")] for block in text.split("\n\n")
    )
    return [[line.split(None, 1)[1] for line in block[1:]] for block in blocks if len(block) > 1]


def own(view: View) -> dict[str, int]:
    """Count the samples that end in each function."""
    names = np.array(view.frames.name)[view.tree.frame[view.node]]
    return dict(zip(*np.unique(names, return_counts=True), strict=True))


def samples_with(view: View, name: str) -> int:
    """Count the samples with a frame of this name."""
    mine = np.array([one == name for one in view.frames.name])[view.tree.frame]
    ends = [view.tree.end[node] for node in np.flatnonzero(mine)]
    inside = [
        (view.node >= node) & (view.node < end) for node, end in zip(np.flatnonzero(mine), ends, strict=True)
    ]
    return int(np.any(inside, axis=0).sum()) if inside else 0


def test_there_are_two_recordings_of_each_version() -> None:
    versions = ("16", "18", "20", "22", "24")
    assert [path.name for path in RECORDINGS] == [
        f"node{version}-{kind}.perf.out.gz" for version in versions for kind in ("basic", "interpreted")
    ]


@pytest.mark.parametrize("recording", RECORDINGS, ids=lambda path: path.name.partition(".")[0])
class TestRecording:
    """One recording of the client under one version of Node."""

    def test_no_sample_is_emptied(self, recording: Path) -> None:
        cost = filter_cost(filtered(recording))
        assert cost is not None
        assert cost.samples == len(stacks(recording))
        assert cost.samples_emptied == 0

    def test_the_addon_keeps_its_samples(self, recording: Path) -> None:
        hidden = "[unknown] ([unknown])", "v8::"
        shown = ([line for line in stack if not line.startswith(hidden)] for stack in stacks(recording))
        addon = sum(bool(lines) and "blst" in lines[0] for lines in shown)
        assert addon > len(stacks(recording)) // 20
        assert own(filtered(recording))["[blst.linux-x64-gnu.node]"] == addon

    def test_garbage_collection_is_one_frame(self, recording: Path) -> None:
        collecting = sum(
            any(word in line for line in stack for word in GC_WORDS) for stack in stacks(recording)
        )
        assert collecting > len(stacks(recording)) // 30
        assert samples_with(filtered(recording), "(garbage collection)") == collecting
        detail = filtered(recording, "node-v8-gc")
        parts = ("(garbage collection)", "(minor collection)", "(major collection)")
        assert (
            sum(own(detail).get(part, 0) for part in parts)
            == own(filtered(recording))["(garbage collection)"]
        )
        assert samples_with(detail, "(minor collection)") > 0

    def test_regular_expressions_stay(self, recording: Path) -> None:
        expected = sum(bool(re.match("RegExp", stack[0])) for stack in stacks(recording))
        found = sum(count for name, count in own(filtered(recording)).items() if name.startswith("RegExp"))
        assert found == expected

    def test_kernel_samples_stay_in_the_kernel(self, recording: Path) -> None:
        """Unless a group has taken them: a collector that faults in pages collects."""
        profile = filtered(recording).profile
        view = filtered(recording)
        kernel = np.array([kind == "kernel" for kind in view.frames.kind])[view.tree.frame[view.node]]
        before = np.array([kind == "kernel" for kind in profile.frames.kind])[
            profile.tree.frame[profile.samples.node]
        ]
        taken = np.array([name.startswith("(") for name in view.frames.name])[view.tree.frame[view.node]]
        assert np.array_equal(kernel, before & ~taken)

    def test_the_filter_is_the_one_that_suits(self, recording: Path) -> None:
        frames = read(gzip.decompress(recording.read_bytes())).frames
        suiting = [one.name for one in builtin_filters().values() if matching_frames(frames, one.suits).any()]
        assert suiting == ["node-v8"]
