"""The facts of one profile, for `/profile/info` and `flamescope-py info` alike."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated

import numpy as np
from msgspec import UNSET, Meta, UnsetType

from flamescope_py.analysis.facets import Count, Facets
from flamescope_py.analysis.marks.clocks import began
from flamescope_py.model import Profile
from flamescope_py.model.profile import SAMPLES
from flamescope_py.service.wire import Wire, known


@dataclass(frozen=True, slots=True, eq=False)
class ProfileInfo:
    """A profile, its name and its facets."""

    name: str
    profile: Profile
    facets: Facets


class ReportLine(Wire):
    """A line or record that a reader skipped or repaired."""

    reason: Annotated[str, Meta(description="The reason for skipping or repairing it.")]
    line: Annotated[int | None, Meta(description="The line number, from 1.")]
    text: Annotated[str, Meta(description="The beginning of the line.")]


class ParseReport(Wire):
    """The report of a reader: lines that it read, skipped or repaired."""

    lines: Annotated[int, Meta(description="Lines read.")]
    samples: Annotated[int, Meta(description="Samples found.")]
    idle: Annotated[int, Meta(description="Idle samples among them.")]
    skipped: Annotated[int, Meta(description="Lines or records that were left out.")]
    without_stack: Annotated[int, Meta(description="Samples without a stack.")]
    out_of_order: Annotated[int, Meta(description="Samples that came before an earlier one.")]
    lost_events: Annotated[int, Meta(description="Events that perf reports as lost.")]
    repaired: Annotated[int, Meta(description="Damaged lines that were read all the same.")]
    other: Annotated[
        Mapping[str, int], Meta(description="Lines or records that have no place in a profile, by kind.")
    ]
    notes: Annotated[Sequence[ReportLine], Meta(description="The first few skipped or repaired lines.")]
    messages: Annotated[Sequence[str], Meta(description="Remarks about the file as a whole.")]


class FacetCount(Wire):
    """One value that a selection can name."""

    value: Annotated[str | int, Meta(description="The value, as a selection names it.")]
    samples: Annotated[int, Meta(description="Samples with it.")]
    busy: Annotated[int, Meta(description="Samples with it that are not idle.")]
    label: Annotated[
        str | UnsetType, Meta(description="The command of most of them; only of processes and threads.")
    ] = UNSET


class LabelCounts(Wire):
    """The values of a label that the file has for samples."""

    name: Annotated[str, Meta(description="Its name, for by=label:NAME and label=NAME=VALUE.")]
    values: Annotated[Sequence[FacetCount], Meta(description="Its values, the most frequent first.")]


class ProfileFacts(Wire):
    """The facts of a profile, its reader's report, and the values that a selection can name."""

    filename: Annotated[str, Meta(description="Its path below the profile directory.")]
    format: Annotated[str, Meta(description="The format that it was read as.")]
    unit: Annotated[str, Meta(description="The unit of values: samples or microseconds.")]
    timed: Annotated[
        bool, Meta(description="Whether samples have a time; without it there is no heatmap and no range.")
    ]
    samples: Annotated[int, Meta(description="All samples, the idle ones included.")]
    idle: Annotated[int, Meta(description="Samples of idle processors.")]
    first: Annotated[float | None, Meta(description="Time of the first sample, in seconds as in the file.")]
    last: Annotated[float | None, Meta(description="Time of the last sample.")]
    origin: Annotated[int | None, Meta(description="The whole second that ranges count from.")]
    began: Annotated[
        float | None,
        Meta(description="Seconds since 1970 at origin, where samples or header tell the time of day."),
    ]
    began_exactly: Annotated[
        bool,
        Meta(description="False for a header of whole seconds without a zone: the recorder's own clock."),
    ]
    duration: Annotated[float | None, Meta(description="Seconds from the first sample to the last.")]
    seconds: Annotated[int, Meta(description="Whole seconds that it touches: the columns of its heatmap.")]
    frequency: Annotated[
        float | None, Meta(description="Samples per second of a busy thread; see docs/api.md.")
    ]
    periods: Annotated[bool, Meta(description="Whether weight=period is possible.")]
    frames: Annotated[int, Meta(description="Distinct frames.")]
    stacks: Annotated[int, Meta(description="Nodes of the call tree.")]
    header: Annotated[Mapping[str, str], Meta(description="The file's own header fields.")]
    events: Annotated[Sequence[FacetCount], Meta(description="Values of event.")]
    main_events: Annotated[
        Sequence[str],
        Meta(
            description="The most frequent sampling event, which event=main selects; several names where "
            "kinds of cores have one each."
        ),
    ]
    commands: Annotated[Sequence[FacetCount], Meta(description="Values of comm.")]
    processes: Annotated[Sequence[FacetCount], Meta(description="Values of pid.")]
    threads: Annotated[Sequence[FacetCount], Meta(description="Values of tid.")]
    cpus: Annotated[Sequence[FacetCount], Meta(description="Values of cpu.")]
    report: Annotated[ParseReport, Meta(description="The report of the reader, with skipped lines.")]
    labels: Annotated[
        Sequence[LabelCounts] | UnsetType,
        Meta(description="Labels that the file has for samples, and their values."),
    ] = UNSET
    also: Annotated[
        Sequence[str] | UnsetType,
        Meta(description="Other types that it can be opened as: a trace that carries a CPU profile."),
    ] = UNSET
    preferred: Annotated[
        str | UnsetType,
        Meta(description="The one of these that shows most of it and is opened where no type is named."),
    ] = UNSET
    in_functions: Annotated[
        int | UnsetType,
        Meta(
            description="Samples that flame graphs count; only of CPU profiles with idle ones and the like."
        ),
    ] = UNSET
    period_unit: Annotated[
        str | UnsetType, Meta(description="The unit of periods, if the event does not imply it.")
    ] = UNSET


