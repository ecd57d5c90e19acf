"""`geogrid repair`: a layer mended where that is safe, with what was done, and what was left."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click
import geopandas as gpd
import pandas as pd
from pyproj import CRS

from geogrid.catalogue import rule_title
from geogrid.catalogue.amounts import figure
from geogrid.cli.language import language
from geogrid.cli.output import show_findings, show_json
from geogrid.cli.validate import TEXT_FORMATS
from geogrid.crs import shifted_name, unshift
from geogrid.errors import InputError
from geogrid.exchange.beside import written_beside
from geogrid.exchange.findings import placed, to_rows
from geogrid.exchange.layer import as_written, check_ending, write_layer
from geogrid.exchange.sheet import rows_to_csv
from geogrid.findings import Finding, to_frame
from geogrid.mending import MAX_GAP_M, MAX_OVERLAP_M, Repair, repair_layer
from geogrid.reading.layer import read_layer
from geogrid.reading.raw import RawLayer, refuse
from geogrid.rules import ColumnError

_SHOWN = 3


@click.command(epilog="Example: geogrid repair grids.shp --parent district.geojson --out grids.gpkg --report report.csv")
@click.argument("path", metavar="LAYER", type=click.Path())
@click.option(
    "--out", required=True, type=click.Path(), help="The mended layer: .geojson .geojsonl .gpkg .fgb .parquet .shp; another file than LAYER."
)
@click.option("--parent", type=click.Path(), help="A file whose union the layer must fill.")
@click.option("--parent-layer", help="The layer of the parent's file, where that has several.")
@click.option("--max-gap", "max_gap_m", type=click.FloatRange(min=0), default=MAX_GAP_M, show_default=True, help="Metres: wider gaps are listed.")
@click.option(
    "--max-overlap",
    "max_overlap_m",
    type=click.FloatRange(min=0),
    default=MAX_OVERLAP_M,
    show_default=True,
    help="Metres: wider overlaps are listed.",
)
@click.option("--tolerance", "tolerance_m", type=click.FloatRange(min=0), help="Metres. Default 0.001; 0.02 for longitude/latitude text formats.")
@click.option("--layer", help="The layer of a file that has several.")
@click.option("--code", help="The column with the units' codes.")
@click.option("--crs", help="Where the file does not say, e.g. EPSG:4490, GCJ-02, BD-09.")
@click.option("--encoding", help="Where the file does not say rightly, e.g. GB18030.")
@click.option("--report", type=click.Path(), help="Write each unit's area before and after (.csv), or all that was done (.json).")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout.")
@click.pass_context
def repair(ctx: click.Context, path: str, out: str, report: str | None, as_json: bool, **ask: Any) -> None:
    """Mend gaps, overlaps, borders and rings where that is clear; list the rest. Exit 1 when errors are left."""
    source, target = Path(path), Path(out)
    check_paths(source, target, report, ask["parent"])
    raw, frame = _read(source, ask["layer"], ask["crs"], ask["encoding"])
    parent = _read(Path(ask["parent"]), ask["parent_layer"], ask["crs"], None)[1] if ask["parent"] else None
    tolerance_m = ask["tolerance_m"]
    if tolerance_m is None:
        text = any(file.suffix.lower() in TEXT_FORMATS for file in (source, target, Path(ask["parent"] or "")))
        tolerance_m = 0.02 if text else 0.001
    limits = {"max_gap_m": ask["max_gap_m"], "max_overlap_m": ask["max_overlap_m"], "tolerance_m": tolerance_m}
    try:
        done = repair_layer(as_written(frame, target), parent=parent, code=ask["code"], **limits)
    except ColumnError as error:  # the rules know the layer, only we know its file
        raise InputError(f"{path}: {error.message}", f"{path}：{error.message_zh}", file=path, **error.facts) from None
    left = _left(done, raw)
    errors = int((left["severity"] == "error").sum())
    document = {"ok": errors == 0, "out": str(target), **limits, **to_document(done, left)}
    write_layer(done.frame, target, raw.layer or target.stem)
    if report:
        write_report(document, Path(report))
    if as_json:
        show_json(document)
    else:
        show(document, done, left)
    ctx.exit(1 if errors else 0)


def check_paths(source: Path, target: Path, report: str | None, parent: str | None) -> None:
    """Raise InputError before the work begins: where the result would replace what it is made of, or can not be written."""
    from geogrid.store import is_project

    check_ending(target)
    for file in (source, *([Path(parent)] if parent else [])):
        if target.exists() and file.exists() and target.samefile(file):
            raise InputError(f"--out {target}: is what is read; give another name", f"--out {target}：是要读的文件，请换一个文件名", file=str(target))
    for file in (source, target):
        if file.exists() and file.suffix.lower() == ".gpkg" and is_project(file):
            message = f"{file}: is a project, whose polygons are derived and need no mending; name a layer of polygons"
            raise InputError(message, f"{file}：是工程文件，图形由划分方案生成，无需修补；请写一个面图层", file=str(file))
    if report and Path(report).suffix.lower() not in (".csv", ".json"):
        raise InputError(f"--report {report}: write .csv or .json", f"--report {report}：请写 .csv 或 .json", file=report)


def _read(path: Path, layer: str | None, crs: str | None, encoding: str | None) -> tuple[RawLayer, gpd.GeoDataFrame]:
    """Read a layer of polygons, in WGS 84 where its coordinates are said to be GCJ-02 or BD-09."""
    raw = read_layer(path, layer=layer, encoding=encoding, crs=crs)
    frame, shift = raw.frame, shifted_name(crs)
    if not isinstance(frame, gpd.GeoDataFrame) or not frame.geometry.notna().any():
        raise refuse(str(path), "has no geometry to mend", "没有可修补的几何")
    return raw, frame.set_geometry(unshift(frame.geometry.to_numpy(), shift), crs=4326) if shift else frame


def _left(done: Repair, raw: RawLayer) -> gpd.GeoDataFrame:
    """Return the findings after mending, placed; rows that could not be read are among them, for they are not in the result."""
    names = ("row", "field", "value", "reason", "reason_zh")
    lost = [
        Finding("row_rejected", facts={"file": raw.file, "layer": raw.layer, **{name: getattr(fault, name) for name in names}})
        for fault in raw.faults
    ]
    left = placed(done.left)
    return pd.concat([left, placed(to_frame(lost, CRS(4326)))], ignore_index=True) if lost else left


def to_document(done: Repair, left: gpd.GeoDataFrame) -> dict[str, Any]:
    """Return a repair as JSON: findings before and after by rule, what was done where, what nobody decided, each unit's area."""
    changed = done.report["changed"]
    return {
        "units": len(done.frame),
        "units_changed": int(changed.sum()),
        "gained_m2": round(float(done.report["gained_m2"].sum()), 3),
        "lost_m2": round(float(done.report["lost_m2"].sum()), 3),
        "before": _by_rule(done.found),
        "after": _by_rule(left),
        "mended": _rows(done.mended),
        "undecided": _rows(done.undecided),
        "findings": to_rows(left),
        "report": json.loads(done.report.round(3).to_json(orient="records")),
    }


