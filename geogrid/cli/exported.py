"""What a command takes out of a project is noted in it: who, what, when. `geogrid users PROJECT exports` lists it."""

from __future__ import annotations

import getpass
from datetime import UTC, datetime
from pathlib import Path

import click

from geogrid.cli.language import language
from geogrid.errors import StoreError


def note_export(project: str | Path, what: str) -> None:
    """Note an export; a project that can not be written to is exported all the same, with a word about it. One of format 1 keeps no such log."""
    from geogrid.store import accounts

    path = Path(project)
    try:
        if accounts.keeps_exports(path):
            accounts.log_export(path, user=_who(), what=what, clock=lambda: datetime.now(UTC))
    except StoreError as error:
        said = f"the export is not noted in the project: {error.message}"
        click.echo(f"导出未能记入项目：{error.message_zh}" if language() == "zh" else said, err=True)


def _who() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):  # no name for this process
        return "command"
