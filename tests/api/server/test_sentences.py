"""The sentence of each refusal: it names the parameter or field and the values it takes.

A sentence that ends in … is compared up to there: a list that grows follows, or wording of other layers.
"""

from __future__ import annotations

import gzip
import re
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.api.conftest import SMALL, app_with, assert_refused, files, filled, opened, serving

FILES = {
    "elf": b"\x7fELF\0\0\0\0",
    "notes.txt": b"just\nsome\ntext\n",
    "empty": b"",
    "cut.gz": gzip.compress(SMALL)[:12],
    "perf.folded": b"node;main;leaf 2\n",
}


@pytest.fixture(scope="module")
def profiles(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = filled(tmp_path_factory.mktemp("sentences"))
    for name, content in FILES.items():
        (folder / name).write_bytes(content)
    return folder


@pytest.fixture(scope="module")
def client(profiles: Path) -> FlaskClient:
    return opened(app_with(serving(profiles), max_patterns=2, max_pattern_chars=20))


def assert_sentence(answer: Any, status: int, sentence: str) -> None:
    assert_refused(answer, status)
    found = answer.json["error"]
    if sentence.endswith("…"):
        assert found.startswith(sentence.removesuffix("…"))
    else:
        assert found == sentence


# A status, addresses and the sentence. ? in front of a parameter stands for ?filename=small.perf&.
QUESTIONS = """
400 heatmap/ flamegraph/ findings/ profile/info profile/download profile/progress
    filename is missing: name a profile of the list.
400 heatmap/?=filename= flamegraph/?=filename= filter/?=filename=
    filename is empty: give it a value or leave it out.
400 heatmap/?filename=other flamegraph/?filename=other
    filename is given 2 times: give it once.
404 heatmap/?=filename=none heatmap/?=filename=..%2Fx filter/?=filename=none findings/?=filename=none
    There is no such profile…
404 profile/info?=filename=none profile/progress?=filename=none profile/download?=filename=none
    There is no such profile…
415 heatmap/?=filename=elf profile/info?=filename=elf
    This is an ELF program or library, which is not read…
415 heatmap/?=filename=notes.txt
    No line of its beginning…
422 heatmap/?=filename=empty
    The file is empty…
422 heatmap/?=filename=cut.gz
    The compressed file is cut off…
422 heatmap/?=filename=perf.folded flamegraph/?=filename=perf.folded&start=0&end=1
    The samples have no timestamps…
400 heatmap/?type=elf flamegraph/?type=elf
    type is 'elf': it must be one of perf…
400 profile/info?type=nope
    type is 'nope': it must be one of perf…
400 heatmap/?type= flamegraph/?type=
    type is empty: give it a value or leave it out.
400 heatmap/?type=cpuprofile flamegraph/?type=cpuprofile profile/info?type=cpuprofile
    The file is not of type cpuprofile but perf…
400 filter/?type=folded
    The file is not of type folded but perf…
400 heatmap/?rows=0
    rows is '0': it must be a whole number from 1 to 1000.
400 heatmap/?rows=x
    rows is 'x': it must be a whole number from 1 to 1000.
400 heatmap/?format=xml
    format is 'xml': it must be one of nested, columns.
400 heatmap/?step=0
    step is '0': it must be a whole number from 1 to 1000000.
400 heatmap/?step=1.5
    step is '1.5': it must be a whole number from 1 to 1000000.
400 heatmap/?step=1&columns=1
    step and columns are both given: give one of them.
400 heatmap/?columns=-1
    columns is '-1': it must be a whole number from 1 to 1000000.
400 heatmap/?columns=0
    columns is '0': it must be a whole number from 1 to 1000000.
400 heatmap/?join=mean
    join is 'mean': it must be one of sum, max.
416 heatmap/?start=9
    The range 9 to 3 s…
416 heatmap/?start=3
    The range 3 to 3 s…
416 heatmap/?start=-1
    The range -1 to 3 s…
416 heatmap/?start=2&end=1 flamegraph/?start=2&end=1
    The range 2 to 1 s…
400 heatmap/?by=colour breakdown/?by=colour
    by is 'colour': it must be one of comm, process…
400 heatmap/?by=comm&lanes=0
    lanes is '0': it must be a whole number from 1 to 200.
400 heatmap/?by=comm&lanes=1000000
    lanes is '1000000': it must be a whole number from 1 to 200.
400 heatmap/?by=comm&offset=-1
    offset is '-1': it must be a whole number from 0 to 10000000.
416 heatmap/?by=comm&from=9&to=10
    The range 9 to 10 s…
400 heatmap/?by=comm&sort=name
    sort is 'name': it must be one of selection, whole, change.
400 heatmap/?search=( flamegraph/?drop=( filter/?include=(
    The pattern '(' does not compile…
400 heatmap/?drop=a&drop=b&include=c
    3 patterns: at most 2 are allowed (max_patterns).
400 heatmap/?drop=aaaaaaaaaaaaaaaaaaaaa
    A pattern has 21 characters: at most 20 are allowed (max_pattern_chars).
400 flamegraph/?start=a
    start is 'a': it must be a decimal number of seconds.
416 flamegraph/?start=1&end=1
    The range 1 to 1 s…
416 flamegraph/?end=9 filter/?end=9
    The range 0 to 9 s…
416 filter/?start=70&end=80
    The range 70 to 80 s…
400 flamegraph/?start=nan
    start is 'nan': it must be a decimal number of seconds.
400 heatmap/?end=nan
    end is 'nan': it must be a decimal number of seconds.
400 heatmap/?filter=nope flamegraph/?filter=nope
    filter is 'nope': it must be one of node…
400 flamegraph/?filter=
    filter is empty: give it a value or leave it out.
400 flamegraph/?pid=x filter/?pid=x
    pid is 'x': it must be a whole number from -1 to 9007199254740992.
400 flamegraph/?idle=maybe
    idle is 'maybe': it must be one of exclude, include.
400 flamegraph/?weight=bytes
    weight is 'bytes': it must be one of samples, period.
400 flamegraph/?weight=period
    The samples carry no period…
400 flamegraph/?flavor=mint
    flavor is 'mint': it must be one of standard…
400 flamegraph/?inverted=yes
    inverted is 'yes': it must be one of true, false.
400 flamegraph/?nodes=1
    nodes is '1': it must be a whole number from 2 to 10000000.
400 breakdown/?filename=small.perf
    by is missing…
400 breakdown/?by=comm&limit=0
    limit is '0': it must be a whole number from 1 to…
400 breakdown/?by=comm&limit=1000000
    limit is '1000000': it must be a whole number from 1 to…
416 breakdown/?by=comm&start=5&end=1
    The range 5 to 1 s…
416 breakdown/?by=comm&end=99
    The range 0 to 99 s…
400 breakdown/?by=comm&compareEnd=1
    compareFilename is missing…
400 breakdown/?by=comm&rest=both
    rest is 'both': it must be one of first, second.
400 profile/?=sort=colour
    sort is 'colour': it must be one of name, -name, modified, -modified, size, -size, type, -type.
400 profile/?=limit=0
    limit is '0': it must be a whole number from 1 to 2147483648.
400 profile/?=limit=1&limit=2
    limit is given 2 times: give it once.
400 profile/?=offset=-1
    offset is '-1': it must be a whole number from 0 to 2147483648.
400 profile/?=offset=x
    offset is 'x': it must be a whole number from 0 to 2147483648.
400 profile/?=search=
    search is empty: give it a value or leave it out.
404 import/0000000000000000
    There is no such job…
404 nowhere docs/none
    There is nothing at this address.
"""
# Asked for both kinds of comparison. ?? stands for ?filename=small.perf&compareFilename=small.perf&.
COMPARISONS = """
400 ?=
    filename is missing: name a profile of the list.
400 ?compareType=perf
    compareFilename is missing: name a second profile, or ask for the rest.
404 ?compareFilename=none
    Second profile: There is no such profile…
404 ?=filename=none&compareFilename=small.perf
    First profile: There is no such profile…
400 ?compareFilename=
    compareFilename is empty: give it a value or leave it out.
400 ??compareFilename=other
    compareFilename is given 2 times: give it once.
416 ??start=9
    First profile: The range 9 to 3 s…
416 ??compareStart=9
    Second profile: The range 9 to 3 s…
416 ??compareEnd=99
    Second profile: The range 0 to 99 s…
400 ??compareStart=x
    compareStart is 'x': it must be a decimal number of seconds.
400 ??compareEnd=
    compareEnd is empty: give it a value or leave it out.
400 ??compareType=elf
    compareType is 'elf': it must be one of perf…
400 ??compareType=cpuprofile
    Second profile: The file is not of type cpuprofile but perf…
415 ?compareFilename=elf
    Second profile: This is an ELF program or library, which is not read…
415 ?=filename=elf&compareFilename=small.perf
    First profile: This is an ELF program or library, which is not read…
422 ?compareFilename=perf.folded&compareStart=0
    Second profile: The samples have no timestamps…
400 ??rest=first
    compareFilename is given with rest, which is of the first profile: leave one out.
400 ?compareEnd=2&rest=first
    compareEnd is given with rest, which is of the first profile: leave one out.
400 ?rest=third
    rest is 'third': it must be one of first, second.
404 ?=filename=none&rest=first
    First profile: There is no such profile…
416 ?start=9&rest=second
    First profile: The range 9 to 3 s…
"""


def rows(table: str) -> list[Any]:
    """Return address, status and sentence of each row; `?=` begins a query without a profile of its own."""
    found = []
    for status, addresses, sentence in re.findall(r"(?m)^(\d+) (.*)\n {4}(.*)$", table):
        for address in addresses.split():
            named = address.replace("??", "?compareFilename=small.perf&")
            named = re.sub(r"\?(?!=)", "?filename=small.perf&", named).replace("?=", "?")
            found.append(pytest.param(named, int(status), sentence, id=address))
    return found


@pytest.mark.parametrize(("address", "status", "sentence"), rows(QUESTIONS))
def test_questions(client: FlaskClient, address: str, status: int, sentence: str) -> None:
    assert_sentence(client.get(f"/{address}"), status, sentence)


@pytest.mark.parametrize("kind", ["differential", "elided"])
@pytest.mark.parametrize(("query", "status", "sentence"), rows(COMPARISONS))
def test_comparisons(client: FlaskClient, kind: str, query: str, status: int, sentence: str) -> None:
    assert_sentence(client.get(f"/{kind}/{query}"), status, sentence)


def test_a_differential_is_not_exported_where_there_is_no_place_for_it(client: FlaskClient) -> None:
    sides = "filename=small.perf&compareFilename=small.perf"
    for form in ("speedscope", "pprof"):
        sentence = f"format is {form!r}: it must be one of nested, columns, folded, svg."
        assert_sentence(client.get(f"/differential/?{sides}&format={form}"), 400, sentence)
        assert client.get(f"/elided/?{sides}&format={form}").status_code == 200


def test_samples_are_exported_of_one_range_with_callers_above(client: FlaskClient) -> None:
    sentence = "format is 'firefox', which has samples and no graph: leave out inverted."
    address = "/flamegraph/?filename=small.perf&format="
    assert_sentence(client.get(f"{address}firefox&inverted=true"), 400, sentence)
    assert client.get(f"{address}pprof&inverted=true").status_code == 200
    found = client.get(f"{address}firefox")
    assert found.status_code == 200
    assert 'filename="small.perf.firefox.json"' in found.headers["Content-Disposition"]
    assert (
        client.get("/elided/?filename=small.perf&compareFilename=small.perf&format=firefox").status_code
        == 400
    )


def test_removals(client: FlaskClient) -> None:
    missing = "filename is missing: name a profile of the list."
    assert_sentence(client.delete("/profile/"), 400, missing)
    assert_sentence(client.delete("/profile/?filename=none"), 404, "There is no such profile…")


NO_PATH = "The filename must be a path below the profile directory…"
UPLOADS = [
    ("", b"x", 400, "filename is missing: name the profile, or send a multipart form with a file."),
    ("?filename=x", b"", 400, "The body is empty: send a file that holds something."),
    ("?filename=../x", b"x", 400, NO_PATH),
    ("?filename=.x", b"x", 400, NO_PATH),
    ("?filename=x&exists=maybe", SMALL, 400, "exists is 'maybe': it must be one of number, refuse."),
    ("?filename=x&force=1", SMALL, 400, "force is '1': it must be one of true, false."),
    ("?filename=x", b"just\nsome\ntext\n", 415, "Not taken, because it is no profile.…"),
    ("?filename=small.perf&exists=refuse", SMALL, 409, "There is a profile 'small.perf' already…"),
]


@pytest.mark.parametrize(("query", "body", "status", "sentence"), UPLOADS)
def test_uploads(
    client: FlaskClient, profiles: Path, query: str, body: bytes, status: int, sentence: str
) -> None:
    before = files(profiles)
    assert_sentence(client.post(f"/profile/{query}", data=body), status, sentence)
    assert files(profiles) == before


FIELD = b'--b\r\nContent-Disposition: form-data; name="%s"\r\n\r\nx'
BROKEN = "The multipart body is cut off or broken."
NO_FILE = "There is no file in the request: send it as the field file."
FORMS = [
    (b"x", BROKEN),
    (b"--b\r\n", BROKEN),
    (b"--b\r\n\r\nx\r\n--b--\r\n", BROKEN),
    (FIELD.replace(b'"\r', b'"; filename="x"\r') % b"file", BROKEN),
    (b"--b--\r\n", NO_FILE),
    (FIELD % b"x" + b"\r\n--b--\r\n", NO_FILE),
]


@pytest.mark.parametrize(("body", "sentence"), FORMS)
def test_forms(client: FlaskClient, profiles: Path, body: bytes, sentence: str) -> None:
    before = files(profiles)
    answer = client.post("/profile/", data=body, content_type="multipart/form-data; boundary=b")
    assert_sentence(answer, 400, sentence)
    answer = client.post("/profile/", data=body, content_type="multipart/form-data")
    assert_sentence(answer, 400, "The multipart body names no boundary.")
    assert files(profiles) == before


@pytest.mark.parametrize("path", ["/import/ssh", "/import/ssh/capture"])
def test_what_is_no_object(client: FlaskClient, path: str) -> None:
    for body, kind in ((b'{"host": "x", "path": "y"}', "text/plain"), (b"", "")):
        answer = client.post(path, data=body, content_type=kind)
        assert_sentence(answer, 400, "Send a JSON object, with Content-Type: application/json.")
    for body in (b"{", b"\xff"):
        answer = client.post(path, data=body, content_type="application/json")
        assert_sentence(answer, 400, "The body is not JSON.")
    assert_sentence(client.post(path, json=[]), 400, "The body must be a JSON object.")


# Fields with values that they do not take, and the rule that each breaks. These sentences name the value.
HOST = {"host": "x"}
FETCH = {**HOST, "path": "y"}
CAPTURE = {**HOST, "pid": 1}
FETCHES: list[tuple[str, list[object], str]] = [
    (
        "host",
        [1, "-oProxyCommand=x", "a b", "x\n", "a..b"],
        "a host name, an address or an alias of ~/.ssh/config",
    ),
    ("path", ["", "a\x00b", ["y"]], "a path on the host"),
    ("port", [0, "22", True, 65536, 22.5], "a whole number from 1 to 65535"),
    ("user", ["-l root", ""], "a user name"),
    ("hostKey", ["MD5:00"], "a fingerprint: SHA256: and 43 characters"),
    ("filename", [5], "the name that the profile is to have"),
    ("exists", ["overwrite", 1, ["number"]], "one of number, refuse"),
    ("force", [1, None], "true or false"),
]
CAPTURES: list[tuple[str, list[object], str]] = [
    ("pid", [0, "1", 1 << 40], "a whole number from 1 to 4194304"),
    ("frequency", [0, 50001, 99.5, 10**6], "a whole number from 1 to 50000"),
    ("seconds", [0, 601, 1.5, 10**9], "a whole number from 1 to 600"),
    ("event", ["-x", "", "x; y"], "an event as perf list names it"),
    ("callGraph", ["magic", 1], "one of fp, dwarf, lbr"),
    ("sudo", ["yes"], "true or false"),
    ("system", [1, "yes"], "true or false"),
]
UNKNOWN = "There is no field {} in this request."
ONE_OF = "Give exactly one of pid, pgrep and system: they say what is to be recorded."
LONG = ("long" * 25)[:99]


def wrong(path: str, usual: dict[str, Any], table: list[tuple[str, list[object], str]]) -> list[Any]:
    return [
        (path, {**usual, field: value}, f"{field} is {value!r}: it must be {rule}.")
        for field, values, rule in table
        for value in values
    ]


BODIES = [
    *wrong("ssh", FETCH, FETCHES),
    *wrong("ssh/capture", CAPTURE, CAPTURES),
    ("ssh", {}, "host is missing: name a host."),
    ("ssh", {"host": None}, "host is missing: name a host."),
    ("ssh", HOST, "path is missing: name a file on the host."),
    ("ssh", {**HOST, "path": "p" * 4097}, "path is '" + "p" * 99 + "…: it must be a path on the host."),
    ("ssh", {**FETCH, "filename": "../z"}, NO_PATH),
    ("ssh", {**FETCH, "filename": ".z"}, NO_PATH),
    ("ssh", {**FETCH, "filename": "x" * 300}, "The filename is too long…"),
    ("ssh", {**FETCH, "password": "z"}, UNKNOWN.format("'password'")),
    ("ssh", {**FETCH, "pid": 1}, UNKNOWN.format("'pid'")),
    ("ssh", {**FETCH, "long" * 40: 1}, UNKNOWN.format(f"'{LONG}…")),
    ("ssh/capture", HOST, ONE_OF),
    ("ssh/capture", {**CAPTURE, "system": True}, ONE_OF),
    ("ssh/capture", {**CAPTURE, "pgrep": "y"}, ONE_OF),
    ("ssh/capture", {**HOST, "pgrep": ""}, "pgrep is '': it must be a pattern for pgrep -f."),
    ("ssh/capture", {**CAPTURE, "path": "x"}, UNKNOWN.format("'path'")),
]


@pytest.mark.parametrize(("path", "body", "sentence"), BODIES)
def test_bodies_of_imports(client: FlaskClient, path: str, body: object, sentence: str) -> None:
    assert_sentence(client.post(f"/import/{path}", json=body), 400, sentence)
    assert client.get("/import/").json == []
