"""The nflxprofile reader: Netflix's protocol buffers as a Profile.

`wire` recognises such a file and `stacks` finds the stacks. Here the samples become columns. A sample's value
is its `period`, so that graphs count samples unless a request weighs them.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import numpy.typing as npt

from flamescope_py.errors import BrokenProfileError, TooLargeError
from flamescope_py.model import ParseReport, Profile, ProfileBuilder
from flamescope_py.model.profile import UNKNOWN
from flamescope_py.readers.limits import MAX_SPAN_SECONDS
from flamescope_py.readers.nflx import wire
from flamescope_py.readers.nflx.stacks import Stacks, text

if TYPE_CHECKING:
    from flamescope_py.readers.nflx import nflxprofile_pb2 as pb

# A message is held whole, and its objects take up to thirty times its bytes; real files have some megabytes.
MAX_BYTES = 256 << 20
# More seconds than there are between two samples of any profile: such a delta is damage.
MAX_DELTA = 1e7
MAX_VALUE = 2**63

Ints: TypeAlias = npt.NDArray[np.int64]
Rows: TypeAlias = npt.NDArray[np.intp]

recognises = wire.recognises


def read(chunks: Iterable[bytes]) -> Profile:
    """Read an nflxprofile. Raises BrokenProfileError where it is not whole or has no sample that can be
    shown, and TooLargeError above `MAX_BYTES`."""
    message = _parsed(_joined(chunks))
    builder = ProfileBuilder()
    builder.event("samples")
    _describe(builder, message)
    _add_samples(builder, message)
    builder.drop_strays(MAX_SPAN_SECONDS / 2)
    if not builder.report.samples:
        raise BrokenProfileError("No sample of this nflxprofile names a node that it holds: record it again.")
    return builder.finish("nflxprofile")


def _joined(chunks: Iterable[bytes]) -> bytes:
    data = bytearray()
    for chunk in chunks:
        data += chunk
        if len(data) > MAX_BYTES:
            raise TooLargeError(f"An nflxprofile of more than {MAX_BYTES >> 20} MB cannot be read.")
    return bytes(data)


def _parsed(data: bytes) -> pb.Profile:
    """Parse a whole message and check that it can be one."""
    from google.protobuf.message import DecodeError

    from flamescope_py.readers.nflx import nflxprofile_pb2

    try:
        message = nflxprofile_pb2.Profile.FromString(data)
    except DecodeError as error:
        raise BrokenProfileError("The nflxprofile is cut short or damaged: copy it again.") from error
    if not wire.are_times(message.start_time, message.end_time):
        raise BrokenProfileError("The nflxprofile's start and end cannot be times: record it again.")
    return message


def _describe(builder: ProfileBuilder, message: pb.Profile) -> None:
    """Keep title and description of the file."""
    facts = {"title": message.title, "description": message.description}
    builder.header |= {name: text(value) for name, value in facts.items() if value}
    if message.idle_sample_count:
        builder.report.messages.append(
            f"{message.idle_sample_count} idle samples were left out when the file was written."
        )


def _add_samples(builder: ProfileBuilder, message: pb.Profile) -> None:
    """Turn all samples into columns; those of unknown nodes are skipped and counted."""
    nodes = {entry.key: entry.value for entry in message.nodes}
    builder.report.repaired += len(message.nodes) - len(nodes)
    stacks = Stacks(builder, nodes, {param.key: param.value for param in message.params})
    samples, times = _samples_and_times(message, builder.report)
    known = np.isin(samples, np.array(list(nodes), dtype=np.int64))
    _name_strangers(samples[~known], builder.report)
    if not known.any():
        return
    distinct, place = np.unique(samples[known], return_inverse=True)
    numbers = distinct.tolist()
    ends = [stacks.end(number) for number in numbers]
    sampled = [nodes[number] for number in numbers]
    pid, tid, cpu = (_column(message, name, known, sampled, place) for name in ("pid", "tid", "cpu"))
    columns: dict[str, npt.NDArray[Any]] = {
        "time": times[known],
        "node": np.array([end.node for end in ends], dtype=np.int64)[place],
        "thread": _threads(builder, [end.command for end in ends], place, pid, tid),
        "cpu": cpu,
    }
    if len(message.samples_value) >= len(known):
        values = np.array(message.samples_value, dtype=np.uint64)[: len(known)][known]
        columns["period"] = np.where(values < MAX_VALUE, values, 0)
    builder.add_samples(**columns)


def _name_strangers(numbers: Ints, report: ParseReport) -> None:
    for number in numbers[:5].tolist():
        report.note("sample of a node that the file does not hold", text=f"node {number}")
    report.skipped += len(numbers)


def _samples_and_times(message: pb.Profile, report: ParseReport) -> tuple[Ints, npt.NDArray[np.float64]]:
    """Return node and time of every sample; without any deltas the times are unknown."""
    samples = np.array(message.samples, dtype=np.int64)
    deltas = np.array(message.time_deltas, dtype=np.float64)
    if not len(deltas):
        return samples, np.full(len(samples), np.nan)
    if len(deltas) != len(samples):
        missing = abs(len(samples) - len(deltas))
        report.skip("there are not as many times as samples", count=missing)
    samples, deltas = samples[: len(deltas)], deltas[: len(samples)]
    damaged = ~(np.abs(deltas) < MAX_DELTA)
    report.repaired += int(np.count_nonzero(damaged))
    deltas = np.where(damaged, 0, deltas)
    return samples, np.cumsum(np.concatenate(([message.start_time], deltas)))[1:]


def _column(
    message: pb.Profile, name: str, known: npt.NDArray[np.bool_], nodes: list[pb.Node], place: Rows
) -> Ints:
    """Return pid, tid or cpu of the known samples: from its own column, else from the samples' nodes."""
    found = np.array(getattr(message, f"samples_{name}"), dtype=np.int64)
    if len(found) >= len(known):
        found = found[: len(known)][known]
    else:
        of_nodes = [getattr(node, name) if node.HasField(name) else UNKNOWN for node in nodes]
        found = np.array(of_nodes, dtype=np.int64)[place]
    # A writer's -1 comes as 2**32 - 1.
    return np.where(found < 2**31, found, UNKNOWN)


def _threads(builder: ProfileBuilder, commands: list[str], place: Rows, pid: Ints, tid: Ints) -> Ints:
    """Intern the thread of every sample; its command is the first frame of its stack."""
    names = {name: row for row, name in enumerate(dict.fromkeys(commands))}
    command = np.array([names[name] for name in commands], dtype=np.int64)[place]
    rows, inverse = np.unique(np.stack((command, pid, tid)), axis=1, return_inverse=True)
    by_row = list(names)
    threads = [builder.thread(pid, tid, by_row[row]) for row, pid, tid in rows.T.tolist()]
    return np.array(threads, dtype=np.int64)[inverse.reshape(-1)]
