"""The options of all benchmarks, and the output of their tables."""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console

from tools.bench import machine
from tools.bench.rows import Row, markdown_table, rich_table
from tools.bench.runner import Bench


def shared_options(program: str, description: str | None) -> argparse.ArgumentParser:
    """Return a parser of the options that all benchmarks have."""
    parser = argparse.ArgumentParser(prog=f"python -m {program}", description=description)
    parser.add_argument("--quick", action="store_true", help="inputs of a tenth of the size, one run each")
    parser.add_argument("--keep", metavar="DIR", type=Path, help="keep the inputs there, and use them again")
    parser.add_argument("--runs", type=int, default=5, help="runs of each process")
    parser.add_argument("--peers", metavar="DIR", type=Path, help="where other programs are, else the PATH")
    parser.add_argument(
        "--patience",
        metavar="SECONDS",
        type=float,
        default=0,
        help="before each process, wait so long at most for an idle machine",
    )
    parser.add_argument("--markdown", metavar="FILE", type=Path, help="write it there, or between the marks")
    return parser


@contextmanager
def bench_of(options: argparse.Namespace) -> Iterator[Bench]:
    """Yield the benchmark that the options describe, and remove its caches at the end."""
    folder: Path = options.keep or Path(tempfile.gettempdir()) / "flamescope-py-bench"
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="flamescope-py-bench-") as caches:
        runs = 1 if options.quick else options.runs
        yield Bench(folder.resolve(), Path(caches), options.quick, runs, options.patience, options.peers)


def report(
    name: str, options: argparse.Namespace, measure: Callable[[Bench, Console], Iterable[Row]]
) -> None:
    """Measure, print the table, and write it to `--markdown`.

    `name` is the target of make, and the name of the marks in the page.
    """
    console = Console()
    before = machine.busy()
    with bench_of(options) as bench:
        rows = list(measure(bench, console))
    load = f"load a core {before:.1f} before, {machine.busy():.1f} after"
    title = f"{machine.description()}; {load}" + ("; quick: a tenth of the sizes" if options.quick else "")
    Console(width=max(console.width, 140)).print(rich_table(rows, title))
    if options.markdown:
        write_between(options.markdown, f"Measured on {title}.\n\n{markdown_table(rows)}", name)


def write_between(path: Path, table: str, name: str) -> None:
    """Write a file, or only the part between its two marks of a name."""
    text = path.read_text("utf-8") if path.exists() else ""
    opening, closing = f"<!-- {name} begins -->\n", f"\n<!-- {name} ends -->"
    head, begin, rest = text.partition(opening)
    _, end, tail = rest.partition(closing)
    path.write_text(f"{head}{begin}\n{table}{end}{tail}" if end else table, "utf-8")
