"""CPU profiles that cannot be read, invalid JSON, and how the head of a file tells them apart."""

from __future__ import annotations

import io
import re

import orjson
import pytest

from flamescope_py.errors import BrokenProfileError, TooLargeError
from flamescope_py.readers.json import text as json_text
from flamescope_py.readers.source import sniff_file
from flamescope_py.readers.v8 import cpuprofile
from tests.support.reading import assert_same, read, stacks

NODES = [
    {"id": 1, "callFrame": {"functionName": "(root)", "url": "", "lineNumber": -1}, "children": [5]},
    {"id": 5, "callFrame": {"functionName": "main", "url": "file:///srv/app/main.js", "lineNumber": 0}},
]


def written(samples: object, deltas: object, nodes: object = None) -> bytes:
    """Return a profile as JSON, of NODES by default."""
    parts = {"nodes": NODES if nodes is None else nodes, "startTime": 3_000_500_000, "endTime": 3_000_500_000}
    return orjson.dumps(parts | {"samples": samples, "timeDeltas": deltas})


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (b"", "cut off"),
        (b"{", "cut off"),
        (written([5], [1])[:-9], "cut off"),
        (written([5], [1]).replace(b"[5]", b"[NaN]"), "holds NaN at"),
        (written([5], [1]).replace(b"[5]", b"[-Infinity]"), "holds -?Infinity at"),
        (written([5], [1]).replace(b"[5]", b"[5;]"), "broken at line 1"),
        (b'{"nodes":' + b"[" * 10**6 + b"]" * 10**6 + b"}", "nested more than 1024"),
        (b'{"nodes":' + b"[" * 10**6, "nested more than 1024"),
        (b"[1,2,3]", "no CPU profile"),
        (b'{"name":"x"}', "no CPU profile"),
        (b'{"nodes":{}}', "no CPU profile"),
        (written([], []), "no sample"),
        (written([99], [1]), "no sample"),
        (written([5], [1], []), "no sample"),
    ],
)
def test_what_cannot_be_read_is_refused_and_says_why(text: bytes, says: str) -> None:
    with pytest.raises(BrokenProfileError, match=says):
        cpuprofile.read([text])


def test_json_over_the_bound_is_refused_before_it_is_parsed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_text, "MAX_JSON", 100)
    with pytest.raises(TooLargeError):
        cpuprofile.read([written([5], [1])])


def test_bytes_that_are_not_utf_8_are_shown_as_such() -> None:
    text = written([5], [1]).replace(b'"main"', b'"m\xffin"')
    assert stacks(cpuprofile.read([b"\xef\xbb\xbf", text])) == ["(root);m\N{REPLACEMENT CHARACTER}in"]


@pytest.mark.parametrize(
    "text",
    [
        written([5], [1]),
        orjson.dumps(orjson.loads(written([5], [1])), option=orjson.OPT_INDENT_2),
        orjson.dumps(orjson.loads(written([5], [1])), option=orjson.OPT_SORT_KEYS),
        b'{"title": "x", "samples": [' + b"5," * 40_000 + b'5], "timeDeltas": [], "nodes": []}',
        b'\xef\xbb\xbf\r\n{"timeDeltas":[1',
    ],
)
def test_a_profile_is_known_by_its_head_however_it_is_written(text: bytes) -> None:
    assert sniff_file(io.BytesIO(text)).type == "cpuprofile"


@pytest.mark.parametrize(
    "text",
    [
        b'{"name": "flamescope", "version": "1.0.0"}',
        b"[1, 2, 3]",
        b"[]",
        b"{}",
        b'{"nodes": [{"id": 1}], "links": []}',
    ],
)
def test_other_json_is_unknown_and_it_is_said_why(text: bytes) -> None:
    sniffed = sniff_file(io.BytesIO(text))
    assert sniffed.type == "unknown"
    assert re.search("JSON that is neither", sniffed.reason)


def test_chunks_are_the_whole() -> None:
    text = written([5, 1, 5], [1, 1, 1])
    assert_same(cpuprofile.read(bytes([byte]) for byte in text), read(text, "cpuprofile"))
