"""`geogrid locate`: the unit of every level at a place or an address, and who is responsible there."""

from __future__ import annotations

import csv
import datetime
import json
import sys
from typing import TYPE_CHECKING, Any

import click

from geogrid.cli.language import language
from geogrid.cli.output import show_json
from geogrid.cli.people import say, show_people
from geogrid.errors import InputError, NotFoundError

if TYPE_CHECKING:
    from geogrid.pipeline.lookup import Lookup
    from geogrid.scheme import Scheme


@click.command(epilog="Example: geogrid locate lubei.gpkg 118.172 39.640 --floor 3", context_settings={"ignore_unknown_options": True})
@click.argument("path", metavar="PROJECT", type=click.Path())
@click.argument("lon", type=float, required=False)
@click.argument("lat", type=float, required=False)
@click.option("--address", help="Instead of LON LAT: the address of a building or entrance, or the name of a station.")
@click.option("--floor", type=int, help="Which floor of a building; else the lowest.")
@click.option("--at", "at", default="", help="Who is responsible at a moment as 2026-03-01T08:30, or on a day; now where none is given.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout.")
@click.pass_context
def locate(
    ctx: click.Context, path: str, lon: float | None, lat: float | None, address: str | None, floor: int | None, at: str, as_json: bool
) -> None:
    """Tell the unit of every level at a place, and who is responsible there.

    Without LON LAT or --address: CSV lon,lat[,floor] or address[,floor] on stdin, one JSON line each. Exit 1 where an address may be several places.
    """
    from geogrid.pipeline.lookup import lookup_of, parse_when
    from geogrid.store import open_project

    if address is not None and lon is not None:
        raise click.UsageError("give LON and LAT, or --address, not both")
    when = parse_when(at, lambda: datetime.datetime.now(datetime.UTC))
    with open_project(path) as project:
        find = lookup_of(project)
        if address is not None:
            answer = find.of_address(address, floor=floor, when=when)
        elif lon is not None and lat is not None:
            answer = find.at(lon, lat, floor=floor, when=when)
        elif lon is not None:
            raise click.UsageError("give both LON and LAT, or neither and CSV on stdin")
        else:
            is_doubtful = False
            for number, row in enumerate(csv.DictReader(sys.stdin), 2):
                answer = _of_row(find, row, number, when)
                is_doubtful |= _is_doubtful(answer)
                click.echo(json.dumps(answer, ensure_ascii=False))
            ctx.exit(1 if is_doubtful else 0)
        if as_json:
            show_json(answer)
        else:
            _show(answer, project.scheme)
        ctx.exit(1 if _is_doubtful(answer) else 0)


def _is_doubtful(answer: dict[str, Any]) -> bool:
    """Tell whether an address may be several places; of a place by its coordinates there is no doubt."""
    return answer["lon"] is None and bool(answer["candidates"])


def _of_row(find: Lookup, row: dict[str, str], number: int, when: datetime.datetime) -> dict[str, Any]:
    """Return the answer to a row of CSV; an address of nothing has no units, so that the rows after it are answered too."""
    floor = _floor(row, number)
    if address := (row.get("address") or "").strip():
        try:
            return find.of_address(address, floor=floor, when=when)
        except NotFoundError:
            return find.nowhere(address, floor)
    try:
        lon, lat = float(row["lon"]), float(row["lat"])
    except (KeyError, TypeError, ValueError):
        raise _unusable(row, number) from None
    return find.at(lon, lat, floor=floor, when=when)


def _floor(row: dict[str, str], number: int) -> int | None:
    try:
        return int(row["floor"]) if row.get("floor") else None
    except ValueError:
        raise _unusable(row, number) from None


def _unusable(row: dict[str, str], number: int) -> InputError:
    message = f"standard input, line {number}: needs numbers in columns lon,lat[,floor], or an address; found {dict(row)}"
    return InputError(message, f"标准输入第 {number} 行：需要数字列 lon,lat[,floor]，或地址列 address，读到 {dict(row)}", row=number)


def _show(answer: dict[str, Any], scheme: Scheme) -> None:
    from geogrid.pipeline.lookup import MOST

    candidates = answer.get("candidates", [])
    if answer["lon"] is not None:
        for level, code in answer["units"].items():
            say(f"{scheme.level(level).name.say(language())}\t{code or '-'}")
        show_people(answer["responsible"], scheme)
    elif language() == "zh":
        click.echo("可能是以下几处，请写得更具体：", err=True)
    else:
        click.echo("it may be any of these; write more of it:", err=True)
    for place in candidates:
        say(f"{place['address']}\t{place['lon']:.6f} {place['lat']:.6f}")
    if len(candidates) == MOST:
        click.echo("……至多列出这些" if language() == "zh" else "… no more are listed", err=True)
