"""`geogrid inspect`: what is in a file, which role it could play, what is wrong, and a recipe to start from."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from geogrid.cli.language import language
from geogrid.cli.output import show_json
from geogrid.errors import InputError

if TYPE_CHECKING:
    from geogrid.inspection import Inspection


@click.command(epilog="Example: geogrid inspect communities.shp buildings.gpkg stations.xlsx --out recipe.toml")
@click.argument("files", metavar="FILE…", nargs=-1, required=True, type=click.Path())
@click.option("--layer", help="The layer of files that have several; else all are looked at.")
@click.option("--crs", help="Where a file does not say, e.g. EPSG:4548, GCJ-02, BD-09.")
@click.option("--encoding", help="Where a file does not say rightly, e.g. GB18030.")
@click.option("--out", type=click.Path(), help="Write the recipe to this new file; else it is printed, the report in its comments.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout.")
@click.pass_context
def inspect(
    ctx: click.Context, files: tuple[str, ...], layer: str | None, crs: str | None, encoding: str | None, out: str | None, as_json: bool
) -> None:
    """Look into files before anything is built, and make a recipe to start from. Exit 1 when rows can not be used, 2 when a file can not be read."""
    from geogrid.inspection import inspect_files, recipe_text

    _check_new(out)
    found = inspect_files(files, layer=layer, crs=crs, encoding=encoding)
    recipe = ""
    if any(one.role for one in found.layers):
        folder = Path(out).absolute().parent if out else Path.cwd()
        recipe = recipe_text(found.layers, name=_name(found), folder=folder, language=language())
    if out and recipe:
        _write(Path(out), recipe)
    if as_json:
        show_json({**found.to_json(), "recipe": recipe})
    else:
        _show(found, recipe, out)
    for refused in found.refused:
        click.echo(refused.message_zh if language() == "zh" else refused.message, err=True)
    wrong = any(problem.severity == "error" for one in found.layers for problem in one.findings)
    ctx.exit(2 if found.refused else 1 if wrong else 0)


def _show(found: Inspection, recipe: str, out: str | None) -> None:
    """Print the report; with the recipe to follow, as its comments, so that all of it can go into a file."""
    from geogrid.inspection.words import report_lines

    mark = "" if out or not recipe else "# "
    for one in found.layers:
        for line in report_lines(one, language()):
            click.echo(mark + line)
        click.echo("")
    if recipe and not out:
        click.echo(recipe, nl=False)
    elif recipe:
        click.echo(f"配方已写入 {out}" if language() == "zh" else f"the recipe is in {out}")
    elif found.layers:
        click.echo("没有看出任何图层的角色，所以没有配方" if language() == "zh" else "no layer has a plain role, so there is no recipe")


def _name(found: Inspection) -> str:
    """Name the district: as its outline is called, else as the folder is."""
    for one in found.layers:
        if one.role == "district" and one.rows == 1:
            sample = next((column.sample for column in one.columns if column.ours == "name"), ())
            if sample:
                return sample[0]
    return Path(found.layers[0].file).absolute().parent.name or "district"


def _check_new(out: str | None) -> None:
    """Raise InputError where a file is to be written that is there already."""
    if out and Path(out).exists():
        raise InputError(f"--out {out}: is there already; name a new file", f"--out {out}：已经存在，请换一个文件名", file=out)


def _write(out: Path, recipe: str) -> None:
    from geogrid.exchange.beside import written_beside

    try:
        text = recipe.encode()
    except UnicodeEncodeError as error:  # unpacked from an archive of another encoding
        line = recipe[recipe.rfind("\n", 0, error.start) + 1 : error.end].encode("ascii", "backslashreplace").decode()
        message = f"{out}: a recipe can not name this file, whose name is no Unicode ({line}…); rename it"
        raise InputError(message, f"{out}：配方写不下这个文件名，它不是 Unicode（{line}…）；请改名", file=str(out)) from None
    with written_beside(out) as beside:
        beside.write_bytes(text)
