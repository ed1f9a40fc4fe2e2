"""The command line: thin commands over the same service as the web."""

from __future__ import annotations

from importlib import import_module

import click

from flamescope_py import __version__
from flamescope_py.commands.importing import capture_command, import_command
from flamescope_py.commands.serve import serve

# Commands that need numpy and more: `--help` and `serve` do without, so that they start at once.
_LATER = {
    "info": "Say what a file is.",
    "heatmap": "Draw when samples fell, in the terminal.",
    "folded": "Write the stacks of a file, one a line.",
    "export": "Write a flame graph as SVG, speedscope, pprof or folded.",
    "diff": "Say which functions grew or shrank between two files.",
}
_MODULES = {"folded": "graph", "export": "graph"}


class _Group(click.Group):
    """Commands that are loaded when they are asked for, beside the others."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted([*super().list_commands(ctx), *_LATER])

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _LATER:
            return super().get_command(ctx, cmd_name)
        module = import_module(f"flamescope_py.commands.{_MODULES.get(cmd_name, cmd_name)}")
        command: click.Command = getattr(module, cmd_name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        here = {name: command.get_short_help_str(60) for name, command in self.commands.items()}
        with formatter.section("Commands"):
            formatter.write_dl(sorted({**here, **_LATER}.items()))


@click.group(cls=_Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="flamescope-py")
def main() -> None:
    """Subsecond-offset heatmaps and flame graphs of profiles."""


for _command in (serve, import_command, capture_command):
    main.add_command(_command)
