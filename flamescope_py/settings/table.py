"""All settings, one field of `Settings` each.

The options of the command line, the FLAMESCOPE_* variables, the keys of the configuration file and
docs/settings.md all follow from these fields.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import Field, dataclass, field, fields
from pathlib import Path
from typing import Any, NamedTuple

import platformdirs

from flamescope_py.settings.types import (
    BASE_PATH,
    BOOLEAN,
    NAMES,
    PATH,
    PLACE,
    SIZE,
    TEXT,
    BucketURL,
    SettingType,
    choice,
    integer,
)

PACKAGE = "flamescope-py"
PREFIX = "FLAMESCOPE"
DEFAULT = "default"


def _setting(default: Any, of: SettingType, section: str, meaning: str, shown: str = "") -> Any:
    """Make the field of a setting; `shown` replaces its default in documents."""
    row = {"type": of, "section": section, "meaning": meaning, "shown": shown}
    return field(default=default, metadata=row)


@dataclass(frozen=True, slots=True)
class Settings:
    """The value of every setting; `sources` names where each came from."""

    profile_dir: Path | BucketURL = _setting(
        Path("examples"),
        PLACE,
        "profiles",
        "The directory whose files, at any depth, are the profiles, or s3://bucket/prefix.",
    )
    shared_index: bool = _setting(
        False,
        BOOLEAN,
        "profiles",
        "Keep indexes beside the profiles of a bucket, so that several servers read each profile once.",
        shown="false",
    )
    cache_dir: Path = _setting(
        platformdirs.user_cache_path(PACKAGE),
        PATH,
        "profiles",
        "The directory of indexes and other caches; not below the profile directory.",
        shown="the user's cache directory (on Linux ~/.cache/flamescope-py)",
    )
    fleet: str | None = _setting(
        None, TEXT, "profiles", "The collection of many hosts to answer questions about; see fleet.md."
    )
    fleet_engine: str = _setting(
        "duckdb", TEXT, "profiles", "The engine of those questions: duckdb, or a URL as sc://host:15002."
    )
    host: str = _setting("127.0.0.1", TEXT, "server", "The address or name to listen on.")
    port: int = _setting(8080, integer(0, 65535), "server", "The port to listen on; 0 picks a free one.")
    threads: int = _setting(
        16,
        integer(1, 256),
        "server",
        "The number of requests that are answered at the same time, by each process.",
    )
    processes: int = _setting(
        1, integer(1, 64), "server", "The number of server processes behind the port; see operations.md."
    )
    allowed_hosts: tuple[str, ...] = _setting(
        (),
        NAMES,
        "server",
        "Host names that requests may use besides loopback and host; .example.org covers all its subdomains.",
    )
    frontend: Path | None = _setting(
        None, PATH, "server", "The directory of another front end to serve, such as FlameScope's own."
    )
    base_path: str = _setting(
        "/", BASE_PATH, "server", "The path under which a proxy serves this server, such as /flamescope/."
    )
    trusted_proxies: int = _setting(
        0,
        integer(0, 10),
        "server",
        "The number of proxies in a row whose X-Forwarded headers are trusted.",
    )
    user_header: str | None = _setting(
        None, TEXT, "server", "The header in which a trusted proxy names the user, for the log."
    )
    log_format: str = _setting(
        "text", choice("text", "json"), "server", "The format of the log on standard error."
    )
    log_requests: bool = _setting(
        True, BOOLEAN, "server", "Log every request except health checks.", shown="true"
    )
    shutdown_seconds: int = _setting(
        30, integer(0, 3600), "server", "The seconds that running requests have to end after SIGTERM."
    )
    filters_file: Path | None = _setting(None, PATH, "filters", "A TOML file with more frame filters.")
    default_filters: tuple[str, ...] = _setting(
        (), NAMES, "filters", "The frame filters of requests that name none."
    )
    max_rows: int = _setting(1000, integer(1, 10_000), "limits", "The most rows of a heatmap.")
    max_open_bytes: int = _setting(
        1 << 30,
        SIZE,
        "limits",
        "Memory for open profiles, and as much for filtered views; the least recently used go first.",
        shown="1G",
    )
    max_index_bytes: int = _setting(
        8 << 30,
        SIZE,
        "limits",
        "Disk space for the indexes in cache_dir, which save parsing a file again; 0 writes none.",
        shown="8G",
    )
    workers: int = _setting(
        0,
        integer(0, 256),
        "limits",
        "The number of processes that read large profiles; 0 starts one per core.",
        shown="0",
    )
    max_file_bytes: int = _setting(
        4 << 30, SIZE, "limits", "The largest file that may be uploaded or imported.", shown="4G"
    )
    min_free_bytes: int = _setting(
        256 << 20, SIZE, "limits", "The disk space that uploads and imports leave free.", shown="256M"
    )
    max_preview_bytes: int = _setting(
        4 << 20,
        SIZE,
        "limits",
        "Files of up to this size are read in the background for what the list shows of them; 0 reads none.",
        shown="4M",
    )
    max_jobs: int = _setting(
        4,
        integer(1, 64),
        "limits",
        "The most imports and recordings that run at the same time; four times as many may wait.",
    )
    max_client_jobs: int = _setting(
        8, integer(1, 320), "limits", "The most imports and recordings of one client, running or waiting."
    )
    job_seconds: int = _setting(
        3600, integer(1, 86_400), "limits", "The most seconds that an import or a recording may take."
    )
    max_record_seconds: int = _setting(
        600, integer(1, 86_400), "limits", "The most seconds that perf may record on a host."
    )
    max_cells: int = _setting(
        20_000_000, integer(1000, 1 << 30), "limits", "The most cells of a heatmap: columns times rows."
    )
    max_graph_nodes: int = _setting(
        500_000,
        integer(100, 1 << 30),
        "limits",
        "The most nodes of a flame graph; the smallest frames above that are merged.",
    )
    max_query_seconds: int = _setting(
        60,
        integer(1, 3600),
        "limits",
        "The most processor time of a query about a profile that was read, as estimated before it works.",
    )
    max_client_seconds: int = _setting(
        120,
        integer(1, 86_400),
        "limits",
        "The processor time that queries of one client address may take in a row; beyond that they get 429.",
    )
    client_percent: int = _setting(
        100,
        integer(1, 10_000),
        "limits",
        "The percent of a core that queries of one client address may use over time; loopback has all cores.",
    )
    max_patterns: int = _setting(
        32,
        integer(0, 32),
        "limits",
        "The most patterns of a request, counting drop, include and exclude together.",
    )
    max_pattern_chars: int = _setting(500, integer(1, 500), "limits", "The most characters of one pattern.")
    max_body_bytes: int = _setting(
        1 << 20, SIZE, "limits", "The largest body of a request other than an upload.", shown="1M"
    )
    max_query_bytes: int = _setting(192 << 10, SIZE, "limits", "The longest query string.", shown="192K")
    max_header_bytes: int = _setting(
        256 << 10, SIZE, "limits", "The largest head of a request, including its address.", shown="256K"
    )
    max_connections: int = _setting(
        1000, integer(10, 60_000), "limits", "The most open connections; further ones wait."
    )
    idle_seconds: int = _setting(
        120, integer(1, 3600), "limits", "The seconds after which a silent connection is closed."
    )
    max_buffered_bytes: int = _setting(
        1 << 30,
        SIZE,
        "limits",
        "Memory and temporary disk for answers that clients have not read yet, and for arriving bodies.",
        shown="1G",
    )
    min_bytes_per_second: int = _setting(
        1 << 10,
        SIZE,
        "limits",
        "The least rate, over idle_seconds, at which clients read an answer or send a body; 0 asks for none.",
        shown="1K",
    )
    max_parses: int = _setting(
        16,
        integer(1, 64),
        "limits",
        "The most large files that are read at the same time; further requests get 503.",
    )
    max_parse_seconds: int = _setting(
        600, integer(1, 86_400), "limits", "The most seconds that reading one file may take."
    )
    max_reader_bytes: int = _setting(
        0,
        SIZE,
        "limits",
        "The most memory of a process that reads large profiles; 0 takes half of the machine's.",
        shown="0",
    )
    max_profile_nodes: int = _setting(
        50_000_000, integer(1000, 1 << 31), "limits", "The most nodes of a profile's call tree."
    )
    max_profile_frames: int = _setting(
        10_000_000, integer(1000, 1 << 31), "limits", "The most different frames of a profile."
    )
    max_profile_samples: int = _setting(
        500_000_000, integer(1000, 1 << 31), "limits", "The most samples of a profile."
    )
    max_decompressed_bytes: int = _setting(
        64 << 30, SIZE, "limits", "The most bytes of a compressed file after decompression.", shown="64G"
    )
    max_fleet_bytes: int = _setting(
        1 << 30, SIZE, "limits", "The memory of questions about the collection of many hosts.", shown="1G"
    )
    max_otlp_bytes: int = _setting(
        2 << 30,
        SIZE,
        "limits",
        "The most bytes of OTLP profiles that were sent and not ingested yet.",
        shown="2G",
    )
    max_objects_bytes: int = _setting(
        8 << 30, SIZE, "limits", "Disk space in cache_dir for copies of objects of buckets.", shown="8G"
    )
    read_only: bool = _setting(
        False, BOOLEAN, "changes", "Forbid uploads, deletions, SSH and recording.", shown="false"
    )
    allow_changes: bool = _setting(
        False,
        BOOLEAN,
        "changes",
        "Allow uploads and deletions when listening beyond loopback, too.",
        shown="false",
    )
    allow_ssh: bool = _setting(
        False,
        BOOLEAN,
        "changes",
        "Allow SSH when listening beyond loopback, too; needs ssh_hosts.",
        shown="false",
    )
    allow_record: bool = _setting(
        False,
        BOOLEAN,
        "changes",
        "Allow recording with perf on the server's own machine, from the page.",
        shown="false",
    )
    accept_otlp: bool = _setting(
        False,
        BOOLEAN,
        "changes",
        "Take OTLP profiles at /v1development/profiles; needs token_file. See fleet.md.",
        shown="false",
    )
    token_file: Path | None = _setting(
        None, PATH, "changes", "The file with the token that requests must send."
    )
    token_for: str = _setting(
        "changes", choice("changes", "everything"), "changes", "The requests that need the token."
    )
    open_metrics: bool = _setting(
        False,
        BOOLEAN,
        "changes",
        "Serve /metrics without the token even if everything else needs it.",
        shown="false",
    )
    ssh_hosts: tuple[str, ...] = _setting(
        (),
        NAMES,
        "changes",
        "The hosts that SSH may reach: 10.0.0.*, *.example.org:2222, bastion:*; none means all.",
    )
    ssh_config: Path | None = _setting(
        None, PATH, "changes", "The SSH configuration file to use.", shown="~/.ssh/config"
    )
    known_hosts_file: Path = _setting(
        platformdirs.user_data_path(PACKAGE) / "known_hosts",
        PATH,
        "changes",
        "The file for host keys that users accept.",
        shown="in the user's data directory (on Linux ~/.local/share/flamescope-py)",
    )
    config_file: Path | None = None
    sources: Mapping[str, str] = field(default_factory=dict, compare=False)

    def source(self, name: str) -> str:
        """Return the source of a value: command line, environment, configuration file PATH, or default."""
        return self.sources.get(name, DEFAULT)


class Setting(NamedTuple):
    """A setting as the options and the documents need it."""

    name: str
    type: SettingType
    section: str
    meaning: str
    default: Any
    shown: str

    @property
    def variable(self) -> str:
        """The environment variable."""
        return f"{PREFIX}_{self.name.upper()}"

    @property
    def option(self) -> str:
        """The option of the command line."""
        return "--" + self.name.replace("_", "-")

    @property
    def shown_default(self) -> str:
        """The default in the notation of users, empty for none."""
        if self.shown:
            return self.shown
        if isinstance(self.default, tuple):
            return ",".join(self.default)
        return "" if self.default is None else str(self.default)


def _row(one: Field[Any]) -> Setting:
    return Setting(one.name, default=one.default, **one.metadata)


TABLE: tuple[Setting, ...] = tuple(_row(one) for one in fields(Settings) if one.metadata)
