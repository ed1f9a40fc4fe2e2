"""Stack charts of open profiles."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flamescope_py.analysis.timeline.chart import MAX_SAMPLES, Timeline, timeline
from flamescope_py.analysis.timeline.runs import kept_runs
from flamescope_py.model import Profile, TimeRange

if TYPE_CHECKING:
    from flamescope_py.service.queries.graphs import Question
    from flamescope_py.service.queries.queries import Queries


def make_timeline(queries: Queries, profile: Profile, part: TimeRange, question: Question) -> Timeline:
    """Return the stack chart of a range; the samples count one each, whatever their weights.

    It has true times where the file has them and the range has at most MAX_SAMPLES stretches. Raises
    RangeError, NoTimestampsError, and TooLargeError for too many samples or spans.
    """
    selection, breakdowns = question.selection, queries.breakdowns
    frequency = breakdowns.rate(profile).frequency
    runs = kept_runs(profile, *queries.views.parts(profile, selection), part, MAX_SAMPLES)
    return timeline(
        queries.views.view(profile, selection),
        breakdowns.mask(profile, selection) if runs is None else runs,
        part,
        1 / frequency if frequency else None,
        queries.graphs.most_nodes,
        question.search,
        roles=breakdowns.roles(profile),
    )
