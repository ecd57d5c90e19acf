"""`geogrid declared`: what was declared beside what is there."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

from geogrid.cli.exported import note_export
from geogrid.cli.language import language
from geogrid.cli.output import show_json
from geogrid.errors import one_line

if TYPE_CHECKING:
    from geogrid.report import DeclaredRow
    from geogrid.scheme import Scheme

SIGNS = {"holds": "✓", "differs": "✕", "unknown": "?"}
_SHOWN = 10


@click.command(epilog="Example: geogrid declared lubei.gpkg --out declared.xlsx")
@click.argument("path", metavar="PROJECT", type=click.Path())
@click.option("--out", type=click.Path(), help="Write the table; the ending says the format: .csv .xlsx")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout.")
@click.pass_context
def declared(ctx: click.Context, path: str, out: str | None, as_json: bool) -> None:
    """Compare the declared figures with the project's. Exit 1 when one does not hold and the scheme makes that an error."""
    from geogrid.report import DIFFERS, compare_declared, count_verdicts
    from geogrid.report.files import write_rows
    from geogrid.store import open_project

    with open_project(path) as project:
        rows = compare_declared(project)
        counts = count_verdicts(rows)
        if out:
            write_rows(rows, project, Path(out))
            note_export(path, f"declared {Path(out).name}")
        if as_json:
            show_json({"project": path, "name": project.name, **counts, "rows": [row.to_json(project.crs) for row in rows]})
        else:
            for row in rows:
                _show(row, project.scheme)
            click.echo(declared_line(counts, path) if rows else _nothing())
    failed = any(row.verdict == DIFFERS and row.severity == "error" for row in rows)
    ctx.exit(1 if failed else 0)


def _show(row: DeclaredRow, scheme: Scheme) -> None:
    from geogrid.report.titles import title
    from geogrid.report.verdict import shown

    spoken = language()
    computed = "–" if row.computed is None else shown(row.computed) + (f" {row.unit}" if row.unit else "")
    words = ("申报", "实有") if spoken == "zh" else ("declared", "computed")
    _say(f"{SIGNS[row.verdict]} {title(row, scheme, spoken)}  {words[0]} {row.declared or '–'}  {words[1]} {computed}")
    heads = {listing.title for listing in row.lists}
    why = [note.say(spoken) for note in row.notes if note not in heads]
    if why:
        _say("    " + ("" if spoken == "zh" else " ").join(why))
    for listing in row.lists:
        codes = [case.code for case in listing.cases]
        more = f" … (+{len(codes) - _SHOWN:,})" if len(codes) > _SHOWN else ""
        _say(f"    {listing.title.say(spoken)} {' '.join(codes[:_SHOWN])}{more}")


def _say(words: str) -> None:
    """Print words that quote what was declared, as one line."""
    click.echo(one_line(words))


def _nothing() -> str:
    if language() == "zh":
        return "没有申报任何数。请在配方中写 [[declared]]（item、level、value、source），或给出 [inputs.declared] 文件，再生成一次。"
    return "Nothing was declared. Write [[declared]] tables (item, level, value, source) into the recipe, or give [inputs.declared], and build again."


def declared_line(counts: Mapping[str, int], path: str) -> str:
    """Say how many declared figures hold."""
    if language() == "zh":
        text = "申报的 {figures_n} 个数中，{holds} 个相符，{differs} 个不符，{unknown} 个无法核对；详见 geogrid declared {path}"
    else:
        text = "of {figures_n} declared figures {holds} hold, {differs} do not, {unknown} can not be told; see geogrid declared {path}"
    return text.format(path=path, **counts)
