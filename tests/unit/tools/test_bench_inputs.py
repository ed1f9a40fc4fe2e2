"""The inputs of `make bench` are the same every time and are read without skipped lines."""

from __future__ import annotations

import gzip
import io
from pathlib import Path

import pytest

from flamescope_py.readers.source import read_profile
from flamescope_py.store.directory import ProfileDirectory
from tools.bench.hosts import Host
from tools.bench.inputs import DWARF, FEW, MACHINE, MANY, TYPICAL, Recipe, prepared, text_of
from tools.bench.steps.catalogue import FOLDERS, written
from tools.bench.texts import Variation

VARIATIONS: dict[str, Variation | Host] = {
    "typical": TYPICAL,
    "few": FEW,
    "many": MANY,
    "machine": MACHINE,
    "dwarf": DWARF,
}
SIZE = 9_000_000  # more than two tiles


def text(variation: Variation | Host) -> bytes:
    return b"".join(text_of(Recipe("some", SIZE, variation)))


@pytest.mark.parametrize("name", VARIATIONS)
def test_a_recipe_gives_the_same_text_every_time(name: str) -> None:
    assert text(VARIATIONS[name]) == text(VARIATIONS[name])


@pytest.mark.parametrize("name", VARIATIONS)
def test_a_text_has_its_size_and_reads_without_skipped_lines(name: str) -> None:
    data = text(VARIATIONS[name])
    report = read_profile(io.BytesIO(data), "perf").report
    assert SIZE - 10_000 < len(data) <= SIZE
    assert (report.skipped, report.out_of_order, report.notes) == (0, 0, [])
    assert report.samples == data.count(b"\n\n")


def test_variations_differ_in_what_they_vary() -> None:
    stacks = {
        name: {block.partition(b"\n")[2] for block in text(how).split(b"\n\n")}
        for name, how in VARIATIONS.items()
    }
    samples = text(MANY).count(b"\n\n")
    assert len(stacks["few"]) <= 51
    assert 2000 < len(stacks["typical"]) < 0.6 * samples
    assert len(stacks["many"]) > 0.97 * samples
    assert len(stacks["dwarf"]) == text(DWARF).count(b"\n\n") + 1


def test_a_file_is_written_once_and_again_when_its_stamp_is_another(tmp_path: Path) -> None:
    recipe = Recipe("small", SIZE, FEW, gzip=True)
    path = prepared(recipe, tmp_path)
    assert gzip.decompress(path.read_bytes()) == b"".join(text_of(recipe))
    written = path.stat().st_mtime_ns
    assert prepared(recipe, tmp_path).stat().st_mtime_ns == written
    (tmp_path / "small.perf.out.gz.stamp").write_text("of other code")
    assert prepared(recipe, tmp_path).stat().st_mtime_ns > written


def test_servers_that_are_measured_do_not_list_the_files_of_the_catalogue(tmp_path: Path) -> None:
    def names(root: Path) -> list[str]:
        return [name for folder in ProfileDirectory(root).folders() for name, _ in folder.entries]

    (tmp_path / "typical-80.perf.out").touch()
    catalogue = written(tmp_path, 1)
    assert names(tmp_path) == ["typical-80.perf.out"]
    assert len(names(catalogue)) == FOLDERS
