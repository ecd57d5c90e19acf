"""One file in, one raw layer out, whatever the format."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geogrid.crs import is_same_place, parse_crs, shifted_name
from geogrid.errors import CrsError
from geogrid.reading.door import admit
from geogrid.reading.gdal import read_flatgeobuf, read_geoparquet, read_gpkg, read_markup
from geogrid.reading.geojson import read_geojson, read_geojson_lines
from geogrid.reading.limits import MAX_PARTS, MAX_VALUE
from geogrid.reading.raw import Fault, RawLayer, refuse
from geogrid.reading.shapefile import read_shapefile, read_zip
from geogrid.reading.tables import read_csv
from geogrid.reading.workbook import read_xlsx

_AREAL = 2
_READERS = {
    "geojson": read_geojson,
    "geojsonl": read_geojson_lines,
    "shapefile": read_shapefile,
    "zip": read_zip,
    "gpkg": read_gpkg,
    "flatgeobuf": read_flatgeobuf,
    "geoparquet": read_geoparquet,
    "kml": read_markup,
    "gpx": read_markup,
    "csv": read_csv,
    "xlsx": read_xlsx,
}


def read_layer(path: str | Path, *, layer: str | None = None, encoding: str | None = None, crs: str | None = None) -> RawLayer:
    """Read one layer of any supported format as it stands. `crs` serves where the file does not say.

    Raises InputError when the file is missing, damaged, in no supported format or encoding, or holds several layers and none is named;
    CrsError when `crs` contradicts what the file says. GCJ-02 and BD-09 are only checked here (the frame keeps its coordinates in
    degrees): `read_sources` converts them.
    """
    file, kind = admit(path)
    raw = _READERS[kind](file, layer, encoding)
    _check_values(raw)
    return with_crs(_without_crowds(raw), crs)


def _without_crowds(raw: RawLayer) -> RawLayer:
    """Take out the areas of more parts than any unit, lake or wood has: each is a fault of its row."""
    if not isinstance(raw.frame, gpd.GeoDataFrame) or raw.frame.active_geometry_name is None:
        return raw
    shapes = raw.frame.geometry.to_numpy()
    parts_n = np.where(shapely.get_dimensions(shapes) == _AREAL, shapely.get_num_geometries(shapes), 0)
    many = np.flatnonzero(parts_n > MAX_PARTS)
    rows = raw.frame.index[many]
    faults = [
        Fault(int(row), f"has {n} parts, at most {MAX_PARTS} are read", f"有 {n} 个部分，最多读 {MAX_PARTS} 个", "geometry")
        for row, n in zip(rows, parts_n[many], strict=True)
    ]
    return replace(raw, frame=raw.frame.drop(index=rows), faults=(*raw.faults, *faults)) if faults else raw


def _check_values(raw: RawLayer) -> None:
    """Raise InputError for a value that is no attribute but a book."""
    for name, column in raw.frame.items():
        if name == "geometry" or not (column.dtype == object or pd.api.types.is_string_dtype(column)):
            continue
        text = isinstance(column.dtype, pd.StringDtype)
        size = column.str.len() if text else column.map(lambda value: len(value) if isinstance(value, str | bytes) else 0)
        if len(size) and size.max() > MAX_VALUE:
            row = int(size.idxmax())
            said = f"row {row}: {str(name)[:40]} has {size.max()} characters, at most {MAX_VALUE} are read"
            zh = f"第 {row} 行：{str(name)[:40]} 有 {size.max()} 个字符，最多读 {MAX_VALUE} 个"
            raise refuse(raw.file, said, zh, layer=raw.layer, row=row, field=str(name)[:40])


def with_crs(raw: RawLayer, name: str | None) -> RawLayer:
    """Give a layer the CRS that the recipe says, where the file says none. Raises CrsError when the two contradict each other."""
    if name is None:
        return raw
    if shifted_name(name):
        if raw.crs is not None and not raw.crs.is_geographic:
            message = f"{raw.file}: is in {raw.crs.name}, so it can not be {shifted_name(name)}, which is in degrees"
            raise CrsError(message, f"{raw.file}：坐标系是 {raw.crs.name}，不可能是 {shifted_name(name)}（经纬度）", file=raw.file, layer=raw.layer)
        return raw
    wanted = parse_crs(name)
    if raw.crs is not None and raw.crs_stated and not is_same_place(raw.crs, wanted):
        message = f"{raw.file}: says {raw.crs.name}, the recipe says {name}; take crs out of the recipe, or mend the file"
        raise CrsError(
            message, f"{raw.file}：文件的坐标系是 {raw.crs.name}，配方写的是 {name}；请去掉配方中的 crs 或改正文件", file=raw.file, layer=raw.layer
        )
    if raw.crs is not None and raw.crs_stated:
        return raw
    frame = raw.frame.set_crs(wanted, allow_override=True) if isinstance(raw.frame, gpd.GeoDataFrame) else raw.frame
    return replace(raw, frame=frame, crs=wanted, crs_stated=True)
