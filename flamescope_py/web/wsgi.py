"""The types of WSGI, as far as they are used here, and what waitress adds to it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

Environ = dict[str, Any]
StartResponse = Callable[..., Any]
Application = Callable[[Environ, StartResponse], Iterable[bytes]]


def client_gone(environ: Environ) -> Callable[[], bool]:
    """Return a function that returns True once the client has closed its connection.

    Servers other than waitress do not tell, and their clients stay.
    """
    asked: Callable[[], bool] = environ.get("waitress.client_disconnected", lambda: False)
    return asked