def _by_rule(found: pd.DataFrame) -> dict[str, dict[str, float]]:
    return {str(rule): {"n": len(group), "area_m2": round(float(group["area_m2"].sum()), 3)} for rule, group in found.groupby("rule", sort=True)}


def _rows(frame: gpd.GeoDataFrame) -> list[dict[str, Any]]:
    table = pd.DataFrame(placed(frame).drop(columns="geometry")).round({"area_m2": 3, "width_m": 4})
    return [{name: None if isinstance(value, float) and value != value else value for name, value in row.items()} for row in table.to_dict("records")]


def write_report(document: dict[str, Any], path: Path) -> None:
    """Write the table of units (.csv) or the whole document (.json), whole or not at all; raises InputError."""
    with written_beside(path) as beside:
        if path.suffix.lower() == ".csv":
            beside.write_bytes(rows_to_csv(pd.DataFrame(document["report"])))
        else:
            beside.write_text(json.dumps(document, ensure_ascii=False, indent=2, allow_nan=False) + "\n", "utf-8", newline="\n")


def show(document: dict[str, Any], done: Repair, left: gpd.GeoDataFrame) -> None:
    """Print what was mended, by kind with the largest few in words, and what is left."""
    zh = language() == "zh"
    words = "message_zh" if zh else "message"
    mended = placed(done.mended)
    for rule, group in mended.groupby("rule", sort=True):
        area = figure(group["area_m2"].sum())
        size = "" if group["area_m2"].isna().all() else (f"，共 {area} 平方米" if zh else f", {area} m² in all")
        click.echo(f"已修补：{rule_title(str(rule), 'zh')}（{rule}）：{len(group):,} 处{size}" if zh else f"mended: {rule}: {len(group):,}{size}")
        for row in group.head(_SHOWN).to_dict("records"):
            place = "" if pd.isna(row["lon"]) else f" @ {row['lon']:.6f},{row['lat']:.6f}"
            click.echo(f"    {row[words]}{place}")
        if len(group) > _SHOWN:
            more = len(group) - _SHOWN
            click.echo(f"    … 还有 {more:,} 处（--json、--report 列出全部）" if zh else f"    … {more:,} more (--json and --report list all)")
    show_findings(left, lists="--report")
    for reason, group in done.undecided.groupby("why_zh" if zh else "why", sort=True):
        click.echo(f"未修补，因为{reason}：{len(group):,} 处" if zh else f"not mended, because {reason}: {len(group):,}")
    units, changed, gained, lost = (document[name] for name in ("units", "units_changed", "gained_m2", "lost_m2"))
    errors = int((left["severity"] == "error").sum())
    before = int((done.found["severity"] == "error").sum())
    if zh:
        click.echo(f"{units:,} 个单元中改动 {changed:,} 个，增加 {gained:,.2f} 平方米，减少 {lost:,.2f} 平方米；错误 {before:,} → {errors:,} 处")
    else:
        click.echo(f"{changed:,} of {units:,} units changed: gained {gained:,.2f} m², lost {lost:,.2f} m²; errors {before:,} → {errors:,}")
    click.echo(f"已写入 {document['out']}" if zh else f"wrote {document['out']}")
