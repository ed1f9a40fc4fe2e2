"""Compiles the patterns of users with RE2, which matches in linear time: none can hang the server.

RE2 is imported with the first pattern, since most commands have none.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from flamescope_py.analysis.vocabulary import MAX_PATTERN, MAX_PATTERNS
from flamescope_py.errors import ParameterError
from flamescope_py.model import FrameTable

if TYPE_CHECKING:
    import re2


def compile_pattern(pattern: str) -> re2._Regexp[str]:
    """Compile one pattern. Raises ParameterError with RE2's message."""
    if len(pattern) > MAX_PATTERN:
        raise ParameterError(f"A pattern has {len(pattern)} characters: at most {MAX_PATTERN} are allowed.")
    import re2

    options = re2.Options()
    options.log_errors = False
    try:
        return re2.compile(pattern, options)
    except re2.error as error:
        words = error.args[0] if error.args else ""
        text = words.decode("utf-8", "replace") if isinstance(words, bytes) else str(words)
        raise ParameterError(f"The pattern {pattern!r} does not compile: {text}.") from error


def matching_frames(frames: FrameTable, patterns: Sequence[str]) -> npt.NDArray[np.bool_]:
    """Return a mask of the frames whose `text` matches any of the patterns."""
    matched = np.zeros(len(frames), dtype=np.bool_)
    if len(patterns) > MAX_PATTERNS:
        raise ParameterError(f"{len(patterns)} patterns: at most {MAX_PATTERNS} are allowed.")
    compiled = _compiled(patterns)
    if compiled:
        for row, text in enumerate(frames.texts()):
            matched[row] = any(pattern.search(text) for pattern in compiled)
    return matched


def _compiled(patterns: Sequence[str]) -> list[re2._Regexp[str]]:
    """Join several patterns to one if that compiles. (RE2's sets match nothing when out of memory.)"""
    compiled = [compile_pattern(pattern) for pattern in patterns]
    if len(compiled) < 2:
        return compiled
    import re2

    options = re2.Options()
    options.log_errors = False
    try:
        return [re2.compile("|".join(f"(?:{pattern})" for pattern in patterns), options)]
    except re2.error:
        return compiled
