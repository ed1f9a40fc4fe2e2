"""The sentence of each refusal: it names the parameter or field and the values it takes.

A sentence that ends in … is compared up to there: a list that grows follows, or wording of other layers.
"""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from flamescope_py.settings import Settings
from tests.api.conftest import SMALL, app_with, opened

FILES = {
    "elf": b"\x7fELF\0\0\0\0",
    "notes.txt": b"just\nsome\ntext\n",
    "empty": b"",
    "cut.gz": gzip.compress(SMALL)[:-20],
    "perf.folded": b"node;main;leaf 2\n",
}


@pytest.fixture
def client(settings: Settings, profiles: Path) -> FlaskClient:
    for name, content in FILES.items():
        (profiles / name).write_bytes(content)
    return opened(app_with(settings, max_patterns=2, max_pattern_chars=20))


def assert_sentence(answer: Any, status: int, sentence: str) -> None:
    assert answer.status_code == status, answer.text
    found = (answer.json or {})["error"]
    if sentence.endswith("…"):
        assert found.startswith(sentence.removesuffix("…"))
    else:
        assert found == sentence


QUESTIONS = [
    ("heatmap/", 400, "filename is missing: name a profile of the list."),
    ("heatmap/?filename=", 400, "filename is empty: give it a value or leave it out."),
    ("heatmap/?filename=none", 404, "There is no such profile…"),
    ("heatmap/?filename=small.perf&filename=other", 400, "filename is given 2 times: give it once."),
    ("heatmap/?filename=..%2Fx", 404, "There is no such profile…"),
    ("heatmap/?filename=elf", 415, "This is an ELF program or library, which is not read…"),
    ("heatmap/?filename=notes.txt", 415, "No line of its beginning…"),
    ("heatmap/?filename=empty", 422, "The file is empty…"),
    ("heatmap/?filename=cut.gz", 422, "The compressed file is cut off…"),
    ("heatmap/?filename=perf.folded", 422, "The samples have no timestamps…"),
    ("heatmap/?filename=small.perf&type=elf", 400, "type is 'elf': it must be one of perf…"),
    ("heatmap/?filename=small.perf&type=cpuprofile", 400, "The file is not of type cpuprofile but perf…"),
    ("heatmap/?filename=small.perf&rows=0", 400, "rows is '0': it must be a whole number from 1 to 1000."),
    ("heatmap/?filename=small.perf&rows=x", 400, "rows is 'x': it must be a whole number from 1 to 1000."),
    ("heatmap/?filename=small.perf&format=xml", 400, "format is 'xml': it must be one of nested, columns."),
    ("heatmap/?filename=small.perf&step=0", 400, "step is '0': it must be a whole number from 1 to 1000000."),
    (
        "heatmap/?filename=small.perf&step=1&columns=1",
        400,
        "step and columns are both given: give one of them.",
    ),
    (
        "heatmap/?filename=small.perf&columns=-1",
        400,
        "columns is '-1': it must be a whole number from 1 to 1000000.",
    ),
    ("heatmap/?filename=small.perf&join=mean", 400, "join is 'mean': it must be one of sum, max."),
    ("heatmap/?filename=small.perf&start=9", 416, "The range 9 to 3 s…"),
    ("heatmap/?filename=small.perf&search=(", 400, "The pattern '(' does not compile…"),
    (
        "heatmap/?filename=small.perf&drop=a&drop=b&include=c",
        400,
        "3 patterns: at most 2 are allowed (max_patterns).",
    ),
    (
        "heatmap/?filename=small.perf&drop=aaaaaaaaaaaaaaaaaaaaa",
        400,
        "A pattern has 21 characters: at most 20 are allowed (max_pattern_chars).",
    ),
    ("flamegraph/?filename=small.perf&start=a", 400, "start is 'a': it must be a decimal number of seconds."),
    ("flamegraph/?filename=small.perf&start=2&end=1", 416, "The range 2 to 1 s…"),
    ("flamegraph/?filename=small.perf&start=1&end=1", 416, "The range 1 to 1 s…"),
    ("flamegraph/?filename=small.perf&end=9", 416, "The range 0 to 9 s…"),
    (
        "flamegraph/?filename=small.perf&start=nan",
        400,
        "start is 'nan': it must be a decimal number of seconds.",
    ),
    ("flamegraph/?filename=small.perf&filter=nope", 400, "filter is 'nope': it must be one of node…"),
    ("flamegraph/?filename=small.perf&filter=", 400, "filter is empty: give it a value or leave it out."),
    ("flamegraph/?filename=small.perf&drop=(", 400, "The pattern '(' does not compile…"),
    (
        "flamegraph/?filename=small.perf&pid=x",
        400,
        "pid is 'x': it must be a whole number from -1 to 9007199254740992.",
    ),
    (
        "flamegraph/?filename=small.perf&idle=maybe",
        400,
        "idle is 'maybe': it must be one of exclude, include.",
    ),
    (
        "flamegraph/?filename=small.perf&weight=bytes",
        400,
        "weight is 'bytes': it must be one of samples, period.",
    ),
    ("flamegraph/?filename=small.perf&weight=period", 400, "The samples carry no period…"),
    ("flamegraph/?filename=small.perf&flavor=mint", 400, "flavor is 'mint': it must be one of standard…"),
    (
        "flamegraph/?filename=small.perf&inverted=yes",
        400,
        "inverted is 'yes': it must be one of true, false.",
    ),
    (
        "flamegraph/?filename=small.perf&nodes=1",
        400,
        "nodes is '1': it must be a whole number from 2 to 10000000.",
    ),
    ("flamegraph/?filename=perf.folded&start=0&end=1", 422, "The samples have no timestamps…"),
    (
        "differential/?filename=small.perf",
        400,
        "compareFilename is missing: name a second profile, or ask for the rest.",
    ),
    (
        "differential/?filename=small.perf&compareFilename=none",
        404,
        "Second profile: There is no such profile…",
    ),
    (
        "differential/?filename=small.perf&compareFilename=small.perf&format=pprof",
        400,
        "format is 'pprof': it must be one of nested, columns, folded, svg.",
    ),
    (
        "differential/?filename=small.perf&compareFilename=small.perf&rest=first",
        400,
        "compareFilename is given with rest, which is of the first profile: leave one out.",
    ),
    (
        "differential/?filename=small.perf&rest=third",
        400,
        "rest is 'third': it must be one of first, second.",
    ),
    (
        "elided/?filename=small.perf&compareFilename=small.perf&compareEnd=99",
        416,
        "Second profile: The range 0 to 99 s…",
    ),
    (
        "elided/?filename=small.perf&compareFilename=",
        400,
        "compareFilename is empty: give it a value or leave it out.",
    ),
    ("filter/?filename=none", 404, "There is no such profile…"),
    ("filter/?filename=small.perf&end=9", 416, "The range 0 to 9 s…"),
    (
        "filter/?filename=small.perf&pid=x",
        400,
        "pid is 'x': it must be a whole number from -1 to 9007199254740992.",
    ),
    (
        "profile/?sort=colour",
        400,
        "sort is 'colour': it must be one of name, -name, modified, -modified, size, -size, type, -type.",
    ),
    ("profile/?limit=0", 400, "limit is '0': it must be a whole number from 1 to 2147483648."),
    ("profile/?offset=-1", 400, "offset is '-1': it must be a whole number from 0 to 2147483648."),
    ("profile/?search=", 400, "search is empty: give it a value or leave it out."),
    ("profile/info", 400, "filename is missing: name a profile of the list."),
    ("profile/info?filename=elf", 415, "This is an ELF program or library, which is not read…"),
    ("profile/info?filename=small.perf&type=nope", 400, "type is 'nope': it must be one of perf…"),
    ("profile/progress?filename=none", 404, "There is no such profile…"),
    ("profile/download", 400, "filename is missing: name a profile of the list."),
    ("profile/download?filename=none", 404, "There is no such profile…"),
    ("import/0000000000000000", 404, "There is no such job…"),
    ("nowhere", 404, "There is nothing at this address."),
    ("docs/none", 404, "There is nothing at this address."),
]


