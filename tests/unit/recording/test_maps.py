"""The facts about a perf map before a recording, and the words about them."""

from __future__ import annotations

import pytest

from flamescope_py.recording.maps import MapState, map_of, runtime_of, warning_of

STATES: tuple[MapState, ...] = ("absent", "empty", "foreign", "unreadable", "hidden")


@pytest.mark.parametrize(
    ("program", "runtime"),
    [
        ("node", "node"),
        ("nodejs", "node"),
        ("node18", "node"),
        ("java", "java"),
        ("dotnet", "dotnet"),
        ("python3.12", "python"),
        ("python", "python"),
        ("ruby", "ruby"),
        ("ruby3.1", "ruby"),
        ("php-fpm8.2", "php"),
        ("php", "php"),
        ("nodemon", None),
        ("javac", None),
        ("pythonic", None),
        ("", None),
    ],
)
def test_a_runtime_is_known_by_its_program(program: str, runtime: str | None) -> None:
    assert runtime_of(program) == runtime


@pytest.mark.parametrize(
    ("text", "runtime", "state"),
    [
        ("absent", "node", "absent"),
        ("hidden", "node", "hidden"),
        ("unreadable", "node", "unreadable"),
        ("1000:0:no", "node", "empty"),
        ("1000:300:no", "node", "nameless"),
        ("1000:300:yes", "node", "named"),
        ("0:300:yes", "node", "named"),
        ("1001:300:yes", "node", "foreign"),
        ("1000:300:no", "python", "named"),
        ("1000:0:no", "python", "empty"),
        ("::yes", "node", "named"),
        ("", "java", "named"),
    ],
)
def test_a_map_is_read_as_the_script_describes_it(text: str, runtime: str, state: str) -> None:
    assert map_of(text, "1000", runtime) == state


@pytest.mark.parametrize(
    ("runtime", "advice"),
    [
        ("node", "--perf-basic-prof --interpreted-frames-native-stack"),
        ("java", "jcmd PID Compiler.perfmap"),
        ("dotnet", "DOTNET_PerfMapEnabled=1"),
        ("python", "-X perf"),
        ("ruby", "--yjit-perf"),
        ("php", "opcache.jit_debug"),
    ],
)
def test_each_runtime_is_told_what_to_add(runtime: str, advice: str) -> None:
    for state in STATES:
        words = warning_of(runtime, state, 12)
        assert words is not None
        assert advice in words
        assert "{" not in words
    assert warning_of(runtime, "named", 12) is None
    assert warning_of(None, "absent", 12) is None


def test_a_map_without_a_name_is_told_from_one_that_is_missing() -> None:
    words = warning_of("node", "nameless", 12)
    assert words is not None
    assert "perf-12.map" in words
    assert "without the name of a JavaScript function" in words
