"""File names of every kind: existing files are listed and opened, other names open nothing."""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient

from tests.api.conftest import SMALL

NAMES = [
    b"with space.perf",
    b"%41.perf",
    b"a#b?c&d+e=f.perf",
    b"new\nline\ttab.perf",
    "smörgås 🔥.perf".encode(),
    b"not utf-8 \xff\xfe.perf",
    b"back\\slash \\x41.perf",
    b"\\xff.perf",
    b"quote\"'<b>.perf",
    b"-rf",
    b"~",
    b"a" * 255,
    b"folder \xe9/deep \xe9.perf",
    b"con:aux*|.perf",
    b"trailing. ",
]


@pytest.mark.parametrize("name", NAMES, ids=repr)
def test_any_name_of_the_disk_is_listed_and_opened(client: FlaskClient, profiles: Path, name: bytes) -> None:
    path = os.path.join(os.fsencode(profiles), name)  # noqa: PTH118 - a Path has no bytes
    os.makedirs(os.path.dirname(path), exist_ok=True)  # noqa: PTH103, PTH120
    with open(path, "wb") as file:  # noqa: PTH123
        file.write(SMALL)
    items = client.get("/profile/").json or []
    assert [item["type"] for item in items] == ["perf", "perf"]
    shown = next(item["filename"] for item in items if item["filename"] != "small.perf")
    assert shown == name.decode("utf-8", "backslashreplace")
    for route in ("heatmap", "flamegraph"):
        assert client.get(f"/{route}/?filename={quote(shown, safe='')}&type=perf").status_code == 200


def test_of_two_files_that_are_shown_alike_the_one_of_that_very_name_is_opened(
    client: FlaskClient, profiles: Path
) -> None:
    os.rename(profiles / "small.perf", os.fsencode(profiles) + b"/\xff")  # noqa: PTH104
    assert client.get("/heatmap/", query_string={"filename": "\\xff"}).status_code == 200
    (profiles / "\\xff").write_bytes(b"")
    assert client.get("/heatmap/", query_string={"filename": "\\xff"}).status_code == 422


@pytest.mark.parametrize(
    "encoded",
    [
        "..%2fsecret.perf",
        "../secret.perf",
        "sub/../../secret.perf",
        "sub/../small.perf",
        "./small.perf",
        "sub//inner.perf",
        "/etc/passwd",
        "//etc/passwd",
        "%2fetc%2fpasswd",
        "small.perf%00",
        "%00",
        "small.perf%00.png",
        "out.perf",
        "outfolder/secret.perf",
        "..",
        ".",
        "%2e%2e%2fsecret.perf",
        "%252e%252e%252fsecret.perf",
        "..%5csecret.perf",
        "%ff",
        "%ed%a0%80",
        ".hidden",
        "sub/.hidden",
        "a" * 256,
        "a%2f" * 3000,
        "/proc/self/environ",
        "file:///etc/passwd",
        "~/x",
        " small.perf",
        "small.perf%20",
        "SMALL.PERF",
        "%5cx2e%5cx2e/secret.perf",
    ],
)
def test_no_name_leads_out_or_to_what_is_not_listed(
    client: FlaskClient, profiles: Path, tmp_path: Path, encoded: str
) -> None:
    (tmp_path / "secret.perf").write_bytes(SMALL)
    (profiles / "sub").mkdir()
    for name in (".hidden", "sub/.hidden", "sub/inner.perf"):
        (profiles / name).write_bytes(SMALL)
    (profiles / "out.perf").symlink_to(tmp_path / "secret.perf")
    (profiles / "outfolder").symlink_to(tmp_path)
    for route in ("heatmap", "flamegraph"):
        answer = client.get(f"/{route}/?filename={encoded}&type=perf")
        assert answer.status_code == 404, answer.text
        assert answer.json is not None
        assert str(tmp_path) not in answer.json["error"]


def test_a_link_that_stays_inside_is_opened(client: FlaskClient, profiles: Path) -> None:
    (profiles / "sub").mkdir()
    (profiles / "sub" / "link").symlink_to("../small.perf")
    (profiles / "again").symlink_to("sub")
    for name in ("sub/link", "again/link"):
        assert client.get(f"/heatmap/?filename={name}").status_code == 200


@pytest.mark.parametrize("name", ["../x", "..%2fsecret", "%2e%2e/secret", "a%00b", ".env", "assets/.x"])
def test_nor_does_the_address_of_a_static_file(client: FlaskClient, name: str) -> None:
    assert client.open(path=f"/{name}").status_code == 404
