"""The command line: a group of commands, each imported when it is used, so that all start at once."""

from __future__ import annotations

import atexit
import gc
import io
import os
import shutil
import sys
from importlib import import_module
from pathlib import Path

import click

from flamescope_py import __version__

# NumPy's OpenBLAS starts a thread per core, each of which waits in a loop for a while: up to a third of the
# processor time of a short command. Nothing here multiplies matrices. Reading processes inherit this.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
# A container may run a user without a name, who has no home. That of the root is as good as none.
if not os.environ.get("HOME", "/").startswith("/"):
    del os.environ["HOME"]
if os.path.expanduser("~") == "~":  # noqa: PTH111  a Path raises an error
    os.environ["HOME"] = "/"

# The lines of `flamescope-py --help`. A command stands in the module of its name, or of the one below.
_HELP = {
    "breakdown": "Count a range by command, thread, CPU, function …",
    "capture": "Record with perf on a host, over SSH, and fetch the result.",
    "compact": "Merge the files of a collection, and drop old days.",
    "diff": "List the functions that grew or shrank between two files.",
    "export": "Write a flame graph as SVG, speedscope, pprof or folded.",
    "findings": "List what is periodic, odd or new in a file.",
    "fleet": "Ask questions about a collection of many hosts.",
    "folded": "Write the stacks of a file, one per line.",
    "heatmap": "Draw when samples fell, in the terminal.",
    "import": "Fetch a profile over SSH.",
    "info": "Show the facts of a file.",
    "ingest": "Add profiles of many hosts to a collection.",
    "record": "Record with perf on this machine, and show the result.",
    "serve": "Serve the profiles below DIR to a browser.",
}
_MODULES = {"import": "fetch"}
# These may serve for days. The others end before much garbage gathers, and collecting at every 700th object,
# as by default, takes 7 % of their processor time. The interpreter collects once more at its end, which takes
# 20 of 170 ms where objects are not frozen.
_SERVERS = {"capture", "import", "record", "serve"}
_GARBAGE = 100_000


class _Group(click.Group):
    """Imports a command when it is used, and none for its own help."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(_HELP)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _HELP:
            return None
        if cmd_name not in _SERVERS:
            gc.set_threshold(_GARBAGE)
            atexit.register(_keep_garbage)
        name = _MODULES.get(cmd_name, cmd_name)
        command: click.Command = getattr(import_module(f"flamescope_py.commands.{name}"), name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(sorted(_HELP.items()))


def _keep_garbage() -> None:
    # DuckDB writes a list of everything of its own that was not collected.
    if "duckdb" not in sys.modules:
        gc.freeze()


def _show_version(ctx: click.Context, _option: click.Parameter, wanted: bool) -> None:
    if not wanted or ctx.resilient_parsing:
        return
    from flamescope_py._kernel import load

    kernel = "with" if load() else "without"
    click.echo(f"flamescope-py {__version__} ({kernel} the compiled kernel)")
    if kernel == "without":
        click.echo("To read perf script text faster: apt-get install gcc libc6-dev, then install again.")
    if shutil.which("perf"):
        from flamescope_py.service import why_not_confined

        reason = why_not_confined()
        view = f"is not confined, as this machine makes no namespaces ({reason})" if reason else "is confined"
        click.echo(f"perf, which reads perf.data, {view}.")
    ctx.exit()


@click.group(cls=_Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--version",
    is_flag=True,
    expose_value=False,
    is_eager=True,
    callback=_show_version,
    help="Show the version.",
)
def main() -> None:
    """Subsecond-offset heatmaps and flame graphs of profiles."""
    # Closed ones, as of `<&-` and `>&-`.
    if sys.stdin is None:
        sys.stdin = Path(os.devnull).open(encoding="utf-8")  # noqa: SIM115
    if sys.stdout is None:
        sys.stdout = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115  as long as we run
    # Names may have any character, and the terminal's encoding may lack it.
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")
