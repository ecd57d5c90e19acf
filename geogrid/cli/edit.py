"""`geogrid edit`, `undo`, `redo`: a plan redrawn by script. A file of edits applies wholly or not at all."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from geogrid.cli.language import language
from geogrid.cli.output import show_findings, show_json
from geogrid.errors import ConflictError, EditError, GeogridError, InputError, NotFoundError

if TYPE_CHECKING:
    from geogrid.edit import Edit
    from geogrid.store import Committed, Desk

LOCAL = "local"
"""The author, where nobody says who it is: the one administrator that a project without users has."""


_LIKE = 'write one edit a line, as {"kind": "retire", "unit": CODE}'
_LIKE_ZH = '每行写一项调整，如 {"kind": "retire", "unit": 编码}'


def _common(command: Callable[..., None]) -> Callable[..., None]:
    """Add the options that all three commands take."""
    options = (
        click.option("--plan", default="main", show_default=True, help="The plan to edit; an adopted one takes no edits: fork it."),
        click.option("--author", default=LOCAL, show_default=True, help="Who does this, for the log."),
        click.option("--request-id", default="", help="A text of your own: what is sent twice under it is done once."),
        click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout."),
    )
    for option in reversed(options):
        command = option(command)
    return command


@click.command(epilog="Example: geogrid edit lubei.gpkg moves.jsonl --base-version 12 --author planner-a")
@click.argument("path", metavar="PROJECT", type=click.Path(path_type=Path))
@click.argument("edits", metavar="EDITS.jsonl", type=click.File("r", encoding="utf-8-sig"))
@click.option("--base-version", required=True, type=click.IntRange(min=0), help="The version that the edits were made on; geogrid log tells it.")
@click.option("--reason", default="", help="Why, for edits that do not say so themselves.")
@_common
@click.pass_context
def edit(ctx: click.Context, path: Path, edits: click.utils.LazyFile, base_version: int, reason: str, **options: Any) -> None:
    """Apply edits, one JSON object a line (- for stdin). All of them or none; exit 1 when one is refused."""
    asked = read_edits(edits)
    with _desk(path) as desk:
        known = {"author": options["author"], "request_id": options["request_id"], "reason": reason}
        desk.plan(options["plan"])
        try:
            done = desk.edit(options["plan"], [each for _, each in asked], base_version=base_version, **known)
        except ConflictError as error:
            _refuse(ctx, error, options["as_json"])
        except (EditError, NotFoundError) as error:
            _refuse(ctx, error, options["as_json"], _refused_line(desk, options["plan"], asked))
        _show(ctx, done, options["as_json"])


@click.command(epilog="Example: geogrid undo lubei.gpkg --author planner-a")
@click.argument("path", metavar="PROJECT", type=click.Path(path_type=Path))
@click.option("--base-version", type=click.IntRange(min=0), help="The version that you looked at; default the newest.")
@_common
@click.pass_context
def undo(ctx: click.Context, path: Path, **options: Any) -> None:
    """Take back the author's last edit, as a new version; exit 1 where others have built on it."""
    _take_back(ctx, "undo", path, options)


@click.command(epilog="Example: geogrid redo lubei.gpkg --author planner-a")
@click.argument("path", metavar="PROJECT", type=click.Path(path_type=Path))
@click.option("--base-version", type=click.IntRange(min=0), help="The version that you looked at; default the newest.")
@_common
@click.pass_context
def redo(ctx: click.Context, path: Path, **options: Any) -> None:
    """Do again what the author's last undo took back; exit 1 where that can not be."""
    _take_back(ctx, "redo", path, options)


def _take_back(ctx: click.Context, kind: str, path: Path, options: dict[str, Any]) -> None:
    with _desk(path) as desk:
        version = desk.version(options["plan"]) if options["base_version"] is None else options["base_version"]
        act = desk.undo if kind == "undo" else desk.redo
        try:
            done = act(options["plan"], base_version=version, author=options["author"], request_id=options["request_id"])
        except (EditError, ConflictError) as error:
            _refuse(ctx, error, options["as_json"])
        _show(ctx, done, options["as_json"])


