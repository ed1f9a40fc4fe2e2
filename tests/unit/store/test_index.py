"""The index on disk: it reads back as written, and a damaged one counts as missing."""

from __future__ import annotations

import io
import logging
import os
import re
import runpy
import stat
import time
from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flamescope_py.model import Profile, ProfileBuilder
from flamescope_py.readers.source import read_profile
from flamescope_py.store import index as index_module
from flamescope_py.store import index_files
from flamescope_py.store.index import IndexStore
from flamescope_py.store.index_files import TABLES
from tests.support import traces
from tests.support.reading import assert_same
from tests.unit.store.conftest import EXAMPLE, LIMIT, folder_of


def test_what_was_saved_is_loaded(store: IndexStore, profile: Profile, directory: Path) -> None:
    assert store.load("a", 1) is None
    store.save(profile, "a", 1)
    found = store.load("a", 1)
    assert found is not None
    assert_same(profile, found)
    assert sorted(path.name for path in folder_of(directory).iterdir()) == sorted(
        [*(f"{name}.arrow" for name in TABLES), "meta.json"]
    )


def test_runs_of_a_trace_are_loaded_and_wrong_ones_are_not(store: IndexStore) -> None:
    trace = traces.trace(
        traces.whole("a", 0, 60_001), traces.whole("b", 7, 30), traces.whole("c", 9, 1, tid=2)
    )
    store.save(trace, "trace")
    found = store.load("trace")
    assert found is not None
    assert found.runs is not None
    assert_same(trace, found)
    wrong = {"node": 99, "through": 99, "thread": 9, "event": 9, "length": -1, "start": np.nan}
    for name, value in wrong.items():
        column = found.runs.columns()[name].copy()
        column[-1] = value
        store.save(replace(found, runs=replace(found.runs, **{name: column})), name)
        assert store.load(name) is None, name


names = st.text(max_size=8).map(lambda text: text.encode("utf-8", "replace").decode())
stacks = st.lists(st.tuples(names, names, st.sampled_from(["", "kernel", "user", "jit"])), max_size=4)
times = st.floats(0, 1e6)


@settings(deadline=None)  # it writes files
@given(
    samples=st.lists(st.tuples(times, stacks, st.integers(-1, 5), st.booleans()), max_size=12),
    optional=st.sets(st.sampled_from(["weight", "heat", "period"])),
    untimed=st.booleans(),
)
def test_any_profile_comes_back_as_it_was(
    tmp_path_factory: pytest.TempPathFactory,
    samples: list[tuple[float, list[tuple[str, str, str]], int, bool]],
    optional: set[str],
    untimed: bool,
) -> None:
    builder = ProfileBuilder()
    thread, event = builder.thread(-1, 7, "a\nb"), builder.event("cycles:ppp")
    builder.report.skip("not a line", 3, "text\u2028")
    builder.add_samples(
        time=[float("nan") if untimed else time for time, *_ in samples],
        node=[builder.stack(builder.frame(*frame) for frame in frames) for _, frames, *_ in samples],
        cpu=[cpu for *_, cpu, _ in samples],
        idle=[idle for *_, idle in samples],
        thread=[thread] * len(samples),
        event=[event] * len(samples),
        **{name: list(range(len(samples))) for name in sorted(optional)},
    )
    profile = builder.finish("perf", unit="microseconds")
    store = IndexStore(tmp_path_factory.mktemp("index"), LIMIT)
    store.save(profile, "x")
    found = store.load("x")
    assert found is not None
    assert_same(profile, found)


def test_another_version_of_the_file_is_another_index(
    store: IndexStore, profile: Profile, directory: Path
) -> None:
    store.save(profile, "a", 100, 1)
    assert store.load("a", 100, 2) is None
    assert store.load("a", 101, 1) is None
    assert IndexStore(directory, LIMIT, scope="elsewhere").load("a", 100, 1) is None


