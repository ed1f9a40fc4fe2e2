"""Errors and the state of the server."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import UNSET, Meta, UnsetType

from flamescope_py.service.wire import Wire


class Health(Wire):
    """The state of a server that works."""

    status: Annotated[Literal["ok"], Meta(description="Always ok.")] = "ok"


class Error(Wire, kw_only=True):
    """The body of every error."""

    status: Annotated[
        Literal["unavailable"] | UnsetType, Meta(description="Only where the server is not ready.")
    ] = UNSET
    error: Annotated[str, Meta(description="The problem and the remedy, in one sentence.")]