@pytest.mark.parametrize(("address", "status", "sentence"), QUESTIONS)
def test_questions(client: FlaskClient, address: str, status: int, sentence: str) -> None:
    assert_sentence(client.get(f"/{address}"), status, sentence)


CHANGES = [
    ("DELETE", "profile/", None, None, 400, "filename is missing: name a profile of the list."),
    ("DELETE", "profile/?filename=none", None, None, 404, "There is no such profile…"),
    (
        "POST",
        "profile/",
        b"x",
        None,
        400,
        "filename is missing: name the profile, or send a multipart form with a file.",
    ),
    ("POST", "profile/?filename=x", b"", None, 400, "The body is empty: send a file that holds something."),
    (
        "POST",
        "profile/?filename=../x",
        b"x",
        None,
        400,
        "The filename must be a path below the profile directory…",
    ),
    (
        "POST",
        "profile/?filename=.x",
        b"x",
        None,
        400,
        "The filename must be a path below the profile directory…",
    ),
    (
        "POST",
        "profile/?filename=x&exists=maybe",
        SMALL,
        None,
        400,
        "exists is 'maybe': it must be one of number, refuse.",
    ),
    ("POST", "profile/?filename=x&force=1", SMALL, None, 400, "force is '1': it must be one of true, false."),
    (
        "POST",
        "profile/?filename=x",
        b"just\nsome\ntext\n",
        None,
        415,
        "Not taken, because it is no profile.…",
    ),
    (
        "POST",
        "profile/?filename=small.perf&exists=refuse",
        SMALL,
        None,
        409,
        "There is a profile 'small.perf' already…",
    ),
    ("POST", "profile/", b"x", "multipart/form-data", 400, "The multipart body names no boundary."),
    (
        "POST",
        "profile/",
        b"x",
        "multipart/form-data; boundary=b",
        400,
        "The multipart body is cut off or broken.",
    ),
    (
        "POST",
        "profile/",
        b'--b\r\nContent-Disposition: form-data; name="x"\r\n\r\nx\r\n--b--\r\n',
        "multipart/form-data; boundary=b",
        400,
        "There is no file in the request: send it as the field file.",
    ),
    (
        "POST",
        "import/ssh",
        b"{}",
        "text/plain",
        400,
        "Send a JSON object, with Content-Type: application/json.",
    ),
    ("POST", "import/ssh", b"{", "application/json", 400, "The body is not JSON."),
]


