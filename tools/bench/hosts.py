"""perf script text of a whole host: many programs, deep stacks, few repetitions.

No recording in the repository is like this. Each program gets a random call graph. A sample is a random walk
through it, and in many samples the walk goes on through the call graph of the kernel. A call has one return
address, so its line repeats. The innermost line is any instruction of its function.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

START = 4000
CPUS = 32
HERTZ = 99 * CPUS
SAMPLES_A_CHUNK = 2000
KERNEL_FUNCTIONS = 3000
CALL_BYTES = 16
INSTRUCTION_BYTES = 4
MOST_CALLS = 8
SKEW = 3
MOST_KEPT = 10_000
LONGEST_COMMAND = 15
MEAN_PERIOD = 250_000

UNKNOWN, INLINED = b"[unknown]", b"inlined"
VERBS = ["get", "read", "write", "lock", "free", "find", "parse", "flush", "merge", "apply", "hash"]
NOUNS = ["table", "page", "buffer", "cursor", "queue", "index", "block", "frame", "socket", "heap"]
NAMESPACES = ["row", "net", "util", "core", "json", "text", "store", "event"]
SIGNATURES = [
    "()",
    "(char const*, unsigned long)",
    "(std::vector<int, std::allocator<int> >&)",
    "(void*) const",
]
SERVICES = ["mysqld", "nginx", "redis-server", "postgres", "envoy", "dockerd", "sshd", "java", "prometheus"]
MODULES = [b"[kernel.kallsyms]"] * 6 + [b"[nvme_core]", b"[ext4]"]
IDLE = b"""\
\tffffffff821f4dab pv_native_safe_halt+0xb ([kernel.kallsyms])
\tffffffff821f68b5 default_idle+0x5 ([kernel.kallsyms])
\tffffffff813c59a6 do_idle+0x136 ([kernel.kallsyms])
\tffffffff812fc053 common_startup_64+0x13b ([kernel.kallsyms])
"""


@dataclass(frozen=True, slots=True)
class Host:
    """The host's programs: their number, the functions of the largest one, its mean stack depth.

    The others are shares: of samples in the kernel, of samples of an idle processor, of samples with the
    callers of an earlier sample, of functions without a symbol, and of functions marked `(inlined)`.
    """

    programs: int
    functions: int
    depth: int
    kernel: float
    idle: float
    repeated: float = 0
    unknown: float = 0
    inlined: float = 0


class Call(NamedTuple):
    """A call: the number of the called function, and the line of the caller at its return address."""

    callee: int
    line: bytes


class Function(NamedTuple):
    """A function: its first address, its size in bytes, its name and its library."""

    address: int
    size: int
    name: bytes
    library: bytes

    def line(self, offset: int) -> bytes:
        """Return the line of the instruction at an offset."""
        address = self.address + offset
        if self.name == UNKNOWN:
            return b"\t%16x %s (%s)\n" % (address, UNKNOWN, self.library)
        if self.library == INLINED:
            return b"\t%16x %s (%s)\n" % (address, self.name, INLINED)
        return b"\t%16x %s+0x%x (%s)\n" % (address, self.name, offset, self.library)


class Walk(NamedTuple):
    """The innermost function of a stack, and the lines of its callers."""

    innermost: Function
    callers: bytes

    def lines(self, chance: random.Random) -> bytes:
        """Return the whole stack, at a random instruction of the innermost function."""
        offset = INSTRUCTION_BYTES * chance.randrange(self.innermost.size // INSTRUCTION_BYTES)
        return self.innermost.line(offset) + self.callers


class CallGraph:
    """Functions and their calls. Function 0 is the entry."""

    def __init__(
        self,
        chance: random.Random,
        functions: int,
        address: int,
        make: Callable[[random.Random, int], Function],
    ) -> None:
        self._functions: list[Function] = []
        for _ in range(functions):
            self._functions.append(make(chance, address))
            address += self._functions[-1].size + CALL_BYTES
        self._calls = [self._calls_of(chance, one) for one in self._functions]

    def _calls_of(self, chance: random.Random, function: Function) -> list[Call]:
        offsets = [chance.randrange(function.size) for _ in range(chance.randrange(1, MOST_CALLS + 1))]
        return [Call(chance.randrange(1, len(self._functions)), function.line(offset)) for offset in offsets]

    def walk(self, chance: random.Random, depth: int, callers: bytes = b"") -> Walk:
        """Return a random stack of `depth` functions above its callers. Some calls are more frequent."""
        draw = chance.random
        lines, number = [callers], 0
        for _ in range(depth - 1):
            calls = self._calls[number]
            number, line = calls[int(len(calls) * draw() ** SKEW)]
            lines.append(line)
        lines.reverse()
        return Walk(self._functions[number], b"".join(lines))


class Program:
    """A program: its command, its threads and its call graph. Program 0 is the largest."""

    def __init__(self, chance: random.Random, host: Host, number: int) -> None:
        name = SERVICES[number % len(SERVICES)]
        self.command = (name if number < len(SERVICES) else f"{name}-{number}").encode()[:LONGEST_COMMAND]
        self.pid = 10_000 + 100 * number
        self.threads = chance.randrange(1, 40)
        functions = 40 + host.functions // (1 + number // 4)
        make = partial(_user_function, host=host, libraries=_libraries(chance, self.command))
        self.graph = CallGraph(chance, functions, 0x55D000000000 + (number << 28), make)
        self._kept: list[Walk] = []

    def walk(self, chance: random.Random, host: Host, kernel: CallGraph) -> Walk:
        """Return the walk of the next sample: an earlier one, or a new one that may end in the kernel."""
        if len(self._kept) == MOST_KEPT or (self._kept and chance.random() < host.repeated):
            return chance.choice(self._kept)
        depth = 1 + min(int(chance.gammavariate(4, host.depth / 4)), 4 * host.depth)
        walk = self.graph.walk(chance, depth)
        if chance.random() < host.kernel:
            walk = kernel.walk(chance, 3 + chance.randrange(12), walk.lines(chance))
        if host.repeated:
            self._kept.append(walk)
        return walk


def host_text(host: Host, seed: int = 1) -> Iterator[bytes]:
    """Yield endless text in chunks of some megabytes. Equal arguments yield equal text."""
    chance = random.Random(seed)
    kernel = CallGraph(chance, KERNEL_FUNCTIONS, 0xFFFFFFFF81000000, _kernel_function)
    programs = [Program(chance, host, number) for number in range(host.programs)]
    weights = [1 / (3 + number) for number in range(host.programs)]
    written = 0
    while True:
        chunk = []
        for program in chance.choices(programs, weights, k=SAMPLES_A_CHUNK):
            written += 1
            time = START + (written + 0.2 * chance.random()) / HERTZ
            cpu, period = chance.randrange(CPUS), int(MEAN_PERIOD * (0.5 + chance.random()))
            command, thread, stack = b"swapper", 0, IDLE
            if chance.random() >= host.idle:
                command, thread = program.command, program.pid + chance.randrange(program.threads)
                stack = program.walk(chance, host, kernel).lines(chance)
            chunk.append(
                b"%s %5d [%03d] %12.6f: %10d cycles:P: \n%s\n" % (command, thread, cpu, time, period, stack)
            )
        yield b"".join(chunk)


def _libraries(chance: random.Random, command: bytes) -> list[bytes]:
    names = [f"lib{chance.choice(NOUNS)}{chance.choice(VERBS)}.so.{chance.randrange(9)}" for _ in range(4)]
    return [b"/usr/sbin/" + command, *(f"/usr/lib/x86_64-linux-gnu/{name}".encode() for name in names)]


def _user_function(chance: random.Random, address: int, host: Host, libraries: list[bytes]) -> Function:
    size = CALL_BYTES * chance.randrange(2, 40)
    kind, library = chance.random(), chance.choice(libraries)
    if kind < host.unknown:
        return Function(address, size, UNKNOWN, library)
    name = f"{chance.choice(VERBS)}_{chance.choice(NOUNS)}{chance.randrange(400)}"
    if chance.random() < 0.4:
        name = f"{chance.choice(NAMESPACES)}::{name}{chance.choice(SIGNATURES)}"
    return Function(address, size, name.encode(), INLINED if kind > 1 - host.inlined else library)


def _kernel_function(chance: random.Random, address: int) -> Function:
    name = f"__{chance.choice(VERBS)}_{chance.choice(NOUNS)}_{chance.choice(VERBS)}{chance.randrange(200)}"
    return Function(address, CALL_BYTES * chance.randrange(2, 24), name.encode(), chance.choice(MODULES))
