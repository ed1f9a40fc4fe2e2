from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from flamescope_py.errors import ConfigError
from flamescope_py.settings import Settings
from tests.api.conftest import app_with, client_with
from tests.support.perf_text import sample, script

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
    assert [item["name"] for item in items] == ["node", "node-v8", "node-v8-gc"]
    assert [item["default"] for item in items] == [False, False, False]
    assert " __libc_start" in items[0]["drop"]
    assert items[0]["rewrite"] == [{"pattern": " LazyCompile:[*~]?", "replacement": " "}]
    assert all(item["title"] and item["description"] for item in items)


def test_filters_say_which_profiles_they_are_for(client: FlaskClient) -> None:
    items = client.get("/filter/").json or []
    assert [item["hint"] for item in items] == [
        "as FlameScope's users know it",
        "Node 16 and newer",
        "Node 16 and newer",
    ]
    assert not any("cost" in item or "suits" in item for item in items)


def test_the_filter_made_for_a_profile_is_marked(client: FlaskClient, profiles: Path) -> None:
    (profiles / "js.perf").write_bytes(script(sample("3000.1", "JS:*f /a.js:1:2 (/tmp/perf-1.map)")))
    for file, suiting in (("js.perf", ["node-v8"]), ("small.perf", [])):
        items = client.get(f"/filter/?filename={file}").json or []
        assert [item["name"] for item in items if item["suits"]] == suiting


def test_groups_are_listed(client: FlaskClient) -> None:
    _, named, detailed = client.get("/filter/").json or []
    assert named["nameByLibrary"]
    assert {group["name"] for group in named["groups"]} >= {"(garbage collection)", "(event loop)"}
    assert [group["name"] for group in detailed["groups"]][:2] == ["(minor collection)", "(major collection)"]
    assert detailed["groups"][2:] == named["groups"]


def test_filters_say_what_they_would_cost_a_profile(mine: Settings) -> None:
    """The costs match the flame graph with the filter applied, also in a range and in a selection."""
    client = client_with(mine)
    for cut in ("", "&start=1&end=3", "&include=other", "&comm=nobody", "&filter=mine", "&drop=main"):
        url = f"?filename=small.perf{cut}"
        items = client.get(f"/filter/{url}").json or []
        assert len(items) == 4
        for item in items:
            alone = url.replace("&filter=mine", "") + f"&format=columns&filter={item['name']}"
            graph = client.get(f"/flamegraph/{alone}").json or {}
            assert item["cost"] == graph["filtered"]
    items = client.get("/filter/?filename=small.perf").json or []
    assert [item["cost"]["samplesMoved"] for item in items] == [1, 1, 1, 2]


def test_the_cost_of_a_filter_counts_samples_whatever_they_weigh(client: FlaskClient, profiles: Path) -> None:
    leaf, hidden = "leaf+0x1 (/srv/app)", "uv_run+0x1 (/usr/bin/node)"
    text = script(sample("3000.1", leaf, period=7000), sample("3000.2", hidden, leaf, period=1))
    (profiles / "periods.perf").write_bytes(text)
    url = "filename=periods.perf&weight=period"
    items = client.get(f"/filter/?{url}").json or []
    assert items[0]["cost"] == {"frames": 1, "samplesMoved": 1, "samplesEmptied": 0, "samples": 2}
    graph = client.get(f"/flamegraph/?{url}&format=columns&filter=node").json or {}
    assert (graph["samples"], graph["filtered"]) == (7001, items[0]["cost"])


def test_a_user_adds_filters_and_says_which_run_by_default(mine: Settings) -> None:
    client = client_with(mine)
    items = client.get("/filter/").json or []
    assert {item["name"]: item["default"] for item in items} == {
        "node": True,
        "node-v8": False,
        "node-v8-gc": False,
        "mine": True,
    }
    url = "/flamegraph/?filename=small.perf&format=columns"
    assert {"leaf", "uv_run"} & set(names(client, url)) == set()
    assert {"leaf", "uv_run"} & set(names(client, url + "&filter=none")) == {"leaf", "uv_run"}
    assert {"leaf", "uv_run"} & set(names(client, url + "&filter=node")) == {"leaf"}
    assert {"leaf", "uv_run"} & set(names(client, url + "&filter=none&filter=mine")) == {"uv_run"}


def test_a_default_filter_that_does_not_exist_is_told_at_start(settings: Settings) -> None:
    with pytest.raises(ConfigError, match=r"'nope'.*node"):
        app_with(settings, default_filters=("nope",))


@pytest.mark.parametrize("text", ["[x]\ndrop = ['(']", "not toml", "[x]\nfoo = 1", "x = 1"])
def test_a_filter_file_that_cannot_be_used_is_told_at_start(
    settings: Settings, tmp_path: Path, text: str
) -> None:
    (tmp_path / "filters.toml").write_text(text)
    with pytest.raises(ConfigError, match=r"filters\.toml"):
        app_with(settings, filters_file=tmp_path / "filters.toml")
