"""Frames to tables and back: column types, nulls and geometry survive exactly, and the table is an ordinary GeoPackage layer.

A declared type says the dtype: INTEGER NOT NULL is int64, INTEGER is Int64 (with nulls), likewise BOOLEAN; REAL is float64 (NaN is NULL), TEXT is
str. A layer that mixes Polygon and MultiPolygon is stored as MULTIPOLYGON; reading gives every one-part multi back as its plain part.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from pandas.api import types
from pyproj import CRS

from geogrid.store.gpkg import decode, encode
from geogrid.store.schema import TITLES, quoted, rtree_table, rtree_triggers

_TYPE_NAMES = {0: "POINT", 1: "LINESTRING", 3: "POLYGON", 4: "MULTIPOINT", 5: "MULTILINESTRING", 6: "MULTIPOLYGON"}
_PLURAL = {0: 4, 1: 5, 3: 6}
_MULTI = {4: shapely.multipoints, 5: shapely.multilinestrings, 6: shapely.multipolygons}
_RTREE = "http://www.geopackage.org/spec120/#extension_rtree"


@dataclass(frozen=True)
class Look:
    """How a layer presents itself: its title in QGIS, its description, and the geometry type that all its rows are brought to."""

    title: str = ""
    description: str = ""
    geometry_type: str = ""


def write_layer(con: sqlite3.Connection, table: str, frame: gpd.GeoDataFrame, srs_id: int, look: Look = Look(), *, index: str = "") -> None:
    """Write a frame of geometries as a feature layer with its R-tree.

    `fid` counts from 1, or is the frame's index when that is called `index`; another named index becomes a column.
    """
    fids, plain = _numbered(frame.drop(columns=frame.geometry.name), index)
    geometry, type_name = promoted(frame.geometry.to_numpy(), look.geometry_type)
    _create(con, table, plain, f", geom {type_name}")
    _insert(con, table, [fids.tolist(), encode(geometry, srs_id), *(values_of(plain[c]) for c in plain)])
    bounds = shapely.bounds(geometry)
    _fill_rtree(con, table, fids, bounds)
    box = shapely.total_bounds(geometry).tolist() if np.isfinite(bounds).any() else [None] * 4
    _announce(con, table, "features", look, box, srs_id)
    con.execute("INSERT INTO gpkg_geometry_columns VALUES (?, 'geom', ?, ?, 0, 0)", (table, type_name, srs_id))
    con.execute("INSERT INTO gpkg_extensions VALUES (?, 'geom', 'gpkg_rtree_index', ?, 'write-only')", (table, _RTREE))


def write_table(con: sqlite3.Connection, table: str, frame: pd.DataFrame, *, index: str = "") -> None:
    """Write a frame without geometry as an attribute table; `fid` as in `write_layer`."""
    fids, plain = _numbered(frame, index)
    _create(con, table, plain, "")
    _insert(con, table, [fids.tolist(), *(values_of(plain[c]) for c in plain)])
    announce_table(con, table)


def insert_rows(con: sqlite3.Connection, table: str, frame: pd.DataFrame, *, index: str = "") -> None:
    """Add rows to a layer or table that is there, through its triggers; `fid` goes on, or is the frame's index when that is called `index`."""
    info = con.execute(f"PRAGMA table_info({quoted(table)})").fetchall()
    kinds = {row[1]: row[2] for row in info}
    fids, plain = _numbered(frame.drop(columns="geometry", errors="ignore"), index)
    if not index:
        (last,) = con.execute(f"SELECT coalesce(max(fid), 0) FROM {quoted(table)}").fetchone()
        fids = np.arange(last + 1, last + 1 + len(frame))
    columns = {"fid": fids.tolist()} | {name: values_of(plain[name]) for name in plain if name in kinds}
    if "geom" in kinds:
        columns["geom"] = encode(promoted(frame.geometry.to_numpy(), kinds["geom"])[0], srs_id_of(con, table))
    names, marks = ", ".join(quoted(name) for name in columns), ", ".join("?" * len(columns))
    con.executemany(f"INSERT INTO {quoted(table)} ({names}) VALUES ({marks})", zip(*columns.values(), strict=True))


def srs_id_of(con: sqlite3.Connection, table: str) -> int:
    """Return the number of the CRS of a layer."""
    return con.execute("SELECT srs_id FROM gpkg_geometry_columns WHERE table_name = ?", (table,)).fetchone()[0]


def announce_table(con: sqlite3.Connection, table: str) -> None:
    """List an attribute table in the GeoPackage's contents, so that GDAL and QGIS show it."""
    _announce(con, table, "attributes", Look(), [None] * 4, None)


def read_table(con: sqlite3.Connection, table: str, crs: CRS | None = None, *, index: str = "", where: str = "") -> Any:
    """Read a table as `write_layer` or `write_table` wrote it, rows by `fid`: a GeoDataFrame where it has geometry.

    `fid` becomes the index called `index`, else it is dropped. `where`: SQL that chooses among the rows.
    """
    info = [(row[1], row[2], bool(row[3])) for row in con.execute(f"PRAGMA table_info({quoted(table)})")]
    chosen = f"WHERE {where}" if where else ""
    rows = con.execute(f"SELECT {', '.join(quoted(name) for name, _, _ in info)} FROM {quoted(table)} {chosen} ORDER BY fid").fetchall()
    columns = dict(zip([name for name, _, _ in info], zip(*rows, strict=True) if rows else [()] * len(info), strict=True))
    data = {name: _series(list(columns[name]), kind, full) for name, kind, full in info if name not in ("fid", "geom")}
    frame = pd.DataFrame(data, index=pd.RangeIndex(len(rows)))
    if index:
        frame.index = pd.Index(np.array(columns["fid"], dtype="int64"), name=index)
    if "geom" not in columns:
        return frame
    return gpd.GeoDataFrame(frame, geometry=plain_parts(decode(columns["geom"])), crs=crs)


