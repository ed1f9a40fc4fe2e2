"""`make bench`, or `python -m tests.bench`: measures every step and prints one table."""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from rich.console import Console

from tests.bench import machine
from tests.bench.asking import index, warm
from tests.bench.reading import cold, inputs, peaks
from tests.bench.rows import Row, markdown_table, rich_table
from tests.bench.runner import Bench

STEPS: dict[str, Callable[[Bench], Iterator[Row]]] = {
    step.__name__: step for step in (inputs, cold, peaks, index, warm)
}
BEGIN, END = "<!-- make bench begins -->\n", "\n<!-- make bench ends -->"


def main(arguments: Sequence[str] | None = None) -> None:
    """Read the options, run the steps, show the table."""
    options = _options().parse_args(arguments)
    folder: Path = options.keep or Path(tempfile.gettempdir()) / "flamescope-py-bench"
    folder.mkdir(parents=True, exist_ok=True)
    console = Console()
    before = machine.busy()
    with tempfile.TemporaryDirectory(prefix="flamescope-py-bench-") as caches:
        runs = 1 if options.quick else options.runs
        bench = Bench(folder, Path(caches), options.quick, runs, options.patience)
        rows: list[Row] = []
        for name in options.only or STEPS:
            with console.status(name):
                rows += STEPS[name](bench)
    load = f"load a core {before:.1f} before, {machine.busy():.1f} after"
    title = f"{machine.description()}; {load}" + ("; quick: a tenth of the sizes" if options.quick else "")
    wide = Console(width=max(console.width, 140))
    wide.print(rich_table(rows, title))
    if options.markdown:
        _write_markdown(options.markdown, f"Measured on {title}.\n\n{markdown_table(rows)}")


def _write_markdown(path: Path, table: str) -> None:
    """Write a file, or the part of it between two marks where it has them."""
    text = path.read_text("utf-8") if path.exists() else ""
    head, begin, rest = text.partition(BEGIN)
    _, end, tail = rest.partition(END)
    path.write_text(f"{head}{begin}\n{table}{end}{tail}" if end else table, "utf-8")


def _options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="inputs of a tenth of the size, one run each")
    parser.add_argument("--only", metavar="STEP", action="append", choices=STEPS, help=", ".join(STEPS))
    parser.add_argument("--keep", metavar="DIR", type=Path, help="keep the inputs there, and use them again")
    parser.add_argument("--runs", type=int, default=5, help="runs of each process")
    parser.add_argument(
        "--patience",
        metavar="SECONDS",
        type=float,
        default=0,
        help="wait so long at most, before each process, for a machine that is busy with other things",
    )
    parser.add_argument("--markdown", metavar="FILE", type=Path, help="write it there, or between the marks")
    return parser


if __name__ == "__main__":
    main()
