"""`flamescope-py ingest`: adds profiles of many hosts to a collection."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import click

from flamescope_py.commands.output import FAILED as FAILED_CODE
from flamescope_py.commands.output import ending, plain

if TYPE_CHECKING:
    from flamescope_py.service import Ingested

_WORDS = {
    "placed": "placed in time",
    "listed": "listed without a place in time",
    "known": "collected before",
    "unknown": "of no known format",
    "failed": "failed",
}


@click.command(
    "ingest",
    epilog="""\b
Examples:
  flamescope-py ingest perf.out --into fleet --label service=web --label host=web-1
  flamescope-py ingest captures --into fleet --labels-from '(?P<service>[^/]+)/(?P<host>[^/]+)/[^/]*$'
  flamescope-py ingest perf.out --into fleet --label start=2026-11-29T10:00:00Z""",
)
@click.argument("sources", metavar="SRC...", nargs=-1, required=True)
@click.option("--into", required=True, metavar="PLACE", help="The folder of the collection.")
@click.option(
    "--label",
    "labels",
    multiple=True,
    metavar="KEY=VALUE",
    help="A label of all files: service, host, version, start (of the first sample) or another. May repeat.",
)
@click.option(
    "--labels-from",
    "pattern",
    metavar="REGEX",
    help="Take labels from the named groups of a pattern on the file's name below SRC.",
)
@click.option(
    "--processes", type=click.IntRange(1, 256), default=2, show_default=True, help="Files read at a time."
)
@click.option(
    "--scheduler", metavar="ADDRESS", help="A Dask scheduler that reads the files: tcp://host:8786."
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line for every file.")
@click.option("--config", metavar="FILE", help="Settings that bound a profile.")
@ending
def ingest(as_json: bool, config: str | None, **given: Any) -> None:
    """Add files, and all files below folders, to a collection.

    A file whose content is collected already is left alone, so that the same command may run again.
    """
    from flamescope_py.service import prepare_processes

    if given["scheduler"] is None:
        prepare_processes()
    from flamescope_py.service.fleet import collecting
    from flamescope_py.settings.command import load_settings

    settings = load_settings(config=config)
    counted: Counter[str] = Counter()
    for one in collecting.ingest(settings=settings, **given):
        counted[one.outcome] += 1
        _tell(one, as_json)
    if not as_json:
        words = [f"{counted[name]} {words}" for name, words in _WORDS.items() if counted[name]]
        click.echo(", ".join(words) or "There are no files.")
    # A folder may hold other files, too.
    if counted["failed"] or counted["unknown"] == sum(counted.values()):
        raise SystemExit(FAILED_CODE)


def _tell(one: Ingested, as_json: bool) -> None:
    if as_json:
        import orjson

        click.echo(orjson.dumps(one._asdict()).decode())
    elif one.reason and one.outcome != "known":
        click.echo(f"{plain(one.name)}: {one.outcome}: {plain(one.reason)}", err=True)
