"""The command line: a group of commands, each imported when it is used, so that all start at once."""

from __future__ import annotations

from importlib import import_module
from typing import NamedTuple

import click

from flamescope_py import __version__


class _Entry(NamedTuple):
    """A command: the module and the name of its function, and its line in `flamescope-py --help`."""

    module: str
    function: str
    help: str


_COMMANDS = {
    "capture": _Entry("capture", "capture", "Record with perf on a host, over SSH, and fetch the result."),
    "diff": _Entry("diff", "diff", "List the functions that grew or shrank between two files."),
    "export": _Entry("export", "export", "Write a flame graph as SVG, speedscope, pprof or folded."),
    "folded": _Entry("folded", "folded", "Write the stacks of a file, one a line."),
    "heatmap": _Entry("heatmap", "heatmap", "Draw when samples fell, in the terminal."),
    "import": _Entry("fetch", "fetch", "Fetch a profile over SSH."),
    "info": _Entry("info", "info", "Show what a file holds."),
    "serve": _Entry("serve", "serve", "Serve the profiles below DIR to a browser."),
}


class _Group(click.Group):
    """Imports a command when it is asked for, and none of them for its own help."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        entry = _COMMANDS.get(cmd_name)
        if entry is None:
            return None
        command: click.Command = getattr(
            import_module(f"flamescope_py.commands.{entry.module}"), entry.function
        )
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, entry.help) for name, entry in sorted(_COMMANDS.items())])


@click.group(cls=_Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="flamescope-py")
def main() -> None:
    """Subsecond-offset heatmaps and flame graphs of profiles."""
