"""The files that are measured, written once into a folder and found there again.

A file of the same name is used again only when its stamp says that the same code made it from the
same captures.
"""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from tools.bench import texts
from tools.bench.texts import Variation, perf_text

MB = 1_000_000
# gzip's own default, because that is how recordings come.
GZIP_LEVEL = 6
GZIP_WINDOW = 31


@dataclass(frozen=True, slots=True)
class Recipe:
    """One input: its name, its size as plain text, how its samples vary and whether it is compressed."""

    name: str
    size: int
    variation: Variation
    gzip: bool = False

    @property
    def file_name(self) -> str:
        """Name of the file in the folder."""
        return f"{self.name}.perf.out{'.gz' if self.gzip else ''}"

    @property
    def is_large(self) -> bool:
        """Say whether it is one of those that show how the cost grows."""
        return self.size >= 100 * MB

    @property
    def is_yardstick(self) -> bool:
        """Say whether it is the one that the speeds to reach are about."""
        return self.variation == TYPICAL and not self.gzip and not self.is_large


TYPICAL = Variation()
FEW = Variation(stacks=50, growth=0)
# 130 commands bring 80 MB to 200 000 tree nodes.
MANY = Variation(distinct=True, commands=130)


def recipes(quick: bool = False) -> dict[str, Recipe]:
    """Give all inputs by file name; quick ones are a tenth of the size."""
    part = 10 if quick else 1
    plain = [
        Recipe(f"typical-{80 // part}", 80 * MB // part, TYPICAL),
        Recipe(f"few-{80 // part}", 80 * MB // part, FEW),
        Recipe(f"many-{80 // part}", 80 * MB // part, MANY),
        Recipe(f"typical-{1000 // part}", 1000 * MB // part, TYPICAL),
    ]
    both = [recipe for one in plain for recipe in (one, replace(one, gzip=True))]
    return {recipe.file_name: recipe for recipe in both}


def prepared(recipe: Recipe, folder: Path) -> Path:
    """Give the file of a recipe, written now unless it is there."""
    path = folder / recipe.file_name
    stamp = folder / f"{recipe.file_name}.stamp"
    if path.exists() and stamp.exists() and stamp.read_text() == _stamp(recipe):
        return path
    stamp.unlink(missing_ok=True)
    part = folder / f"{recipe.file_name}.part"
    with part.open("wb") as file:
        for chunk in _compressed(text_of(recipe)) if recipe.gzip else text_of(recipe):
            file.write(chunk)
    part.replace(path)
    stamp.write_text(_stamp(recipe))
    return path


def text_of(recipe: Recipe) -> Iterator[bytes]:
    """Give a recipe's text, cut behind the last sample that fits into its size."""
    left = recipe.size
    for tile in perf_text(recipe.variation):
        if len(tile) >= left:
            yield tile[: tile.rfind(b"\n\n", 0, left) + 2]
            return
        left -= len(tile)
        yield tile


def _compressed(chunks: Iterator[bytes]) -> Iterator[bytes]:
    packer = zlib.compressobj(GZIP_LEVEL, zlib.DEFLATED, GZIP_WINDOW)
    for chunk in chunks:
        yield packer.compress(chunk)
    yield packer.flush()


def _stamp(recipe: Recipe) -> str:
    """Name everything that a file depends on."""
    sources = [Path(texts.__file__), Path(__file__), *(texts.CAPTURES / name for name in texts.NAMES)]
    digest = hashlib.sha256(repr(recipe).encode())
    for source in sources:
        digest.update(source.read_bytes())
    return digest.hexdigest()
