"""V8's logs of four versions of Node, their JSON by --preprocess, and lines of old and damaged logs."""

from __future__ import annotations

import gzip
import io
import json
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from flamescope_py.errors import BrokenProfileError
from flamescope_py.model import Profile
from flamescope_py.readers.limits import MAX_DEPTH
from flamescope_py.readers.source import sniff_file
from tests.support.reading import read, stack

DATA = Path(__file__).resolve().parents[3] / "data" / "v8log"
COUNTS = json.loads((DATA / "counts.json").read_text())
HEAD = """\
v8-version,11,3,244,8,-node.33,0
shared-library,/usr/bin/node,0x400000,0x500000,0
code-creation,JS,10,100,0x1000,256,main /srv/app.js:1:1,0x10,~
code-creation,JS,10,200,0x2000,256,work /srv/app.js:5:3,0x20,*
"""


def sample(name: str) -> Profile:
    return read(gzip.decompress((DATA / name).read_bytes()), "unknown")


def opened(*lines: str, head: str = HEAD) -> Profile:
    data = (head + "".join(line + "\n" for line in lines)).encode()
    assert sniff_file(io.BytesIO(data)).type == "v8log"
    return read(data, "unknown")


def own(profile: Profile) -> Counter[str]:
    """Return the samples that end in each optimised function, without its file."""
    counts = np.bincount(profile.samples.node, minlength=len(profile.tree)).tolist()
    found: Counter[str] = Counter()
    for node, count in enumerate(counts):
        name = profile.frames.name[profile.tree.frame[node]].partition(" ")[0]
        if ":*" in name:
            found["*" + name.partition(":*")[2]] += count
    return +found


@pytest.mark.parametrize("name", [*(f"{one}.log.gz" for one in COUNTS), "node20.json.gz"])
def test_ticks_are_those_that_node_itself_counts(name: str) -> None:
    profile, counts = sample(name), dict(COUNTS[name.partition(".")[0]])
    assert len(profile.samples) == counts.pop("ticks")
    # Node leaves ticks of the garbage collector out of its table of functions.
    assert own(profile) == counts
    assert profile.report.skipped == 0
    assert profile.meta.timed


def test_times_are_microseconds() -> None:
    profile = opened("tick,0x2010,1500000,0,0x0,0,0x1010", "tick,0x2011,2750001,0,0x0,0,0x1010")
    assert profile.samples.time.tolist() == [1.5, 2.750001]


def test_a_stack_has_names_in_the_form_of_perf() -> None:
    profile = opened("tick,0x2010,1,0,0x0,0,0x1010")
    assert stack(profile, 0) == ["JS:*work /srv/app.js:5:3 jit", "JS:~main /srv/app.js:1:1 jit"]


def test_libraries_stand_for_their_functions() -> None:
    profile = opened("tick,0x400010,1,0,0x0,5,0x2010")
    assert stack(profile, 0)[0] == "node (/usr/bin/node) user"


def test_the_garbage_collector_is_a_frame() -> None:
    profile = opened("tick,0x400010,1,0,0x0,1,0x2010", "tick,0x400010,2,0,0x0,1")
    names = [frame.partition(" /")[0] for frame in stack(profile, 0)]
    assert names == ["node (/usr/bin/node) user", "(garbage collector)", "JS:*work"]
    assert stack(profile, 1)[1] == "(garbage collector)"


def test_an_external_callback_is_below_what_it_runs() -> None:
    profile = opened("tick,0x2010,1,1,0x400020,6,0x1010")
    assert [frame[:8] for frame in stack(profile, 0)] == ["JS:*work", "node (/u", "JS:~main"]


def test_idle_ticks_are_idle() -> None:
    profile = opened("tick,0x400010,1,0,0x0,8", "tick,0x400010,2,0,0x0,0")
    assert profile.samples.idle.tolist() == [True, False]


def test_code_that_moves_keeps_its_name_and_leaves_its_place() -> None:
    profile = opened(
        "tick,0x2010,1,0,0x0,0",
        "code-move,0x2000,0x9000",
        "tick,0x9010,2,0,0x0,0",
        "tick,0x2010,3,0,0x0,0",
    )
    assert [stack(profile, row)[0][:8] for row in range(3)] == ["JS:*work", "JS:*work", "(unknown"]


