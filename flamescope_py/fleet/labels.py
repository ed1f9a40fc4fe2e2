"""The labels of a profile: its service, host and version, when it started, and any others.

They come from `--label`, from a pattern on the file's name, or from the file itself, in this order.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from typing import Any
from urllib.parse import quote

import orjson

from flamescope_py.analysis.filters.patterns import compile_pattern
from flamescope_py.errors import ParameterError
from flamescope_py.model import Profile

SERVICE, HOST, VERSION, START = "service", "host", "version", "start"
# As OpenTelemetry names a service without a name.
UNKNOWN_SERVICE, UNKNOWN_HOST = "unknown_service", "unknown_host"
MAX_LABELS = 32
MAX_CHARACTERS = 200
# Of a folder's name, which may have 255.
_MAX_QUOTED = 240
_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,63}")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff\u2028\u2029]")
# perf script --header, and the attributes of OTLP resources.
_OF_HEADER = {HOST: ("host.name", "hostname"), SERVICE: ("service.name",), VERSION: ("service.version",)}
# 2026-11-29T10:00:00.5Z  20261129T100000Z  2026-11-29 10:00:00 +01:00  2026112910000000
_MOMENT = re.compile(
    r"(\d{4})-?(\d\d)-?(\d\d)[T_ ]?(\d\d):?(\d\d):?(\d\d)(\d\d|[.,]\d{1,9})? ?(?:Z|([+-])(\d\d):?(\d\d))?"
)
_SECONDS = re.compile(r"\d{9,10}(?:\.\d{1,9})?")


@dataclass(frozen=True, slots=True)
class LabelRules:
    """Labels for every file, and a pattern whose named groups are labels of a file by its name."""

    fixed: Mapping[str, str] = field(default_factory=dict)
    pattern: str | None = None

    def of(self, name: str, profile: Profile) -> Labels:
        """Return the labels of a profile. Raises ParameterError for an invalid value."""
        return Labels(self.own(profile) | self.by_name(name) | dict(self.fixed))

    def by_name(self, name: str) -> dict[str, str]:
        """Return the labels that the pattern finds in a name."""
        if self.pattern is None:
            return {}
        match = compile_pattern(self.pattern).search(name)
        groups = match.groupdict() if match else {}
        return {key: checked(key, value) for key, value in groups.items() if value}

    @staticmethod
    def own(profile: Profile) -> dict[str, str]:
        """Return the labels of a file's own header, with odd characters replaced."""
        header = profile.meta.header
        found = {}
        for label, keys in _OF_HEADER.items():
            value = next((header[key] for key in keys if header.get(key, "").strip()), "")
            if value:
                found[label] = _shortened(_CONTROL.sub("\ufffd", value.strip()))
        return found


@dataclass(frozen=True, slots=True)
class Labels:
    """All labels of one profile by name."""

    values: Mapping[str, str]

    @property
    def service(self) -> str:
        """The service, never empty."""
        return self.values.get(SERVICE) or UNKNOWN_SERVICE

    @property
    def host(self) -> str:
        """The host, never empty."""
        return self.values.get(HOST) or UNKNOWN_HOST

    @property
    def version(self) -> str:
        """The version of the service, or nothing."""
        return self.values.get(VERSION, "")

    @property
    def start(self) -> int | None:
        """The wall time of the first sample in microseconds, where a label has it."""
        return moment(self.values[START]) if START in self.values else None

    def json(self) -> str:
        """Return the labels as a JSON object in the order of their names."""
        return orjson.dumps(self.values, option=orjson.OPT_SORT_KEYS).decode()

    def digest(self) -> str:
        """Return 8 digits that differ between other labels."""
        return hashlib.sha256(self.json().encode()).hexdigest()[:8]


def label_rules(given: Iterable[str], pattern: str | None = None) -> LabelRules:
    """Parse `key=value` texts and check the pattern. Raises ParameterError."""
    fixed: dict[str, str] = {}
    for text in given:
        key, equals, value = text.partition("=")
        if not equals or not _KEY.fullmatch(key):
            raise ParameterError(
                f"label is {text[:100]!r}: it must be a name, = and a value, as in host=web-1."
            )
        if fixed.setdefault(key, value) != value:
            raise ParameterError(f"label {key} has two values: give one.")
        checked(key, value)
    if len(fixed) > MAX_LABELS:
        raise ParameterError(f"{len(fixed)} labels: at most {MAX_LABELS} are allowed.")
    if pattern is not None:
        names: Mapping[str, Any] = compile_pattern(pattern).groupindex
        if not names:
            raise ParameterError("The pattern has no named group: write one, as in (?P<host>[^/]+)/.")
    return LabelRules(fixed, pattern)


def checked(key: str, value: str) -> str:
    """Return the value of a label. Raises ParameterError if no folder, table or page could hold it."""
    if not value.strip() or value != value.strip():
        raise ParameterError(
            f"label {key} is {value[:100]!r}: it must not be empty or begin or end in blanks."
        )
    if _CONTROL.search(value):
        raise ParameterError(f"label {key} is {value[:100]!r}: it must not have control characters.")
    if _shortened(value) != value:
        raise ParameterError(f"label {key} is longer than {MAX_CHARACTERS} letters: shorten it.")
    if key == START:
        moment(value)
    return value


def moment(text: str) -> int:
    """Return the microseconds since 1970 of a time: ISO 8601 (UTC without a zone) or seconds since 1970.

    Raises ParameterError.
    """
    if _SECONDS.fullmatch(text):
        whole, _, fraction = text.partition(".")
        return int(whole) * 1_000_000 + int(fraction.ljust(6, "0")[:6])
    match = _MOMENT.fullmatch(text)
    try:
        if match is None:
            raise ValueError
        year, month, day, hour, minute, second = map(int, match.groups()[:6])
        fraction, sign, hours, minutes = match.groups()[6:]
        if int(hours or 0) > 23 or int(minutes or 0) > 59:
            raise ValueError
        zone = timedelta(hours=int(hours or 0), minutes=int(minutes or 0)) * (-1 if sign == "-" else 1)
        begin = datetime(year, month, day, hour, minute, second, tzinfo=timezone.utc) - zone
    except (ValueError, OverflowError) as error:
        sentence = f"{text[:100]!r} is no time: write it as 2026-11-29T10:00:00Z or as seconds since 1970."
        raise ParameterError(sentence) from error
    digits = (fraction or "").lstrip(".,").ljust(6, "0")[:6]
    return int(begin.timestamp()) * 1_000_000 + int(digits)


def folder_name(value: str) -> str:
    """Return a label in the name of a folder, percent-encoded."""
    return quote(value, safe="")


def _shortened(value: str) -> str:
    value = value[:MAX_CHARACTERS]
    while len(folder_name(value)) > _MAX_QUOTED:
        value = value[:-1]
    return value
