"""`geogrid validate`: every rule, on a project or on a bare layer file."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import geopandas as gpd
import pandas as pd
from pyproj import CRS

from geogrid.cli.language import language
from geogrid.cli.output import show_findings, show_json
from geogrid.crs import shifted_name, unshift
from geogrid.errors import InputError
from geogrid.exchange.beside import written_beside
from geogrid.exchange.findings import placed, to_rows, write_findings
from geogrid.findings import Finding, to_frame
from geogrid.reading.raw import Fault, RawLayer, find_notes, refuse
from geogrid.topology import SLIVER_M

if TYPE_CHECKING:
    from geogrid.maps import Ground

TEXT_FORMATS = (".geojson", ".json", ".geojsonl", ".kml", ".csv")
"""Longitude and latitude as text: seven digits are a centimetre, so its borders match within two."""


@click.command(epilog="Example: geogrid validate grids.geojson --parent district.geojson --code grid_code --html report.html")
@click.argument("path", metavar="PROJECT|LAYER", type=click.Path())
@click.option("--parent", type=click.Path(), help="A file whose union the layer must fill; with codes, each unit must lie in the parent it names.")
@click.option("--parent-layer", help="The layer of the parent's file, where that has several.")
@click.option("--layer", help="The layer of a file that has several.")
@click.option("--level", default="", help="One level of a project; or what to call the layer's level.")
@click.option("--code", help="The column with the units' codes.")
@click.option("--tolerance", "tolerance_m", type=click.FloatRange(min=0), help="Metres. Default 0.001; 0.02 for longitude/latitude text formats.")
@click.option("--sliver", "sliver_m", type=click.FloatRange(min=0), default=SLIVER_M, show_default=True, help="Metres: thinner pieces are slivers.")
@click.option("--crs", help="Where the file does not say, e.g. EPSG:4490, GCJ-02, BD-09.")
@click.option("--encoding", help="Where the file does not say rightly, e.g. GB18030.")
@click.option("--features", type=click.Path(), help="Write the faulty geometry as GeoJSON.")
@click.option("--html", type=click.Path(), help="Write one page with map and table that opens offline.")
@click.option("--lang", type=click.Choice(["zh", "en"]), default="zh", show_default=True, help="The language of the page.")
@click.option("--plan", default="main", show_default=True, help="A plan of a project, as the draft d1.")
@click.option("--at", help="A project's plan as it was: a version, or a date as 2026-03-01.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout.")
@click.pass_context
def validate(ctx: click.Context, path: str, features: str | None, html: str | None, lang: str, as_json: bool, **options: Any) -> None:
    """Check a project or a layer: codes, geometry, gaps, overlaps, borders, bounds. Exit 1 when something is wrong."""
    result = check(Path(path), Ask(**options))
    found, errors = result.found, int((result.found["severity"] == "error").sum())
    if features:
        write_findings(found, Path(features))
    if html:
        write_html(result, Path(html), lang)
    if result.note:
        click.echo(result.note, err=True)
    if as_json:
        show_json({"ok": errors == 0, "checked": result.checked, "findings": to_rows(found)})
    else:
        show_findings(found)
        warnings, zh = len(found) - errors, language() == "zh"
        click.echo(
            f"查过 {result.checked:,} 个单元：错误 {errors:,} 处，警告 {warnings:,} 处"
            if zh
            else f"{result.checked:,} units checked: {errors:,} errors, {warnings:,} warnings"
        )
    ctx.exit(1 if errors else 0)


@dataclass(frozen=True)
class Ask:
    """What to check and how to read it: the options of the command.

    `crs` and `encoding` serve where a file does not say; `plan` and `at` (version or date) choose what of a project.
    """

    parent: str | None = None
    parent_layer: str | None = None
    layer: str | None = None
    level: str = ""
    code: str | None = None
    tolerance_m: float | None = None
    sliver_m: float = SLIVER_M
    crs: str | None = None
    encoding: str | None = None
    plan: str = "main"
    at: str | None = None


@dataclass(frozen=True, eq=False)
class Checked:
    """Findings in WGS 84 with `lon` and `lat`, how many units were looked at, and what a page of them shows."""

    found: gpd.GeoDataFrame
    checked: int
    title: str
    file: str
    ground: Callable[[str], Ground | None]
    """Makes the ground of the page in a language; only a page needs it."""
    note: str = ""


def check(path: Path, ask: Ask) -> Checked:
    """Check a project or a layer file."""
    from geogrid.store import is_project

    return _check_project(path, ask) if is_project(path) and ask.layer is None else _check_layer(path, ask)


def write_html(result: Checked, out: Path, lang: str) -> None:
    """Write the page of findings, whole or not at all; raises InputError."""
    from geogrid.maps import report_html

    page = report_html(result.found, result.ground(lang), title=result.title, checked=result.checked, lang=lang, file=result.file)
    with written_beside(out) as beside:
        beside.write_text(page, "utf-8", newline="\n")


def _check_project(path: Path, ask: Ask) -> Checked:
    from geogrid.store import open_project

    level = ask.level
    with open_project(path, plan=ask.plan, at=ask.at) as project:
        found = project.validate()
        if level:
            project.scheme.level(level)
            found = found[found["level"] == level]
        checked = sum(len(project.units(name)) for name in project.levels if level in ("", name))
        name = project.name
    found = placed(found)
    return Checked(found, checked, name, path.name, lambda lang: _project_ground(path, ask, found, lang))


def _project_ground(path: Path, ask: Ask, found: pd.DataFrame, lang: str) -> Ground:
    from geogrid.maps import project_ground
    from geogrid.store import open_project

    named = {str(level): set(rows.explode().dropna()) for level, rows in found.groupby("level")["units"]}
    with open_project(path, plan=ask.plan, at=ask.at) as project:
        return project_ground(project, lang=lang, named=named)


def _check_layer(path: Path, ask: Ask) -> Checked:
    from geogrid.reading import read_layer
    from geogrid.rules import ColumnError, validate_layer

    raw = read_layer(path, layer=ask.layer, encoding=ask.encoding, crs=ask.crs)
    if not isinstance(raw.frame, gpd.GeoDataFrame):
        raise refuse(str(path), "has no geometry to validate", "没有可检查的几何")
    if raw.frame.empty and not raw.faults:
        raise refuse(str(path), "holds no row", "没有任何行")
    frame, limit = _plain(raw.frame, ask.crs), _parent(ask)
    tolerance_m = ask.tolerance_m
    if tolerance_m is None:
        text = any(p.suffix.lower() in TEXT_FORMATS for p in (path, Path(ask.parent or "")))
        tolerance_m = 0.02 if text else 0.001
    try:
        found = validate_layer(frame, parent=limit, level=ask.level, code=ask.code, tolerance_m=tolerance_m, sliver_m=ask.sliver_m)
    except ColumnError as error:  # the rules know the layer, only we know its file
        raise InputError(f"{path}: {error.message}", f"{path}：{error.message_zh}", file=str(path), **error.facts) from None
    found = placed(found)
    lost = to_frame([*(_unread(raw, fault) for fault in raw.faults), *find_notes(raw, path.name)], CRS(4326))
    found = pd.concat([found, placed(lost)], ignore_index=True) if len(lost) else found
    file = path.name if path.stem == raw.layer or not raw.layer else f"{path.name} {raw.layer}"
    return Checked(found, len(frame), file, file, lambda lang: _layer_ground(frame, limit, found, ask, lang, path.name), _code_note(frame, ask))


def _code_note(frame: gpd.GeoDataFrame, ask: Ask) -> str:
    """Say which column was taken for the codes, where nobody named one."""
    from geogrid.rules import code_column

    taken = code_column([str(name) for name in frame.columns], ask.level)
    if ask.code or taken == "code":
        return ""
    zh = language() == "zh"
    if taken:
        return f"编码取自列 {taken}（--code 可另指定）" if zh else f"I took {taken} for the codes (--code names another)"
    return "没有认出编码列，用行号代替（--code 可指定）" if zh else "no column of codes is known: row numbers stand for them"


def _parent(ask: Ask) -> gpd.GeoDataFrame | None:
    """Read the parent; raises InputError where it holds no area."""
    from geogrid.reading import read_layer

    if not ask.parent:
        return None
    raw = read_layer(Path(ask.parent), layer=ask.parent_layer, crs=ask.crs)
    if not isinstance(raw.frame, gpd.GeoDataFrame) or not raw.frame.geometry.notna().any():
        raise refuse(ask.parent, "has no area that a layer could fill", "没有可供填满的面")
    return _plain(raw.frame, ask.crs)


def _layer_ground(frame: gpd.GeoDataFrame, limit: gpd.GeoDataFrame | None, found: pd.DataFrame, ask: Ask, lang: str, name: str) -> Ground | None:
    from geogrid.maps import layer_ground
    from geogrid.rules import unit_names

    coded = frame.set_index(pd.Index(unit_names(frame, ask.code, ask.level), dtype=object))
    named = set(found["units"].explode().dropna())
    level = ask.level or ("单元" if lang == "zh" else "unit")
    return layer_ground(coded, None if limit is None else limit.geometry, level=level, name=name, lang=lang, named=named)


def _plain(frame: gpd.GeoDataFrame, crs: str | None) -> gpd.GeoDataFrame:
    """The frame in WGS 84 where its coordinates are said to be GCJ-02 or BD-09, else as it is."""
    shift = shifted_name(crs)
    return frame.set_geometry(unshift(frame.geometry.to_numpy(), shift), crs=4326) if shift else frame


def _unread(raw: RawLayer, fault: Fault) -> Finding:
    facts = {"file": raw.file, "layer": raw.layer, **{name: getattr(fault, name) for name in ("row", "field", "value", "reason", "reason_zh")}}
    return Finding("row_rejected", facts=facts, rows=(fault.row,))
