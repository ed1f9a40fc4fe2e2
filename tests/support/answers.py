"""Any bytes as a profile: an answer to every question, or one of our errors."""

from __future__ import annotations

import io
import math
from collections.abc import Callable
from typing import Any

from flamescope_py.analysis.facets import facets
from flamescope_py.analysis.flamegraph import flame_graph
from flamescope_py.analysis.heatmap import heatmap
from flamescope_py.analysis.selection import Selection
from flamescope_py.errors import FlameScopeError
from flamescope_py.model import Profile
from flamescope_py.model.profile_bounds import bounded_by
from flamescope_py.readers.pool.pool import SMALL_FILE, SMALL_PROFILE
from flamescope_py.readers.source import read_profile
from flamescope_py.web.errors import status_of
from tests.support.views import select

# More cells than this are refused in the server (max_cells).
MOST_CELLS = 1 << 22


def check(data: bytes, type_name: str) -> Profile | None:
    """Read it, and compute every answer for the result. Return None where it is no profile."""
    # As the server reads a small file. A larger result is left to a process whose memory is bounded.
    with bounded_by(SMALL_PROFILE):
        profile: Profile | None = answered(lambda: read_profile(io.BytesIO(data), type_name, most=SMALL_FILE))
    if profile is not None:
        check_answers(profile)
    return profile


def answered(question: Callable[[], Any]) -> Any:
    """Return an answer, or None for one of our errors, which must have a status of 4xx."""
    refused = None
    try:
        return question()
    except FlameScopeError as error:
        refused = error
    assert status_of(refused) in range(400, 500)
    assert "\n" not in str(refused)
    return None


def check_answers(profile: Profile) -> None:
    """Ask for a graph and a heatmap, and check the times."""
    view = select(profile, Selection())
    facets(profile)
    questions: list[Callable[[], Any]] = [lambda: flame_graph(view)]
    if profile.meta.timed and profile.seconds * 50 < MOST_CELLS:
        questions.append(lambda: heatmap(view, 50))
    for question in questions:
        answered(question)
    ends = (profile.meta.first, profile.meta.last)
    assert not profile.meta.timed or all(map(math.isfinite, ends))
