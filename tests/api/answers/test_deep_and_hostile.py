"""Stacks of five thousand frames, and names with special meaning in an export format."""

from __future__ import annotations

import gzip
import json
import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from flask.testing import FlaskClient

from flamescope_py.service import FORMATS
from flamescope_py.web import params
from tests.support.perf_text import sample, script

DEPTH = 5_000
HOSTILE = [
    "</script><script>alert(1)</script>",
    "]]><!--&amp;&lt;",
    "a;b;c",
    'quote" and \\ backslash',
    "${jndi:ldap://x}",
    '{"n": 1}',
    "名前 é 🔥",
    "\u2028line\u2029paragraph",
    "tab\there",
    "\x01\x02\x7f control",
    "null\x00byte",
    "%s%n%x",
    "a" * 5000,
]


@pytest.fixture
def deep(profiles: Path) -> None:
    frames = [f"f{number}+0x1 (/srv/app)" for number in range(DEPTH)]
    text = script(sample("1.0", *frames), sample("1.5", *frames[10:]), sample("2.5", *reversed(frames)))
    (profiles / "deep").write_bytes(text)


@pytest.fixture
def hostile(profiles: Path) -> None:
    blocks = [
        sample(f"1.{row:02}", f"{name} (/srv/{name})", command="c<>&'") for row, name in enumerate(HOSTILE)
    ]
    (profiles / "hostile").write_bytes(script(*blocks))


def questions(name: str) -> list[str]:
    """Return the URLs of every graph in every form, and of the other routes."""
    forms = params.GRAPH_FORMAT.type.words
    sides = f"filename={name}&compareFilename={name}"
    urls = [f"/flamegraph/?filename={name}&format={form}" for form in forms]
    urls += [f"/elided/?{sides}&format={form}" for form in forms]
    urls += [f"/differential/?{sides}&format={form}" for form in params.DIFFERENTIAL_FORMAT.type.words]
    return [*urls, f"/heatmap/?filename={name}&search=f", f"/profile/info?filename={name}"]


CUTS = ("&inverted=true", "&flavor=nodejs", "&flavor=nodejs-packages", "&drop=f[0-9]*5", "&include=f4999")
DEEP = [*questions("deep"), *(f"/flamegraph/?filename=deep{cut}" for cut in CUTS)]


@pytest.mark.parametrize("url", DEEP)
@pytest.mark.usefixtures("deep")
def test_deep_stacks_go_through_everything(client: FlaskClient, url: str) -> None:
    answer = client.get(url, headers={"Accept-Encoding": "gzip"})
    assert answer.status_code == 200
    assert answer.data


@pytest.mark.parametrize("url", questions("hostile"))
@pytest.mark.usefixtures("hostile")
def test_hostile_names_stay_names(client: FlaskClient, url: str) -> None:
    answer = client.get(url)
    assert answer.status_code == 200
    assert "\n" not in answer.headers.get("Content-Disposition", "")
    if answer.mimetype == "application/json":
        assert json.loads(answer.data)
        answer.data.decode("utf-8")
    elif answer.mimetype == "image/svg+xml":
        check_picture(answer.data)
    elif answer.mimetype == "text/plain":
        lines = answer.data.decode().split("\n")
        assert lines.pop() == ""
        assert all(re.fullmatch(r"c<>&'(;[^;\n]+)? [0-9]+", line) for line in lines)
        # A difference has both counts. They are equal, since one profile is compared with itself.
        counts = [re.findall(r"(?<= )[0-9]+(?= [0-9]+$|$)", line) for line in lines]
        assert {len(set(pair)) for pair in counts} <= {1}
        assert sum(int(pair[-1]) for pair in counts) == (0 if "elided" in url else len(HOSTILE))
    else:
        assert gzip.decompress(answer.data)


def check_picture(data: bytes) -> None:
    root = ElementTree.fromstring(data)
    assert not [one for one in root.iter() if one.tag.rpartition("}")[2] in {"script", "foreignObject", "a"}]
    assert not [name for one in root.iter() for name in one.attrib if name.lower().startswith("on")]


@pytest.mark.usefixtures("hostile")
def test_names_come_back_as_they_are(client: FlaskClient) -> None:
    columns: dict[str, Any] = client.get("/flamegraph/?filename=hostile&format=columns").json or {}
    nested: dict[str, Any] = client.get("/flamegraph/?filename=hostile").json or {}
    (command,) = nested["c"]
    assert {child["n"] for child in command["c"]} <= set(columns["frames"]["name"])
    whole = [name for name in HOSTILE if not set(name) & set("\x00\x01\x02\x7f\t\u2028\u2029")]
    assert set(whole) <= set(columns["frames"]["name"])


def test_every_form_is_tried() -> None:
    assert set(FORMATS) <= set(params.GRAPH_FORMAT.type.words)
