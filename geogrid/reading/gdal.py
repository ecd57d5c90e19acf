"""Formats that GDAL reads well: GeoPackage and shapefile here, KML, GPX and FlatGeobuf in a process of their own; GeoParquet likewise, by Arrow.

What arrives here is already known by its first bytes. GDAL forgives too much, so what it passes over in silence is checked beside it:
a damaged GeoPackage, views in it that never end, a FlatGeobuf that holds fewer rows than it claims.
"""

from __future__ import annotations

import io
import json
import warnings
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pyogrio
import pyogrio.errors
import pyogrio.raw
import shapely
from pyarrow import parquet
from pyproj import CRS
from pyproj.exceptions import ProjError

from geogrid.errors import InputError
from geogrid.reading.apart import read_apart
from geogrid.reading.door import choose_layer
from geogrid.reading.geopackage import check_table, gpkg_tables, wal_note
from geogrid.reading.markup import check_markup
from geogrid.reading.raw import Fault, RawLayer, height_note, refuse, without_geometry

_WKB_HEAD = 5
_CURVED = {8: "CircularString", 9: "CompoundCurve", 10: "CurvePolygon", 11: "MultiCurve", 12: "MultiSurface", 15: "PolyhedralSurface"}
_CURVED |= {13: "Curve", 14: "Surface", 16: "TIN", 17: "Triangle"}
_FAILURES = (
    pyogrio.errors.DataSourceError,
    pyogrio.errors.DataLayerError,
    pyogrio.errors.FeatureError,
    pyogrio.errors.GeometryError,
    pyogrio.errors.CRSError,
    shapely.errors.ShapelyError,
    pa.ArrowException,
    ProjError,
    RuntimeError,
    ValueError,
    OSError,
    NotImplementedError,
)


def quietly(read: Callable[[], Any], file: str) -> Any:
    """Call a reader; what it raises becomes an InputError, what it warns of is checked row by row later and said there."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return read()
    except _FAILURES as error:
        first = " ".join(str(error).split())[:200]
        raise refuse(file, f"can not be read: {first}", f"无法读取：{first}") from None


def read_gpkg(path: Path, layer: str | None = None, encoding: str | None = None) -> RawLayer:
    """Read one table of a GeoPackage, spatial or not. `encoding` has no say. Raises InputError when the file is damaged."""
    del encoding
    chosen = choose_layer(str(path), gpkg_tables(path), layer)
    check_table(path, chosen)
    made = _vector(path, chosen)
    return replace(made, notes=(*made.notes, *wal_note(path)))


def _vector(path: Path, layer: str) -> RawLayer:
    meta, table = quietly(lambda: pyogrio.raw.read_arrow(path, layer=layer, datetime_as_string=True), str(path))
    said = {"layer": layer, "crs": meta["crs"], "geometry": meta["geometry_name"] or "wkb_geometry"}
    return _from_arrow(table.replace_schema_metadata({b"geogrid": json.dumps(said).encode()}), path)


def as_layer(frame: gpd.GeoDataFrame | pd.DataFrame, path: Path, layer: str, encoding: str = "") -> RawLayer:
    """Wrap a frame just read: rows counted from 1, the geometry called "geometry", an attribute of that name "geometry_"."""
    frame = frame.set_axis(pd.RangeIndex(1, len(frame) + 1, name="row"))
    active = frame.active_geometry_name if isinstance(frame, gpd.GeoDataFrame) else None
    twice = frame.columns[frame.columns.duplicated()]
    if len(twice):
        raise refuse(str(path), f"has the column {twice[0]!r} twice", f"字段 {twice[0]!r} 出现两次", layer=layer)
    frame, notes = (frame, ()) if active == "geometry" else without_geometry(frame)
    if active is None:
        return RawLayer(pd.DataFrame(frame), None, str(path), layer, encoding=encoding, notes=notes)
    frame = frame if active == "geometry" else frame.rename_geometry("geometry")
    shapes = np.asarray(frame.geometry.array, dtype=object)
    notes = (*notes, *height_note(int(shapely.has_z(shapes).sum())))
    faults = _not_finite(shapes)
    kept = frame.drop(index=[fault.row for fault in faults])
    return RawLayer(kept, _known(frame.crs), str(path), layer, encoding=encoding, faults=faults, notes=notes)


def _not_finite(shapes: np.ndarray) -> tuple[Fault, ...]:
    """Return the faults of shapes with NaN or infinite coordinates, by position: no index, no box and no union may ever meet one."""
    coordinates, of = shapely.get_coordinates(shapes, return_index=True)
    wrong = np.unique(of[~np.isfinite(coordinates).all(axis=1)]).tolist()
    return tuple(Fault(i + 1, "has coordinates that are not finite", "坐标不是有限的数", "geometry") for i in wrong)


def _known(crs: Any) -> Any:
    """GeoPackage's "undefined" CRS (srs_id 0 and -1) is none."""
    return None if crs is None or "undefined" in crs.name.casefold() else crs