def _desk(path: Path) -> Desk:
    from geogrid.store import open_desk

    desk = open_desk(path, clock=lambda: datetime.now().astimezone())
    if desk.kept:
        zh = language() == "zh"
        click.echo(f"文件已升级，原文件另存为 {desk.kept}" if zh else f"the file was upgraded; as it was, it is kept as {desk.kept}", err=True)
    return desk


def read_edits(lines: Iterable[str]) -> list[tuple[int, Edit]]:
    """Read JSON lines, blank ones aside: (number of the line, edit). Raises InputError which names the line and what to write."""
    from geogrid.edit import parse_edit

    found: list[tuple[int, Edit]] = []
    for number, text in _numbered(lines):
        if not text.strip():
            continue
        try:
            found.append((number, parse_edit(json.loads(text))))
        except EditError as error:
            raise InputError(f"line {number}: {error.message}", f"第 {number} 行：{error.message_zh}", row=number, **error.facts) from None
        except (ValueError, RecursionError):
            raise InputError(f"line {number} is not JSON: {_LIKE}", f"第 {number} 行不是 JSON：{_LIKE_ZH}", row=number) from None
    if not found:
        raise InputError("no edits: the file has no line with one", "没有调整：文件中没有任何一行", row=0)
    return found


def _numbered(lines: Iterable[str]) -> Iterable[tuple[int, str]]:
    try:
        yield from enumerate(lines, 1)
    except UnicodeDecodeError as error:
        raise InputError(
            f"the edits are not UTF-8 text ({error.reason}); save the file as UTF-8", "调整文件不是 UTF-8 文本，请另存为 UTF-8"
        ) from None


def _refused_line(desk: Desk, plan: str, asked: list[tuple[int, Edit]]) -> int:
    """Return the number of the first line that can not be applied to the plan as it is; 0 where all can, or there is one only."""
    from geogrid.edit import apply

    state = desk.state(plan)
    for number, each in asked if len(asked) > 1 else []:
        try:
            state = apply(state, each).state
        except (EditError, NotFoundError):
            return number
    return 0


def _refuse(ctx: click.Context, error: GeogridError, as_json: bool, line: int = 0) -> NoReturn:
    """Say why nothing was done; exit 1."""
    zh = language() == "zh"
    if as_json:
        details = {name: value for name, value in error.facts.items() if name != "entries"}
        if line:
            details["line"] = line
        entries = [{"version": entry.version, "user": entry.author, "reason": entry.reason} for entry in error.facts.get("entries", [])]
        show_json({"error": error.code, "message": error.message, "message_zh": error.message_zh, "details": {**details, "entries": entries}})
    where = (f"第 {line} 行：" if zh else f"line {line}: ") if line else ""
    click.echo(where + (f"{error.message_zh}；未作任何改动" if zh else f"{error.message}; nothing was changed"), err=True)
    ctx.exit(1)
    raise AssertionError  # not reached: exit raises


def _show(ctx: click.Context, done: Committed, as_json: bool) -> None:
    """Print what was done; exit 1 where units that were touched now have a finding of severity error."""
    from geogrid.exchange.findings import placed, to_rows
    from geogrid.findings import to_frame

    state = done.state
    found = placed(to_frame(list(done.findings), state.ground.crs, state.scheme.severity))
    if as_json:
        show_json({"version": done.version, "units": list(done.units), "findings": to_rows(found)})
    else:
        show_findings(found, lists="geogrid validate")
        shown = ", ".join(done.units[:8]) + (f" … ({len(done.units)})" if len(done.units) > 8 else "")
        click.echo(f"第 {done.version} 版：{shown}" if language() == "zh" else f"version {done.version}: {shown}")
    ctx.exit(1 if (found["severity"] == "error").any() else 0)
