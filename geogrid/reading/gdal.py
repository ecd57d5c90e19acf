"""Formats that GDAL reads well, through pyogrio: GeoPackage, FlatGeobuf, KML, GPX, shapefile; and GeoParquet through geopandas.

What arrives here is already known by its first bytes. GDAL forgives too much, so what it passes over in silence is checked beside it:
a damaged GeoPackage, views in it that never end, a FlatGeobuf that holds fewer rows than it claims.
"""

from __future__ import annotations

import sqlite3
import warnings
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pyarrow as pa
import pyogrio
import pyogrio.errors
import shapely
from pyarrow import parquet

from geogrid.reading.door import choose_layer
from geogrid.reading.raw import RawLayer, refuse

_FAILURES = (
    pyogrio.errors.DataSourceError,
    pyogrio.errors.DataLayerError,
    pyogrio.errors.FeatureError,
    pyogrio.errors.GeometryError,
    pyogrio.errors.CRSError,
    shapely.errors.ShapelyError,
    pa.ArrowException,
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
    return _vector(path, choose_layer(str(path), _gpkg_tables(path), layer))


def _gpkg_tables(path: Path) -> list[str]:
    """Check the file and list its layers: real tables only, spatial ones alone if there are any."""
    statement = (
        "SELECT c.table_name, c.data_type FROM gpkg_contents c JOIN sqlite_master m ON lower(m.name) = lower(c.table_name)"
        " WHERE m.type = 'table' AND c.data_type IN ('features', 'attributes') ORDER BY m.rowid"
    )
    for mode in ("mode=ro", "mode=ro&immutable=1"):  # a file in WAL mode within a folder that we may not write opens only as immutable
        try:
            with closing(sqlite3.connect(f"{path.as_uri()}?{mode}", uri=True)) as base:
                base.execute("PRAGMA trusted_schema = OFF")
                if base.execute("PRAGMA quick_check(1)").fetchone() != ("ok",):
                    raise refuse(str(path), "the GeoPackage is damaged", "GeoPackage 已损坏")
                found = base.execute(statement).fetchall()
        except sqlite3.OperationalError as error:
            if "no such table" in str(error):
                raise refuse(str(path), "is an SQLite file but no GeoPackage", "是 SQLite 文件，但不是 GeoPackage") from None
            if "immutable" in mode:
                raise refuse(str(path), f"the GeoPackage can not be opened ({error})", f"GeoPackage 无法打开（{error}）") from None
            continue
        except sqlite3.DatabaseError as error:
            raise refuse(str(path), f"the GeoPackage is damaged ({error})", "GeoPackage 已损坏") from None
        return [name for name, kind in found if kind == "features"] + [name for name, kind in found if kind != "features"]
    return []


def _vector(path: Path, layer: str) -> RawLayer:
    def read() -> gpd.GeoDataFrame | pd.DataFrame:
        return pyogrio.read_dataframe(path, layer=layer, use_arrow=True, on_invalid="ignore", datetime_as_string=True)

    return as_layer(quietly(read, str(path)), path, layer)


def as_layer(frame: gpd.GeoDataFrame | pd.DataFrame, path: Path, layer: str, encoding: str = "") -> RawLayer:
    """Wrap a frame just read: rows counted from 1, the geometry called "geometry"."""
    frame = frame.set_axis(pd.RangeIndex(1, len(frame) + 1, name="row"))
    if isinstance(frame, gpd.GeoDataFrame) and frame.active_geometry_name not in (None, "geometry"):
        frame = frame.rename_geometry("geometry")
    crs = frame.crs if isinstance(frame, gpd.GeoDataFrame) else None
    return RawLayer(frame, _known(crs), str(path), layer, encoding=encoding)


def _known(crs: Any) -> Any:
    """GeoPackage's "undefined" CRS (srs_id 0 and -1) is none."""
    return None if crs is None or "undefined" in crs.name.casefold() else crs


def read_flatgeobuf(path: Path, layer: str | None = None, encoding: str | None = None) -> RawLayer:
    """Read a FlatGeobuf file. `encoding` has no say. Raises InputError when it holds fewer rows than it claims."""
    del encoding
    info = quietly(lambda: pyogrio.read_info(path), str(path))
    made = _vector(path, choose_layer(str(path), [str(info["layer_name"])], layer))
    if info["features"] >= 0 and info["features"] != len(made.frame):
        message = f"claims {info['features']} rows and holds {len(made.frame)}: cut or damaged"
        raise refuse(str(path), message, f"声称有 {info['features']} 行，实有 {len(made.frame)} 行：文件不完整")
    return made


def read_markup(path: Path, layer: str | None = None, encoding: str | None = None) -> RawLayer:
    """Read one layer of a KML or GPX file; empty layers do not count. `encoding` has no say. Raises InputError."""
    del encoding
    names = [str(name) for name in quietly(lambda: pyogrio.list_layers(path), str(path))[:, 0]]
    if layer is None and len(names) > 1:
        counts = {n: quietly(lambda n=n: pyogrio.read_info(path, layer=n, force_feature_count=True)["features"], str(path)) for n in names}
        # GPX gives every track a second time as points
        names = [n for n in names if counts[n] > 0 and n not in ("track_points", "route_points")] or names[:1]
    return _vector(path, choose_layer(str(path), names, layer))


def read_geoparquet(path: Path, layer: str | None = None, encoding: str | None = None) -> RawLayer:
    """Read a GeoParquet file, or a plain Parquet table. `encoding` has no say. Raises InputError."""
    del encoding

    def read() -> gpd.GeoDataFrame | pd.DataFrame:
        geo = b"geo" in (parquet.read_schema(path).metadata or {})
        return gpd.read_parquet(path) if geo else parquet.read_table(path).to_pandas()

    return as_layer(quietly(read, str(path)).reset_index(drop=True), path, layer or path.stem)
