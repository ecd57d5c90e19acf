"""`geogrid validate`: every rule, on a project or on a bare layer file."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
import geopandas as gpd
import pandas as pd
from pyproj import CRS

from geogrid.cli.output import show_findings, show_json
from geogrid.crs import shifted_name, unshift
from geogrid.errors import InputError
from geogrid.exchange.findings import placed, to_rows, write_findings
from geogrid.findings import Finding, to_frame
from geogrid.reading.raw import Fault, RawLayer, refuse

TEXT_FORMATS = (".geojson", ".json", ".geojsonl", ".kml", ".csv")
"""Longitude and latitude as text: seven digits are a centimetre, so its borders match within two."""


@click.command(epilog="Example: geogrid validate grids.geojson --parent district.geojson --code grid_code")
@click.argument("path", metavar="PROJECT|LAYER", type=click.Path())
@click.option("--parent", type=click.Path(), help="A file whose union the layer must fill.")
@click.option("--layer", help="The layer of a file that has several.")
@click.option("--level", default="", help="One level of a project; or what to call the layer's level.")
@click.option("--code", help="The column with the units' codes.")
@click.option("--tolerance", "tolerance_m", type=click.FloatRange(min=0), help="Metres. Default 0.001; 0.02 for longitude/latitude text formats.")
@click.option("--crs", help="Where the file does not say, e.g. EPSG:4490, GCJ-02, BD-09.")
@click.option("--encoding", help="Where the file does not say rightly, e.g. GB18030.")
@click.option("--features", type=click.Path(), help="Write the faulty geometry as GeoJSON.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout.")
@click.pass_context
def validate(ctx: click.Context, path: str, features: str | None, as_json: bool, **options: Any) -> None:
    """Check a project or a layer: codes, geometry, gaps, overlaps, borders, bounds. Exit 1 when something is wrong."""
    found, checked = check(Path(path), Ask(**options))
    errors = int((found["severity"] == "error").sum())
    if features:
        write_findings(found, Path(features))
    if as_json:
        show_json({"ok": errors == 0, "checked": checked, "findings": to_rows(found)})
    else:
        show_findings(found)
        click.echo(f"{checked:,} units checked: {errors:,} errors, {len(found) - errors:,} warnings")
    ctx.exit(1 if errors else 0)


@dataclass(frozen=True)
class Ask:
    """What to check and how to read it: the options of the command. `crs` and `encoding` serve where a file does not say."""

    parent: str | None = None
    layer: str | None = None
    level: str = ""
    code: str | None = None
    tolerance_m: float | None = None
    crs: str | None = None
    encoding: str | None = None


def check(path: Path, ask: Ask) -> tuple[gpd.GeoDataFrame, int]:
    """Check a project or a layer file; findings in WGS 84 with `lon` and `lat`, and how many units were looked at."""
    from geogrid.store import is_project

    return _check_project(path, ask.level) if is_project(path) and ask.layer is None else _check_layer(path, ask)


def _check_project(path: Path, level: str) -> tuple[gpd.GeoDataFrame, int]:
    from geogrid.store import open_project

    with open_project(path) as project:
        found = project.validate()
        if level:
            project.scheme.level(level)
            found = found[found["level"] == level]
        checked = sum(len(project.units(name)) for name in project.levels if level in ("", name))
    return placed(found), checked


def _check_layer(path: Path, ask: Ask) -> tuple[gpd.GeoDataFrame, int]:
    from geogrid.reading import read_layer
    from geogrid.rules import ColumnError, validate_layer

    raw = read_layer(path, layer=ask.layer, encoding=ask.encoding, crs=ask.crs)
    if not isinstance(raw.frame, gpd.GeoDataFrame):
        raise refuse(str(path), "has no geometry to validate", "没有可检查的几何")
    if raw.frame.empty and not raw.faults:
        raise refuse(str(path), "holds no row", "没有任何行")
    limit = _plain(read_layer(Path(ask.parent), crs=ask.crs).frame, ask.crs) if ask.parent else None
    tolerance_m = ask.tolerance_m
    if tolerance_m is None:
        text = any(p.suffix.lower() in TEXT_FORMATS for p in (path, Path(ask.parent or "")))
        tolerance_m = 0.02 if text else 0.001
    try:
        found = placed(validate_layer(_plain(raw.frame, ask.crs), parent=limit, level=ask.level, code=ask.code, tolerance_m=tolerance_m))
    except ColumnError as error:  # the rules know the layer, only we know its file
        raise InputError(f"{path}: {error.message}", f"{path}：{error.message_zh}", file=str(path), **error.facts) from None
    lost = to_frame([_unread(raw, fault) for fault in raw.faults], CRS(4326))
    return (pd.concat([found, placed(lost)], ignore_index=True) if len(lost) else found), len(raw.frame)


def _plain(frame: gpd.GeoDataFrame, crs: str | None) -> gpd.GeoDataFrame:
    """The frame in WGS 84 where its coordinates are said to be GCJ-02 or BD-09, else as it is."""
    shift = shifted_name(crs)
    return frame.set_geometry(unshift(frame.geometry.to_numpy(), shift), crs=4326) if shift else frame


def _unread(raw: RawLayer, fault: Fault) -> Finding:
    facts = {"file": raw.file, "layer": raw.layer, **{name: getattr(fault, name) for name in ("row", "field", "value", "reason", "reason_zh")}}
    return Finding("row_rejected", facts=facts)