@pytest.mark.parametrize(("method", "address", "body", "kind", "status", "sentence"), CHANGES)
def test_changes(
    client: FlaskClient, method: str, address: str, body: bytes, kind: str | None, status: int, sentence: str
) -> None:
    answer = client.open(f"/{address}", method=method, data=body, content_type=kind)
    assert_sentence(answer, status, sentence)


FETCHES: list[tuple[object, str]] = [
    ([], "The body must be a JSON object."),
    ({}, "host is missing: name a host."),
    ({"host": None}, "host is missing: name a host."),
    ({"host": "x"}, "path is missing: name a file on the host."),
    ({"host": 1, "path": "x"}, "host is 1: it must be a host name, an address or an alias of ~/.ssh/config."),
    (
        {"host": "-oProxyCommand=x", "path": "x"},
        "host is '-oProxyCommand=x': it must be a host name, an address or an alias of ~/.ssh/config.",
    ),
    (
        {"host": "a b", "path": "x"},
        "host is 'a b': it must be a host name, an address or an alias of ~/.ssh/config.",
    ),
    (
        {"host": "x\n", "path": "x"},
        "host is 'x\\n': it must be a host name, an address or an alias of ~/.ssh/config.",
    ),
    (
        {"host": "a..b", "path": "x"},
        "host is 'a..b': it must be a host name, an address or an alias of ~/.ssh/config.",
    ),
    ({"host": "x", "path": ""}, "path is '': it must be a path on the host."),
    ({"host": "x", "path": "a\x00b"}, "path is 'a\\x00b': it must be a path on the host."),
    (
        {"host": "x", "path": "p" * 4097},
        "path is '" + "p" * 99 + "…: it must be a path on the host.",
    ),
    ({"host": "x", "path": ["y"]}, "path is ['y']: it must be a path on the host."),
    ({"host": "x", "path": "y", "port": 0}, "port is 0: it must be a whole number from 1 to 65535."),
    ({"host": "x", "path": "y", "port": "22"}, "port is '22': it must be a whole number from 1 to 65535."),
    ({"host": "x", "path": "y", "port": True}, "port is True: it must be a whole number from 1 to 65535."),
    ({"host": "x", "path": "y", "port": 65536}, "port is 65536: it must be a whole number from 1 to 65535."),
    ({"host": "x", "path": "y", "port": 22.5}, "port is 22.5: it must be a whole number from 1 to 65535."),
    ({"host": "x", "path": "y", "user": "-l root"}, "user is '-l root': it must be a user name."),
    ({"host": "x", "path": "y", "user": ""}, "user is '': it must be a user name."),
    (
        {"host": "x", "path": "y", "hostKey": "MD5:00"},
        "hostKey is 'MD5:00': it must be a fingerprint: SHA256: and 43 characters.",
    ),
    (
        {"host": "x", "path": "y", "filename": "../z"},
        "The filename must be a path below the profile directory…",
    ),
    (
        {"host": "x", "path": "y", "filename": ".z"},
        "The filename must be a path below the profile directory…",
    ),
    (
        {"host": "x", "path": "y", "filename": 5},
        "filename is 5: it must be the name that the profile is to have.",
    ),
    ({"host": "x", "path": "y", "filename": "x" * 300}, "The filename is too long…"),
    (
        {"host": "x", "path": "y", "exists": "overwrite"},
        "exists is 'overwrite': it must be one of number, refuse.",
    ),
    ({"host": "x", "path": "y", "exists": 1}, "exists is 1: it must be one of number, refuse."),
    (
        {"host": "x", "path": "y", "exists": ["number"]},
        "exists is ['number']: it must be one of number, refuse.",
    ),
    ({"host": "x", "path": "y", "force": 1}, "force is 1: it must be true or false."),
    ({"host": "x", "path": "y", "force": None}, "force is None: it must be true or false."),
    ({"host": "x", "path": "y", "password": "z"}, "There is no field 'password' in this request."),
    ({"host": "x", "path": "y", "pid": 1}, "There is no field 'pid' in this request."),
    (
        {"host": "x", "path": "y", "long" * 40: 1},
        "There is no field '" + ("long" * 25)[:99] + "… in this request.",
    ),
]
CAPTURES: list[tuple[object, str]] = [
    ({"host": "x"}, "Give exactly one of pid, pgrep and system: they say what is to be recorded."),
    (
        {"host": "x", "pid": 1, "system": True},
        "Give exactly one of pid, pgrep and system: they say what is to be recorded.",
    ),
    (
        {"host": "x", "pid": 1, "pgrep": "y"},
        "Give exactly one of pid, pgrep and system: they say what is to be recorded.",
    ),
    ({"host": "x", "pid": 0}, "pid is 0: it must be a whole number from 1 to 4194304."),
    ({"host": "x", "pid": "1"}, "pid is '1': it must be a whole number from 1 to 4194304."),
    (
        {"host": "x", "pid": 1099511627776},
        "pid is 1099511627776: it must be a whole number from 1 to 4194304.",
    ),
    ({"host": "x", "pgrep": ""}, "pgrep is '': it must be a pattern for pgrep -f."),
    ({"host": "x", "pid": 1, "frequency": 0}, "frequency is 0: it must be a whole number from 1 to 50000."),
    (
        {"host": "x", "pid": 1, "frequency": 50001},
        "frequency is 50001: it must be a whole number from 1 to 50000.",
    ),
    (
        {"host": "x", "pid": 1, "frequency": 99.5},
        "frequency is 99.5: it must be a whole number from 1 to 50000.",
    ),
    ({"host": "x", "pid": 1, "seconds": 0}, "seconds is 0: it must be a whole number from 1 to 600."),
    ({"host": "x", "pid": 1, "seconds": 601}, "seconds is 601: it must be a whole number from 1 to 600."),
    (
        {"host": "x", "pid": 1, "seconds": 1000000000},
        "seconds is 1000000000: it must be a whole number from 1 to 600.",
    ),
    ({"host": "x", "pid": 1, "event": "-x"}, "event is '-x': it must be an event as perf list names it."),
    ({"host": "x", "pid": 1, "event": ""}, "event is '': it must be an event as perf list names it."),
    (
        {"host": "x", "pid": 1, "callGraph": "magic"},
        "callGraph is 'magic': it must be one of fp, dwarf, lbr.",
    ),
    ({"host": "x", "pid": 1, "callGraph": 1}, "callGraph is 1: it must be one of fp, dwarf, lbr."),
    ({"host": "x", "pid": 1, "sudo": "yes"}, "sudo is 'yes': it must be true or false."),
    ({"host": "x", "pid": 1, "system": 1}, "system is 1: it must be true or false."),
    ({"host": "x", "pid": 1, "path": "x"}, "There is no field 'path' in this request."),
]


@pytest.mark.parametrize(("body", "sentence"), FETCHES)
def test_bodies_of_imports(client: FlaskClient, body: object, sentence: str) -> None:
    assert_sentence(client.post("/import/ssh", json=body), 400, sentence)


@pytest.mark.parametrize(("body", "sentence"), CAPTURES)
def test_bodies_of_captures(client: FlaskClient, body: object, sentence: str) -> None:
    assert_sentence(client.post("/import/ssh/capture", json=body), 400, sentence)
