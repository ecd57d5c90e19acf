"""The small tables that the map fetches beside its tiles: units for search, labels and zooming, points and findings, as compact JSON.

units.json            every level that is drawn on the whole district      units/<level>.json   one level, also a fine one
sites.json            stations and cameras by kind                          findings.json        what was found, with its place
"""

from __future__ import annotations

import json
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from pyproj import CRS

from geogrid.errors import NotFoundError
from geogrid.maps.carry import each, hues
from geogrid.maps.kinds import kinds_of
from geogrid.maps.places import label_places
from geogrid.maps.project import MERCATOR, STATUS, ProjectLike, is_fine, level_ids, once, to_crs
from geogrid.reach.camera_records import DOMES
from geogrid.wording import kinds_as_written

WGS84 = "EPSG:4326"
ROLES = ("stations", "cameras")
_MAX_VERTICES = 400


def data(project: ProjectLike, name: str) -> bytes:
    """Return one of the map's JSON files by name, made once; NotFoundError for another name."""
    makers: dict[str, Any] = {"units.json": units_table, "sites.json": sites_table, "findings.json": findings_table}
    if name in makers:
        return once(project, ("data", name), lambda: to_json(makers[name](project)))
    level = name.removeprefix("units/").removesuffix(".json")
    if name == f"units/{level}.json" and level in level_ids(project):
        return once(project, ("data", name), lambda: to_json({level: level_table(project, level)}))
    raise NotFoundError(f"no map data called {name!r}", f"没有名为 {name!r} 的地图数据", value=name)


def to_json(value: Any) -> bytes:
    """Write compact JSON, NaN as null never: values are cleaned before."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()


def units_table(project: ProjectLike) -> dict[str, Any]:
    """Return the tables of all levels that are not fine, by level id."""
    return {level: level_table(project, level) for level in level_ids(project) if not is_fine(project, level)}


def level_table(project: ProjectLike, level: str) -> dict[str, list[Any]]:
    """Return a level's units as columns: code name parent kind households status hue, label x y (degrees), room w h (m Mercator), box (degrees)."""
    units = project.units(level)
    placed = each(project, ("places", level), units.geometry.to_numpy(), lambda shapes: _places(shapes, project.crs))
    places, room, boxes = placed[:, :2], placed[:, 2:4], placed[:, 4:]
    return {
        "code": units.index.to_list(),
        "name": units["name"].fillna("").to_list(),
        "parent": units["parent"].fillna("").to_list(),
        "households": units["households"].astype(int).to_list(),
        "status": units["status"].map(STATUS).fillna(0).astype(int).to_list(),
        "hue": [] if is_fine(project, level) else hues(project, level).tolist(),
        "x": places[:, 0].tolist(),
        "y": places[:, 1].tolist(),
        "w": room[:, 0].tolist(),
        "h": room[:, 1].tolist(),
        "box": boxes.tolist(),
    }


def _places(shapes: np.ndarray, crs: CRS) -> np.ndarray:
    """Return where the labels of shapes stand (degrees), the room there (metres of Mercator) and the shapes' boxes (degrees): (n, 8)."""
    points, room = label_places(to_crs(shapes, crs, MERCATOR))
    places = shapely.get_coordinates(to_crs(shapely.points(np.nan_to_num(points)), MERCATOR, WGS84)).round(6)
    boxes = np.nan_to_num(shapely.bounds(to_crs(shapes, crs, WGS84))).round(6)
    return np.column_stack([places, room.round(1), boxes])


def sites_table(project: ProjectLike) -> dict[str, Any]:
    """Return the points of each role as columns, with the table of its kinds; secret ones are counted there, and left out of the points."""
    return {role: role_table(project, role) for role in ROLES}


