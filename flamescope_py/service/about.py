"""The facts that an export of a flame graph carries: its range and filters, and a small heatmap."""

from __future__ import annotations

from flamescope_py.analysis.columns import SECOND, Columns
from flamescope_py.analysis.vocabulary import AUTO
from flamescope_py.export.about import About, SmallHeatmap
from flamescope_py.model import Profile, TimeRange
from flamescope_py.service.queries.graphs import Question
from flamescope_py.service.queries.queries import Queries
from flamescope_py.service.words import cut_words, range_words

SVG = "svg"
ROWS, MOST_COLUMNS = 10, 240
# Shorter than a second for a short recording, whose picture would have a few columns.
_COLUMNS = Columns(most=MOST_COLUMNS, length=AUTO)


def about_export(queries: Queries, profile: Profile, name: str, part: TimeRange, question: Question) -> About:
    """Return the title, words and small heatmap of a graph. Raises as `Heatmaps.heatmap`."""
    words = [range_words(part), *cut_words(question.selection)]
    if not profile.meta.timed:
        return About(name, words)
    found = queries.heatmaps.heatmap(profile, question.selection, ROWS, None, _COLUMNS)
    step = 1.0 if found.bins is None else found.bins.step * found.bins.length / SECOND
    whole = part.start is None and part.end is None
    selected = None if whole else ((part.start or 0.0) / step, (part.end or profile.seconds) / step)
    return About(name, words, SmallHeatmap(found.values, step, selected))


def about_cost(queries: Queries, profile: Profile, question: Question) -> float:
    """Return the seconds that this is about to take."""
    return queries.costs.heatmap(profile, question.selection, ROWS, None, _COLUMNS)
