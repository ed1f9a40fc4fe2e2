"""Admits the queries of a request, by the address of its client."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from flask import request

from flamescope_py.errors import TooLargeError, TooManyRequestsError
from flamescope_py.web import context
from flamescope_py.web.middleware.logs import FIELDS

logger = logging.getLogger(__name__)


@contextmanager
def spending(seconds: float) -> Iterator[None]:
    """Run the query of the current request, which is about to take so many seconds.

    The address is that of the connection, or the one that a trusted proxy names. Raises as `Admission.spend`
    does.
    """
    client = request.remote_addr or ""
    try:
        with context.service().admission.spend(client, seconds):
            yield
    except (TooLargeError, TooManyRequestsError) as error:
        fields = {"client": client, "route": request.path, "seconds": round(seconds, 1)}
        logger.warning("a query was refused: %s", type(error).__name__, extra={FIELDS: fields})
        raise
