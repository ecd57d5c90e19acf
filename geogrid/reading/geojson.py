"""GeoJSON by the standard library: strict JSON, a FeatureCollection or Feature, each geometry on its own so that one bad row stays one bad row."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from pyproj import CRS

from geogrid.crs import WGS84, parse_crs
from geogrid.errors import InputError
from geogrid.reading.raw import RawLayer, refuse
from geogrid.reading.text import decode

_MAX_DEPTH = 16


class _DuplicateKeyError(ValueError):
    pass


def read_geojson(path: Path, layer: str | None = None, encoding: str | None = None) -> RawLayer:
    """Read a GeoJSON file; rows are features counted from 1. Raises InputError with line and column where it is not JSON."""
    file = str(path)
    text, used = decode(path.read_bytes(), file, encoding or "utf-8")
    document = _parse(text, file)
    features = _features(document, file)
    properties = [f.get("properties") for f in features]
    rows = [{key: _flat(value) for key, value in p.items()} if isinstance(p, dict) else {} for p in properties]
    # object columns: a missing neighbour must not make a float of a long whole number
    frame = pd.DataFrame(rows, index=pd.RangeIndex(1, len(features) + 1, name="row"), dtype=object)
    if any("id" in f for f in features) and "id" not in frame:
        frame["id"] = [f.get("id") for f in features]
    frame = frame.rename(columns={"geometry": "geometry_"})
    geometry = _geometries([f.get("geometry") for f in features])
    crs, stated = _crs(document, file)
    return RawLayer(gpd.GeoDataFrame(frame, geometry=geometry, crs=crs), crs, file, layer or path.stem, stated, used)


def _parse(text: str, file: str) -> dict[str, Any]:
    try:
        document = json.loads(text, object_pairs_hook=_unique)
    except _DuplicateKeyError as error:
        raise refuse(file, f"the key {error} stands twice in one object", f"同一对象里键 {error} 出现两次") from None
    except json.JSONDecodeError as error:
        message = f"not GeoJSON: line {error.lineno}, column {error.colno}: {error.msg}"
        raise refuse(file, message, f"不是 GeoJSON：第 {error.lineno} 行第 {error.colno} 列有误", row=error.lineno) from None
    except RecursionError:
        raise refuse(file, "not GeoJSON: nested too deeply", "不是 GeoJSON：嵌套过深") from None
    except ValueError as error:
        raise refuse(file, f"not GeoJSON: {error}", "不是 GeoJSON：数字过长") from None
    return document


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) < len(pairs):
        keys = [key for key, _ in pairs]
        raise _DuplicateKeyError(repr(next(key for key in keys if keys.count(key) > 1)))
    return made


def _features(document: Any, file: str) -> list[dict[str, Any]]:
    kind = document.get("type") if isinstance(document, dict) else None
    features = [document] if kind == "Feature" else document.get("features") if kind == "FeatureCollection" else None
    if not isinstance(features, list) or not all(isinstance(f, dict) and f.get("type") == "Feature" for f in features):
        raise refuse(file, f"not GeoJSON: needs a FeatureCollection, has type {kind!r}", f"不是 GeoJSON：应为 FeatureCollection，实为 {kind!r}")
    return features


def _flat(value: Any) -> Any:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, list | dict) else value


def _geometries(found: list[Any]) -> np.ndarray:
    """Make geometries, None where there is none; what GEOS can not build (NaN, a ring of two points) becomes `BROKEN`."""
    texts = np.array([_geometry_text(g) for g in found], dtype=object)
    made = shapely.from_geojson(texts, on_invalid="ignore") if len(texts) else np.array([], dtype=object)
    broken = np.array([g is not None for g in found], dtype=bool) & shapely.is_missing(made)
    made[broken] = BROKEN
    return made


BROKEN = shapely.GeometryCollection()
"""Stands for a geometry that the file gives and nobody can build."""


def _geometry_text(geometry: Any) -> str | None:
    if not isinstance(geometry, dict) or geometry.get("type") == "GeometryCollection":
        return None
    return json.dumps({"type": geometry.get("type"), "coordinates": _plane(geometry.get("coordinates"), 0)})


def _plane(coordinates: Any, depth: int) -> Any:
    """Drop Z and M; refuse silly depth by giving nothing."""
    if not isinstance(coordinates, list) or depth > _MAX_DEPTH:
        return None
    if coordinates and not isinstance(coordinates[0], list):
        return coordinates[:2]
    return [_plane(c, depth + 1) for c in coordinates]


def _crs(document: dict[str, Any], file: str) -> tuple[CRS, bool]:
    """Honour the old `crs` member; without one GeoJSON means WGS 84."""
    member = document.get("crs")
    if not member:
        return WGS84, False
    name = member.get("properties", {}).get("name") if isinstance(member, dict) and isinstance(member.get("properties"), dict) else None
    try:
        crs = parse_crs(str(name))
    except InputError as error:
        raise refuse(file, f"its crs member is not understood: {error.message}", f"crs 成员无法识别：{error.message_zh}") from None
    # CRS84 is what everyone writes for longitude, latitude on WGS 84
    return (WGS84 if crs.name.startswith("WGS 84 (CRS84)") else crs), True
