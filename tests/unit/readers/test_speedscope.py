from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flamescope_py.analysis.flamegraph import flame_graph
from flamescope_py.analysis.heatmap import heatmap
from flamescope_py.analysis.selection import Selection
from flamescope_py.errors import BrokenProfileError, FlameScopeError
from flamescope_py.export.speedscope import speedscope as export_speedscope
from flamescope_py.model import Profile
from flamescope_py.readers import speedscope
from flamescope_py.readers.source import sniff_file
from tests.support.reading import read
from tests.support.trees import lines, picture
from tests.support.views import select

SAMPLE = Path(__file__).resolve().parents[2] / "data" / "speedscope" / "two-threads.speedscope.json"
FRAMES = [{"name": "a", "file": "a.py", "line": 3}, {"name": "b"}, {"name": "c", "file": "c.py"}]


def sampled(
    samples: list[Any], weights: list[Any], unit: str = "milliseconds", **more: object
) -> dict[str, Any]:
    profile = {"type": "sampled", "name": "t", "unit": unit, "startValue": 0, "endValue": 9}
    return profile | {"samples": samples, "weights": weights} | more


def evented(
    *events: tuple[str, object, object], unit: str = "milliseconds", end: float = 100
) -> dict[str, Any]:
    rows = [{"type": kind, "frame": frame, "at": at} for kind, frame, at in events]
    return {"type": "evented", "name": "e", "unit": unit, "startValue": 0, "endValue": end, "events": rows}


def opened(*profiles: dict[str, Any]) -> Profile:
    text = orjson.dumps({"shared": {"frames": FRAMES}, "profiles": profiles})
    assert sniff_file(io.BytesIO(text)).type == "speedscope"
    return read(text, "unknown")


def test_the_sample_file_has_its_times() -> None:
    seen = read(SAMPLE.read_bytes(), "unknown")
    assert (seen.meta.format, seen.meta.unit, seen.meta.timed, seen.seconds) == (
        "speedscope",
        "microseconds",
        True,
        3,
    )
    assert picture(seen) == lines("""
        root 4000000
          MainThread 2500000
            main 2500000 (500000 own)
              handle 2000000
                parse 1500000 (1500000 own)
                render 500000 (500000 own)
          worker 1500000
            handle 1500000 (500000 own)
              parse 1000000 (1000000 own)
    """)
    assert flame_graph(select(seen, Selection()), 0.0, 0.1).total[0] == 160_000
    assert heatmap(select(seen, Selection()), 10).values.sum() > 0


def test_events_become_self_time() -> None:
    seen = opened(evented(("O", 0, 0), ("O", 1, 10), ("C", 1, 15), ("C", 0, 20)))
    assert picture(seen) == "root 20000\n  a 20000 (15000 own)\n    b 5000 (5000 own)"
    assert seen.frames.library[seen.frames.name.index("a")] == "a.py:3"
    assert seen.frames.library[seen.frames.name.index("b")] == ""


@pytest.mark.parametrize(
    ("unit", "factor"), [("nanoseconds", 1e6), ("microseconds", 1e3), ("milliseconds", 1), ("seconds", 1e-3)]
)
def test_all_units_of_time_are_microseconds(unit: str, factor: float) -> None:
    seen = opened(evented(("O", 0, 0), ("C", 0, 20 * factor), unit=unit), sampled([[1], [1]], [5, 5]))
    assert int(np.sum(seen.samples.columns()["weight"])) == 30_000


def test_samples_that_repeat_no_stack_were_added_up_and_have_no_time() -> None:
    seen = opened(sampled([[0], [0, 1], [0, 2]], [5, 6, 7]))
    assert not seen.meta.timed
    assert picture(seen) == lines("""
        root 18000
          a 18000 (5000 own)
            b 6000 (6000 own)
            c 7000 (7000 own)
    """)
    assert not opened(sampled([[0], [0, 1]], [5, 6]), evented(("O", 0, 0), ("C", 0, 5))).meta.timed


@pytest.mark.parametrize(("unit", "shown"), [("none", "samples"), ("bytes", "bytes")])
def test_weights_that_are_no_time_are_counts(unit: str, shown: str) -> None:
    seen = opened(sampled([[0], [0], [0, 1]], [5, 6, 7], unit=unit))
    assert (seen.meta.timed, seen.meta.unit) == (False, shown)
    assert picture(seen) == "root 18\n  a 18 (11 own)\n    b 7 (7 own)"


