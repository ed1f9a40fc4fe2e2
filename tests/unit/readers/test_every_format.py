"""Promises of every format: its sample reads the same in every form of a file.

A new format has a row in SAMPLES.
"""

from __future__ import annotations

import gzip
import io
import random
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from flamescope_py.errors import NoTimestampsError, WrongTypeError
from flamescope_py.readers import registry, types
from flamescope_py.readers.encoding import PLAIN
from flamescope_py.readers.pool import pool as pool_module
from flamescope_py.readers.pool.pool import ReaderPool
from flamescope_py.readers.source import open_source, read_profile, sniff_file
from flamescope_py.service import Queries, Question, Selection, TimeRange, exported
from tests.support.reading import COMPRESSIONS, assert_same, cut, read

DATA = Path(__file__).resolve().parents[2] / "data"
SAMPLES = {
    "perf": "perf/commands.perf",
    "cpuprofile": "cpuprofile/node20.cpuprofile.gz",
    "trace_event": "trace_event/node20.json.gz",
    "firefox": "firefox/gecko.json.gz",
    "folded": "folded/annotated.folded",
    "jfr": "jfr/busy.jfr.gz",
    "nflxprofile": "nflxprofile/stack.nflxprofile",
    "otlp": "otlp/profiles.otlp",
    "pprof": "pprof/wall.pb.gz",
    "v8log": "v8log/node20.log.gz",
    "perf_json": "perf_json/python.json.gz",
    "stackprof": "stackprof/app.stackprof.json",
    "stacks": "stacks/bpftrace.txt",
    "macos_sample": "macos_sample/app.sample.txt",
    "simpleperf": "simpleperf/app.trace",
    "speedscope": "speedscope/two-threads.speedscope.json",
}


def sample(type_name: str) -> bytes:
    data = (DATA / SAMPLES[type_name]).read_bytes()
    return gzip.decompress(data) if data.startswith(b"\x1f\x8b") else data


def test_every_format_has_a_sample() -> None:
    assert set(SAMPLES) == set(types.TYPES)


def test_every_format_has_a_title_and_a_command() -> None:
    assert all(row.title and row.command for row in types.FILE_FORMATS)
    assert {row.type for row in types.FILE_FORMATS} == set(types.TYPES)


@pytest.mark.parametrize("type_name", SAMPLES)
def test_a_sample_is_recognised_and_read(type_name: str) -> None:
    data = sample(type_name)
    assert sniff_file(io.BytesIO(data)).type == type_name
    profile = read(data, type_name)
    assert profile.meta.format == type_name
    assert len(profile.samples) > 0
    assert_same(read(data, "unknown"), profile)


@pytest.mark.parametrize("type_name", SAMPLES)
def test_a_sample_is_the_same_in_chunks(type_name: str) -> None:
    data = sample(type_name)
    reader = registry.find(type_name)
    assert reader is not None
    assert reader.read is not None
    whole = read(data, type_name)
    choose = random.Random(type_name)
    step = max(1, len(data) // 3_000)
    assert_same(reader.read(cut(data, range(step, len(data), step))), whole)
    for _ in range(3):
        points = [choose.randrange(len(data) + 1) for _ in range(choose.randrange(1, 9))]
        assert_same(reader.read(cut(data, points)), whole)


@pytest.mark.parametrize("compression", COMPRESSIONS)
@pytest.mark.parametrize("type_name", SAMPLES)
def test_a_sample_is_the_same_compressed(type_name: str, compression: str) -> None:
    packed = COMPRESSIONS[compression](sample(type_name))
    assert sniff_file(io.BytesIO(packed)).type == type_name
    assert_same(read(packed, type_name), read(sample(type_name), type_name))


@pytest.mark.parametrize("name", ["perf.out", "x.json", "x.cpuprofile", "x.gz", "x"])
@pytest.mark.parametrize("type_name", SAMPLES)
def test_a_sample_is_the_same_renamed(type_name: str, name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(sample(type_name))
    with path.open("rb") as file:
        assert_same(read_profile(file, type_name), read(sample(type_name), type_name))


@pytest.fixture(scope="module")
def small_files() -> Iterator[ReaderPool]:
    """Let the pool take files of any size."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pool_module, "SMALL_FILE", 1)
        patch.setattr(pool_module, "SMALL_COMPRESSED_FILE", 1)
        readers = ReaderPool(2)
        yield readers
        readers.close()


@pytest.mark.parametrize("packed", [False, True], ids=["plain", "gzip"])
@pytest.mark.parametrize("type_name", SAMPLES)
def test_a_sample_is_the_same_by_parts(
    type_name: str, packed: bool, tmp_path: Path, small_files: ReaderPool
) -> None:
    data = sample(type_name)
    path = tmp_path / "file"
    path.write_bytes(gzip.compress(data) if packed else data)
    with path.open("rb") as file:
        assert_same(small_files.read(file, type_name), read(data, type_name))


@pytest.mark.parametrize("type_name", SAMPLES)
def test_a_sample_is_not_of_another_type(type_name: str) -> None:
    data = sample(type_name)
    source = open_source(io.BytesIO(data), type_name)
    assert (source.reader.type, source.codec, source.encoding) == (type_name, "", PLAIN)
    traces = {"cpuprofile", "trace_event"}
    for other in set(types.TYPES) - {type_name} - (traces if type_name == "trace_event" else set()):
        with pytest.raises(WrongTypeError, match=type_name):
            read(data, other)


@pytest.mark.parametrize("form", ["pprof", "firefox"])
@pytest.mark.parametrize("type_name", SAMPLES)
def test_the_samples_of_a_file_come_back_from_an_export(type_name: str, form: str) -> None:
    profile = read(sample(type_name), type_name)
    queries, whole, chosen = Queries(1 << 26), TimeRange(None, None), Selection(event=("main",))
    samples = queries.graphs.chosen(profile, whole, chosen)
    if form == "firefox" and not samples.timed:
        with pytest.raises(NoTimestampsError):
            exported(queries, profile, whole, Question(chosen), form, "x")
        return
    back = read(b"".join(exported(queries, profile, whole, Question(chosen), form, "x")), form)
    if form == "pprof":
        assert back.samples.weight is not None
        assert back.samples.weight.sum() == samples.weights().sum()
        np.testing.assert_allclose(
            np.unique(back.samples.time[: back.samples.timed]),
            np.unique(samples.time[: samples.timed][samples.weights()[: samples.timed] > 0]),
            rtol=0,
            atol=1e-9,
        )
    else:
        assert back.report.skipped == 0
        # Spans are counted in ticks of 10 ms.
        assert back.meta.first == pytest.approx(samples.time[0], abs=0.010001)