def read_flatgeobuf(path: Path, layer: str | None = None, encoding: str | None = None) -> RawLayer:
    """Read a FlatGeobuf file. `encoding` has no say. Raises InputError when it holds fewer rows than it claims."""
    del encoding
    table = read_apart(path, "flatgeobuf", layer)
    claimed = json.loads(table.schema.metadata[b"geogrid"])["claimed"]
    if 0 <= claimed != len(table):
        message = f"claims {claimed} rows and holds {len(table)}: cut or damaged"
        raise refuse(str(path), message, f"声称有 {claimed} 行，实有 {len(table)} 行：文件不完整")
    return _from_arrow(table, path)


def read_markup(path: Path, layer: str | None = None, encoding: str | None = None) -> RawLayer:
    """Read one layer of a KML or GPX file; empty layers do not count. `encoding` has no say. Raises InputError."""
    del encoding
    links = check_markup(path)
    try:
        made = _from_arrow(read_apart(path, path.suffix.lower()[1:], layer), path)
    except InputError as error:
        if not links:
            raise
        there = "; ".join(note.reason for note in links)
        there_zh = "；".join(note.reason_zh for note in links)
        raise InputError(f"{error.message}; {there}", f"{error.message_zh}；{there_zh}", **error.facts) from None
    return replace(made, notes=(*made.notes, *links))


def read_geoparquet(path: Path, layer: str | None = None, encoding: str | None = None) -> RawLayer:
    """Read a GeoParquet file, or a plain Parquet table. `encoding` has no say. Raises InputError."""
    del encoding
    table = read_apart(path, "geoparquet", layer)

    def read() -> gpd.GeoDataFrame | pd.DataFrame:
        if b"geo" not in (table.schema.metadata or {}):
            return table.to_pandas()
        again = io.BytesIO()  # geopandas reads its metadata from Parquet only; these bytes are our own
        parquet.write_table(table, again)
        return gpd.read_parquet(again)

    return as_layer(quietly(read, str(path)).reset_index(drop=True), path, layer or path.stem)


def _from_arrow(table: pa.Table, path: Path) -> RawLayer:
    """Make a layer of a table with WKB and `geogrid` in its metadata; shapes that nobody can build are faults of their rows."""
    said = json.loads(table.schema.metadata[b"geogrid"])
    frame = quietly(table.to_pandas, str(path))
    if said["geometry"] not in frame:
        return as_layer(frame, path, said["layer"])
    wkb = frame.pop(said["geometry"]).to_numpy(dtype=object, copy=True)
    odd = {head: kind for head in {data[:_WKB_HEAD] for data in wkb if data is not None} if (kind := _curved(head))}
    curved = {i: odd[data[:_WKB_HEAD]] for i, data in enumerate(wkb) if data is not None and data[:_WKB_HEAD] in odd} if odd else {}
    wkb[list(curved)] = None
    shapes = quietly(lambda: shapely.from_wkb(wkb, on_invalid="ignore"), str(path))
    broken = np.flatnonzero(shapely.is_missing(shapes) & np.array([data is not None for data in wkb], dtype=bool))
    faults = [
        Fault(i + 1, f"is a {kind}, which is no area, line or point", f"几何类型 {kind} 不是面、线或点", "geometry") for i, kind in curved.items()
    ]
    faults += [Fault(int(i) + 1, "geometry can not be built", "几何无法构成", "geometry") for i in broken]
    frame, renamed = without_geometry(frame)
    framed = gpd.GeoDataFrame(frame, geometry=shapes, crs=quietly(lambda: said["crs"] and CRS(said["crs"]), str(path)))
    made = as_layer(framed, path, said["layer"])
    kept = made.frame.drop(index=[fault.row for fault in faults])
    return replace(made, frame=kept, faults=(*made.faults, *faults), notes=(*made.notes, *renamed))


def _curved(wkb: bytes) -> str:
    """Return the name of a type beyond points, lines and areas that straight edges bound, "" for those."""
    if len(wkb) < _WKB_HEAD:
        return ""
    return _CURVED.get(int.from_bytes(wkb[1:5], "little" if wkb[0] == 1 else "big") % 1000, "")
