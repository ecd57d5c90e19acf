"""`geogrid export`, `map`: what a project says, as files and offline pages."""

from __future__ import annotations

from pathlib import Path

import click

from geogrid.cli.exported import note_export
from geogrid.cli.language import language
from geogrid.cli.output import check_folder, show_json


@click.command(epilog="Example: geogrid export lubei.gpkg --level grid --out grids.geojson")
@click.argument("path", metavar="PROJECT", type=click.Path())
@click.option("--level", required=True, help="A level of the scheme, or cell, atom, district, stations, cameras, events, entrances, buildings.")
@click.option("--out", required=True, type=click.Path(), help="The ending says the format: .geojson .geojsonl .gpkg .fgb .parquet .shp .csv .xlsx")
@click.option("--plan", default="main", show_default=True, help="A plan, as the draft d1.")
@click.option("--at", help="The plan as it was: a version, or a date as 2026-03-01.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout.")
def export(path: str, level: str, out: str, plan: str, at: str | None, as_json: bool) -> None:
    """Write one level, or the cells, atoms or sites, to a file in WGS 84."""
    from geogrid.exchange import export as write
    from geogrid.store import open_project

    with open_project(path, plan=plan, at=at) as project:
        n = write(project, level, Path(out), tell=lambda en, zh: click.echo(zh if language() == "zh" else en, err=True))
    note_export(path, f"export {level} {Path(out).name}")
    if as_json:
        show_json({"level": level, "out": out, "rows": n})
    else:
        click.echo(f"{out}: {n:,}")


@click.command("map", epilog="Example: geogrid map lubei.gpkg --out maps")
@click.argument("path", metavar="PROJECT", type=click.Path())
@click.option("--out", required=True, type=click.Path(), help="The folder to write.")
@click.option("--lang", type=click.Choice(["zh", "en"]), default="zh", help="Language of the pages.")
@click.option("--plan", default="main", show_default=True, help="A plan, as the draft d1.")
@click.option("--at", help="The plan as it was: a version, or a date as 2026-03-01.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout.")
def map(path: str, out: str, lang: str, plan: str, at: str | None, as_json: bool) -> None:
    """Write pages that open from disk, offline: the district down to grids, one page a community, who is not served and what is not seen."""
    from geogrid.cli.reach_pages import reach_links, write_reach_pages
    from geogrid.maps import write_offline
    from geogrid.store import open_project

    check_folder(out)
    with open_project(path, plan=plan, at=at) as project:
        pages = write_offline(project, Path(out), lang=lang, others=reach_links(project, lang))
        pages += write_reach_pages(project, Path(out), lang)
    note_export(path, f"map {Path(out).name}")
    if as_json:
        show_json({"out": out, "pages": [str(page) for page in pages]})
    else:
        click.echo(f"{pages[0]}: {len(pages):,} pages")