def plain_parts(geometry: np.ndarray) -> np.ndarray:
    """Return the geometries with every multi of one part replaced by that part."""
    single = (shapely.get_type_id(geometry) >= 4) & (shapely.get_num_geometries(geometry) == 1) & (shapely.get_type_id(geometry) != 7)
    plain = geometry.copy()
    plain[single] = shapely.get_geometry(geometry[single], 0)
    return plain


def _numbered(frame: pd.DataFrame, index: str) -> tuple[np.ndarray, pd.DataFrame]:
    """Return the fids and the columns of a frame."""
    if index and frame.index.name == index:
        return frame.index.to_numpy(), frame.reset_index(drop=True)
    named = frame.index.name is not None and frame.index.name not in frame.columns
    return np.arange(1, len(frame) + 1), pd.DataFrame(frame.reset_index(drop=not named))


def promoted(geometry: np.ndarray, wanted: str) -> tuple[np.ndarray, str]:
    """Return geometries of one type, promoted to multi where they mix, and the type's name; `wanted` MULTI… promotes all, GEOMETRY none."""
    present = set(shapely.get_type_id(geometry[~shapely.is_missing(geometry)]).tolist())
    multi = {_PLURAL.get(kind, kind) for kind in present}
    if wanted == "MULTIPOLYGON" or (not wanted and len(present) > 1 and len(multi) == 1):
        kind = 6 if wanted else next(iter(multi))
        plain = ~shapely.is_missing(geometry) & (shapely.get_type_id(geometry) != kind)
        grown = geometry.copy()
        if plain.any():
            grown[plain] = _MULTI[kind](geometry[plain], indices=np.arange(plain.sum()))
        return grown, _TYPE_NAMES[kind]
    name = _TYPE_NAMES.get(next(iter(present)), "GEOMETRY") if len(present) == 1 else "GEOMETRY"
    return geometry, wanted or name


def _type_of(series: pd.Series) -> str:
    nullable = "" if types.is_extension_array_dtype(series.dtype) else " NOT NULL"
    if types.is_bool_dtype(series.dtype):
        return "BOOLEAN" + nullable
    if types.is_integer_dtype(series.dtype):
        return "INTEGER" + nullable
    return "REAL" if types.is_float_dtype(series.dtype) else "TEXT"


def values_of(series: pd.Series) -> list[Any]:
    """Return a column's values as SQLite takes them, None for null."""
    kind = _type_of(series)
    if kind.endswith("NOT NULL"):
        return series.astype("int64").tolist()
    if kind == "REAL":
        return series.astype("float64").tolist()
    missing = series.isna()
    plain = series.astype(object).to_numpy(na_value=None) if missing.any() else series.astype(object).to_numpy()
    if kind == "TEXT":
        return [value if value is None or type(value) is str else str(value) for value in plain.tolist()]
    return [None if value is None else int(value) for value in plain.tolist()]


def _series(values: list[Any], kind: str, full: bool) -> pd.Series:
    if kind == "TEXT":
        return pd.Series(values) if None in values else pd.Series(values, dtype="str")
    if kind == "REAL":
        return pd.Series(np.array(values, dtype="float64"))
    if full:
        return pd.Series(np.array(values, dtype="int64").astype("bool" if kind == "BOOLEAN" else "int64"))
    return pd.Series(values, dtype="boolean" if kind == "BOOLEAN" else "Int64")


def _create(con: sqlite3.Connection, table: str, plain: pd.DataFrame, geom: str) -> None:
    columns = "".join(f", {quoted(str(name))} {_type_of(plain[name])}" for name in plain)
    con.execute(f"CREATE TABLE {quoted(table)} (fid INTEGER PRIMARY KEY NOT NULL{geom}{columns})")


def _insert(con: sqlite3.Connection, table: str, columns: list[Any]) -> None:
    marks = ", ".join("?" * len(columns))
    con.executemany(f"INSERT INTO {quoted(table)} VALUES ({marks})", zip(*columns, strict=True))


def _fill_rtree(con: sqlite3.Connection, table: str, fids: np.ndarray, bounds: np.ndarray) -> None:
    """Fill the R-tree in bulk, then set its triggers: one insert a row through the triggers would decode every blob again."""
    con.execute(rtree_table(table))
    full = np.isfinite(bounds).all(axis=1)
    rows = zip(fids[full].tolist(), *bounds[full][:, [0, 2, 1, 3]].T.tolist(), strict=True)
    con.executemany(f"INSERT INTO {quoted(f'rtree_{table}_geom')} VALUES (?, ?, ?, ?, ?)", rows)
    for trigger in rtree_triggers(table):
        con.execute(trigger)


def _announce(con: sqlite3.Connection, table: str, kind: str, look: Look, box: list[float | None], srs_id: int | None) -> None:
    title = look.title or TITLES.get(table, table)
    taken = con.execute("SELECT 1 FROM gpkg_contents WHERE identifier = ?", (title,)).fetchone()
    names = "(table_name, data_type, identifier, description, min_x, min_y, max_x, max_y, srs_id)"
    row = (table, kind, f"{title} ({table})" if taken else title, look.description, *box, srs_id)
    con.execute(f"INSERT INTO gpkg_contents {names} VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", row)
