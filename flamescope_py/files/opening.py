"""Opening below a directory, component by component and without following links.

A check on paths alone would lose the race against a link that is swapped in between.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path

NO_FOLLOW = os.O_NOFOLLOW | os.O_CLOEXEC
FOLDER = os.O_RDONLY | os.O_DIRECTORY | NO_FOLLOW
# Without O_NONBLOCK, opening a FIFO would wait for a writer.
FILE = os.O_RDONLY | os.O_NONBLOCK | NO_FOLLOW


def open_below(
    root: Path,
    parts: Sequence[str],
    flags: int,
    before: Callable[[str, int], object] | None = None,
) -> int:
    """Open `parts` below `root`, which may be a link itself, and return the descriptor.

    `flags` are those of the last part. `before` is called with each part and the descriptor of its folder
    before the part is opened. Raises OSError, also for a link on the way.
    """
    descriptor = os.open(root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    for position, part in enumerate(parts, 1):
        parent = descriptor
        try:
            if before is not None:
                before(part, parent)
            descriptor = os.open(part, flags if position == len(parts) else FOLDER, dir_fd=parent)
        finally:
            os.close(parent)
    return descriptor
