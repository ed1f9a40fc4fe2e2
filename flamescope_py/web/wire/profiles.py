"""The list of profiles, and the progress of a reading; service/info.py has the facts of a profile."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal

from msgspec import UNSET, Meta, UnsetType

from flamescope_py import service
from flamescope_py.service.wire import Time, Wire, encode, known


class Profile(Wire):
    """A file of the profile directory."""

    filename: Annotated[str, Meta(description="Its path below the profile directory.")]
    type: Annotated[str, Meta(description="Its format by its content, or unknown.")]
    size: Annotated[int, Meta(description="In bytes.")]
    modified: Annotated[Time | UnsetType, Meta(description="Time of the last write.")] = UNSET
    reason: Annotated[str | UnsetType, Meta(description="Why its type is unknown.")] = UNSET
    duration: Annotated[
        float | UnsetType,
        Meta(description="Seconds from the first sample to the last; known once it was opened."),
    ] = UNSET
    samples: Annotated[int | UnsetType, Meta(description="Number of samples; known once it was opened.")] = (
        UNSET
    )
    error: Annotated[
        str | UnsetType, Meta(description="Why its last reading failed, if one did since the server started.")
    ] = UNSET


class PreviewItem(Wire):
    """What is known of a file before it is opened."""

    filename: Annotated[str, Meta(description="Its path below the profile directory.")]
    state: Annotated[
        Literal["ready", "reading", "none"],
        Meta(description="reading while the server reads it, none if it is too large, unreadable or gone."),
    ]
    preview: Annotated[service.Preview | UnsetType, Meta(description="Where it is ready.")] = UNSET
    finding: Annotated[
        str | UnsetType,
        Meta(
            description="The leading finding as a sentence, as /findings/ has it; empty where nothing stands "
            "out, left out where it is not known."
        ),
    ] = UNSET
    looking: Annotated[bool | UnsetType, Meta(description="True while the server looks for it.")] = UNSET


class ReadingProgress(Wire):
    """How much of a profile has been read, while another request waits for it."""

    state: Annotated[
        Literal["new", "parsing", "ready", "failed"], Meta(description="The state of the reading.")
    ]
    done: Annotated[int, Meta(description="Bytes of the file that have been read.")]
    size: Annotated[int, Meta(description="Bytes of the file.")]


def profile_item(profile: service.ListedProfile) -> bytes:
    """Return one item of the list as JSON; unknown facts are left out."""
    file = profile.file
    return encode(
        Profile(
            filename=file.name,
            type=file.type,
            size=file.stamp.size,
            modified=known(file.modified),
            reason=file.reason or UNSET,
            duration=known(profile.duration),
            samples=known(profile.samples),
            error=known(profile.error),
        )
    )


def progress(found: service.ReadingState) -> bytes:
    """Return the progress of a reading as JSON."""
    return encode(ReadingProgress.of(found))


def previews(found: Sequence[service.Previewed]) -> bytes:
    """Return previews as JSON."""
    return encode(
        [
            PreviewItem(one.name, one.state, known(one.preview), known(one.finding), one.looking)
            for one in found
        ]
    )
