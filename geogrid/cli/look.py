"""`geogrid locate`, `export`, `map`: what a project says, as JSON lines, files and offline pages."""

from __future__ import annotations

import csv
import json
import sys
from pathlib import Path

import click

from geogrid.cli.exported import note_export
from geogrid.cli.language import language
from geogrid.cli.output import check_folder, show_json
from geogrid.errors import InputError


@click.command(epilog="Example: geogrid locate lubei.gpkg 118.172 39.640 --floor 3", context_settings={"ignore_unknown_options": True})
@click.argument("path", metavar="PROJECT", type=click.Path())
@click.argument("lon", type=float, required=False)
@click.argument("lat", type=float, required=False)
@click.option("--floor", type=int, help="Which floor of a building; else the lowest.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout.")
def locate(path: str, lon: float | None, lat: float | None, floor: int | None, as_json: bool) -> None:
    """Tell the unit of every level at a place. Without LON LAT: CSV lon,lat[,floor] on stdin, one JSON line each."""
    from geogrid.store import open_project

    with open_project(path) as project:
        if lon is not None and lat is not None:
            answer = project.locate(lon, lat, floor)
            if as_json:
                show_json(answer)
            else:
                for level, code in answer["units"].items():
                    click.echo(f"{project.scheme.level(level).name.say(language())}\t{code or '-'}")
            return
        if lon is not None:
            raise click.UsageError("give both LON and LAT, or neither and CSV on stdin")
        for number, row in enumerate(csv.DictReader(sys.stdin), 2):
            click.echo(json.dumps(project.locate(*_place(row, number)), ensure_ascii=False))


def _place(row: dict[str, str], number: int) -> tuple[float, float, int | None]:
    try:
        floor = row.get("floor") or None
        return float(row["lon"]), float(row["lat"]), int(floor) if floor else None
    except (KeyError, TypeError, ValueError):
        raise InputError(
            f"standard input, line {number}: needs numbers in columns lon,lat[,floor]; found {dict(row)}",
            f"标准输入第 {number} 行：需要数字列 lon,lat[,floor]，读到 {dict(row)}",
            row=number,
        ) from None


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
