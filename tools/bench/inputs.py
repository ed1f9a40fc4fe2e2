"""The input files, written once into a folder and reused.

A file is reused only if its stamp shows that the same code made it from the same captures.
"""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from tools.bench import hosts, texts
from tools.bench.hosts import Host, host_text
from tools.bench.texts import Variation, perf_text

MB = 1_000_000
# gzip's default.
GZIP_LEVEL = 6
GZIP_WINDOW = 31


@dataclass(frozen=True, slots=True)
class Recipe:
    """One input: its name, its size as plain text, how its samples vary and whether it is compressed."""

    name: str
    size: int
    variation: Variation | Host
    gzip: bool = False

    @property
    def file_name(self) -> str:
        """Name of the file in the folder."""
        return f"{self.name}.perf.out{'.gz' if self.gzip else ''}"

    @property
    def is_large(self) -> bool:
        """Return True for the inputs that show how the cost grows."""
        return self.size >= 100 * MB


TYPICAL = Variation()
FEW = Variation(stacks=50, growth=0)
# 130 commands bring 80 MB to 200 000 tree nodes.
MANY = Variation(distinct=True, commands=130)
# As `perf record -a -g` of a busy host. 259 MB have 191 283 samples, 153 741 lines and 364 927 nodes.
MACHINE = Host(programs=40, functions=700, depth=15, kernel=0.42, idle=0.22, repeated=0.8, unknown=0.05)
# As `perf record --call-graph dwarf`: no stack twice.
DWARF = Host(programs=1, functions=6000, depth=60, kernel=0.1, idle=0, unknown=0.02, inlined=0.15)

# Measures a command's fixed costs: its start.
SMALL = Recipe("small", 300_000, TYPICAL)


def recipes(quick: bool = False) -> dict[str, Recipe]:
    """Return all inputs by file name. Quick ones have a tenth of the size."""
    part = 10 if quick else 1
    plain = [
        Recipe(f"typical-{80 // part}", 80 * MB // part, TYPICAL),
        Recipe(f"few-{80 // part}", 80 * MB // part, FEW),
        Recipe(f"many-{80 // part}", 80 * MB // part, MANY),
        Recipe(f"machine-{259 // part}", 259 * MB // part, MACHINE),
        Recipe(f"dwarf-{80 // part}", 80 * MB // part, DWARF),
        Recipe(f"typical-{1000 // part}", 1000 * MB // part, TYPICAL),
        Recipe(f"typical-{5000 // part}", 5000 * MB // part, TYPICAL),
    ]
    both = [recipe for one in plain for recipe in (one, replace(one, gzip=True))]
    return {recipe.file_name: recipe for recipe in both}


def prepared(recipe: Recipe, folder: Path) -> Path:
    """Return the file of a recipe. Write it first if it is not there."""
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
    """Yield a recipe's text, cut behind the last sample that fits into its size."""
    left = recipe.size
    how = recipe.variation
    for tile in perf_text(how) if isinstance(how, Variation) else host_text(how):
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
    """Return a digest of everything that a file depends on."""
    sources = [
        Path(texts.__file__),
        Path(hosts.__file__),
        Path(__file__),
        *(texts.CAPTURES / name for name in texts.NAMES),
    ]
    digest = hashlib.sha256(repr(recipe).encode())
    for source in sources:
        digest.update(source.read_bytes())
    return digest.hexdigest()
