"""Imports over SSH: jobs, and the hosts and actions that a client may use.

remote/bodies.py describes the bodies that start a job, since it reads them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Annotated, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from flamescope_py import service
from flamescope_py.service.wire import Time, Wire, encode


class HostKey(Wire):
    """The key of an SSH host."""

    algorithm: Annotated[str, Meta(description="Its algorithm.")]
    fingerprint: Annotated[str, Meta(description="Its fingerprint, to be sent as hostKey if it is accepted.")]
    host: Annotated[str, Meta(description="The host that shows it.")]
    port: Annotated[int, Meta(description="The port of the host.")]


class FoundProcess(Wire):
    """A process that may be recorded."""

    pid: Annotated[int, Meta(description="Its id.")]
    command: Annotated[str, Meta(description="Its command line.")]
    user: Annotated[str, Meta(description="The user whom it belongs to.")]
    cpu: Annotated[
        float | None, Meta(description="The percent of one CPU that it takes now; null if unknown.")
    ]
    runtime: Annotated[
        Literal["node", "java", "dotnet", "python", "ruby", "php"] | None,
        Meta(description="The runtime that it is, by the name of its program."),
    ]
    map: Annotated[
        Literal["named", "absent", "empty", "nameless", "foreign", "unreadable", "hidden"],
        Meta(description="The perf map, which names the functions that a runtime compiles."),
    ]


class Job(Wire):
    """An import or a recording."""

    id: Annotated[str, Meta(description="Its id.")]
    kind: Annotated[
        Literal["ssh", "capture", "record"],
        Meta(description="An import, a recording on a host, or one on the server's own machine."),
    ]
    source: Annotated[str, Meta(description="Its source: admin@host:/path, or admin@host 'pattern'.")]
    state: Annotated[
        Literal["queued", "running", "done", "failed", "cancelled"], Meta(description="Its state.")
    ]
    step: Annotated[str, Meta(description="The present step.")]
    done: Annotated[int, Meta(description="Bytes received.")]
    size: Annotated[int | None, Meta(description="Bytes in all, if known.")]
    seconds_left: Annotated[int | None, Meta(description="Seconds until the end of the step, if known.")]
    created: Annotated[Time, Meta(description="Time of the request.")]
    started: Annotated[Time | None, Meta(description="Time of the start.")]
    ended: Annotated[Time | None, Meta(description="Time of the end.")]
    error: Annotated[str | None, Meta(description="Why it failed.")]
    filename: Annotated[str | None, Meta(description="The profile that it brought.")]
    warnings: Annotated[Sequence[str], Meta(description="Remarks for the user.")]
    live: Annotated[
        str | None,
        Meta(description="The profile that a recording fills while it goes on, from its first samples."),
    ]
    processes: Annotated[
        Sequence[FoundProcess] | UnsetType, Meta(description="The processes that the pattern matches.")
    ] = UNSET
    host_key: Annotated[HostKey | UnsetType, Meta(description="The key of a host that is not known yet.")] = (
        UNSET
    )
    code: Annotated[
        Literal["hostKeyUnknown", "hostKeyChanged"] | UnsetType,
        Meta(description="The error, where a program can do something about it."),
    ] = UNSET


class Commands(Wire):
    """The commands of a recording, as a person would type them."""

    commands: Annotated[Sequence[str], Meta(description="One line each.")]


class Permission(Wire):
    """Whether an action is allowed."""

    enabled: Annotated[bool, Meta(description="Whether it is allowed.")]
    reason: Annotated[str | None, Meta(description="Why it is not.")]


class Alias(Wire):
    """A host of ~/.ssh/config."""

    alias: Annotated[str, Meta(description="Its name in ~/.ssh/config.")]
    host: Annotated[str, Meta(description="The address that the name stands for.")]
    port: Annotated[int, Meta(description="Its port.")]
    user: Annotated[str, Meta(description="The user on the host.")]


class Hosts(Wire):
    """The allowed actions and the known hosts."""

    upload: Annotated[Permission, Meta(description="Uploads and deletions.")]
    ssh: Annotated[Permission, Meta(description="Imports and recordings over SSH.")]
    record: Annotated[Permission, Meta(description="Recordings on the server's own machine.")]
    fleet: Annotated[bool, Meta(description="Whether the server has a collection of many hosts, at /fleet/.")]
    hosts: Annotated[Sequence[Alias], Meta(description="Hosts of ~/.ssh/config that the server may reach.")]
    max_seconds: Annotated[int, Meta(description="The longest recording.")]
    max_bytes: Annotated[int, Meta(description="The largest file.")]


def job(found: service.JobView) -> bytes:
    """Return a job as JSON."""
    return encode(_job(found))


def job_list(found: Iterable[service.JobView]) -> bytes:
    """Return jobs as JSON."""
    return encode([_job(one) for one in found])


def _job(found: service.JobView) -> Job:
    """Return a job with the details of its error beside it, such as hostKey."""
    details = {
        one.name: found.details[one.encode_name] for one in _DETAILS if one.encode_name in found.details
    }
    return Job.of(found, **details)


_DETAILS = [one for one in msgspec.structs.fields(Job) if one.default is UNSET]
