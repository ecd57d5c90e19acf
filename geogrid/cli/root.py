"""The `geogrid` group: loads its commands when they are called, and turns every error into one line and exit code 2."""

from __future__ import annotations

import importlib
import os
import sys
import traceback
from importlib import metadata
from typing import Any

import click

from geogrid.cli.language import language
from geogrid.cli.usage import NoCommandError, in_one_line
from geogrid.errors import GeogridError

COMMANDS = {
    "systems": "districts",
    "simulate": "districts",
    "inspect": "inspect",
    "build": "build",
    "update": "update",
    "validate": "validate",
    "repair": "repair",
    "declared": "declared",
    "whatif": "whatif",
    "locate": "locate",
    "people": "people",
    "organisations": "organisations",
    "overlays": "overlays",
    "export": "look",
    "map": "look",
    "sheets": "sheets",
    "reach": "reach",
    "events": "events",
    "edit": "edit",
    "undo": "edit",
    "redo": "edit",
    "log": "history",
    "diff": "history",
    "backup": "backup",
    "restore": "backup",
    "bench": "bench",
}
ORDER = (
    "systems",
    "simulate",
    "inspect",
    "build",
    "update",
    "validate",
    "repair",
    "declared",
    "whatif",
    "locate",
    "people",
    "organisations",
    "overlays",
    "export",
    "reach",
    "events",
    "map",
    "sheets",
    "edit",
    "undo",
    "redo",
    "log",
    "diff",
    "serve",
    "demo",
    "users",
    "backup",
    "restore",
    "bench",
)
ENTRY_POINTS = "geogrid.commands"


class Root(click.Group):
    """Commands of the library and of the entry-point group `geogrid.commands`, each imported only when it is needed."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """List the commands, in the order in which one meets them."""
        known = set(COMMANDS) | {e.name for e in metadata.entry_points(group=ENTRY_POINTS)}
        return sorted(known, key=lambda name: (ORDER.index(name) if name in ORDER else len(ORDER), name))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Load a command by name."""
        if cmd_name in COMMANDS:
            return getattr(importlib.import_module(f"geogrid.cli.{COMMANDS[cmd_name]}"), cmd_name)
        for entry in metadata.entry_points(group=ENTRY_POINTS):
            if entry.name == cmd_name:
                return entry.load()
        return None

    def resolve_command(self, ctx: click.Context, args: list[str]) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command that is asked for; one that there is not names the nearest."""
        if args and not args[0].startswith("-") and self.get_command(ctx, args[0]) is None:
            raise NoCommandError(args[0], self.list_commands(ctx), ctx)
        return super().resolve_command(ctx, args)

    def make_context(self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: Any) -> click.Context:
        """Read the group's own options; a usage error is one line."""
        with in_one_line():
            return super().make_context(info_name, args, parent, **extra)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; what goes wrong is one line on stderr and exit code 2."""
        try:
            with in_one_line():
                return super().invoke(ctx)
        except GeogridError as error:
            click.echo(error.message_zh if language() == "zh" else error.message, err=True)
        except (click.ClickException, click.Abort, click.exceptions.Exit, BrokenPipeError, KeyboardInterrupt):
            raise
        except MemoryError:
            click.echo("内存不足，处理不了这样大的输入" if language() == "zh" else "not enough memory for this input", err=True)
        except Exception as error:
            if os.environ.get("GEOGRID_DEBUG"):
                traceback.print_exc()
            said = " ".join(str(error).split())[:300]
            click.echo(_of_its_own(type(error).__name__, said), err=True)
        ctx.exit(2)
        return None


def _of_its_own(name: str, said: str) -> str:
    if language() == "zh":
        return f"geogrid 自身出错（{name}：{said}）；设 GEOGRID_DEBUG=1 可看到位置，请反馈给开发者"
    return f"geogrid met an error of its own ({name}: {said}); set GEOGRID_DEBUG=1 to see where, and please report it"


@click.group(cls=Root, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="geogrid", message="%(prog)s %(version)s")
def main() -> None:
    """Cut a district into grids and micro-grids, check every border, and show it on a map.

    Start with: geogrid demo
    """
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")  # Chinese on any terminal, whatever its code page
