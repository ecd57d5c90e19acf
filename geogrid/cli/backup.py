"""`geogrid backup` and `restore`: a project copied while it is in use, and a copy put back after a check."""

from __future__ import annotations

from pathlib import Path

import click

from geogrid.cli.language import language
from geogrid.cli.output import show_json


@click.command(epilog="Example: geogrid backup lubei.gpkg --out lubei-2026-11-21.gpkg")
@click.argument("path", metavar="PROJECT", type=click.Path(path_type=Path))
@click.option("--out", required=True, type=click.Path(path_type=Path), help="The file to write; never one that is there already.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout.")
def backup(path: Path, out: Path, as_json: bool) -> None:
    """Copy a project as it is now to one file, whole or not at all, while others read and edit it."""
    from geogrid.store.backup import backup as copy

    copy(path, out)
    if as_json:
        show_json({"project": str(path), "backup": str(out), "bytes": out.stat().st_size})
    else:
        click.echo(f"{out}: {out.stat().st_size:,} B")


@click.command(epilog="Example: geogrid restore lubei-2026-11-21.gpkg --out lubei.gpkg")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--out", required=True, metavar="PROJECT", type=click.Path(path_type=Path), help="The project to put it in the place of.")
@click.option("--force", is_flag=True, help="Replace a project that holds edits; it is kept beside as a backup.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout.")
def restore(file: Path, out: Path, force: bool, as_json: bool) -> None:
    """Check a backup and put it in the place of a project. Users, tokens and the log of exports stay those of the project that it replaces."""
    from geogrid.store.backup import restore as put_back

    put_back(file, out, force=force)
    if as_json:
        show_json({"project": str(out), "restored": str(file)})
    else:
        click.echo(f"{out}: 已从 {file} 恢复" if language() == "zh" else f"{out}: restored from {file}")
