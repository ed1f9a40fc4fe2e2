from __future__ import annotations

import os
from pathlib import Path

import click
import platformdirs
import pytest

from flamescope_py.errors import ConfigError
from flamescope_py.settings import TABLE, Settings
from flamescope_py.settings.command import SettingsCommand, load_settings, settings_of
from flamescope_py.settings.row import Setting


@pytest.fixture(autouse=True)
def usual_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Keep the settings of the user out of these tests. Return the place of the usual file."""
    for name in [name for name in os.environ if name.startswith("FLAMESCOPE_")]:
        monkeypatch.delenv(name)
    monkeypatch.setattr(platformdirs, "user_config_path", lambda name: tmp_path / "usual" / name)
    return tmp_path / "usual" / "flamescope-py" / "config.toml"


def written(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def load(*arguments: str) -> Settings:
    """Load settings as `flamescope-py serve ARGUMENTS` does."""
    return settings_of(SettingsCommand("serve").make_context("serve", list(arguments)))


def argument_of(row: Setting, text: str) -> list[str]:
    return ["--", text] if row.name == "profile_dir" else [row.option, text]


def test_without_any_source_it_is_the_defaults() -> None:
    settings = load_settings()
    assert settings == Settings()
    assert settings.host == "127.0.0.1"
    assert {settings.source(row.name) for row in TABLE} == {"default"}


def test_the_command_line_goes_before_the_environment_before_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = written(tmp_path / "c.toml", "[server]\nport = 1\nthreads = 1\nhost = 'file'\n")
    monkeypatch.setenv("FLAMESCOPE_PORT", "2")
    monkeypatch.setenv("FLAMESCOPE_THREADS", "2")
    settings = load("--port", "3", "--config", str(file))
    assert (settings.port, settings.threads, settings.host) == (3, 2, "file")
    assert settings.config_file == file
    sources = [settings.source(name) for name in ("port", "threads", "host", "max_rows")]
    assert sources == ["command line", "environment", f"configuration file {file}", "default"]


TEXTS = {
    "text": "x",
    "integer": "2",
    "names": "a,b",
    "boolean": "yes",
    "size": "2M",
    "path": "/x",
    "path or bucket": "s3://bucket/prefix",
    "path of an address": "/x/",
}


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row.name)
def test_every_setting_comes_from_every_source(
    row: Setting, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    others = {"max_cells": "2000", "max_graph_nodes": "2000", "max_connections": "20", "log_requests": "no"}
    others |= dict.fromkeys(("max_profile_nodes", "max_profile_frames", "max_profile_samples"), "2000")
    text = others.get(row.name) or TEXTS.get(row.type.name) or row.type.name.split()[-1]
    file = str(written(tmp_path / "c.toml", f"[{row.section}]\n{row.name} = '{text}'\n"))
    value = row.type.convert(text, None, None)
    assert value != row.default

    def found(*arguments: str) -> tuple[object, str]:
        settings = load(*arguments)
        return getattr(settings, row.name), settings.source(row.name)

    assert found("--config", file) == (value, f"configuration file {file}")
    assert found(*argument_of(row, text)) == (value, "command line")
    monkeypatch.setenv(row.variable, text)
    assert found("--config", file) == (value, "environment")


def test_other_commands_take_the_directory_and_the_file(tmp_path: Path) -> None:
    file = written(tmp_path / "c.toml", "[profiles]\nprofile_dir = 'x'\n[server]\nport = 1\n")
    settings = load_settings("-odd", str(file))
    assert (settings.profile_dir, settings.port) == (Path("-odd"), 1)
    assert settings.source("profile_dir") == "command line"


def test_an_empty_variable_is_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("PORT", "CONFIG", "PROFILE_DIR", "READ_ONLY"):
        monkeypatch.setenv(f"FLAMESCOPE_{name}", "")
    assert load_settings() == Settings()


def test_the_file_in_the_usual_place_is_read_if_it_is_there(usual_file: Path) -> None:
    written(usual_file, "[limits]\nmax_rows = 7\n")
    assert load_settings().max_rows == 7
    assert load_settings().config_file == usual_file


def test_a_usual_place_that_cannot_be_looked_into_has_no_file(monkeypatch: pytest.MonkeyPatch) -> None:
    """As the home of another user. Nobody can look into a place of this name either."""
    monkeypatch.setattr(platformdirs, "user_config_path", lambda name: Path(f"/{'x' * 300}", name))
    assert load_settings() == Settings()


def test_the_variable_names_another_file(
    tmp_path: Path, usual_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written(usual_file, "[limits]\nmax_rows = 7\n")
    other = written(tmp_path / "other.toml", "[limits]\nmax_rows = 8\n")
    monkeypatch.setenv("FLAMESCOPE_CONFIG", str(other))
    assert load_settings().max_rows == 8


def test_paths_in_a_file_count_from_its_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/me")
    text = "[profiles]\nprofile_dir = 'captures'\ncache_dir = '~/cache'\n[server]\nfrontend = '/srv/ui'\n"
    settings = load_settings(config=str(written(tmp_path / "x" / "c.toml", text)))
    assert settings.profile_dir == tmp_path / "x" / "captures"
    assert settings.cache_dir == Path("/home/me/cache")
    assert settings.frontend == Path("/srv/ui")


def load_one(folder: Path, name: str, raw: str | None, toml: str | None) -> Settings:
    """Load one value: `raw` from the command line, else `toml` from a file."""
    (row,) = (row for row in TABLE if row.name == name)
    if raw is not None:
        return load(*argument_of(row, raw))
    return load("--config", str(written(folder / "c.toml", f"[{row.section}]\n{name} = {toml}\n")))


@pytest.mark.parametrize(
    ("name", "raw", "toml", "value"),
    [
        ("port", "0", None, 0),
        ("port", None, "65535", 65535),
        ("allowed_hosts", "a, b ,,c", None, ("a", "b", "c")),
        ("allowed_hosts", None, '["a", "b"]', ("a", "b")),
        ("allowed_hosts", None, "[]", ()),
        ("max_open_bytes", "512M", None, 512 << 20),
        ("max_open_bytes", "2 GiB", None, 2 << 30),
        ("max_open_bytes", None, "1000", 1000),
        ("max_open_bytes", "3kb", None, 3 << 10),
        ("max_index_bytes", None, "0", 0),
        ("profile_dir", "x/y", None, Path("x/y")),
        ("log_requests", "No", None, False),
        ("log_requests", None, "false", False),
        ("read_only", "1", None, True),
        ("base_path", "flames", None, "/flames/"),
    ],
)
def test_values_are_read_by_their_kind(
    tmp_path: Path, name: str, raw: str | None, toml: str | None, value: object
) -> None:
    assert getattr(load_one(tmp_path, name, raw, toml), name) == value


@pytest.mark.parametrize(
    ("name", "raw", "toml"),
    [
        ("port", "x", None),
        ("port", "65536", None),
        ("port", None, "-1"),
        ("port", None, "true"),
        ("port", None, "1.5"),
        ("threads", "0", None),
        ("max_rows", "9" * 30, None),
        ("max_open_bytes", "much", None),
        ("max_open_bytes", None, "true"),
        ("host", None, "5"),
        ("host", "", None),
        ("profile_dir", None, "5"),
        ("profile_dir", "a\0b", None),
        ("allowed_hosts", None, "[1]"),
        ("allowed_hosts", None, "{}"),
        ("read_only", "maybe", None),
        ("read_only", None, "[]"),
        ("read_only", None, "7"),
        ("log_format", "xml", None),
        ("log_format", None, "[]"),
        ("base_path", "/../", None),
    ],
)
def test_a_value_of_the_wrong_kind_is_refused_with_its_name_and_source(
    tmp_path: Path, name: str, raw: str | None, toml: str | None
) -> None:
    source = "command line" if raw is not None else "configuration file .*"
    with pytest.raises(ConfigError, match=rf"^{name} \({source}\) must be "):
        load_one(tmp_path, name, raw, toml)


def test_so_is_one_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FLAMESCOPE_PORT", "x")
    expected = "port (environment) must be a whole number from 0 to 65535, not 'x'."
    with pytest.raises(ConfigError) as caught:
        load_settings()
    assert str(caught.value) == expected


def test_a_wrong_command_line_is_an_error_of_click() -> None:
    for arguments in (["--nope"], ["--port"], ["a", "b"]):
        with pytest.raises(click.UsageError):
            load(*arguments)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[server]\nprot = 1\n", r"unknown setting: prot in \[server\]"),
        ("[limits]\nport = 1\n", r"unknown setting: port in \[limits\]"),
        ("port = 1\n", "port outside of a section"),
        ("[server\n", "is not TOML"),
        ("[server]\nport = 'x'\n", r"port \(configuration file .*\) must be a whole number"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(ConfigError, match=words):
        load_settings(config=str(written(tmp_path / "c.toml", text)))


def test_a_file_that_is_not_there_or_not_text_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read: No such file"):
        load_settings(config=str(tmp_path / "none.toml"))
    (tmp_path / "binary.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(ConfigError, match="is not TOML"):
        load_settings(config=str(tmp_path / "binary.toml"))


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["--read-only"], {"read_only": True}),
        (["--read-only", "--port", "1"], {"read_only": True, "port": 1}),
        (["--read-only", "false"], {"read_only": False}),
        (["--read-only=false"], {"read_only": False}),
        (["--allow-ssh", "--ssh-hosts", "x"], {"allow_ssh": True, "ssh_hosts": ("x",)}),
        (["--allow-changes", "--allow-ssh", "true"], {"allow_changes": True, "allow_ssh": True}),
    ],
)
def test_booleans_are_switches_too(arguments: list[str], expected: dict[str, object]) -> None:
    settings = load(*arguments)
    assert {name: getattr(settings, name) for name in expected} == expected


def test_the_directory_may_follow_a_switch(tmp_path: Path) -> None:
    settings = load("--read-only", str(tmp_path))
    assert (settings.read_only, settings.profile_dir) == (True, tmp_path)
    with pytest.raises(ConfigError, match="read_only"):
        load("--read-only", "maybe")
