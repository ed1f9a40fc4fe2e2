"""perf script text of any size, made from the committed captures.

Repeating a capture would flatter a parser that interns: every repetition would cost a look-up and
nothing else. So each repetition (a tile) brings stacks that the text has not had before, as a longer
capture of the same service does: other instructions of the innermost function, other places that call
it, and after a while other processes, whose compiled code lies elsewhere.
"""

from __future__ import annotations

import gzip
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

CAPTURES = Path(__file__).parents[2] / "examples"
NAMES = ("node18-http.perf.out.gz", "node20-http.perf.out.gz")

# The numbers below are such that 80 MB come within 3 % of a real capture of a Node service of that size:
# 52 851 samples, 12 281 distinct stack texts, 10 056 distinct frame lines, 4 834 stacks by name.
# Its stacks are less deep than ours, so that our deepest are left out.
MAX_BLOCK = 2500
HERTZ = 997
START = 4000
# The number of variants after which the process and the innermost function change.
GENERATION = 3
OTHER_LEAF = 3
# One in this many callers of the leaf calls it from another address.
CALLERS = 4
# The distinct stack texts of n tiles are those of one tile times n to this power (Heaps' law).
GROWTH = 0.72
PIDS = 211
MAPPED = 0x40000

# node 10668  1161.645423:   10101010 cpu-clock:ppp:
_HEAD = re.compile(rb"(\S+ )( *\d+) +\d+\.\d+:(.*)")
# \t         58c91d1 LazyCompile:*loadCatalog /srv/app/service.js:39+0x951 (/tmp/perf-10668.map)
_LINE = re.compile(rb"\t( *[0-9a-f]+) (.*?)(?:\+0x([0-9a-f]+))?( \([^)]*\))")
_MAP = re.compile(rb"perf-(\d+)\.map")


@dataclass(frozen=True, slots=True)
class Variation:
    """How tiles differ. `stacks`: only that many, the most frequent (0: all). `distinct`: no stack text
    twice. `commands`: how many commands the samples are spread over, which multiplies the tree.
    `growth`: see GROWTH; 0 for tiles that are all the same."""

    stacks: int = 0
    distinct: bool = False
    commands: int = 1
    growth: float = GROWTH


@dataclass(frozen=True, slots=True)
class Sample:
    """One recorded sample: its stack (a row of `Capture.stacks`), process and text behind the time."""

    stack: int
    pid: int
    event: bytes


@dataclass(frozen=True, slots=True)
class Capture:
    """The samples of all captures in order, and their distinct stack texts as lines, leaf first."""

    samples: list[Sample]
    stacks: list[list[bytes]]


@cache
def capture() -> Capture:
    """Read the committed captures."""
    stacks: dict[bytes, int] = {}
    samples = []
    for name in NAMES:
        for block in gzip.decompress((CAPTURES / name).read_bytes()).split(b"\n\n"):
            head, _, text = block.partition(b"\n")
            match = _HEAD.match(head)
            if match and len(block) < MAX_BLOCK:
                stack = stacks.setdefault(text, len(stacks))
                samples.append(Sample(stack, int(match.group(2)), match.group(3)))
    return Capture(samples, [text.split(b"\n") for text in stacks])


def perf_text(variation: Variation, seed: int = 1) -> Iterator[bytes]:
    """Yield endless tiles of text, each of some megabytes. Equal arguments yield equal text."""
    return _Tiles(variation, seed).run()


class _Tiles:
    """Writes tiles; remembers the texts of the stacks it has written."""

    def __init__(self, variation: Variation, seed: int) -> None:
        self._how = variation
        self._random = random.Random(seed)
        self._stacks = capture().stacks
        self._samples = _chosen(capture().samples, variation.stacks)
        self._phase = [self._random.random() for _ in self._stacks]
        self._texts: dict[tuple[int, int], bytes] = {}
        self._uses = [0] * len(self._stacks)
        self._moved: dict[tuple[bytes, int], bytes] = {}
        self._written = 0

    def run(self) -> Iterator[bytes]:
        tile = 0
        while True:
            tile += 1
            variants = [self._variant(stack, tile) for stack in range(len(self._stacks))]
            yield b"".join([self._block(sample, variants) for sample in self._samples])

    def _variant(self, stack: int, tile: int) -> int:
        """Return the variant of a stack in a tile: sometimes a new one, else an earlier one."""
        now, before = (int(n**self._how.growth + self._phase[stack]) for n in (tile, tile - 1))
        if not self._how.growth:
            return 0
        return now - 1 if now > before else self._random.randrange(now)

    def _block(self, sample: Sample, variants: list[int]) -> bytes:
        """Write one sample at the next tick of the clock, a little off as perf's are."""
        stack = sample.stack
        variant = variants[stack]
        if self._how.distinct:
            variant = self._uses[stack] = self._uses[stack] + 1
        text = self._texts.get((stack, variant))
        if text is None:
            text = self._text(stack, variant)
            if not self._how.distinct:
                self._texts[stack, variant] = text
        self._written += 1
        time = START + (self._written + 0.2 * self._random.random()) / HERTZ
        pid = sample.pid + PIDS * (variant // GENERATION)
        command = b"node"
        if self._how.commands > 1:
            command = b"worker-%d" % self._random.randrange(self._how.commands)
        return b"%s %5d %12.6f:%s\n%s\n\n" % (command, pid, time, sample.event, text)

    def _text(self, stack: int, variant: int) -> bytes:
        """Write a variant of a stack: it differs from the one before in its leaf or in one of its callers."""
        other = (stack + 97 * variant) % len(self._stacks) if variant % OTHER_LEAF == 1 else stack
        lines = [self._stacks[other][0], *self._stacks[stack][1:]]
        lines = [self._moved_line(line, variant // GENERATION) for line in lines]
        caller = min(1 + stack % CALLERS, len(lines) - 1)
        lines[caller] = shifted(lines[caller], 16 * (variant - variant // 2))
        lines[0] = shifted(lines[0], 4 * (3 * variant // 4))
        return b"\n".join(lines)

    def _moved_line(self, line: bytes, generation: int) -> bytes:
        moved = self._moved.get((line, generation))
        if moved is None:
            moved = self._moved[line, generation] = moved_to(line, generation)
        return moved


def _chosen(samples: list[Sample], stacks: int) -> list[Sample]:
    """Keep the samples of the most frequent stacks."""
    if not stacks:
        return samples
    uses: dict[int, int] = {}
    for sample in samples:
        uses[sample.stack] = uses.get(sample.stack, 0) + 1
    kept = set(sorted(uses, key=lambda stack: -uses[stack])[:stacks])
    return [sample for sample in samples if sample.stack in kept]


def moved_to(line: bytes, generation: int) -> bytes:
    """Return a line of compiled code as in a later process. Other lines are unchanged."""
    found = _MAP.search(line)
    if found is None or not generation:
        return line
    pid = int(found.group(1)) + PIDS * generation
    line = line[: found.start(1)] + b"%d" % pid + line[found.end(1) :]
    address = int(line[1:17], 16) + MAPPED * generation
    return b"\t%16x%s" % (address, line[17:])


def shifted(line: bytes, distance: int) -> bytes:
    """Return the line of a later instruction of the same function."""
    match = _LINE.fullmatch(line)
    if match is None or not distance:
        return line
    address, symbol, offset, library = match.groups()
    plus = b"" if offset is None else b"+0x%x" % (int(offset, 16) + distance)
    return b"\t%16x %s%s%s" % (int(address, 16) + distance, symbol, plus, library)
