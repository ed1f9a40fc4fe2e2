"""`flamescope-py compact`: merges the files of a collection, and drops old days."""

from __future__ import annotations

from pathlib import Path

import click

from flamescope_py.commands.output import ending
from flamescope_py.errors import ConfigError


@click.command(
    "compact",
    epilog="""\b
Examples:
  flamescope-py compact fleet
  flamescope-py compact fleet --keep-days 30""",
)
@click.argument("place", metavar="PLACE")
@click.option("--keep-days", type=click.IntRange(1, 36_500), help="Drop the days before the last N.")
@click.option("--json", "as_json", is_flag=True, help="The counts as a JSON object.")
@ending
def compact(place: str, keep_days: int | None, as_json: bool) -> None:
    """Merge the finished days of the collection at PLACE. It may run beside ingests, and be killed."""
    from flamescope_py.service.fleet import collecting

    # Nothing to merge would look like success where a job of cron has a wrong name.
    if "://" not in place and not Path(place).expanduser().exists():
        raise ConfigError(f"There is no folder {place!r}: name the one that ingest fills.")
    done = collecting.compact_collection(place, keep_days)
    if as_json:
        import orjson

        click.echo(orjson.dumps(done._asdict()).decode())
    else:
        click.echo(
            f"{done.merged} profiles merged, {done.dropped} dropped, "
            f"{done.written} files written, {done.removed} removed"
        )
