"""`make bench-ui`, or `python -m tools.bench.ui`: measures the screen in Chromium and prints one table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.console import Console

from tools.bench.report import report, shared_options
from tools.bench.rows import Row
from tools.bench.runner import Bench
from tools.bench.ui.screens import SCREENS, measured


def main(arguments: Sequence[str] | None = None) -> None:
    """Read the options, measure, print the table."""
    parser = shared_options("tools.bench.ui", __doc__)
    parser.add_argument("--only", metavar="SCREEN", action="append", choices=SCREENS, help=", ".join(SCREENS))
    options = parser.parse_args(arguments)

    def measure(bench: Bench, console: Console) -> Iterator[Row]:
        with console.status("in the browser"):
            yield from measured(bench, options.only or list(SCREENS))

    report("make bench-ui", options, measure)


if __name__ == "__main__":
    main()
