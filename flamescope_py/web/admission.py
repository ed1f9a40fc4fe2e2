"""Admits the queries of a request, by the address of its client."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from flask import request

from flamescope_py.errors import TooLargeError, TooManyRequestsError
from flamescope_py.web import context
from flamescope_py.web.local_users import LocalUsers
from flamescope_py.web.middleware.logs import FIELDS

logger = logging.getLogger(__name__)
_LOCAL_USERS = LocalUsers()


@contextmanager
def spending(cost: float) -> Iterator[None]:
    """Run the query of the current request, whose estimated cost is in seconds of processor time.

    The address is that of the connection, or the one that a trusted proxy names. Users of this machine are
    told apart. Raises as `Admission.spend` does.
    """
    client = request.remote_addr or ""
    try:
        with context.service().admission.spend(client, cost, _local_user(client)):
            yield
    except (TooLargeError, TooManyRequestsError) as error:
        fields = {"client": client, "route": request.path, "seconds": round(cost, 1)}
        logger.warning("a query was refused: %s", type(error).__name__, extra={FIELDS: fields})
        raise


def _local_user(client: str) -> int | None:
    """Return the user of this machine who asks. Behind a trusted proxy, the connection is the proxy's."""
    port = str(request.environ.get("REMOTE_PORT", ""))
    if context.settings().trusted_proxies or not port.isdecimal():
        return None
    return _LOCAL_USERS.user(client, int(port))
