from __future__ import annotations

import pytest

from flamescope_py.errors import ParameterError
from flamescope_py.fleet.labels import Labels, folder_name, label_rules, moment
from tests.support.perf_text import sample, script
from tests.support.reading import read_perf

SECOND = 1_000_000
TEN = 1_795_946_400 * SECOND


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("2026-11-29T10:00:00Z", TEN),
        ("2026-11-29T10:00:00", TEN),
        ("2026-11-29 11:30:00+01:30", TEN),
        ("2026-11-29 08:00:00 -0200", TEN),
        ("20261129T100000Z", TEN),
        ("2026-11-29T10:00:00.5Z", TEN + SECOND // 2),
        ("2026-11-29T10:00:00.123456789Z", TEN + 123_456),
        # perf record --switch-output names files so, with hundredths of a second.
        ("2026112910000007", TEN + 70_000),
        ("1795946400", TEN),
        ("1795946400.25", TEN + SECOND // 4),
    ],
)
def test_moments_are_microseconds_since_1970(text: str, time: int) -> None:
    assert moment(text) == time


@pytest.mark.parametrize(
    "text",
    [
        *("", "now", "2026-13-01T00:00:00Z", "2026-11-29", "10:00", "-5", "1e9", "99999999999999"),
        *("2026-11-29T10:00:00+25:00", "2026-11-29T10:00:00-01:60"),
    ],
)
def test_other_texts_are_no_moments(text: str) -> None:
    with pytest.raises(ParameterError, match="is no time: write it as 2026"):
        moment(text)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ("host", "must be a name, = and a value"),
        ("=web", "must be a name, = and a value"),
        ("a b=c", "must be a name, = and a value"),
        ("host=", "must not be empty"),
        ("host= web", "must not be empty"),
        ("host=a\nb", "control characters"),
        ("host=a\x1b[31m", "control characters"),
        ("host=\ud800", "control characters"),
        ("service=" + "x" * 201, "longer than 200"),
        ("service=" + "/" * 100, "longer than 200"),
        ("start=soon", "is no time"),
    ],
)
def test_a_label_that_nothing_can_hold_is_refused(given: str, message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        label_rules([given])


def test_two_values_of_one_label_are_refused() -> None:
    with pytest.raises(ParameterError, match="label host has two values"):
        label_rules(["host=a", "host=b"])


def test_too_many_labels_are_refused() -> None:
    with pytest.raises(ParameterError, match="at most 32"):
        label_rules([f"l{number}=x" for number in range(33)])


def test_a_pattern_needs_a_named_group_and_compiles() -> None:
    with pytest.raises(ParameterError, match="no named group"):
        label_rules([], "(.*)/")
    with pytest.raises(ParameterError, match="does not compile"):
        label_rules([], "(?P<host>")


def test_given_labels_come_before_those_of_the_name_and_of_the_file() -> None:
    profile = read_perf("# hostname : boxen\n#\n", script(sample("1.5", "f (/x)")).decode())
    assert profile.meta.header["hostname"] == "boxen"
    pattern = r"(?P<service>[^/]+)/(?P<host>[^/]+)\.perf$"
    assert label_rules([]).of("web/web-1.perf", profile).host == "boxen"
    found = label_rules(["version=7"], pattern).of("web/web-1.perf", profile)
    assert (found.service, found.host, found.version) == ("web", "web-1", "7")
    assert label_rules(["host=other"], pattern).of("web/web-1.perf", profile).host == "other"
    assert label_rules([], pattern).of("elsewhere", profile).service == "unknown_service"


def test_hostile_text_of_a_header_is_made_harmless() -> None:
    profile = read_perf(
        "# hostname : \x1b[31m<script>" + "é" * 300 + "\n#\n", script(sample("1.5", "f (/x)")).decode()
    )
    host = label_rules([]).of("a", profile).host
    assert host.startswith("\ufffd[31m<script>")
    assert len(folder_name(host)) <= 240


def test_a_hostile_name_that_matches_is_refused_for_its_file() -> None:
    rules = label_rules([], "(?P<host>.*)")
    with pytest.raises(ParameterError, match="control characters"):
        rules.by_name("a\x07b")


@pytest.mark.parametrize("service", ["..", "a/b", "a=b", "%2F", "ü", "a b", "~"])
def test_a_service_is_one_part_of_a_path(service: str) -> None:
    assert "/" not in folder_name(service)
    assert Labels({"service": service}).service == service


def test_other_labels_have_another_digest() -> None:
    assert Labels({"host": "a", "service": "b"}).digest() == Labels({"service": "b", "host": "a"}).digest()
    assert Labels({"host": "a"}).digest() != Labels({"host": "b"}).digest()
