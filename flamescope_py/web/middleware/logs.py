"""Logging as text or JSON: one line for each record, and one record for each request.

Text from clients is written as JSON strings in ASCII, so that no name, header or address can start a new
line, colour a terminal or imitate another field.
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Mapping
from datetime import datetime, timezone
from urllib.parse import parse_qsl

from flamescope_py.settings import Settings
from flamescope_py.web.wsgi import Environ

requests = logging.getLogger("flamescope_py.requests")

# Values that need no quotes in text.
_PLAIN = re.compile(r"[A-Za-z0-9_./:<>@+-]+")
_LONGEST = 300
FIELDS = "fields"
# Monitoring requests these every few seconds.
QUIET = frozenset({"/healthz", "/readyz", "/metrics"})


class TextFormatter(logging.Formatter):
    """`2026-01-31T12:00:00Z INFO flamescope_py.requests: message key=value`; further lines are indented."""

    def format(self, record: logging.LogRecord) -> str:
        fields = " ".join(f"{name}={_text(value)}" for name, value in _fields(record).items())
        message = _one_line(record.getMessage())
        line = f"{_time(record)} {record.levelname} {record.name}: {message} {fields}".rstrip()
        lines = self.formatException(record.exc_info).splitlines() if record.exc_info else []
        return "\n    ".join([line, *map(_one_line, lines)])


class JsonFormatter(logging.Formatter):
    """One JSON object per line."""

    def format(self, record: logging.LogRecord) -> str:
        found: dict[str, object] = {
            "time": _time(record),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            **_fields(record),
        }
        if record.exc_info:
            found["exception"] = self.formatException(record.exc_info)
        return json.dumps(found)


def configure(settings: Settings) -> None:
    """Log to standard error in the configured format."""
    handler = logging.StreamHandler()
    handler.setFormatter(JsonFormatter() if settings.log_format == "json" else TextFormatter())
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)


def log_request(fields: Mapping[str, object]) -> None:
    """Log one request."""
    level = logging.DEBUG if fields["route"] in QUIET else logging.INFO
    requests.log(level, "request", extra={FIELDS: fields})


def profile_of(environ: Environ) -> str | None:
    """Return the requested profile's name, shortened."""
    try:
        pairs = parse_qsl(environ.get("QUERY_STRING", ""), max_num_fields=1000, errors="replace")
    except ValueError:
        return None
    return next((value[:_LONGEST] for name, value in pairs if name == "filename"), None)


def user_of(environ: Environ, settings: Settings) -> str | None:
    """Return the user name set by a trusted proxy."""
    if not settings.trusted_proxies or settings.user_header is None:
        return None
    key = "HTTP_" + settings.user_header.upper().replace("-", "_")
    return str(environ[key])[:_LONGEST] if key in environ else None


def _fields(record: logging.LogRecord) -> dict[str, object]:
    found: Mapping[str, object] = getattr(record, FIELDS, {})
    return {name: value for name, value in found.items() if value is not None}


def _text(value: object) -> str:
    text = str(value)
    return text if _PLAIN.fullmatch(text) else json.dumps(text)


def _one_line(text: str) -> str:
    """Escape control characters."""
    return "".join(char if char.isprintable() else ascii(char)[1:-1] for char in text)


def _time(record: logging.LogRecord) -> str:
    moment = datetime.fromtimestamp(record.created, tz=timezone.utc)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