def test_another_format_version_is_another_index(
    store: IndexStore, profile: Profile, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.save(profile, "a")
    monkeypatch.setattr(index_module, "FORMAT_VERSION", index_module.FORMAT_VERSION + 1)
    assert store.load("a") is None
    monkeypatch.undo()
    assert store.load("a") is not None


@pytest.mark.parametrize("name", [*(f"{table}.arrow" for table in TABLES), "meta.json"])
@pytest.mark.parametrize("damage", ["truncate", "flip", "empty", "remove", "replace"])
def test_a_damaged_index_is_a_missing_one(
    store: IndexStore,
    profile: Profile,
    name: str,
    damage: str,
    caplog: pytest.LogCaptureFixture,
    directory: Path,
) -> None:
    store.save(profile, "a")
    path = folder_of(directory) / name
    data = bytearray(path.read_bytes())
    if damage == "remove":
        path.unlink()
    else:
        data[len(data) // 2] ^= 0x10
        changed: dict[str, bytes | bytearray] = {
            "truncate": data[:-20],
            "flip": data,
            "empty": b"",
            "replace": b"?",
        }
        path.write_bytes(changed[damage])
    with caplog.at_level(logging.WARNING):
        assert store.load("a") is None
    assert "damaged" in caplog.text
    assert not path.parent.exists()
    store.save(profile, "a")
    assert store.load("a") is not None


def test_every_single_flipped_byte_is_noticed(store: IndexStore, profile: Profile, directory: Path) -> None:
    store.save(profile, "a")
    path = folder_of(directory) / "threads.arrow"
    whole = path.read_bytes()
    for position in range(0, len(whole), 31):
        path.parent.mkdir(exist_ok=True)
        store.save(profile, "a")
        path.write_bytes(whole[:position] + bytes([whole[position] ^ 1]) + whole[position + 1 :])
        assert store.load("a") is None, position


def test_the_least_recently_used_go_first(directory: Path, profile: Profile) -> None:
    IndexStore(directory, LIMIT).save(profile, "a")
    oldest = folder_of(directory)
    size = sum(path.stat().st_size for path in oldest.iterdir())
    store = IndexStore(directory, 2 * size + size // 2)
    store.save(profile, "b")
    (newer,) = set(directory.iterdir()) - {oldest}
    for folder, seconds in ((oldest, 100), (newer, 50)):
        os.utime(folder, (time.time() - seconds, time.time() - seconds))
    store.save(profile, "c")
    assert store.load("a") is None
    assert store.load("b") is not None
    assert store.load("c") is not None


def test_a_limit_of_nothing_writes_nothing(tmp_path: Path, profile: Profile) -> None:
    store = IndexStore(tmp_path / "index", 0)
    store.save(profile, "a")
    assert not (tmp_path / "index").exists()


def test_a_disk_that_takes_nothing_is_logged_once(
    store: IndexStore, profile: Profile, caplog: pytest.LogCaptureFixture, directory: Path
) -> None:
    directory.write_text("a file where the directory should be")
    with caplog.at_level(logging.WARNING):
        store.save(profile, "a")
        store.save(profile, "b")
    assert len([record for record in caplog.records if record.levelno == logging.WARNING]) == 1


def test_the_cache_is_the_users_own(store: IndexStore, profile: Profile, directory: Path) -> None:
    store.save(profile, "a")
    assert stat.S_IMODE(directory.stat().st_mode) == 0o700


def test_the_example_of_the_documentation_runs(
    store: IndexStore, profile: Profile, tmp_path: Path, directory: Path
) -> None:
    store.save(profile, "a")
    document = (EXAMPLE.parents[1] / "docs" / "internals" / "index.md").read_text("utf-8")
    (code,) = re.findall(r"```python\n(.*?)```", document, re.DOTALL)
    script = tmp_path / "example.py"
    script.write_text(re.sub(r'folder = "…"', f"folder = {str(folder_of(directory))!r}", code))
    top = runpy.run_path(str(script))["top"]
    busy = profile.samples.node[~profile.samples.idle]
    expected = Counter(profile.frames.name[frame] for frame in profile.tree.frame[busy].tolist())
    assert dict(top) == expected
    assert len(top) == len(expected) > 10


def test_an_empty_profile_has_an_index_too(store: IndexStore) -> None:
    profile = ProfileBuilder().finish("perf")
    store.save(profile, "a")
    found = store.load("a")
    assert found is not None
    assert_same(profile, found)


def test_reading_the_same_bytes_again_gives_the_same_index(store: IndexStore, profile: Profile) -> None:
    again = read_profile(io.BytesIO(EXAMPLE.read_bytes()), "perf")
    assert_same(profile, again)


def test_what_is_open_does_not_hang_on_the_files(
    store: IndexStore, profile: Profile, directory: Path
) -> None:
    """A mapped file that is cut ends the process: tests/faults does that to a server."""
    store.save(profile, "a")
    found = store.load("a")
    assert found is not None
    assert str(folder_of(directory)) not in Path("/proc/self/maps").read_text()
    for path in folder_of(directory).iterdir():
        os.truncate(path, 0)
    assert_same(profile, found)


def test_what_a_killed_server_was_writing_goes_after_an_hour(
    store: IndexStore, profile: Profile, directory: Path
) -> None:
    store.save(profile, "a")
    for name, age in (("old", 4000), ("new", 60)):
        left = directory / f".new-{name}"
        left.mkdir()
        (left / "samples.arrow").write_bytes(b"half")
        os.utime(left, (time.time() - age, time.time() - age))
    store.save(profile, "b")
    assert [path.name for path in directory.glob(".new-*")] == [".new-new"]
    assert store.load("a") is not None


def test_a_cache_that_is_read_only_is_read(
    store: IndexStore, profile: Profile, monkeypatch: pytest.MonkeyPatch, directory: Path
) -> None:
    def read_only(*_: object) -> None:
        raise OSError(30, "Read-only file system")

    store.save(profile, "a")
    monkeypatch.setattr(os, "utime", read_only)
    assert store.load("a") is not None
    assert folder_of(directory).exists()


def test_writing_lets_the_answer_go_first_but_not_the_end_of_the_server_wait(
    store: IndexStore, profile: Profile, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(index_module, "ANSWER_SECONDS", 3600)
    store.save_soon(profile, "a")
    assert store.load("a") is None
    store.close()
    assert store.load("a") is not None


def test_what_fails_in_the_background_is_logged(
    store: IndexStore, profile: Profile, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("a bug")

    monkeypatch.setattr(index_files, "write", broken)
    store.save_soon(profile, "a")
    store.close()
    assert "a bug" in caplog.text


def test_a_cache_that_may_not_be_looked_into_is_none(
    store: IndexStore, profile: Profile, monkeypatch: pytest.MonkeyPatch
) -> None:
    def closed(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    store.save(profile, "a")
    with monkeypatch.context() as patched:
        patched.setattr(Path, "stat", closed)
        assert store.load("a") is None
    assert store.load("a") is not None
