"""`geogrid sheets`: notices of units, plates of stairwells and registers of changes, as PDF or PNG, one file each or all in one."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from geogrid.cli.exported import note_export
from geogrid.cli.language import language
from geogrid.cli.output import check_folder, show_json

if TYPE_CHECKING:
    from geogrid.pipeline.sheet_files import Written


@click.command(epilog="Example: geogrid sheets lubei.gpkg --out sheets --unit 130203008001 --level grid --paper A4")
@click.argument("path", metavar="PROJECT", type=click.Path())
@click.option("--out", required=True, type=click.Path(path_type=Path), help="The folder to write.")
@click.option("--unit", "units", multiple=True, help="A unit's code, repeatable [default: all units of the level].")
@click.option("--level", default="", help="The level whose units get a sheet; with --unit, those inside it [default: the grids].")
@click.option(
    "--kind",
    type=click.Choice(["notice", "plate", "change"]),
    default="notice",
    show_default=True,
    help="Notice of a unit, plate of each stairwell in it, or form of each change that touched it (of all where no unit is named).",
)
@click.option(
    "--version", "versions", multiple=True, type=click.IntRange(min=1), help="A version whose change form it is, repeatable [default: all]."
)
@click.option("--paper", type=click.Choice(["A3", "A4", "A5"]), help="Paper, on its side [default: A4, of plates A5].")
@click.option("--format", "form", type=click.Choice(["pdf", "png"]), default="pdf", show_default=True, help="Format of the files.")
@click.option("--lang", type=click.Choice(["zh", "en"]), default="zh", show_default=True, help="Language of the sheets.")
@click.option("--address", default="", help="Address of the service: the code to scan then leads to the unit's page, else it is plain text.")
@click.option("--one-file", is_flag=True, help="All sheets in one PDF.")
@click.option("--plan", default="main", show_default=True, help="A plan, as the draft d1.")
@click.option("--at", default="", help="Who is responsible at a moment as 2026-03-01T08:30, or a day; now where none is given.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout.")
def sheets(
    path: str,
    out: Path,
    units: tuple[str, ...],
    level: str,
    kind: str,
    versions: tuple[int, ...],
    paper: str | None,
    form: str,
    lang: str,
    address: str,
    one_file: bool,
    plan: str,
    at: str,
    as_json: bool,
) -> None:
    """Print notices of units (网格公示图), plates of stairwells (单元门牌) or forms of changes (网格划分登记表), a file each, named by code."""
    from geogrid.pipeline.lookup import lookup_of, parse_when
    from geogrid.pipeline.parallel import without_cycle_search
    from geogrid.pipeline.sheet_files import Order, write_sheets
    from geogrid.pipeline.sheets import Sheets, Wanted, chosen, gathered
    from geogrid.sheets.papers import PAPER_OF, PAPERS, UPRIGHT
    from geogrid.store import open_project

    check_folder(str(out))
    _check_options(kind, versions, level)
    when = parse_when(at, lambda: datetime.datetime.now(datetime.UTC))
    order = Order(kind, UPRIGHT if kind == "change" and paper in (None, "A4") else PAPERS[paper or PAPER_OF[kind]], form, lang, is_one=one_file)
    with without_cycle_search(), open_project(path, plan=plan) as project:
        if kind == "change":
            from geogrid.pipeline.sheet_changes import ChangeForms

            found = ChangeForms(project, lang).of(versions, units)
        else:
            found = gathered(Sheets(project, lookup_of(project), Wanted(lang, when, address)), chosen(project, units, level), kind, order.paper)
        written = write_sheets(found, order, out)
    note_export(path, f"sheets {kind} {out.name}")
    if as_json:
        show_json(
            {"out": str(out), "kind": kind, "paper": order.paper.name, "sheets": written.sheets, "files": [str(file) for file in written.files]}
        )
    else:
        click.echo(_said(written, out))


def _check_options(kind: str, versions: tuple[int, ...], level: str) -> None:
    """Raise InputError for options that a kind of sheet does not know."""
    from geogrid.errors import InputError

    if versions and kind != "change":
        raise InputError("--version goes with --kind change", "--version 只用于 --kind change", field="version")
    if level and kind == "change":
        raise InputError("--level does not go with --kind change: name units", "--kind change 不用 --level：请用 --unit 指明单元", field="level")


def _said(written: Written, out: Path) -> str:
    n, files = len(written.sheets), len(written.files)
    return f"{out}：{n:,} 张，{files:,} 个文件" if language() == "zh" else f"{out}: {n:,} sheets in {files:,} files"
