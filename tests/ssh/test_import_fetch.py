"""Files of a host, fetched over SSH from a real sshd."""

from __future__ import annotations

from pathlib import Path

from tests.ssh.conftest import PERF_TEXT, Asker, arrived


def test_a_file_arrives(asker: Asker, place: dict[str, object], far: Path, profiles: Path) -> None:
    job = asker.fetch(**place, path=str(far / "perf.out"), filename="beacon/perf.out")
    assert (job.state, job.error, job.filename) == ("done", None, "beacon/perf.out")
    assert (job.step, job.done, job.size) == ("done", len(PERF_TEXT), len(PERF_TEXT))
    assert (profiles / "beacon" / "perf.out").read_bytes() == PERF_TEXT
    assert arrived(profiles) == ["beacon/perf.out"]
