from __future__ import annotations

from pathlib import Path

from flamescope_py.fleet.labels import label_rules
from flamescope_py.fleet.writing.ingest import Orders
from flamescope_py.fleet.writing.running import run
from flamescope_py.fleet.writing.sources import tasks
from tests.support.fleet import LATER, MIDNIGHT, capture, content

RULES = label_rules(["service=web"], "/(?P<host>[0-9]+)$")


def test_a_dask_cluster_ingests_what_processes_do_and_knows_it_again(dask: str, tmp_path: Path) -> None:
    source = tmp_path / "captures"
    source.mkdir()
    for number in range(8):
        (source / str(number)).write_bytes(capture(MIDNIGHT + number, "read", f"leaf_{number}"))
    (source / "README").write_text("Captures.")

    def outcomes(place: str, scheduler: str | None) -> list[str]:
        orders = Orders(str(tmp_path / place), RULES, LATER)
        return sorted(one.outcome for one in run(tasks([str(source)]), orders, 2, scheduler))

    assert outcomes("there", dask) == ["placed"] * 8 + ["unknown"]
    assert outcomes("there", dask) == ["known"] * 8 + ["unknown"]
    assert outcomes("here", None) == ["placed"] * 8 + ["unknown"]
    assert content(tmp_path / "there") == content(tmp_path / "here")
