"""One camera in full: its record, what of it is given and what a default, what it sees and what hides it; and one that is only tried."""

from __future__ import annotations

import json
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geogrid.errors import NotFoundError
from geogrid.maps.project import to_crs
from geogrid.reach.camera_next import corners
from geogrid.reach.camera_records import find_code_fault, ids_of
from geogrid.sites import join
from web import camerafigures, data, reached, tables
from web.language import language
from web.served import Served

WGS84 = "EPSG:4326"
HIDING_MOST = 12
NEAR_M = 1.0
_PLAIN = ("kind", "name", "ptz", "gb_code")


def record(now: Served, camera: str, at: tuple[float, float] | None = None) -> dict[str, Any]:
    """Return what is known of a camera; raises NotFoundError for one that the visitor may not see.

    `at`: where it stands, degrees, for one whose data have no id. Of a secret one a planner of its scope gets the record: its region is not
    computed, so that it can be in no figure and no file.
    """
    shown = camerafigures.shown_cameras(now)
    rows = np.flatnonzero((shown["id"] == camera).to_numpy()) if camera or at is None else _near(now, shown, at)
    if not len(rows):
        return _secret(now, camera)
    row, reach = shown.iloc[rows[0]], reached.cameras_of(now)
    camera = row["id"]
    over = [found for found in camerafigures.over_reach(now) if found["camera"] == camera]
    return {
        **_plain(row),
        "id": camera,
        "code_fault": find_code_fault(str(row.get("gb_code") or "")),
        "status": row["status"],
        "defaults": list(row["defaults"]),
        "is_dome": bool(row["is_dome"]),
        "units": _units(now, row),
        "at": _lonlat(now, row.geometry),
        "seen_m2": round(float(row["seen_m2"]), 1),
        "region": _geometry(now, _shape_of(reach.regions, camera)),
        "perhaps": _geometry(now, _shape_of(reach.perhaps, camera)),
        "hides": _hides(now, reach.hides(camera)),
        "over": over,
        "secret": False,
    }


def _near(now: Served, shown: gpd.GeoDataFrame, at: tuple[float, float]) -> np.ndarray:
    away = shapely.distance(shown.geometry.to_numpy(), shapely.Point(place(now, *at)))
    return np.flatnonzero(away <= NEAR_M)[:1]


def _plain(row: pd.Series) -> dict[str, Any]:
    texts = {name: str(row[name]) if name in row and not pd.isna(row[name]) else "" for name in _PLAIN}
    numbers = {
        name: camerafigures.plain([row.get(name, np.nan)], 1)[0] for name in ("direction_deg", "uncertain_deg", "angle_deg", "range_m", "height_m")
    }
    return texts | numbers


def _secret(now: Served, camera: str) -> dict[str, Any]:
    if "cameras" in now.project.site_roles:
        frame = tables.shown_sites(now, "cameras")  # of the secret ones those that `web.visible` shows to this visitor
        rows = np.flatnonzero(ids_of(frame) == camera)
        if len(rows):
            row = frame.iloc[rows[0]]
            return {**_plain(row), "id": camera, "units": _units(now, row), "at": _lonlat(now, row.geometry), "secret": True}
    raise NotFoundError(f"no camera {camera!r} here", f"没有摄像机“{camera}”", value=camera)


def _units(now: Served, row: pd.Series) -> list[dict[str, str]]:
    """Return the units that hold a camera, top-down: level, code and what each is called."""
    held = [(level, row[level]) for level in tables.levels(now) if row.get(level)]
    return [{"level": level, "code": code, "label": label} for level, code in held if (label := _label(now, level, code))]


def _label(now: Served, level: str, code: str) -> str:
    known = now.keep(("unit labels", level, language()), lambda: dict(zip(tables.unit_rows(now, level).index, data.labels(now, level), strict=True)))
    return known.get(code, "")


