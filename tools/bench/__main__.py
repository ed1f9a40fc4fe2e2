"""`make bench`, or `python -m tools.bench`: measure every step and print one table."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from rich.console import Console

from tools.bench.report import report, shared_options
from tools.bench.rows import Row
from tools.bench.runner import Bench
from tools.bench.steps.asking import index, warm
from tools.bench.steps.catalogue import catalogue
from tools.bench.steps.commands import commands
from tools.bench.steps.formats import formats
from tools.bench.steps.idle import idle
from tools.bench.steps.reading import cold, huge, inputs, parts, peaks
from tools.bench.steps.throughput import throughput
from tools.bench.steps.who import who

STEPS: dict[str, Callable[[Bench], Iterator[Row]]] = {
    step.__name__: step
    for step in (
        inputs,
        commands,
        cold,
        huge,
        parts,
        peaks,
        index,
        warm,
        who,
        idle,
        throughput,
        catalogue,
        formats,
    )
}


def main(arguments: Sequence[str] | None = None) -> None:
    """Read the options, run the steps, print the table."""
    parser = shared_options("tools.bench", __doc__)
    parser.add_argument("--only", metavar="STEP", action="append", choices=STEPS, help=", ".join(STEPS))
    options = parser.parse_args(arguments)

    def measure(bench: Bench, console: Console) -> Iterator[Row]:
        for name in options.only or STEPS:
            with console.status(name):
                yield from STEPS[name](bench)

    report("make bench", options, measure)


if __name__ == "__main__":
    main()
