"""`geogrid sheets`: notices of units and plates of stairwells, as PDF or PNG, one file each or all in one."""

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
    "--kind", type=click.Choice(["notice", "plate"]), default="notice", show_default=True, help="Notice of a unit, or plate of each stairwell in it."
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
    paper: str | None,
    form: str,
    lang: str,
    address: str,
    one_file: bool,
    plan: str,
    at: str,
    as_json: bool,
) -> None:
    """Print public notices of units (网格公示图) or plates of stairwells (单元门牌), a file each, named by their codes."""
    from geogrid.pipeline.lookup import lookup_of, parse_when
    from geogrid.pipeline.sheet_files import Order, write_sheets
    from geogrid.pipeline.sheets import Sheets, Wanted, chosen
    from geogrid.sheets.papers import PAPER_OF, PAPERS
    from geogrid.store import open_project

    check_folder(str(out))
    when = parse_when(at, lambda: datetime.datetime.now(datetime.UTC))
    order = Order(kind, PAPERS[paper or PAPER_OF[kind]], form, lang, is_one=one_file)
    with open_project(path, plan=plan) as project:
        made = Sheets(project, lookup_of(project), Wanted(lang, when, address))
        written = write_sheets(made, chosen(project, units, level), order, out)
    note_export(path, f"sheets {kind} {out.name}")
    if as_json:
        show_json(
            {"out": str(out), "kind": kind, "paper": order.paper.name, "sheets": written.sheets, "files": [str(file) for file in written.files]}
        )
    else:
        click.echo(_said(written, out))


def _said(written: Written, out: Path) -> str:
    n, files = len(written.sheets), len(written.files)
    return f"{out}：{n:,} 张，{files:,} 个文件" if language() == "zh" else f"{out}: {n:,} sheets in {files:,} files"
