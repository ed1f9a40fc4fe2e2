"""A perf script text that grows is read by its new part only, with the result of reading all of it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

import pytest

from flamescope_py.errors import BrokenProfileError, TooLargeError
from flamescope_py.model import Profile
from flamescope_py.readers.pool.growing import MAX_FILES, GrowingFiles
from flamescope_py.readers.pool.pool import ReadBounds
from flamescope_py.readers.source import read_profile
from tests.support.perf_text import sample, script

WHOLE = script(
    *(
        sample(f"3000.{number:06d}", f"leaf{number % 7}+0x1 (/srv/app)", "root+0x2 (/srv/app)")
        for number in range(60)
    )
)


class Reader:
    """Counts how often a file is read as a whole."""

    def __init__(self, bounds: ReadBounds | None = None) -> None:
        self.whole = 0
        self.files = GrowingFiles(self._read, bounds or ReadBounds())

    def _read(self, file: BinaryIO, type_name: str, progress: Callable[[int], None] | None = None) -> Profile:
        self.whole += 1
        return read_profile(file, type_name, progress)

    def read(self, path: Path) -> Profile:
        with path.open("rb") as file:
            return self.files.read(file, "perf")

    def grows(self, path: Path) -> bool:
        with path.open("rb") as file:
            return self.files.grows(file)


def columns(profile: Profile) -> list[object]:
    """Return what two equal profiles have in common: frames, tree, times and nodes."""
    samples, frames = profile.samples, profile.frames
    return [
        list(frames.name),
        profile.tree.parent.tolist(),
        profile.tree.frame.tolist(),
        samples.time.tolist(),
        samples.node.tolist(),
        samples.thread.tolist(),
        profile.meta.events,
        profile.report.samples,
        profile.report.skipped,
    ]


@pytest.mark.parametrize("step", [97, 400, 2000])
def test_every_version_equals_a_reading_of_its_whole_blocks(tmp_path: Path, step: int) -> None:
    path, reader = tmp_path / "a.perf", Reader()
    first = WHOLE.index(b"\n\n") + 2
    path.write_bytes(WHOLE[:first])
    reader.read(path)
    for end in [*range(first + step, len(WHOLE), max(step, 37)), len(WHOLE)]:
        path.write_bytes(WHOLE[:end])
        found = reader.read(path)
        blocks = WHOLE[: WHOLE.rindex(b"\n\n", 0, end) + 2]
        with (tmp_path / "b.perf").open("w+b") as file:
            file.write(blocks)
            file.seek(0)
            assert columns(found) == columns(read_profile(file, "perf"))
    assert reader.whole == 1
    assert reader.grows(path)


def test_a_clock_that_is_set_meanwhile(tmp_path: Path) -> None:
    """Back by a minute, then on by ten."""
    path, reader = tmp_path / "a.perf", Reader()
    parts = [WHOLE, WHOLE.replace(b"3000.", b"2940."), WHOLE.replace(b"3000.", b"3600.")]
    for count in range(1, len(parts) + 1):
        path.write_bytes(b"".join(parts[:count]))
        found = reader.read(path)
        with path.open("rb") as file:
            assert columns(found) == columns(read_profile(file, "perf"))
    assert (reader.whole, found.report.samples) == (1, 180)


def test_a_version_stays_as_it_is_while_the_next_is_made(tmp_path: Path) -> None:
    path, reader = tmp_path / "a.perf", Reader()
    versions = []
    for part in (len(WHOLE) // 4, len(WHOLE) // 2, len(WHOLE)):
        path.write_bytes(WHOLE[:part])
        versions.append(reader.read(path))
        before = [columns(one) for one in versions]
    assert [columns(one) for one in versions] == before


def test_a_file_that_does_not_grow_is_read_as_usual(tmp_path: Path) -> None:
    path, reader = tmp_path / "a.perf", Reader()
    path.write_bytes(WHOLE)
    reader.read(path)
    reader.read(path)
    assert (reader.whole, reader.grows(path)) == (2, False)


def test_another_content_under_the_inode_is_read_anew(tmp_path: Path) -> None:
    path, reader = tmp_path / "a.perf", Reader()
    for text in (
        WHOLE,
        WHOLE + WHOLE.replace(b"3000.", b"3001."),
        WHOLE.replace(b"leaf", b"other") * 3,
        WHOLE[:500],
    ):
        path.write_bytes(text)
        found = reader.read(path)
    assert reader.whole == 3
    assert found.report.samples == WHOLE[:500].count(b"\n\n")


def test_bounds_hold_for_what_is_added(tmp_path: Path) -> None:
    path, reader = tmp_path / "a.perf", Reader(ReadBounds(samples=30))
    path.write_bytes(WHOLE[: len(WHOLE) // 4])
    reader.read(path)
    path.write_bytes(WHOLE)
    with pytest.raises(TooLargeError):
        reader.read(path)


def test_a_text_without_a_whole_sample_is_the_usual_error(tmp_path: Path) -> None:
    path, reader = tmp_path / "a.perf", Reader()
    path.write_bytes(b"# ========\n# hostname : a\n")
    with pytest.raises(BrokenProfileError):
        reader.read(path)


def test_few_files_are_remembered(tmp_path: Path) -> None:
    reader, paths = Reader(), [tmp_path / f"{number}.perf" for number in range(MAX_FILES + 2)]
    for end in (len(WHOLE) // 2, len(WHOLE)):
        for path in paths:
            path.write_bytes(WHOLE[:end])
            reader.read(path)
    assert reader.whole == 2 * len(paths)


@pytest.mark.parametrize("at_once", [True, False], ids=["whole", "growing"])
def test_the_newest_number_of_turns_is_told(tmp_path: Path, at_once: bool) -> None:
    """A recording in turns writes its number again behind each of them, at most 64 other comments or not."""
    path, reader = tmp_path / "grows.perf", Reader()
    others = "".join(f"# key{number} : value\n" for number in range(100)).encode()
    parts = [
        script(sample(f"300{number}.0", "leaf+0x1 (/srv/app)"))
        + f"# flamescope turns : {number}, with gaps of 0.{number}0 s in all and 0.10 s at most\n\n".encode()
        for number in range(2, 6)
    ]
    path.write_bytes(others + parts[0])
    for part in parts[1:]:
        if not at_once:
            reader.read(path)
        with path.open("ab") as file:
            file.write(part)
    (message,) = [one for one in reader.read(path).report.messages if "turns" in one]
    assert message.endswith("between them: 5, with gaps of 0.50 s in all and 0.10 s at most.")
    assert reader.whole == 1
