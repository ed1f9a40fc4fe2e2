"""`flamescope-py info`: the facts of a file, the values to select by, and the report of its reader."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

import click

from flamescope_py.commands.options import file_argument, queries, type_option
from flamescope_py.commands.output import ending, plain, read, shown_name

if TYPE_CHECKING:
    from flamescope_py.service import Count, ParseReport, Profile, ProfileInfo


@click.command(
    "info",
    epilog="""\b
Examples:
  flamescope-py info perf.out
  flamescope-py info perf.out --top 50
  ssh host 'perf script' | flamescope-py info - --json | jq .frequency""",
)
@file_argument
@type_option
@click.option("--top", type=click.IntRange(1), default=10, show_default=True, help="Rows of each table.")
@click.option("--json", "as_json", is_flag=True, help="All of it, as /profile/info answers it.")
@ending
def info(file: str, type_name: str | None, top: int, as_json: bool) -> None:
    """Show the facts of FILE; - reads standard input."""
    from flamescope_py.service import ProfileInfo, facts
    from flamescope_py.service.wire import encode

    profile = read(file, type_name)
    found = ProfileInfo(shown_name(file), profile, queries().views.facets(profile))
    if as_json:
        click.echo(encode(facts(found)))
    else:
        click.echo("\n".join(_lines(found, top)))


def _lines(found: ProfileInfo, top: int) -> Iterator[str]:
    facets = found.facets
    yield f"{plain(found.name)}: {_sentence(found.profile, facets.frequency)}"
    for key, value in found.profile.meta.header.items():
        yield f"{plain(key)}: {plain(value)}"
    tables = {
        "events": facets.events,
        "commands": facets.commands,
        "processes": facets.processes,
        "threads": facets.threads,
        "CPUs": facets.cpus,
        **{plain(f"label {label.name}"): label.values for label in facets.labels},
    }
    for title, counts in tables.items():
        yield from _table(title, [count for count in counts if count.value != ""], top)
    yield from _report(found.profile.report)


def _sentence(profile: Profile, frequency: float | None) -> str:
    meta = profile.meta
    parts = [meta.format, f"{len(profile.samples):,} samples"]
    if profile.report.idle:
        parts.append(f"{profile.report.idle:,} of them idle")
    if meta.timed:
        parts.append(f"{meta.last - meta.first:.3f} s from {meta.first:.6f} to {meta.last:.6f}")
    else:
        parts.append("without timestamps")
    if frequency is not None:
        parts.append(f"about {frequency:.0f} Hz")
    return ", ".join(parts)


def _table(title: str, counts: Sequence[Count], top: int) -> Iterator[str]:
    if not counts:
        return
    yield f"\n{title:<38}{'samples':>12}{'not idle':>12}"
    for count in counts[:top]:
        name = plain(f"{count.value} {count.label}".rstrip())
        yield f"  {name:<36}{count.samples:>12,}{count.busy:>12,}"
    if len(counts) > top:
        yield f"  and {len(counts) - top:,} more"


def _report(report: ParseReport) -> Iterable[str]:
    counts = {
        "skipped": report.skipped,
        "repaired": report.repaired,
        "samples without a stack": report.without_stack,
        "samples out of order": report.out_of_order,
        "lost events": report.lost_events,
    } | report.other
    told = [f"{name}: {count:,}" for name, count in counts.items() if count]
    notes = [_note(note.reason, note.line, note.text) for note in report.notes]
    lines = [*told, *notes, *(plain(message) for message in report.messages)]
    return ["", "reader's report", *(f"  {line}" for line in lines)] if lines else []


def _note(reason: str, line: int | None, text: str) -> str:
    place = "" if line is None else f"line {line}: "
    return plain(f"{place}{reason}{': ' if text else ''}{text}")