def facts(info: ProfileInfo) -> ProfileFacts:
    """Return all facts. Times are None where the file has none."""
    profile, facets = info.profile, info.facets
    meta, samples, report = profile.meta, profile.samples, profile.report
    start = began(profile)
    return ProfileFacts(
        filename=info.name,
        format=meta.format,
        unit=meta.unit,
        timed=meta.timed,
        samples=len(samples),
        idle=report.idle,
        in_functions=known(_in_functions(profile)),
        first=meta.first if meta.timed else None,
        last=meta.last if meta.timed else None,
        origin=profile.origin if meta.timed else None,
        began=None if start is None else round(start.at, 6),
        began_exactly=start is not None and start.exact,
        duration=meta.last - meta.first if meta.timed else None,
        seconds=profile.seconds,
        frequency=facets.frequency,
        periods=samples.period is not None and bool(samples.period.any()),
        frames=len(profile.frames),
        stacks=len(profile.tree) - 1,
        header=meta.header,
        events=_counts(one for one in facets.events if one.value != ""),
        main_events=[name for name in facets.main_events if name],
        commands=_commands(facets.commands),
        processes=_counts(facets.processes, labelled=True),
        threads=_counts(facets.threads, labelled=True),
        cpus=_counts(facets.cpus),
        labels=[LabelCounts(name=label.name, values=_counts(label.values)) for label in facets.labels]
        or UNSET,
        report=ParseReport.of(report, notes=[ReportLine.of(line) for line in report.notes]),
        also=meta.also or UNSET,
        preferred=meta.preferred or UNSET,
        period_unit=meta.period_unit or UNSET,
    )


def _in_functions(profile: Profile) -> int | None:
    """Return how many samples a flame graph counts if that is fewer than all and all weights are 0 or 1."""
    weight, idle = profile.samples.weight, profile.samples.idle
    if weight is None or profile.meta.unit != SAMPLES or weight.max(initial=0) > 1:
        return None
    count = int(np.count_nonzero(weight[~idle]))
    return None if count == len(weight) else count


def _commands(counts: Sequence[Count]) -> list[FacetCount]:
    """Return the commands, or none if the only one is empty: selecting it would change nothing."""
    return _counts(counts if len(counts) > 1 else [one for one in counts if one.value != ""])


def _counts(counts: Iterable[Count], labelled: bool = False) -> list[FacetCount]:
    return [FacetCount.of(count, label=count.label if labelled else UNSET) for count in counts]
