"""What an import's files look like on the map: each layer in the CRS that it is taken to have, thinned out, and a cross for what can not be used."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import shapely
from pyproj import CRS

from geogrid.crs import WGS84, parse_crs, shifted_name
from geogrid.errors import GeogridError
from geogrid.reading.geometry import project
from web.importing_store import Place

MOST_SHAPES = 4000
MOST_CROSSES = 300
_STEP_DEG = 1e-6
_KINDS = {0: "point", 4: "point", 1: "line", 2: "line", 5: "line", 3: "area", 6: "area"}
_FRAME = ("district", "streets", "communities", "grids", "buildings")


def preview(place: Place, layers: Sequence[Mapping[str, Any]], rejected: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return `{"bbox", "layers": [{key, role, kind, n, shown, shapes: [GeoJSON]}], "crosses": [{lon, lat, role, row, text, text_zh}]}` in degrees."""
    drawn, crosses, boxes = [], [], {}
    for spec in _inputs(place):
        try:
            degrees, rows = _degrees(spec, place, layers)
        except (GeogridError, ValueError, shapely.errors.GEOSException):
            continue  # what is wrong with it is said where it is reviewed
        seen = np.flatnonzero(_on_globe(degrees))
        if not len(seen):
            continue
        drawn.append(_layer(spec, degrees[seen], layers))
        boxes[spec.role] = shapely.bounds(degrees[seen])
        crosses += _crosses(spec.role, degrees, rows, rejected)
    return {"bbox": _frame(boxes, crosses), "layers": drawn, "crosses": crosses[:MOST_CROSSES], "crosses_n": len(crosses)}


def _inputs(place: Place) -> list[Any]:
    from geogrid.recipe import read_recipe

    try:
        return list(read_recipe(place.recipe).inputs.values())
    except GeogridError:
        return []


def _degrees(spec: Any, place: Place, layers: Sequence[Mapping[str, Any]]) -> tuple[np.ndarray, np.ndarray]:
    """Return a role's geometries in degrees and their rows; raises GeogridError."""
    from geogrid.reading.draft import draft_role

    draft = draft_role(spec, place.files)
    if draft.geometry is None:
        return np.zeros(0, dtype=object), np.zeros(0, dtype="int64")
    flat = shapely.force_2d(draft.geometry)
    whole = np.array([None if g is None or not np.isfinite(shapely.get_coordinates(g)).all() else g for g in flat], dtype=object)
    return project(whole, draft.crs or _likeliest(spec, layers), WGS84, draft.shifted), draft.frame["row"].to_numpy()


def _likeliest(spec: Any, layers: Sequence[Mapping[str, Any]]) -> CRS:
    """Return the CRS that a layer is shown in until somebody says which it has."""
    options = next((each["crs_options"] for each in layers if each["file"] == spec.path.name), [])
    named = [option["crs"] for option in options if not option["swap"] and not shifted_name(option["crs"])]
    return parse_crs(named[0]) if named else WGS84


def _on_globe(degrees: np.ndarray) -> np.ndarray:
    box = shapely.bounds(degrees)
    with np.errstate(invalid="ignore"):
        return np.isfinite(box).all(axis=1) & (np.abs(box[:, [0, 2]]) <= 180).all(axis=1) & (np.abs(box[:, [1, 3]]) < 85).all(axis=1)


def _layer(spec: Any, shapes: np.ndarray, layers: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    file = spec.path.name
    key = next((each["key"] for each in layers if each["file"] == file and each["role"] == spec.role), file)
    kept = shapes[np.unique(np.linspace(0, len(shapes) - 1, min(len(shapes), MOST_SHAPES)).astype(int))]
    box = shapely.total_bounds(kept)
    thin = shapely.simplify(kept, max(float(box[2] - box[0]), float(box[3] - box[1])) / 2000)
    thin = np.where(shapely.is_empty(thin), kept, thin)
    kinds, counts = np.unique([_KINDS.get(int(t), "area") for t in shapely.get_type_id(kept)], return_counts=True)
    drawn = [json.loads(shapely.to_geojson(shapely.transform(g, lambda xy: np.round(xy / _STEP_DEG) * _STEP_DEG))) for g in thin]
    return {"key": key, "role": spec.role, "kind": str(kinds[np.argmax(counts)]), "n": len(shapes), "shown": len(kept), "shapes": drawn}


def _crosses(role: str, degrees: np.ndarray, rows: np.ndarray, rejected: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    bad = {int(line["row"]): line for line in rejected if line["role"] == role}
    at = np.flatnonzero(np.isin(rows, list(bad)) & _on_globe(degrees))
    places = shapely.get_coordinates(shapely.centroid(degrees[at])).round(6) if len(at) else np.zeros((0, 2))
    return [
        {"lon": lon, "lat": lat, "role": role, "row": int(rows[i]), "text": bad[int(rows[i])]["reason"], "text_zh": bad[int(rows[i])]["reason_zh"]}
        for i, (lon, lat) in zip(at, places.tolist(), strict=True)
    ]


def _frame(boxes: Mapping[str, np.ndarray], crosses: Sequence[Mapping[str, Any]]) -> list[float] | None:
    """Return what the map shows first: the district's own layers, with the crosses that are not on the other side of the world."""
    role = next((role for role in _FRAME if role in boxes), next(iter(boxes), ""))
    if not role:
        return None
    box = boxes[role]
    west, south, east, north = (float(np.percentile(box[:, i], q)) for i, q in ((0, 1), (1, 1), (2, 99), (3, 99)))
    wide, high = max(east - west, 0.005), max(north - south, 0.005)
    near = [c for c in crosses if west - wide < c["lon"] < east + wide and south - high < c["lat"] < north + high]
    lons, lats = [west, east, *(c["lon"] for c in near)], [south, north, *(c["lat"] for c in near)]
    return [round(v, 6) for v in (min(lons), min(lats), max(lons), max(lats))]
