"""Files for other programs: of a flame graph, or of the samples of a range one by one."""

from __future__ import annotations

from collections.abc import Iterator

from flamescope_py.errors import ParameterError
from flamescope_py.export import FORMATS, SAMPLE_FORMATS
from flamescope_py.export.about import About
from flamescope_py.model import Profile, TimeRange
from flamescope_py.service.about import SVG, about_export
from flamescope_py.service.queries.graphs import Question
from flamescope_py.service.queries.queries import Queries


def of_samples(form: str, question: Question) -> bool:
    """Return True for a format that is written sample by sample, where `nodes` of the question has no use.

    pprof has an inverted graph as a graph. Raises ParameterError for a format that has no place for one.
    """
    if question.inverted and form in SAMPLE_FORMATS and form not in FORMATS:
        raise ParameterError(f"format is {form!r}, which has samples and no graph: leave out inverted.")
    return form in SAMPLE_FORMATS and not question.inverted


def exported(
    queries: Queries, profile: Profile, part: TimeRange, question: Question, form: str, title: str
) -> Iterator[bytes]:
    """Yield the file of a range in one of EXPORTS.

    Raises RangeError, NoTimestampsError, and ParameterError as `of_samples` does.
    """
    if of_samples(form, question):
        return SAMPLE_FORMATS[form].write(queries.graphs.chosen(profile, part, question.selection), title)
    found = queries.graphs.flame_graph(profile, part, question)
    about = about_export(queries, profile, title, part, question) if form == SVG else About(title)
    return FORMATS[form].write(found.graph, about, found.unit)