def test_code_at_the_place_of_other_code_replaces_it() -> None:
    profile = opened(
        "tick,0x2010,1,0,0x0,0",
        "code-creation,JS,10,300,0x1ff0,64,other /srv/b.js:1:1,0x30,^",
        "tick,0x2010,2,0,0x0,0",
        "code-delete,0x1ff0",
        "tick,0x2010,3,0,0x0,0",
    )
    assert [stack(profile, row)[0][:9] for row in range(3)] == ["JS:*work ", "JS:^other", "(unknown)"]


def test_callers_of_old_logs_are_distances() -> None:
    profile = opened("tick,0x2010,1,0,0x0,0,-0xff0,+0x1000,overflow")
    names = [frame.partition(" ")[0] for frame in stack(profile, 0)]
    assert names == ["JS:*work", "JS:~main", "JS:*work"]


def test_a_creation_of_an_old_log_has_a_quoted_name_and_no_time() -> None:
    head = 'v8-version,6,2,414,0,0\ncode-creation,LazyCompile,0,0x3000,64,"say ""a,b"" /srv/a.js:1:1",0x1,*\n'
    profile = opened("tick,0x3010,1,0,0x0,0", head=head)
    assert stack(profile, 0) == ['LazyCompile:*say "a,b" /srv/a.js:1:1 jit']


def test_escapes_of_names_are_characters() -> None:
    line = r"code-creation,RegExp,4,1,0x7000,64,a\x2Cb\u263A\\n"
    assert stack(opened(line, "tick,0x7001,1,0,0x0,0"), 0) == ["RegExp:a,b☺\\n jit"]


def test_unknown_callers_are_counted() -> None:
    profile = opened("tick,0x2010,1,0,0x0,0,0x99999,0x1010")
    assert len(stack(profile, 0)) == 2
    assert profile.report.other == {"callers at addresses without known code": 1}


@pytest.mark.parametrize(
    "line",
    [
        "tick,nothing",
        "tick,0x2010,x,0,0x0,0",
        "tick,0x2010,99999999999999999999,0,0x0,0",
        "tick,0x2010,-1,0,0x0,0",
        "tick,2010,1,0,0x0,0",
        "tick,0xfffffffffffffffffffff,1,0,0x0,0",
        "code-creation,JS,10",
        "code-move,0x1",
        "shared-library,/x,y,z",
    ],
)
def test_a_damaged_line_is_counted(line: str) -> None:
    profile = opened(line, "tick,0x2010,1,0,0x0,0")
    assert (len(profile.samples), profile.report.skipped) == (1, 1)
    assert profile.report.notes[0].reason == "a line of the log that is damaged"


def test_code_of_an_impossible_size_is_bounded() -> None:
    line = f"code-creation,JS,10,1,0x1,{10**17},huge,0x1,*"
    assert len(opened(line, "tick,0x2010,1,0,0x0,0").samples) == 1


def test_a_deep_stack_is_cut() -> None:
    profile = opened("tick,0x2010,1,0,0x0,0" + ",0x1010" * (2 * MAX_DEPTH))
    assert int(profile.tree.depth.max()) == MAX_DEPTH


def test_a_cut_line_is_told() -> None:
    data = (HEAD + "tick,0x2010,1,0,0x0,0\ntick,0x20").encode()
    assert "ends in the middle of a line" in read(data, "unknown").report.messages[0]


def test_a_log_without_ticks_is_broken() -> None:
    with pytest.raises(BrokenProfileError, match="no tick"):
        opened()


@pytest.mark.parametrize(
    "ticks",
    ["[]", '[{"tm":"x","vm":0,"s":[]}]', '[{"tm":1,"vm":null,"s":[0]}]', "[5]", "{}"],
)
def test_a_preprocessed_log_without_good_ticks_is_broken(ticks: str) -> None:
    text = '{"code":[{"name":"f","type":"CPP"}],"ticks":' + ticks + "}"
    with pytest.raises(BrokenProfileError, match="no tick"):
        read(text.encode(), "unknown")


def test_rows_of_a_preprocessed_log_may_be_none() -> None:
    text = '{"code":[{"name":"f","type":"CPP"}],"ticks":[{"tm":5,"vm":0,"s":[0,1,-1,2,77,1,null,1,0,1]}]}'
    profile = read(text.encode(), "unknown")
    assert stack(profile, 0) == ["f user", "f user"]
    assert profile.report.other == {"callers at addresses without known code": 3}
