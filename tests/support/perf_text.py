"""Writes `perf script` text, so that a test names only the parts that matter to it."""

from __future__ import annotations

from collections.abc import Iterable


def event_line(
    time: str | None = "3000.000000",
    command: str = "node",
    task: str = "3738",
    cpu: int | None = None,
    period: int | None = None,
    event: str = "cycles",
) -> str:
    """Write one event line. A part that is None is left out, as perf does."""
    parts = [
        command,
        task,
        None if cpu is None else f"[{cpu:03}]",
        None if time is None else f"{time}:",
        None if period is None else str(period),
        f"{event}:",
    ]
    return " ".join(part for part in parts if part is not None) + "\n"


def frame_lines(frames: Iterable[str]) -> str:
    """Write frames, leaf first, each as `symbol (library)`, with made-up addresses."""
    return "".join(f"\t{0x1000 + number:16x} {frame}\n" for number, frame in enumerate(frames))


def sample(
    time: str | None = "3000.000000",
    *frames: str,
    command: str = "node",
    task: str = "3738",
    cpu: int | None = None,
    period: int | None = None,
    event: str = "cycles",
) -> str:
    """Write one block: an event line, its frames (leaf first), and the blank line behind."""
    return event_line(time, command, task, cpu, period, event) + frame_lines(frames) + "\n"


def script(*blocks: str) -> bytes:
    """Join blocks to a file."""
    return "".join(blocks).encode()