def role_table(project: ProjectLike, role: str) -> dict[str, Any]:
    """Return one role: `kinds` (id, name zh/en, sign), and columns id name kind (row of kinds) x y, for cameras also direction range angle dome."""
    frame = shown_sites(project, role)
    kinds = kinds_of(project.scheme, role, all_sites(project, role))
    row = {kind["id"]: i for i, kind in enumerate(kinds)}
    at = shapely.get_coordinates(to_crs(frame.geometry.to_numpy(), project.crs, WGS84)).round(6) if len(frame) else np.zeros((0, 2))
    kind = _text(frame, "kind")
    table: dict[str, Any] = {
        "kinds": kinds,
        "id": _text(frame, "id"),
        "name": _text(frame, "name"),
        "kind": [row[k] for k in kind],
        "x": at[:, 0].tolist(),
        "y": at[:, 1].tolist(),
        "outside": [(v or 0) > 0 for v in _numbers(frame, "outside_m")],
    }
    if role == "cameras":
        preset = [project.scheme.cameras.get(k, {}) for k in kind]
        angle = [a if a is not None else p.get("angle_deg") for a, p in zip(_numbers(frame, "angle_deg", None), preset, strict=True)]
        reach = [r if r is not None else p.get("range_m") for r, p in zip(_numbers(frame, "range_m", None), preset, strict=True)]
        table |= {"direction": _numbers(frame, "direction_deg", None), "range": reach, "angle": angle}
        table["dome"] = [ptz in DOMES or k in DOMES or (a or 0) >= 360 for ptz, k, a in zip(_text(frame, "ptz"), kind, angle, strict=True)]
    return table


def all_sites(project: ProjectLike, role: str) -> gpd.GeoDataFrame:
    """Return all of a role's points, to be counted: a number is no secret, a place is. A kind in words is the scheme's kind that is called so."""
    try:
        frame = project.sites(role)
    except (KeyError, LookupError):
        return gpd.GeoDataFrame({"id": [], "kind": [], "name": []}, geometry=[], crs=project.crs)
    except Exception as error:
        if getattr(error, "code", "") not in ("not_found", "store"):
            raise
        return gpd.GeoDataFrame({"id": [], "kind": [], "name": []}, geometry=[], crs=project.crs)
    words = kinds_as_written({"stations": project.scheme.stations, "events": project.scheme.events}.get(role, {}))
    if not words or "kind" not in frame:
        return frame
    return frame.assign(kind=frame["kind"].map(lambda word: words.get(word, word)))


def shown_sites(project: ProjectLike, role: str) -> gpd.GeoDataFrame:
    """Return a role's points that may be shown: not secret, with a place; sorted by id."""
    frame = all_sites(project, role)
    keep = ~(frame.geometry.isna() | frame.geometry.is_empty)
    if "secret" in frame:
        keep &= ~frame["secret"].fillna(False).astype(bool)
    return frame[keep].sort_values("id", kind="stable")


def findings_table(project: ProjectLike) -> list[dict[str, Any]]:
    """Return the findings that have a place, in the order of `project.findings()`: `at` is their row there.

    `shape` is drawn: the faulty geometry, simplified when it is long; findings about whole units have a place and a box only.
    """
    frame = project.findings()
    shapes = frame.geometry.to_numpy()
    rows = np.flatnonzero(~(shapely.is_missing(shapes) | shapely.is_empty(shapes)))
    wgs = to_crs(shapes[rows], project.crs, WGS84)
    inside = shapely.get_coordinates(shapely.point_on_surface(wgs)).round(7)
    boxes = shapely.bounds(wgs).round(7)
    return [_finding(frame.iloc[at], int(at), wgs[i], inside[i].tolist(), boxes[i].tolist()) for i, at in enumerate(rows)]


def _finding(row: pd.Series, at: int, shape: Any, place: list[float], box: list[float]) -> dict[str, Any]:
    whole = str(row["rule"]).startswith(("households_", "estimated", "not_connected", "no_", "count_"))
    return {
        "at": at,
        "rule": row["rule"],
        "severity": row["severity"],
        "level": row["level"],
        "units": list(row["units"])[:50],
        "message": row["message"],
        "message_zh": row["message_zh"],
        "place": place,
        "box": box,
        "shape": None if whole else geojson(shape),
    }


def geojson(shape: Any) -> dict[str, Any]:
    """Return a geometry as GeoJSON of 7 digits, with at most some hundred vertices."""
    if shapely.get_num_coordinates(shape) > _MAX_VERTICES:
        shape = shapely.simplify(shape, 1e-5)
    return json.loads(shapely.to_geojson(shapely.transform(shape, lambda xy: xy.round(7))))


def _text(frame: pd.DataFrame, name: str) -> list[str]:
    return [str(v) for v in frame[name].fillna("")] if name in frame else [""] * len(frame)


def _numbers(frame: pd.DataFrame, name: str, missing: float | None = 0.0) -> list[float | None]:
    if name not in frame:
        return [missing] * len(frame)
    return [missing if pd.isna(v) else round(float(v), 2) for v in frame[name]]
