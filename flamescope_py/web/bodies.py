"""The JSON body of the current request."""

from __future__ import annotations

import orjson
from flask import request

from flamescope_py.errors import ParameterError


def json_body() -> object:
    """Return the parsed body. Raises ParameterError for anything but JSON."""
    if not request.is_json:
        raise ParameterError("Send a JSON object, with Content-Type: application/json.")
    try:
        return orjson.loads(request.get_data(cache=False))
    except orjson.JSONDecodeError as error:
        raise ParameterError("The body is not JSON.") from error
