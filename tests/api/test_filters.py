from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from flamescope_py.config import Settings
from flamescope_py.errors import ConfigError
from flamescope_py.web import create_app

MINE = """
[mine]
title = "Mine"
drop = ["leaf"]
"""


def names(client: FlaskClient, url: str) -> list[str]:
    answer = client.get(url).json
    assert answer is not None
    return list(answer["frames"]["name"])


@pytest.fixture
def mine(settings: Settings, tmp_path: Path) -> Settings:
    (tmp_path / "filters.toml").write_text(MINE)
    return dataclasses.replace(
        settings, filters_file=tmp_path / "filters.toml", default_filters=("mine", "node")
    )


def test_the_filters_are_listed(client: FlaskClient) -> None:
    items = client.get("/filter/").json or []
    assert [item["name"] for item in items] == ["node", "node-v8"]
    assert [item["default"] for item in items] == [False, False]
    assert " __libc_start" in items[0]["drop"]
    assert items[0]["rewrite"] == [{"pattern": " LazyCompile:[*~]?", "replacement": " "}]
    assert all(item["title"] and item["description"] for item in items)


def test_a_user_adds_filters_and_says_which_run_by_default(mine: Settings) -> None:
    client = create_app(mine).test_client()
    items = client.get("/filter/").json or []
    assert {item["name"]: item["default"] for item in items} == {"node": True, "node-v8": False, "mine": True}
    url = "/flamegraph/?filename=small.perf&format=columns"
    assert {"leaf", "uv_run"} & set(names(client, url)) == set()
    assert {"leaf", "uv_run"} & set(names(client, url + "&filter=none")) == {"leaf", "uv_run"}
    assert {"leaf", "uv_run"} & set(names(client, url + "&filter=node")) == {"leaf"}
    assert {"leaf", "uv_run"} & set(names(client, url + "&filter=none&filter=mine")) == {"uv_run"}


def test_a_default_filter_that_does_not_exist_is_told_at_start(settings: Settings) -> None:
    with pytest.raises(ConfigError, match=r"'nope'.*node"):
        create_app(dataclasses.replace(settings, default_filters=("nope",)))


@pytest.mark.parametrize("text", ["[x]\ndrop = ['(']", "not toml", "[x]\nfoo = 1", "x = 1"])
def test_a_filter_file_that_cannot_be_used_is_told_at_start(
    settings: Settings, tmp_path: Path, text: str
) -> None:
    (tmp_path / "filters.toml").write_text(text)
    with pytest.raises(ConfigError, match=r"filters\.toml"):
        create_app(dataclasses.replace(settings, filters_file=tmp_path / "filters.toml"))
