"""Rows of one table: the numbers of several runs beside a target and a floor."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median

from rich.table import Table

NOT_YET = "not yet"
COLUMNS = ("step", "median", "all runs", "target", "reached", "of the floor")


@dataclass(frozen=True, slots=True)
class Unit:
    """The format of a number. `more` is True if more is better."""

    name: str
    digits: int
    more: bool = False


SPEED = Unit("MB/s", 0, more=True)
MILLISECONDS = Unit("ms", 1)
MEGABYTES = Unit("MB", 2)
PERCENT = Unit("%", 0)
RATIO = Unit("×", 2, more=True)


@dataclass(frozen=True, slots=True)
class Row:
    """One line: the numbers of the runs (none: not measurable yet), with a target and floors.

    `floors` are the results of the same runs for a program that does the least that must be done.
    """

    section: str
    name: str
    unit: Unit
    runs: Sequence[float] = ()
    target: float | None = None
    floors: Sequence[float] = ()
    floor_name: str = ""
    target_ratio: float | None = None

    @property
    def ratio(self) -> float | None:
        """Return the median of the runs' ratios to their floors."""
        if not self.floors or not self.runs:
            return None
        return median(run / floor for run, floor in zip(self.runs, self.floors, strict=True))

    @property
    def reached(self) -> bool | None:
        """Return True if the target is reached, None without a target."""
        if not self.runs:
            return None
        if self.target_ratio is not None and self.ratio is not None:
            return self.ratio >= self.target_ratio
        if self.target is None:
            return None
        return median(self.runs) >= self.target if self.unit.more else median(self.runs) <= self.target

    def cells(self) -> list[str]:
        """Return the texts of the columns."""
        runs = sorted(self.runs)
        spread = f"{self._number(runs[0])} – {self._number(runs[-1])}" if len(runs) > 1 else ""
        middle = f"{self._number(median(runs))} {self.unit.name}".strip() if runs else NOT_YET
        reached = "" if self.reached is None else "yes" if self.reached else "NO"
        ratio = "" if self.ratio is None else f"{self.ratio:.2f}"
        return [self.name, middle, spread, self._target(), reached, ratio]

    def _number(self, number: float) -> str:
        return f"{number:,.{self.unit.digits}f}".replace(",", " ")

    def _target(self) -> str:
        if self.target_ratio is not None:
            return f"≥ {self.target_ratio:.2f} of {self.floor_name}"
        if self.target is None:
            return ""
        sign = "≥" if self.unit.more else "≤"
        return f"{sign} {self._number(self.target)} {self.unit.name}".strip()


def rich_table(rows: Iterable[Row], title: str) -> Table:
    """Return a table for the terminal, with a line between sections."""
    table = Table(title=title, title_justify="left")
    for position, column in enumerate(COLUMNS):
        left = position in {0, 3, 4}
        table.add_column(column, justify="left" if left else "right", no_wrap=position > 0)
    section = ""
    for row in rows:
        if row.section != section:
            section = row.section
            table.add_section()
            table.add_row(f"[bold]{section}[/bold]")
        table.add_row(*row.cells(), style="red" if row.reached is False else None)
    return table


def markdown_table(rows: Iterable[Row]) -> str:
    """Return the rows as Markdown, one table per section."""
    lines: list[str] = []
    section = ""
    for row in rows:
        if row.section != section:
            section = row.section
            head = [section, *COLUMNS[1:]]
            lines += ["", "| " + " | ".join(head) + " |", "|---|---:|---:|---|---|---:|"]
        lines.append("| " + " | ".join(row.cells()) + " |")
    return "\n".join(lines).strip() + "\n"
