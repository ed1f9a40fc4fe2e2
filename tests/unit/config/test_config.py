from __future__ import annotations

from pathlib import Path
from typing import Any

import platformdirs
import pytest

from flamescope_py.config import TABLE, Settings
from flamescope_py.config_sources import load_settings
from flamescope_py.errors import ConfigError


@pytest.fixture(autouse=True)
def no_usual_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Keep the configuration file of whoever runs the tests out of them; gives where it is looked for."""
    monkeypatch.setattr(platformdirs, "user_config_path", lambda name: tmp_path / "usual" / name)
    return tmp_path / "usual" / "flamescope-py" / "config.toml"


def written(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def test_without_anything_said_it_is_the_defaults() -> None:
    settings = load_settings({}, {})
    assert settings == Settings()
    assert settings.host == "127.0.0.1"
    assert {settings.source(row.name) for row in TABLE} == {"default"}


def test_the_command_line_goes_before_the_environment_before_the_file(tmp_path: Path) -> None:
    file = written(tmp_path / "c.toml", "[server]\nport = 1\nthreads = 1\nhost = 'file'\n")
    environment = {"FLAMESCOPE_PORT": "2", "FLAMESCOPE_THREADS": "2"}
    settings = load_settings({"port": "3", "host": None, "config": str(file)}, environment)
    assert (settings.port, settings.threads, settings.host) == (3, 2, "file")
    assert settings.config_file == file
    sources = [settings.source(name) for name in ("port", "threads", "host", "max_rows")]
    assert sources == ["command line", "environment", f"configuration file {file}", "default"]


def test_an_empty_variable_is_not_set() -> None:
    assert load_settings({}, {"FLAMESCOPE_PORT": "", "FLAMESCOPE_CONFIG": ""}) == Settings()


def test_the_file_in_the_usual_place_is_read_if_it_is_there(no_usual_file: Path) -> None:
    written(no_usual_file, "[limits]\nmax_rows = 7\n")
    assert load_settings({}, {}).max_rows == 7


def test_the_variable_names_another_file(tmp_path: Path, no_usual_file: Path) -> None:
    written(no_usual_file, "[limits]\nmax_rows = 7\n")
    other = written(tmp_path / "other.toml", "[limits]\nmax_rows = 8\n")
    assert load_settings({}, {"FLAMESCOPE_CONFIG": str(other)}).max_rows == 8


def test_paths_in_a_file_count_from_its_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/me")
    text = "[profiles]\nprofile_dir = 'captures'\ncache_dir = '~/cache'\n[server]\nfrontend = '/srv/ui'\n"
    settings = load_settings({"config": str(written(tmp_path / "x" / "c.toml", text))}, {})
    assert settings.profile_dir == tmp_path / "x" / "captures"
    assert settings.cache_dir == Path("/home/me/cache")
    assert settings.frontend == Path("/srv/ui")


@pytest.mark.parametrize(
    ("name", "raw", "value"),
    [
        ("port", "0", 0),
        ("port", 65535, 65535),
        ("allowed_hosts", "a, b ,,c", ("a", "b", "c")),
        ("allowed_hosts", ["a", "b"], ("a", "b")),
        ("max_open_bytes", "512M", 512 << 20),
        ("max_open_bytes", "2 GiB", 2 << 30),
        ("max_open_bytes", 1000, 1000),
        ("max_open_bytes", "3kb", 3 << 10),
        ("profile_dir", "x/y", Path("x/y")),
    ],
)
def test_values_are_read_by_their_kind(name: str, raw: Any, value: object) -> None:
    assert getattr(load_settings({name: raw}, {}), name) == value


@pytest.mark.parametrize(
    ("name", "raw"),
    [
        ("port", "x"),
        ("port", "65536"),
        ("port", -1),
        ("port", True),
        ("port", 1.5),
        ("threads", "0"),
        ("max_rows", "9" * 30),
        ("max_open_bytes", "much"),
        ("max_open_bytes", True),
        ("host", 5),
        ("profile_dir", 5),
        ("profile_dir", "a\0b"),
        ("allowed_hosts", [1]),
        ("allowed_hosts", {}),
    ],
)
def test_a_value_of_the_wrong_kind_is_refused_with_its_name_and_source(name: str, raw: Any) -> None:
    with pytest.raises(ConfigError, match=rf"^{name} \(command line\) must be "):
        load_settings({name: raw}, {})


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
        load_settings({"config": str(written(tmp_path / "c.toml", text))}, {})


def test_a_file_that_is_not_there_or_not_text_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read: No such file"):
        load_settings({"config": str(tmp_path / "none.toml")}, {})
    (tmp_path / "binary.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(ConfigError, match="is not TOML"):
        load_settings({"config": str(tmp_path / "binary.toml")}, {})
