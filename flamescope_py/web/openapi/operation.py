"""The description of a route, beside its view: `@describes(Operation(…))`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, TypeVar

from flamescope_py.service.parameters import Parameter
from flamescope_py.web.respond import JSON

View = TypeVar("View", bound=Callable[..., Any])

BINARY = "application/octet-stream"
FORM = "multipart/form-data"
# No such profile, not readable, changed meanwhile, too large, unknown format, broken, busy.
PROFILE_ERRORS = (404, 409, 413, 415, 422, 503)
# Those of a query, whose cost is estimated before.
QUERY_ERRORS = (*PROFILE_ERRORS, 429)
_OPERATION = "flamescope_py.operation"


class Operation(NamedTuple):
    """The parameters, bodies and responses of a route.

    `answers` maps media types to the types of JSON answers, `body` to the type of a JSON body or None for
    bytes. `errors` are the statuses beside those of every route.
    """

    answers: Mapping[str, tuple[Any, ...]]
    parameters: tuple[Parameter, ...] = ()
    errors: tuple[int, ...] = ()
    status: int = 200
    body: Mapping[str, Any] | None = None
    conditional: bool = False
    """Whether it answers 304 to the current ETag."""
    changes: bool = False
    """Whether it changes something, so that it may need the token."""
    later: bool = False
    """Whether it answers 202 while its work goes on."""
    headers: Mapping[str, str] = {}
    detail: str = ""
    """Sentences beyond the first line of the view's docstring."""


def describes(operation: Operation) -> Callable[[View], View]:
    """Return a decorator that attaches an operation to its view."""

    def attach(view: View) -> View:
        view.__dict__[_OPERATION] = operation
        return view

    return attach


def operation_of(view: Callable[..., Any]) -> Operation | None:
    """Return the operation of a view, None if it has none."""
    found: Operation | None = view.__dict__.get(_OPERATION)
    return found


def json_answer(*types: Any) -> dict[str, tuple[Any, ...]]:
    """Return the `answers` of a route that answers JSON of one of some types."""
    return {JSON: types}
