"""A question about a collection that takes hours, and a server whose totals are this question.

python -m tests.support.processes.endless PYTHON -m flamescope_py ARGUMENTS...
"""

from __future__ import annotations

import sys
from typing import Any

from flamescope_py.commands.main import main
from flamescope_py.fleet.asking import questions

# In the log when the question is asked.
ASKED = "endless: asked"


def endless(*_: Any) -> Any:
    """Return a question that pairs every sample with all others, twenty times over."""
    rows = questions.SAMPLES.select("ts")
    for number in range(20):
        rows = rows.cross_join(questions.SAMPLES.select(**{f"ts{number}": questions.SAMPLES.ts}))
    return rows.aggregate(total=(rows.ts - rows.ts19 + rows.ts7).max())


def _asked(*_: Any) -> Any:
    sys.stderr.write(f"{ASKED}\n")
    sys.stderr.flush()
    return endless()


if __name__ == "__main__":
    setattr(questions, "totals", _asked)  # noqa: B010  of other parameters
    main(sys.argv[4:])
