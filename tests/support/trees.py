"""Call trees as pictures: columns of letters in, indented lines out.

In, one column per sample, the root's side on top; the first row is the command. A dot is nothing, and
`name[kind]` a frame with a kind:

    app  app  app
    A    A    A
    B    B    .

Out, one line per node: its total, and its own samples where it has any:

    root 3
      app 3
        A 3 (1 own)
          B 2 (2 own)
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from textwrap import dedent

from flamescope_py.analysis.flamegraph import FlameGraph, flame_graph
from flamescope_py.analysis.selection import Selection
from flamescope_py.analysis.view import View
from flamescope_py.model import Frame, Profile, ProfileBuilder
from tests.support.views import select

# The first sample's second: far enough from 0 that times have the rounding of a real machine's.
ORIGIN = 3000
_FRAME = re.compile(r"(.+?)(?:\[(\w+)\])?")


def profile(picture: str, times: Sequence[float] | None = None, idle: Iterable[int] = ()) -> Profile:
    """Return the profile of a picture. `times` default to ten samples per second from ORIGIN.

    `idle` names the columns that are idle samples.
    """
    rows = [line.split() for line in picture.strip().splitlines()]
    stacks = [[cell for cell in column if cell != "."] for column in zip(*rows, strict=True)]
    return of_stacks(stacks, times, idle)


def of_stacks(
    stacks: Sequence[Sequence[str]], times: Sequence[float] | None = None, idle: Iterable[int] = ()
) -> Profile:
    """Return the profile of stacks, command first. `name[kind]` is a frame with a kind."""
    builder = ProfileBuilder()
    nodes = [builder.stack([_frame(builder, text) for text in stack]) for stack in stacks]
    threads = [builder.thread(1, 1, stack[0]) for stack in stacks]
    if times is None:
        times = [ORIGIN + tenth / 10 for tenth in range(len(stacks))]
    resting = set(idle)
    builder.add_samples(
        time=times, node=nodes, thread=threads, idle=[row in resting for row in range(len(stacks))]
    )
    return builder.finish("picture")


def _frame(builder: ProfileBuilder, text: str) -> int:
    match = _FRAME.fullmatch(text)
    assert match
    return builder.frame(match[1], "", match[2] or "")


def view(picture: str, times: Sequence[float] | None = None, idle: Iterable[int] = ()) -> View:
    """Return the unfiltered view of a picture."""
    return select(profile(picture, times, idle), Selection())


def drawn(graph: FlameGraph) -> str:
    """Draw a flame graph as indented lines."""
    lines = []
    rows = zip(
        graph.frame.tolist(), graph.depth.tolist(), graph.own.tolist(), graph.total.tolist(), strict=True
    )
    for row, depth, own, total in rows:
        frame = graph.frames[row]
        kind = f"[{frame.kind}]" if frame.kind else ""
        lines.append(f"{'  ' * depth}{frame.name}{kind} {total}" + (f" ({own} own)" if own else ""))
    return "\n".join(lines)


def picture(profile: Profile) -> str:
    """Draw the flame graph of the whole profile."""
    return drawn(flame_graph(select(profile, Selection())))


def lines(text: str) -> str:
    """Remove the indentation of the test from an expected picture."""
    return dedent(text).strip("\n").rstrip()


def stack_counts(graph: FlameGraph) -> Counter[tuple[Frame, ...]]:
    """Count own samples by whole stack without the root."""
    counts: Counter[tuple[Frame, ...]] = Counter()
    stack: list[Frame] = []
    for row, depth, own in zip(graph.frame.tolist(), graph.depth.tolist(), graph.own.tolist(), strict=True):
        del stack[max(depth - 1, 0) :]
        if depth:
            stack.append(graph.frames[row])
        if own:
            counts[tuple(stack)] += own
    return counts
