"""Write a capture of a saturated machine: `python -m tools.captures.whole_machine FILE.perf.out.gz`.

It is text as perf script makes it of `perf record -F 99 -a -g`, with the fields comm, pid, tid, cpu, time,
period, event, ip, sym and dso, of an invented machine. Both CPUs are busy for 100 seconds with 130 commands
and 1 400 threads. One thread of `compactor` runs from second 52 to 54 and from 90 to 92 only, on CPU 1. The
heatmap is solid red, and the question is what happened at second 53. Every run writes the same bytes.
"""

from __future__ import annotations

import argparse
import gzip
import random
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from tools.captures.workloads import KERNEL, Workload, background, services

SEED = 16
FREQUENCY = 99
PERIOD = 1_000_000_000 // FREQUENCY
SECONDS = 100
ORIGIN = 4210
CPUS = 2
COMMANDS, THREADS = 130, 1400
BURSTS = ((52.0, 54.0), (90.0, 92.0))
# Of the samples of both CPUs while it runs.
COMPACTOR_SHARE = 0.13
COMPACTOR = Workload(
    "compactor",
    "/opt/store/bin/compactor",
    (
        ("main", "run_compaction", "merge_segments", "checksum_page"),
        ("main", "run_compaction", "merge_segments", "checksum_page"),
        ("main", "run_compaction", "merge_segments", "checksum_page"),
        ("main", "run_compaction", "merge_segments", "copy_records"),
        ("main", "run_compaction", "write_segment", *KERNEL["write"]),
    ),
)
_HEADER = f"""\
# ========
# captured on    : Mon Jan  5 09:30:00 2026
# header version : 1
# hostname : example-host
# os release : 6.18.44
# perf version : 6.1.187
# arch : x86_64
# nrcpus online : {CPUS}
# nrcpus avail : {CPUS}
# cmdline : /usr/bin/perf record -F {FREQUENCY} -a -g -- sleep {SECONDS}
# event : name = cpu-clock:ppp, , id = {{ 1, 2 }}, type = 1, size = 128, {{ sample_period, sample_freq }} = \
{FREQUENCY}, sample_type = IP|TID|TIME|CALLCHAIN|ID|CPU|PERIOD, disabled = 1, inherit = 1, freq = 1
# ========
#
"""


class Task(NamedTuple):
    """A thread, its workload and its part of the machine's time."""

    workload: Workload
    pid: int
    tid: int
    name: str
    weight: float


def tasks(random_numbers: random.Random) -> list[Task]:
    """Return 1 399 threads of 129 commands; the compactor is the last of each."""
    named = services()
    small = background(COMMANDS - 1 - len({name for one in named for name, _ in one.threads}))
    found: list[Task] = []
    pid = tid = 1200
    for workload in (*named, *small):
        tid += random_numbers.randrange(3, 40)
        pid = pid if workload.joins else tid
        for number, (name, weight) in enumerate(workload.threads):
            found.append(Task(workload, pid, tid + number, name, weight))
        tid += len(workload.threads)
    # Many threads that hardly run: pools and connections of the services.
    pools = [one for one in found if one.workload.pool]
    for number in range(THREADS - 1 - len(found)):
        one = pools[number % len(pools)]
        found.append(one._replace(tid=20_000 + number, weight=one.workload.pool))
    return found


def lines(seed: int = SEED) -> Iterator[str]:
    """Yield the text in pieces."""
    yield _HEADER
    random_numbers = random.Random(seed)
    everyone = tasks(random_numbers)
    compactor = Task(COMPACTOR, 9101, 9101, COMPACTOR.command, 1.0)
    # Each thread runs at least once, so that all of them are in the capture.
    waiting = random_numbers.sample(everyone, len(everyone))
    running = [_next(random_numbers, everyone) for _ in range(CPUS)]
    for tick in range(SECONDS * FREQUENCY):
        for cpu in range(CPUS):
            when = (tick + 0.5 * cpu) / FREQUENCY + random_numbers.uniform(0, 2e-4)
            burst = any(start <= when < end for start, end in BURSTS)
            # Threads keep a CPU for some ticks.
            if random_numbers.random() < 0.3:
                running[cpu] = _next(random_numbers, everyone)
            task = running[cpu]
            if burst and cpu == CPUS - 1 and random_numbers.random() < CPUS * COMPACTOR_SHARE:
                task = compactor
            elif waiting and random_numbers.random() < 0.25:
                task = waiting.pop()
            yield _block(random_numbers, task, cpu, when)


def _next(random_numbers: random.Random, everyone: Sequence[Task]) -> Task:
    return random_numbers.choices(everyone, weights=[one.weight for one in everyone])[0]


def _block(random_numbers: random.Random, task: Task, cpu: int, when: float) -> str:
    stack = random_numbers.choice(task.workload.stacks)
    head = (
        f"{task.name[:15]:>15} {task.pid:>7}/{task.tid:<7} [{cpu:03}] {ORIGIN + when:.6f}: "
        f"{PERIOD:>10} cpu-clock:ppp: \n"
    )
    return head + "".join(_frame(name, task.workload) for name in reversed(stack)) + "\n"


def _frame(name: str, workload: Workload) -> str:
    kernel = name in KERNEL["all"]
    # An address that only depends on the function.
    offset = int.from_bytes(name.encode(), "little") % 0xFFFFF
    base = 0xFFFFFFFF81000000 if kernel else 0x55D000000000
    library = "[kernel.kallsyms]" if kernel else workload.file_of(name)
    return f"\t{base + offset:16x} {name}+0x{offset % 0xFF:x} ({library})\n"


def write(path: Path, seed: int = SEED) -> None:
    """Write the capture, gzip-compressed and without a time of its own."""
    with path.open("wb") as file, gzip.GzipFile("", "wb", 9, file, mtime=0) as packed:
        for piece in lines(seed):
            packed.write(piece.encode())


def main() -> None:
    """Write the file that the command line names."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    write(parser.parse_args().file)


if __name__ == "__main__":
    main()
