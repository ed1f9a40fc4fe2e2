"""Files are read once and cached on disk, whatever the clock or the disk does."""

from __future__ import annotations

import gzip
import os
import shutil
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest

from flamescope_py.readers.pool.pool import ReaderPool
from flamescope_py.service import ProfileRef, Selection, Service
from flamescope_py.settings import Settings

EXAMPLE = Path(__file__).resolve().parents[3] / "examples" / "node20-http.perf.out.gz"
NAME = "node.perf.out.gz"
ASKERS = 20


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    profiles = tmp_path / "profiles"
    profiles.mkdir()
    shutil.copy(EXAMPLE, profiles / NAME)
    return Settings(profile_dir=profiles, cache_dir=tmp_path / "cache", workers=1, threads=2 * ASKERS)


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Record every file that is really read."""
    found: list[str] = []
    read = ReaderPool.read

    def noting(pool: ReaderPool, file: object, type_name: str, progress: object = None) -> object:
        found.append(type_name)
        return read(pool, file, type_name, progress)  # type: ignore[arg-type]

    monkeypatch.setattr(ReaderPool, "read", noting)
    return found


def samples(service: Service) -> int:
    with service.open(ProfileRef(NAME, "perf")) as opened:
        return service.queries.heatmaps.heatmap(opened.profile(), Selection(), 50).samples


def test_twenty_threads_read_one_file_once(settings: Settings, reads: list[str]) -> None:
    service = Service(settings)
    together = Barrier(ASKERS)

    def ask(_: int) -> int:
        together.wait()
        return samples(service)

    with ThreadPoolExecutor(ASKERS) as pool:
        answers = set(pool.map(ask, range(ASKERS)))
    service.close()
    assert answers == {gzip.decompress(EXAMPLE.read_bytes()).count(b" cpu-clock")}
    assert reads == ["perf"]


def test_a_restart_reads_nothing(settings: Settings, reads: list[str]) -> None:
    before = Service(settings)
    expected = samples(before)
    before.close()
    after = Service(settings)
    assert samples(after) == expected
    after.close()
    assert len(reads) == 1


def test_a_damaged_index_is_made_again(settings: Settings, reads: list[str]) -> None:
    for _ in range(3):
        service = Service(settings)
        expected = samples(service)
        service.close()
        for table in (settings.cache_dir / "index").rglob("samples.arrow"):
            table.write_bytes(table.read_bytes()[:-100])
    assert len(reads) == 3
    assert expected > 1000


def test_a_cache_that_takes_nothing_is_done_without(settings: Settings, reads: list[str]) -> None:
    settings.cache_dir.write_text("a file where the directory should be")
    service = Service(settings)
    assert samples(service) == samples(service)
    service.close()
    assert len(reads) == 1


def test_a_file_from_the_future_is_like_any_other(settings: Settings, reads: list[str]) -> None:
    future = time.time() + 10 * 365 * 86_400
    os.utime(Path(settings.profile_dir) / NAME, (future, future))
    for _ in range(2):
        service = Service(settings)
        assert samples(service) > 1000
        assert [item.file.name for item in service.profiles()] == [NAME]
        service.close()
    assert len(reads) == 1


def test_another_file_of_the_same_name_and_size_is_read(settings: Settings, reads: list[str]) -> None:
    path = Path(settings.profile_dir) / NAME
    service = Service(settings)
    first = samples(service)
    text = gzip.decompress(path.read_bytes())
    half = gzip.compress(text[: text.index(b"\n\n", len(text) // 2) + 2])
    filled = half + gzip.compress(b"")  # further members may be empty, zeros may follow
    other = path.with_name("other")
    other.write_bytes(filled + bytes(path.stat().st_size - len(filled)))
    assert other.stat().st_size == path.stat().st_size
    other.rename(path)
    second = samples(service)
    service.close()
    assert 0 < second < first
    assert len(reads) == 2