def test_a_profile_in_another_unit_is_skipped_and_named() -> None:
    seen = opened(sampled([[0], [0]], [5, 6]), sampled([[1]], [7], unit="bytes"))
    assert seen.report.skipped == 1
    assert picture(seen) == "root 11000\n  a 11000 (11000 own)"


def test_what_does_not_close_ends_with_the_profile() -> None:
    assert picture(opened(evented(("O", 0, 0), ("O", 1, 10), end=50))) == lines("""
        root 50000
          a 50000 (10000 own)
            b 40000 (40000 own)
    """)


@pytest.mark.parametrize(
    ("events", "skipped", "repaired"),
    [
        ([("O", 0, 0), ("C", 1, 5), ("C", 0, 10)], 1, 0),
        ([("O", 0, 0), ("O", 1, 2), ("C", 0, 10)], 0, 1),
        ([("O", 0, 0), ("O", 99, 2), ("C", 0, 10)], 1, 0),
        ([("O", 0, 0), ("O", None, 2), ("C", 0, 10)], 1, 0),
        ([("O", 0, 0), ("X", 1, 2), ("C", 0, 10)], 1, 0),
        ([("O", 0, 0), ("O", 1, "soon"), ("C", 0, 10)], 1, 0),
        ([("O", 0, 0), ("O", 1, 2), ("C", 1, 1), ("C", 0, 10)], 0, 1),
    ],
)
def test_odd_events_are_told(events: list[tuple[str, object, object]], skipped: int, repaired: int) -> None:
    seen = opened(evented(*events))
    assert (seen.report.skipped, seen.report.repaired) == (skipped, repaired)
    assert flame_graph(select(seen, Selection())).total[0] == 10_000


@pytest.mark.parametrize(
    ("stack", "weight"), [([99], 5), ([0, -1], 5), ([0], None), ([0], -5), ([0], "x"), ([{}], 5)]
)
def test_odd_samples_are_told(stack: list[object], weight: object) -> None:
    seen = opened(sampled([[0], [0], stack], [5, 5, weight]))
    assert seen.report.skipped == 1
    assert flame_graph(select(seen, Selection())).total[0] == 10_000


def test_our_own_export_comes_back_as_it_was() -> None:
    seen = read(b"main;parse 12\nmain;lex 7\n", "folded")
    text = b"".join(export_speedscope(flame_graph(select(seen, Selection())), "x"))
    again = read(text, "unknown")
    assert (again.meta.format, again.meta.timed) == ("speedscope", False)
    assert picture(again) == picture(seen)


@pytest.mark.parametrize(
    "text", [b"{}", b'{"profiles":[]}', b'{"profiles":[{}]}', b"[]", b"7", b'{"profiles":7}']
)
def test_what_holds_no_profile_is_refused(text: bytes) -> None:
    with pytest.raises(BrokenProfileError):
        speedscope.read([text])


VALUES = st.recursive(
    st.none() | st.integers(-3, 3) | st.floats() | st.sampled_from(["O", "C", "seconds", "none", "x"]),
    lambda inner: st.lists(inner, max_size=3),
    max_leaves=6,
)


@given(
    st.lists(
        st.fixed_dictionaries(
            {},
            optional=dict.fromkeys(
                ("type", "unit", "startValue", "endValue", "samples", "weights", "name"), VALUES
            )
            | {
                "events": st.lists(
                    st.fixed_dictionaries({"type": st.sampled_from("OCX"), "frame": VALUES, "at": VALUES})
                ),
            },
        ),
        max_size=3,
    )
)
def test_any_profiles_give_a_profile_or_our_error(profiles: list[dict[str, Any]]) -> None:
    text = orjson.dumps({"shared": {"frames": FRAMES}, "profiles": profiles})
    try:
        seen = speedscope.read([text])
    except FlameScopeError:
        return
    assert flame_graph(select(seen, Selection())).samples >= 0


@pytest.mark.parametrize(("exporter", "told"), [("py-spy@0.4.0", True), ("speedscope@1.22.0", False)])
def test_idle_time_that_py_spy_leaves_out_is_told(exporter: str, told: bool) -> None:
    content = orjson.loads(SAMPLE.read_bytes()) | {"exporter": exporter}
    messages = read(orjson.dumps(content), "unknown").report.messages
    assert any("Without --idle, py-spy leaves idle time out" in message for message in messages) is told
