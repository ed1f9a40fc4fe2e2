"""The section of limits: each bound on memory, disk, time or a number of things."""

from __future__ import annotations

from dataclasses import dataclass

from flamescope_py.settings.row import setting
from flamescope_py.settings.types import SIZE, integer


@dataclass(frozen=True)
class Limits:
    """Bounds of memory, disk, time and numbers."""

    max_rows: int = setting(1000, integer(1, 10_000), "The most rows of a heatmap.")
    max_open_bytes: int = setting(
        1 << 30,
        SIZE,
        "Memory for open profiles, and as much for filtered views; the least recently used go first.",
    )
    max_index_bytes: int = setting(
        8 << 30,
        SIZE,
        "Disk space for the indexes in cache_dir, which save parsing a file again; 0 writes none.",
    )
    workers: int = setting(
        0, integer(0, 256), "The number of processes that read large profiles; 0 starts one per core."
    )
    max_file_bytes: int = setting(4 << 30, SIZE, "The largest file that may be uploaded or imported.")
    min_free_bytes: int = setting(256 << 20, SIZE, "The disk space that uploads and imports leave free.")
    max_preview_bytes: int = setting(
        4 << 20,
        SIZE,
        "Files of up to this size are read in the background for what the list shows of them; 0 reads none.",
    )
    max_jobs: int = setting(
        4,
        integer(1, 64),
        "The most imports and recordings that run at the same time; four times as many may wait.",
    )
    max_client_jobs: int = setting(
        8, integer(1, 320), "The most imports and recordings of one client, running or waiting."
    )
    job_seconds: int = setting(
        3600, integer(1, 86_400), "The most seconds that an import or a recording may take."
    )
    max_record_seconds: int = setting(
        600, integer(1, 86_400), "The most seconds that perf may record on a host."
    )
    max_cells: int = setting(
        20_000_000, integer(1000, 1 << 30), "The most cells of a heatmap: columns times rows."
    )
    max_graph_nodes: int = setting(
        500_000,
        integer(100, 1 << 30),
        "The most nodes of a flame graph; the smallest frames above that are merged.",
    )
    max_query_seconds: int = setting(
        60,
        integer(1, 3600),
        "The most processor time of a query about a profile that was read, as estimated before it works.",
    )
    max_client_seconds: int = setting(
        120,
        integer(1, 86_400),
        "The processor time that queries of one client address may take in a row; beyond that they get 429.",
    )
    client_percent: int = setting(
        100,
        integer(1, 10_000),
        "The percent of a core that queries of one client address may use over time; loopback has all cores.",
    )
    max_patterns: int = setting(
        32, integer(0, 32), "The most patterns of a request, counting drop, include and exclude together."
    )
    max_pattern_chars: int = setting(500, integer(1, 500), "The most characters of one pattern.")
    max_body_bytes: int = setting(1 << 20, SIZE, "The largest body of a request other than an upload.")
    max_query_bytes: int = setting(192 << 10, SIZE, "The longest query string.")
    max_header_bytes: int = setting(256 << 10, SIZE, "The largest head of a request, including its address.")
    max_connections: int = setting(1000, integer(10, 60_000), "The most open connections; further ones wait.")
    idle_seconds: int = setting(
        120, integer(1, 3600), "The seconds after which a silent connection is closed."
    )
    max_buffered_bytes: int = setting(
        1 << 30,
        SIZE,
        "Memory and temporary disk for answers that clients have not read yet, and for arriving bodies.",
    )
    min_bytes_per_second: int = setting(
        1 << 10,
        SIZE,
        "The least rate, over idle_seconds, at which clients read an answer or send a body; 0 asks for none.",
    )
    max_parses: int = setting(
        16, integer(1, 64), "The most large files that are read at the same time; further requests get 503."
    )
    max_parse_seconds: int = setting(
        600, integer(1, 86_400), "The most seconds that reading one file may take."
    )
    max_reader_bytes: int = setting(
        0, SIZE, "The most memory of a process that reads large profiles; 0 takes half of the machine's."
    )
    max_profile_nodes: int = setting(
        50_000_000, integer(1000, 1 << 31), "The most nodes of a profile's call tree."
    )
    max_profile_frames: int = setting(
        10_000_000, integer(1000, 1 << 31), "The most different frames of a profile."
    )
    max_profile_samples: int = setting(500_000_000, integer(1000, 1 << 31), "The most samples of a profile.")
    max_decompressed_bytes: int = setting(
        64 << 30, SIZE, "The most bytes of a compressed file after decompression."
    )
    max_fleet_bytes: int = setting(
        1 << 30, SIZE, "The memory of questions about the collection of many hosts."
    )
    max_otlp_bytes: int = setting(
        2 << 30, SIZE, "The most bytes of OTLP profiles that were sent and not ingested yet."
    )
    max_objects_bytes: int = setting(
        8 << 30, SIZE, "Disk space in cache_dir for copies of objects of buckets."
    )
