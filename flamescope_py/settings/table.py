"""All settings, one field each, in a class per section (the longest is in limits.py).

The options of the command line, the FLAMESCOPE_* variables, the keys of the configuration file and
docs/settings.md all follow from these fields.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import platformdirs

from flamescope_py.settings.limits import Limits
from flamescope_py.settings.row import Setting, setting, settings_in
from flamescope_py.settings.types import (
    BASE_PATH,
    BOOLEAN,
    NAMES,
    PATH,
    PLACE,
    TEXT,
    BucketURL,
    choice,
    integer,
)

PACKAGE = "flamescope-py"
DEFAULT = "default"


@dataclass(frozen=True)
class Profiles:
    """Where things are."""

    profile_dir: Path | BucketURL = setting(
        Path("examples"),
        PLACE,
        "The directory whose files, at any depth, are the profiles, or s3://bucket/prefix.",
    )
    shared_index: bool = setting(
        False,
        BOOLEAN,
        "Keep indexes beside the profiles of a bucket, so that several servers read each profile once.",
    )
    cache_dir: Path = setting(
        platformdirs.user_cache_path(PACKAGE),
        PATH,
        "The directory of indexes and other caches; not below the profile directory.",
        shown="the user's cache directory (on Linux ~/.cache/flamescope-py)",
    )
    fleet: str | None = setting(
        None, TEXT, "The collection of many hosts to answer questions about; see fleet.md."
    )
    fleet_engine: str = setting(
        "duckdb", TEXT, "The engine of those questions: duckdb, or a URL as sc://host:15002."
    )


@dataclass(frozen=True)
class Server:
    """How the server listens and is reached."""

    host: str = setting("127.0.0.1", TEXT, "The address or name to listen on.")
    port: int = setting(8080, integer(0, 65535), "The port to listen on; 0 picks a free one.")
    threads: int = setting(
        16, integer(1, 256), "The number of requests that are answered at the same time, by each process."
    )
    processes: int = setting(
        1, integer(1, 64), "The number of server processes behind the port; see operations.md."
    )
    allowed_hosts: tuple[str, ...] = setting(
        (),
        NAMES,
        "Host names that requests may use besides loopback and host; .example.org covers all its subdomains.",
    )
    frontend: Path | None = setting(
        None, PATH, "The directory of another front end to serve, such as FlameScope's own."
    )
    base_path: str = setting(
        "/", BASE_PATH, "The path under which a proxy serves this server, such as /flamescope/."
    )
    trusted_proxies: int = setting(
        0, integer(0, 10), "The number of proxies in a row whose X-Forwarded headers are trusted."
    )
    user_header: str | None = setting(
        None, TEXT, "The header in which a trusted proxy names the user, for the log."
    )
    log_format: str = setting("text", choice("text", "json"), "The format of the log on standard error.")
    log_requests: bool = setting(True, BOOLEAN, "Log every request except health checks.")
    shutdown_seconds: int = setting(
        30, integer(0, 3600), "The seconds that running requests have to end after SIGTERM."
    )


@dataclass(frozen=True)
class Filters:
    """The frame filters."""

    filters_file: Path | None = setting(None, PATH, "A TOML file with more frame filters.")
    default_filters: tuple[str, ...] = setting((), NAMES, "The frame filters of requests that name none.")


@dataclass(frozen=True)
class Changes:
    """Who may change something, and which hosts are reached."""

    read_only: bool = setting(False, BOOLEAN, "Forbid uploads, deletions, SSH and recording.")
    allow_changes: bool = setting(
        False, BOOLEAN, "Allow uploads and deletions when listening beyond loopback, too."
    )
    allow_ssh: bool = setting(
        False, BOOLEAN, "Allow SSH when listening beyond loopback, too; needs ssh_hosts."
    )
    allow_record: bool = setting(
        False, BOOLEAN, "Allow recording with perf on the server's own machine, from the page."
    )
    accept_otlp: bool = setting(
        False, BOOLEAN, "Take OTLP profiles at /v1development/profiles; needs token_file. See fleet.md."
    )
    token_file: Path | None = setting(None, PATH, "The file with the token that requests must send.")
    token_for: str = setting("changes", choice("changes", "everything"), "The requests that need the token.")
    open_metrics: bool = setting(
        False, BOOLEAN, "Serve /metrics without the token even if everything else needs it."
    )
    ssh_hosts: tuple[str, ...] = setting(
        (), NAMES, "The hosts that SSH may reach: 10.0.0.*, *.example.org:2222, bastion:*; none means all."
    )
    ssh_config: Path | None = setting(None, PATH, "The SSH configuration file to use.", shown="~/.ssh/config")
    known_hosts_file: Path = setting(
        platformdirs.user_data_path(PACKAGE) / "known_hosts",
        PATH,
        "The file for host keys that users accept.",
        shown="in the user's data directory (on Linux ~/.local/share/flamescope-py)",
    )


# Fields of the last base come first.
@dataclass(frozen=True)
class Settings(Changes, Limits, Filters, Server, Profiles):
    """The value of every setting; `sources` names where each came from."""

    config_file: Path | None = None
    sources: Mapping[str, str] = field(default_factory=dict, compare=False)

    def source(self, name: str) -> str:
        """Return the source of a value: command line, environment, configuration file PATH, or default."""
        return self.sources.get(name, DEFAULT)


SECTIONS = (Profiles, Server, Filters, Limits, Changes)
TABLE: tuple[Setting, ...] = tuple(row for section in SECTIONS for row in settings_in(section))