def _hides(now: Served, found: gpd.GeoDataFrame) -> dict[str, Any]:
    """Return what hides a camera: how many buildings, the addresses of the first, and all their shapes."""
    buildings = found[(found["what"] == "building").to_numpy()]
    addresses = list(dict.fromkeys(text for text in buildings["address"].fillna("").astype(str) if text))
    shapes = found.geometry.to_numpy()
    return {
        "buildings": len(buildings),
        "walls": len(found) - len(buildings),
        "addresses": addresses[:HIDING_MOST],
        "unnamed": int((buildings["address"].fillna("").astype(str) == "").sum()),
        "shape": _geometry(now, shapely.geometrycollections([shape for shape in shapes if shape is not None])) if len(found) else None,
    }


def place(now: Served, lon: float, lat: float) -> tuple[float, float]:
    """Return a place in the project's CRS, metres. Raises NotFoundError where the visitor sees a part only and this lies outside it."""
    point = to_crs(np.array([shapely.Point(lon, lat)], dtype=object), WGS84, now.project.crs.to_string())[0]
    if reached.is_cut(now) and not now.project.district.dwithin(point, NEAR_M):  # corners lie on borders
        raise NotFoundError(f"lon={lon}, lat={lat} lies outside what you see", f"lon={lon}、lat={lat} 不在您的范围内", value=[lon, lat])
    return point.x, point.y


def tried(now: Served, found: dict[str, Any]) -> dict[str, Any]:
    """Return what one camera more would change, shapes in degrees, only of units that the visitor may see."""
    shapes = {name: _geometry(now, found[name]) for name in ("region", "perhaps", "fresh")}
    units = [{**unit, "label": label} for unit in found["units"] if (label := _label(now, unit["level"], unit["code"]))]
    told = {name: value for name, value in found.items() if name not in (*shapes, "units", "hides")}
    return {**told, **shapes, "units": units, "hides": _hides(now, found["hides"])}


def next_places(now: Served, k: int, ptz: str) -> dict[str, Any]:
    """Return the street corners, of units that the visitor may see, where one more camera each sees most of what is blind.

    `bound_m`: what no choice of as many exceeds; `blind_m`: all that is blind there.
    """
    found = reached.cameras_of(now).next_cameras(k, ptz, _own_corners(now))
    totals = camerafigures.totals(now)
    numbers = [camerafigures.plain(found[name], 1) for name in ("gain_m", "total_m", "direction_deg")]
    rows = zip(found.geometry, *numbers, strict=True)
    places = [{"at": _lonlat(now, point), "gain_m": gain, "total_m": total, "direction_deg": way} for point, gain, total, way in rows]
    return {"places": places, "bound_m": round(found.attrs["bound_m"], 1), "blind_m": round(totals["street_m"] - totals["seen_m"], 1)}


def _own_corners(now: Served) -> np.ndarray | None:
    """Return the corners (m, 2) in units of a visitor who sees a part, None for one who sees all: the best of the district would be elsewhere."""
    if not reached.is_cut(now):
        return None
    around = reached.cameras_of(now).around
    places = corners(around)
    return places[reached.shown(now, join(gpd.GeoDataFrame(geometry=shapely.points(places), crs=now.project.crs), around.plan))]


def _shape_of(frame: gpd.GeoDataFrame, camera: str) -> Any:
    shapes = frame.geometry.to_numpy()[(frame["id"] == camera).to_numpy()]
    return shapes[0] if len(shapes) else None


def _lonlat(now: Served, point: Any) -> list[float]:
    moved = to_crs(np.array([shapely.point_on_surface(point)], dtype=object), now.project.crs, WGS84)[0]
    return [round(moved.x, 7), round(moved.y, 7)]


def _geometry(now: Served, shape: Any) -> dict[str, Any] | None:
    """Return a shape of the working CRS as GeoJSON of 7 digits, None where there is nothing."""
    if shape is None or shape.is_empty:
        return None
    moved = to_crs(np.array([shape], dtype=object), now.project.crs, WGS84)[0]
    return json.loads(shapely.to_geojson(shapely.transform(moved, lambda at: at.round(7))))
